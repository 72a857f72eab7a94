"""A form written, taken in again and reported, from the command line alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from dutyflow.cli import main
from dutyflow.infra.settings import Settings
from dutyflow.services.cycles.opening import open_cycle
from dutyflow.services.reporting.assembly import assemble
from dutyflow.services.workspace import Workspace
from tests.support.scene import PLANS, filled, good

DUTY, CYCLE = "self_assessment", "107H1"
DESIGN = f"pingtung/{DUTY}/{CYCLE}/design"
TODAY = datetime(2018, 6, 20, 10, tzinfo=ZoneInfo("Asia/Taipei"))
OF_THE_CYCLE = ("--duty", DUTY, "--cycle", CYCLE)
Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    return {"DUTYFLOW_PLANS": str(PLANS), "DUTYFLOW_HOME": str(tmp_path / "var")}


@pytest.fixture
def run(home: dict[str, str]) -> Run:
    def invoke(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(each) for each in arguments], env=home)

    return invoke


@pytest.fixture
def opened(home: dict[str, str]) -> Iterator[Workspace]:
    """The first half-year of 107 is open."""
    workspace = Workspace(Settings.from_environ(home))
    workspace.ledger.migrate()
    with time_machine.travel(TODAY, tick=False):
        open_cycle(workspace, office="pingtung", duty=DUTY, name=CYCLE, now=TODAY, who="測試")
        yield workspace
    workspace.close()


@pytest.fixture
def form(run: Run, opened: Workspace, tmp_path: Path) -> Path:
    """The form of the design section, filled in."""
    path = tmp_path / "設計組.xlsx"
    assert run("form", *OF_THE_CYCLE, "--section", "design", "-o", path).exit_code == 0
    path.write_bytes(filled(path.read_bytes()))
    return path


def mail_with(form: Path, *, sender: str, folder: Path) -> Path:
    message = EmailMessage()
    message["From"], message["To"] = sender, "plan@example.tw"
    message["Subject"], message["Message-ID"] = "填報", "<1@example.tw>"
    message.set_content("如附件（樣本）。")
    message.add_attachment(
        form.read_bytes(), maintype="application", subtype="octet-stream", filename=form.name
    )
    path = folder / "來信.eml"
    path.write_bytes(message.as_bytes())
    return path


# form


def test_the_form_of_a_cycle_that_is_not_open_is_a_sample(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "樣張.xlsx"
    result = run("form", *OF_THE_CYCLE, "--section", "設計組", "-o", path)
    assert result.exit_code == 0
    assert "還沒有開啟" in result.stdout
    cells = [
        str(cell.value) for row in load_workbook(path).worksheets[0].iter_rows() for cell in row
    ]
    assert any("設計組" in cell for cell in cells)
    assert not (tmp_path / "var" / "ledger.db").exists()


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--duty", "self_assesment", "--cycle", CYCLE, "--section", "design"), "self_assessment"),
        (("--duty", DUTY, "--cycle", "107Q1", "--section", "design"), "107H1"),
        (("--duty", DUTY, "--cycle", CYCLE, "--section", "desing"), "design（設計組）"),
        ((*OF_THE_CYCLE, "--section", "design", "--office", "pingdong"), "pingtung"),
    ],
)
def test_what_is_not_in_the_plan_is_named(
    run: Run, tmp_path: Path, asked: tuple[str, ...], told: str
) -> None:
    result = run("form", *asked, "-o", tmp_path / "it.xlsx")
    assert result.exit_code == 1
    assert told in result.stderr
    assert not (tmp_path / "it.xlsx").exists()


# receive


def test_a_filled_form_is_taken_in(run: Run, opened: Workspace, form: Path) -> None:
    result = run("receive", form)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "受理　107年上半年 半年自行考核（設計組）" in result.stdout
    assert opened.ledger.assignments.get(DESIGN).state == "accepted"


def test_what_is_wrong_is_told_by_cell_with_the_form_that_goes_back(
    run: Run, opened: Workspace, form: Path, tmp_path: Path
) -> None:
    form.write_bytes(filled(form.read_bytes(), lambda number: {**good(number), "自評分數": 120}))
    result = run("receive", form, "--answers", tmp_path / "answers", "--json")
    assert result.exit_code == 1
    (told,) = json.loads(result.stdout)["submissions"]
    assert told["verdict"] == "rejected"
    assert {problem["found"] for problem in told["problems"]} == {"「自評分數」填的是「120」"}
    (answer,) = (tmp_path / "answers").iterdir()
    letter = message_from_bytes(answer.read_bytes(), policy=policy.default)
    (back,) = [part for part in letter.iter_attachments() if part.get_filename().endswith("xlsx")]
    assert load_workbook(BytesIO(back.get_content())).worksheets[0]
    assert opened.ledger.assignments.get(DESIGN).state == "submitted"


def test_a_mail_goes_the_way_of_mails(
    run: Run, opened: Workspace, form: Path, tmp_path: Path
) -> None:
    owner = opened.case(DESIGN).people.owners[0].email
    result = run("receive", mail_with(form, sender=owner, folder=tmp_path))
    assert result.exit_code == 0
    assert "受理" in result.stdout
    assert opened.ledger.submissions.accepted(f"pingtung/{DUTY}/{CYCLE}")[DESIGN].sender == owner


def test_a_stranger_s_mail_waits_until_somebody_says_whose_it_is(
    run: Run, opened: Workspace, form: Path, tmp_path: Path
) -> None:
    mail = mail_with(form, sender="stranger@example.com", folder=tmp_path)
    waits = run("receive", mail)
    assert waits.exit_code == 1
    assert "待認領" in waits.stdout
    assert "不在通訊錄" in waits.stdout
    given = run("receive", mail, "--assignment", DESIGN)
    assert given.exit_code == 0
    assert opened.ledger.assignments.get(DESIGN).state == "accepted"


def test_the_same_file_twice_counts_once(run: Run, opened: Workspace, form: Path) -> None:
    assert run("receive", form).exit_code == 0
    again = run("receive", form)
    assert again.exit_code == 0
    assert "S00001" in again.stdout
    assert len(opened.ledger.submissions.of(DESIGN)) == 1


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("pingtung/self_assessment/107H2/design", "pingtung/self_assessment/107H1"),
        ("pingtung/self_assessment/107H1/desing", "design"),
        ("design", "帳本沒有"),
    ],
)
def test_an_assignment_that_is_not_there_is_refused(
    run: Run, opened: Workspace, form: Path, key: str, told: str
) -> None:
    result = run("receive", form, "--assignment", key)
    assert result.exit_code == 1
    assert told in result.stderr
    assert not opened.ledger.submissions.quarantined()


def test_a_file_that_is_not_there_is_said_to_be_missing(
    run: Run,
    opened: Workspace,
    tmp_path: Path,
) -> None:
    result = run("receive", tmp_path / "沒有.xlsx")
    assert result.exit_code == 1
    assert "沒有.xlsx" in result.stderr


def test_an_empty_file_is_refused(run: Run, opened: Workspace, tmp_path: Path) -> None:
    (tmp_path / "空.xlsx").touch()
    result = run("receive", tmp_path / "空.xlsx")
    assert result.exit_code == 1
    assert "空.xlsx 是空的檔案" in result.stderr
    assert not opened.ledger.submissions.quarantined()


# report


def test_a_draft_of_the_report_is_written_and_not_kept(
    run: Run, opened: Workspace, form: Path, tmp_path: Path
) -> None:
    run("receive", form)
    none_yet = run("report", *OF_THE_CYCLE, "-o", tmp_path / "out")
    assert none_yet.exit_code == 1
    assert "還沒有彙整表" in none_yet.stderr
    result = run("report", *OF_THE_CYCLE, "-o", tmp_path / "out", "--draft")
    assert result.exit_code == 0
    (draft,) = (tmp_path / "out").iterdir()
    assert "草稿" in draft.name
    assert opened.ledger.reports.latest(f"pingtung/{DUTY}/{CYCLE}") is None


def test_the_latest_version_is_written_as_it_is_kept(
    run: Run, opened: Workspace, form: Path, tmp_path: Path
) -> None:
    run("receive", form)
    kept = assemble(opened, f"pingtung/{DUTY}/{CYCLE}", now=TODAY)
    result = run("report", *OF_THE_CYCLE, "-o", tmp_path / "out", "--json")
    (told,) = json.loads(result.stdout)
    assert told["version"] == 1
    (file,) = kept.files
    assert (tmp_path / "out" / file.name).read_bytes() == opened.store.get(file.blob)


@pytest.mark.parametrize("command", ["report", "proof"])
def test_a_cycle_of_an_empty_ledger_is_said_not_to_be_there(
    run: Run, tmp_path: Path, command: str
) -> None:
    run("migrate")
    asked = OF_THE_CYCLE if command == "report" else ("--cycle", CYCLE)
    result = run(command, *asked, "-o", tmp_path / "it.xlsx")
    assert result.exit_code == 1
    assert "（沒有）" in result.stderr
