"""A cycle keeps the plan that it was opened under; only people are those of today."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dutyflow.calendars.roc import TAIPEI
from dutyflow.importers.next_year.roll import roll
from dutyflow.infra.plan_files.load import load_plan
from dutyflow.plan.source import parse
from dutyflow.services.reporting import delivery
from tests.support.scene import DUTY, OFFICE, PLANS, Scene, filled, form_in, good, scene, text_of

OLD_TEXT, NEW_TEXT = "訂定申辦業務標準作業流程，維持", "修訂申辦業務標準作業流程，維持"
NEW_MAIL = "new-head-office@example.tw"


@dataclass
class Files:
    """The office's files, which somebody edits while a cycle is open."""

    folder: Path
    scene: Scene

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        self.scene.workspace.read_plans_anew()

    def edit_the_duty(self) -> None:
        self.edit("107.yaml", OLD_TEXT, NEW_TEXT)
        self.edit("107.yaml", "collect_by: {working_days: 3,", "collect_by: {working_days: 2,")
        self.edit("107.yaml", "{id: design, name: 設計組}", "{id: design, name: 規劃設計組}")

    def next_plan(self, since: date) -> None:
        """The 108 plan, in force from that day, which asks other things of other people."""
        source = self.folder / "107.yaml"
        plan = load_plan(source)
        rolled = roll(plan, parse(source.read_bytes(), source.name), 108, since)
        (self.folder / "108.yaml").write_text(rolled.text, encoding="utf-8")
        self.edit("108.yaml", OLD_TEXT, NEW_TEXT)
        self.edit("108.yaml", "deliver_to: [head_office]", "deliver_to: [director]")


@pytest.fixture
def files(tmp_path: Path) -> Iterator[Files]:
    """The office on the morning on which 107H1 opens."""
    plans = Path(shutil.copytree(PLANS, tmp_path / "plans"))
    now = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)
    with scene(tmp_path / "home", now, plans=plans) as it:
        yield Files(plans / OFFICE, it)


def words_in(workbook: bytes) -> str:
    sheets = load_workbook(BytesIO(workbook))
    return "\n".join(str(cell) for sheet in sheets for row in sheet.values for cell in row if cell)


@pytest.mark.parametrize("change", ["edited", "replaced"])
def test_an_open_cycle_goes_on_by_the_plan_it_was_opened_under(files: Files, change: str) -> None:
    office = files.scene
    cycle = office.open()
    mails = office.announce(cycle)
    if change == "edited":
        files.edit_the_duty()
    else:
        files.next_plan(date(2018, 6, 20))
    files.edit("contacts.yaml", "head-office@example.tw", NEW_MAIL)
    office.now = datetime(2018, 7, 4, 23, 0, tzinfo=TAIPEI)  # the last hour of the old cut-off

    wrong = filled(form_in(mails["business"]), lambda n: {**good(n), "自評分數": 101})
    office.reply(mails["business"], wrong)
    (problems,) = office.take_in()
    again = form_in(problems)
    assert OLD_TEXT in words_in(again)
    assert NEW_TEXT not in words_in(again)
    assert "107年7月4日（三）" in text_of(problems)

    office.reply(problems, filled(again))
    office.answer_all(mails, but=("business",))
    assert {office.wait(f"{cycle.key}/{section}") for section in mails} == {"accepted"}
    report = office.assemble(cycle)
    words = words_in(office.workspace.store.get(report.files[0].blob))
    assert OLD_TEXT in words
    assert NEW_TEXT not in words
    assert "規劃設計組" not in words

    delivery.deliver(office.workspace, cycle.key, now=office.now)
    (delivered,) = office.new_mails()
    assert delivered["To"].addresses[0].addr_spec == NEW_MAIL  # the old plan's reader, as of today


@pytest.mark.parametrize("change", ["edited", "replaced", "dropped"])
def test_opening_it_again_changes_nothing_in_it(files: Files, change: str) -> None:
    office = files.scene
    cycle = office.open()
    before = office.ledger.assignments.of(cycle.key)
    if change == "edited":
        files.edit_the_duty()
    elif change == "replaced":
        files.next_plan(date(2018, 6, 20))
    else:
        files.edit("107.yaml", f"id: {DUTY}\n    name", "id: another\n    name")

    assert office.open() == cycle
    assert office.ledger.assignments.of(cycle.key) == before


def test_the_next_cycle_is_opened_under_the_new_plan(files: Files) -> None:
    office = files.scene
    first = office.open()
    files.next_plan(date(2018, 11, 1))
    office.now = datetime(2018, 12, 18, 8, 30, tzinfo=TAIPEI)

    second = office.open("107H2")

    assert office.workspace.plan_of(first).year == 107
    assert office.workspace.plan_of(second).year == 108
    form = form_in(office.announce(second)["business"])
    assert NEW_TEXT in words_in(form)
