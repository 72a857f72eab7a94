"""`dutyflow plan from-document`, as the IT person uses it."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dutyflow.cli import main
from tests.support.archives import docx

PLANS = Path(__file__).resolve().parents[3] / "include" / "plan"
Run = Callable[..., Result]


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def row(*cells: str) -> str:
    words = ("".join(map(paragraph, cell.split("\n"))) for cell in cells)
    return f"<w:tr>{''.join(f'<w:tc>{each}</w:tc>' for each in words)}</w:tr>"


def document(*rows: str) -> bytes:
    """A small plan in Word, its table of these rows."""
    before = [
        "台電公司屏東區營業處 115 年度提升服務效能執行計畫", "115 年 1 月 5 日訂定",
        "壹、計畫依據", "一、政府服務躍升方案。", "貳、計畫目標", "提升服務。",
        "參、實施對象", "各部門。", "肆、執行策略及具體作法",
    ]  # fmt: skip
    after = [
        "伍、實施步驟", "積極辦理。", "陸、考核作業",
        "於上、下半年度自行實施考核各1次，分別於115年7月7日及116年1月8日前填報。",
        "柒、本計畫如有未盡事宜，得另行補充規定。",
    ]  # fmt: skip
    header = row("面向", "執行策略", "具體作法", "承辦部門", "執行期間")
    table = f"<w:tbl>{header}{''.join(rows)}</w:tbl>"
    return docx("".join([*map(paragraph, before), table, *map(paragraph, after)]))


GOOD = row("一、基礎服務", "（一）服務一致", "(1) 依限完成。", "業務組", "隨時辦理")
VAGUE = row("二、服務遞送", "（一）服務便捷", "(1) 檢討流程。", "電費組", "定期")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("DUTYFLOW_PLANS", str(PLANS))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "115.docx").write_bytes(document(GOOD, VAGUE))

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, ["plan", *arguments])

    return invoke


def test_the_draft_is_written_and_every_doubt_is_listed(run: Run, tmp_path: Path) -> None:
    result = run("from-document", "115.docx", "-o", "draft.yaml")
    assert result.exit_code == 0
    assert result.stdout == ""
    listed = result.stderr.splitlines()
    assert "疑義 2.1.1 表1第3列：執行期間「定期」不是隨時辦理或每年一次；無法推定，請補正" in listed
    assert f"讀出 2 項具體作法，疑義 {len(listed) - 1} 處，草稿已寫入 draft.yaml" in listed[-1]
    draft = (tmp_path / "draft.yaml").read_text(encoding="utf-8")
    assert draft.count("# 疑義: ") == len(listed) - 1
    assert hashlib.sha256((tmp_path / "115.docx").read_bytes()).hexdigest() in draft


def test_check_refuses_the_draft_only_where_nothing_could_be_told(run: Run, tmp_path: Path) -> None:
    run("from-document", "115.docx", "-o", "115.yaml")
    lines = (tmp_path / "115.yaml").read_text(encoding="utf-8").splitlines()
    checked = run("check", "115.yaml", "--json")
    assert checked.exit_code == 1
    (finding,) = json.loads(checked.stdout)["findings"]
    assert lines[int(finding["where"].rpartition(":")[2]) - 1] == "    frequency: 待補：定期"
    mended = "\n".join(lines).replace("待補：定期", "yearly") + "\n"
    (tmp_path / "115.yaml").write_text(mended, encoding="utf-8")
    assert run("check", "115.yaml").exit_code == 0


def test_without_a_file_to_write_the_draft_is_printed(run: Run) -> None:
    result = run("from-document", "115.docx")
    assert result.stdout.startswith("# yaml-language-server")
    assert "office: {id: pingtung, name: 台灣電力公司屏東區營業處, timezone: Asia/Taipei}" in (
        result.stdout
    )


def test_the_doubts_as_json(run: Run, tmp_path: Path) -> None:
    result = run("from-document", "115.docx", "-o", "draft.yaml", "--json")
    told = json.loads(result.stdout)
    assert (told["document"], told["draft"], told["measures"]) == ("115.docx", "draft.yaml", 2)
    (vague,) = [doubt for doubt in told["doubts"] if doubt["measures"] == ["2.1.1"]]
    assert (vague["where"], vague["assumed"]) == ("表1第3列", "")
    assert (tmp_path / "draft.yaml").exists()


def test_a_file_that_exists_is_overwritten_only_by_force(run: Run, tmp_path: Path) -> None:
    kept = tmp_path / "115.yaml"
    kept.write_text("mine", encoding="utf-8")
    refused = run("from-document", "115.docx", "-o", "115.yaml")
    assert refused.exit_code == 1
    assert "已存在" in refused.stderr
    assert kept.read_text(encoding="utf-8") == "mine"
    assert run("from-document", "115.docx", "-o", "115.yaml", "--force").exit_code == 0
    assert kept.read_text(encoding="utf-8") != "mine"


def test_what_cannot_be_read_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "plan.pdf").write_bytes(b"%PDF-1.7")
    for file, said in (("plan.pdf", "PDF"), ("none.odt", "找不到檔案"), (".", "無法讀取")):
        result = run("from-document", file)
        assert result.exit_code == 1
        assert result.stdout == ""
        assert said in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_the_reader_of_documents_is_not_loaded_with_the_plans() -> None:
    code = (
        "import sys, dutyflow.infra.plan_files.load, dutyflow.infra.plan_files.snapshot;"
        "print([name for name in sys.modules if 'importers' in name])"
    )
    environment = {**os.environ, "PYTHONPATH": str(PLANS.parents[1] / "plugins")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"
