"""稽催紀錄: everything that happened is in it, and a change afterwards shows."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, date, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from dutyflow.calendars.cycles import opening_moment
from dutyflow.calendars.roc import TAIPEI
from dutyflow.cli import main
from dutyflow.services.messaging.post import MailRefused
from dutyflow.services.reminders.daily_round import decide_round, keep_silences
from dutyflow.services.reminders.reminder_mail import remind
from tests.support.libreoffice import needed
from tests.support.scene import OFFICE, PLANS, Scene, scene

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)


def hold_round(playing: Scene, day: date) -> None:
    playing.now = opening_moment(day, TAIPEI).astimezone(UTC)
    decided = decide_round(playing.workspace, now=playing.now)
    keep_silences(playing.workspace, decided, now=playing.now)
    remind(playing.workspace, OFFICE, decided.digests, now=playing.now)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A half-year in which something of everything has happened."""
    home = tmp_path_factory.mktemp("proof")
    with scene(home, OPENED) as playing:
        cycle = playing.open()
        letters = playing.announce(cycle)
        playing.answer_all(letters, but=("billing", "design", "human_resources"))
        parts, who = playing.ledger.assignments, "曾秀英（樣本）"
        until = datetime(2018, 7, 10, 16, tzinfo=UTC)
        playing.ledger.people.set_away(
            "hsu.billing@pingtung.example.tw", date(2018, 6, 29), now=OPENED, who=who, why="公假"
        )
        hold_round(playing, date(2018, 6, 27))
        parts.extend(f"{cycle.key}/design", until, now=playing.now, who=who, why="搬遷中")
        parts.pause(f"{cycle.key}/design", date(2018, 7, 3), now=playing.now, who=who, why="搬遷中")
        parts.waive(f"{cycle.key}/human_resources", now=playing.now, who=who, why="無業務")
        playing.answers.rcpt = "550 5.1.1 查無此人"
        playing.answers.refused = ("hsu.billing@pingtung.example.tw",)
        with pytest.raises(MailRefused):
            hold_round(playing, date(2018, 7, 3))
    return home


@pytest.fixture
def run(home: Path):
    def invoke(*arguments: object, ledger: str = ""):
        env = {"DUTYFLOW_HOME": str(home), "DUTYFLOW_PLANS": str(PLANS), "DUTYFLOW_LEDGER": ledger}
        return CliRunner().invoke(main, ["proof", *map(str, arguments)], env=env)

    return invoke


def test_every_mail_silence_grant_and_answer_is_told_in_order(run) -> None:
    result = run("--cycle", "107H1", "--json")
    assert result.exit_code == 0, result.output
    (proof,) = json.loads(result.stdout)
    parts = {section["section"]: section for section in proof["sections"]}
    for section in parts.values():
        numbers = [event["number"] for event in section["events"]]
        assert numbers == sorted(numbers)
    business = parts["business"]
    assert (business["state"], business["verdict"][-2:]) == ("已填報", "如期")
    assert {"收到填報", "受理", "寄出通知", "未寄"} <= {e["what"] for e in business["events"]}

    billing = parts["billing"]["events"]
    stood_in = next(event for event in billing if event["acting_for"])
    assert stood_in["recipient_name"] == "鄭文彬（樣本）"
    assert (stood_in["acting_for"], stood_in["rung"]) == ("許惠雯（樣本）", "到期前 5 個工作天")
    refused = next(event for event in billing if event["what"] == "寄送失敗")
    assert "550" in refused["result"]
    assert "拒收" in refused["result"]

    design = {event["what"]: event for event in parts["design"]["events"]}
    assert (design["展期"]["who"], design["展期"]["why"]) == ("曾秀英（樣本）", "搬遷中")
    assert design["展期"]["result"] == "期限改為 107年7月10日（二）"
    assert design["暫停稽催"]["result"] == "暫停至 107年7月3日"
    assert parts["human_resources"]["verdict"] == "免報"


def test_the_workbook_says_the_same_and_states_the_chain(run, tmp_path: Path) -> None:
    file = tmp_path / "紀錄" / "proof.xlsx"
    assert run("--cycle", "107H1", "-o", file).exit_code == 0
    sheet = load_workbook(BytesIO(file.read_bytes())).active
    said = [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value]
    (proof,) = json.loads(run("--cycle", "107H1", "--json").stdout)
    for end in ("first", "last", "newest"):
        assert any(proof["chain"][end]["hash"] in text for text in said)
    assert any("事件鏈驗證相符" in text for text in said)
    assert {"到期前 5 個工作天", "搬遷中", "107年6月27日（三）08:30"} <= set(said)


@pytest.mark.libreoffice
def test_as_ods_where_libreoffice_is(run, tmp_path: Path) -> None:
    needed("soffice")
    file = tmp_path / "proof.ods"
    assert run("--cycle", "107H1", "-o", file).exit_code == 0
    assert b"application/vnd.oasis.opendocument.spreadsheet" in file.read_bytes()[:200]


def test_a_change_afterwards_shows_and_names_its_event(run, home: Path, tmp_path: Path) -> None:
    forged = tmp_path / "ledger.db"
    with sqlite3.connect(home / "ledger.db") as kept, sqlite3.connect(forged) as copy:
        kept.backup(copy)
        (number,) = copy.execute("SELECT min(id) FROM events WHERE what = '展期'").fetchone()
        copy.execute("UPDATE events SET who = '別人' WHERE id = ?", (number,))
    result = run("--cycle", "107H1", ledger=f"sqlite:///{forged}")
    assert result.exit_code == 1
    assert f"事件鏈驗證不符：第 {number} 號事件" in result.stderr


def test_what_is_not_there_is_told_with_what_there_is(run) -> None:
    result = run("--cycle", "107H2")
    assert result.exit_code == 1
    assert "107H1" in result.stderr
    assert run("--cycle", "107H1", "-o", "x.pdf").stderr.startswith("不認得 x.pdf")


@pytest.fixture(scope="module", params=["xlsx", pytest.param("ods", marks=pytest.mark.libreoffice)])
def handed_out(request, home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A proof as a workbook."""
    if request.param == "ods":
        needed("soffice")
    file = tmp_path_factory.mktemp("out") / f"proof.{request.param}"
    env = {"DUTYFLOW_HOME": str(home), "DUTYFLOW_PLANS": str(PLANS)}
    done = CliRunner().invoke(main, ["proof", "--cycle", "107H1", "-o", str(file)], env=env)
    assert done.exit_code == 0, done.output
    return file


def test_a_workbook_that_nobody_has_touched_agrees_with_the_ledger(run, handed_out: Path) -> None:
    result = run("--cycle", "107H1", "--check", handed_out)
    assert result.exit_code == 0, result.stderr
    assert f"{handed_out.name}：" in result.stdout
    assert "個事件與帳本相符" in result.stdout


def test_one_forged_cell_of_a_workbook_is_named(run, handed_out: Path, tmp_path: Path) -> None:
    forged = tmp_path / handed_out.name
    with ZipFile(handed_out) as kept, ZipFile(forged, "w") as made:
        for item in kept.infolist():
            content = kept.read(item).replace("搬遷中".encode(), "公務繁忙".encode(), 1)
            made.writestr(item, content)
    result = run("--cycle", "107H1", "--check", forged)
    assert result.exit_code == 1
    assert "工作表 F" in result.stderr
    assert "檔案為「公務繁忙」，帳本為「搬遷中」" in result.stderr


def test_a_row_that_was_taken_out_is_missed(run, home: Path, tmp_path: Path) -> None:
    file = tmp_path / "proof.xlsx"
    assert run("--cycle", "107H1", "-o", file).exit_code == 0
    workbook = load_workbook(file)
    sheet = workbook.active
    row = next(r for r in sheet.iter_rows() if r[2].value == "免報")
    number = row[0].value
    for cell in row:
        cell.value = None
    workbook.save(file)
    result = run("--cycle", "107H1", "--check", file)
    assert result.stderr.splitlines() == [f"少了第 {number} 號事件（免報）"]


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7", b"PK\x03\x04"])
def test_what_is_no_proof_is_refused_in_a_sentence(run, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x.xlsx"
    file.write_bytes(content)
    result = run("--cycle", "107H1", "--check", file)
    assert result.exit_code == 1
    assert result.stderr == "x.xlsx：無法讀取；應為 dutyflow proof 所寫的 .xlsx 或 .ods\n"
    assert "無法讀取" in run("--cycle", "107H1", "--check", tmp_path / "none.xlsx").stderr
