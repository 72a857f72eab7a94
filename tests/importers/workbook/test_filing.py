"""`dutyflow plan to-xlsx` and `from-xlsx`: which files are written, and which are left alone."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from dutyflow.cli import main
from dutyflow.infra.plan_files.load import load_contacts, load_plan
from dutyflow.plan.writing import to_yaml
from tests.importers.workbook.samples import changed, content, put


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "plan" / "penghu"
    content(folder)
    (folder.parent / "closures.csv").write_text("date,kind,reason,source\n", encoding="utf-8")
    return folder


@pytest.fixture
def run(folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("DUTYFLOW_PLANS", str(folder.parent))
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Result:
        return CliRunner().invoke(main, ["plan", *words])

    return run


@pytest.fixture
def workbook(run, tmp_path: Path) -> Path:
    result = run("to-xlsx")
    assert result.exit_code == 0, result.output
    assert result.output == "已寫入 penghu-107.xlsx\n"
    return tmp_path / "penghu-107.xlsx"


def edit(workbook: Path, *slips) -> None:
    workbook.write_bytes(changed(workbook.read_bytes(), *(put(*slip) for slip in slips)))


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


def test_an_untouched_workbook_changes_nothing(run, folder: Path, workbook: Path) -> None:
    before = files(folder)
    result = run("from-xlsx", str(workbook))
    assert result.exit_code == 0
    assert result.output.count("內容相同，不更動") == 3
    assert result.output.endswith("沒有需要寫入的檔案\n")
    assert files(folder) == before


def test_differences_are_shown_and_written_only_by_force(run, folder: Path, workbook: Path) -> None:
    before = files(folder)
    edit(
        workbook,
        ("組室", "B5", "設計科"),
        ("具體作法", "H3", "設計科"),
        ("聯絡人", "B7", "設計科"),
        ("聯絡人", "B8", "設計科"),
        ("具體作法", "E4", "於時限內完成。"),
        ("定期工作", "K5", "期末後第6個工作天"),
    )
    result = run("from-xlsx", str(workbook))
    assert result.exit_code == 1
    for sentence in (
        "plan/penghu/107.yaml：有 3 處不同",
        "  組室 design 設計科：名稱：設計組 → 設計科",
        "  定期工作 self_assessment 半年自行考核：彙整表期限："
        "期末後第5個工作天 → 期末後第6個工作天",
        "尚未寫入任何檔案；確定要取代，請加上 --force（原檔另存為 .bak）",
    ):
        assert f"{sentence}\n" in result.output
    assert files(folder) == before
    result = run("from-xlsx", str(workbook), "--force")
    assert result.exit_code == 0
    assert result.output.endswith("已寫入 1 個檔案\n")
    plan = load_plan(folder / "107.yaml")
    assert plan.sections[1].name == "設計科"
    assert (folder / "107.yaml").read_text(encoding="utf-8") == to_yaml(plan)
    assert files(folder) == {
        **before,
        "107.yaml": to_yaml(plan),
        "107.yaml.bak": before["107.yaml"],
    }
    assert run("check").exit_code == 0


def test_comments_that_would_be_lost_are_told(run, folder: Path, workbook: Path) -> None:
    path = folder / "107.yaml"
    path.write_text("# 存疑：見會議紀錄\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    edit(workbook, ("具體作法", "E4", "於時限內完成。"))
    assert "註解（# 之後的文字）取代後不會保留" in run("from-xlsx", str(workbook)).output


def test_nothing_is_written_where_something_is_wrong(run, folder: Path, workbook: Path) -> None:
    before = files(folder)
    edit(workbook, ("休假補班", "C4", None), ("具體作法", "E4", "於時限內完成。"))
    result = run("from-xlsx", str(workbook), "--force")
    assert result.exit_code == 1
    assert result.output == "「休假補班」工作表 C4：沒有寫原因；應為：原因，例如颱風停止上班\n"
    assert files(folder) == before


def test_another_year_is_another_file_and_must_follow_on_the_first(
    run, folder: Path, workbook: Path
) -> None:
    edit(workbook, ("計畫", "B7", 108))
    result = run("from-xlsx", str(workbook))
    assert result.exit_code == 1
    assert "「計畫」工作表 B8：108 年度的計畫於107年3月29日生效" in result.output
    assert not (folder / "108.yaml").exists()
    edit(
        workbook,
        ("計畫", "B8", "108-01-01"),
        ("定期工作", "G4", "端午前：108-06-01～108-06-07\n春節前：108-12-15～109-01-20"),
    )
    result = run("from-xlsx", str(workbook))
    assert result.exit_code == 0, result.output
    assert "plan/penghu/108.yaml：新檔\n" in result.output
    assert load_plan(folder / "108.yaml").year == 108
    assert run("check").exit_code == 0


def test_real_people_stay_where_they_are_kept(run, folder: Path, tmp_path: Path) -> None:
    sample = (folder / "contacts.yaml").read_text(encoding="utf-8")
    local = folder / "contacts.local.yaml"
    local.write_text(sample.replace("王小美", "本人"), encoding="utf-8")
    local.chmod(0o600)
    result = run("to-xlsx", "-o", "真.xlsx")
    assert "內含真實聯絡人" in result.output
    workbook = tmp_path / "真.xlsx"
    edit(workbook, ("聯絡人", "C5", "另一人"))
    result = run("from-xlsx", str(workbook), "--force")
    assert "聯絡人 業務組承辦人 1：姓名 「本人」 → 「另一人」" in result.output
    assert load_contacts(local).sections["business"].owners[0].name == "另一人"
    assert local.stat().st_mode & 0o777 == 0o600
    assert (folder / "contacts.local.yaml.bak").stat().st_mode & 0o777 == 0o600
    assert (folder / "contacts.yaml").read_text(encoding="utf-8") == sample


def test_a_new_folder_gets_all_that_the_workbook_says(run, workbook: Path, tmp_path: Path) -> None:
    result = run("from-xlsx", str(workbook), "-o", "new/penghu")
    assert result.exit_code == 0
    assert sorted(files(tmp_path / "new/penghu")) == ["107.yaml", "closures.csv", "contacts.yaml"]
    assert run("check", "new/penghu").exit_code == 0


def test_a_draft_is_not_in_force(run, folder: Path, workbook: Path) -> None:
    edit(workbook, ("具體作法", "E4", "於時限內完成。"))
    result = run("from-xlsx", str(workbook), "--draft")
    assert result.exit_code == 0
    assert "plan/penghu/107.draft.yaml：新檔\n" in result.output
    assert load_plan(folder / "107.draft.yaml").measures[0].text == "於時限內完成。"
    assert load_plan(folder / "107.yaml").measures[0].text == "於處理時限內完成。"


def test_a_workbook_of_edits_is_not_overwritten(run, workbook: Path) -> None:
    before = workbook.read_bytes()
    result = run("to-xlsx")
    assert result.exit_code == 1
    assert "已有 penghu-107.xlsx" in result.output
    assert run("to-xlsx", "--force").exit_code == 0
    assert workbook.read_bytes() == before


def test_one_workbook_for_each_plan(run, folder: Path, tmp_path: Path) -> None:
    text = (folder / "107.yaml").read_text(encoding="utf-8")
    later = text.replace("year: 107", "year: 108").replace(
        "effective_from: 107", "effective_from: 108"
    )
    later = (
        later.replace("107-06", "108-06")
        .replace("108-02-03", "109-01-20")
        .replace("107-12", "108-12")
    )
    (folder / "108.yaml").write_text(later.replace("108-06-17", "108-06-07"), encoding="utf-8")
    result = run("to-xlsx", "-o", "all.xlsx")
    assert "共有 2 份計畫" in result.output
    assert run("to-xlsx").output == "已寫入 penghu-107.xlsx\n已寫入 penghu-108.xlsx\n"
    assert run("to-xlsx", str(folder / "108.yaml"), "-o", "one.xlsx").exit_code == 0


@pytest.mark.parametrize("words", [("from-xlsx", "missing.xlsx"), ("to-xlsx", "missing.yaml")])
def test_what_is_not_there_is_told_in_a_sentence(run, words) -> None:
    result = run(*words)
    assert result.exit_code == 1
    assert "missing" in result.output
    assert "Traceback" not in result.output


def test_a_workbook_that_names_no_office(run, workbook: Path) -> None:
    edit(workbook, ("計畫", "B4", None))
    result = run("from-xlsx", str(workbook))
    assert result.exit_code == 1
    assert result.output.startswith("「計畫」工作表 B4：機關代碼空白")
