"""What becomes of an invented type of field, from the plan to the report and back into the plan.

Run by `test_new_field_type.py`, with `tests/support/percent_field.py` as a plugin.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import yaml
from jsonschema import Draft202012Validator

from dutyflow.errors import PlanError
from dutyflow.importers.workbook import Content, read_book, write_book
from dutyflow.infra.plan_files.load import load_contacts, load_plan
from dutyflow.plan.diff.changes import differences
from dutyflow.plan.model import Plan
from dutyflow.plan.schema import plan_schema
from dutyflow.plan.writing import to_yaml
from dutyflow.services.reporting.assembly import latest_report
from dutyflow.web.upload import create_app
from tests.support.filling import fill
from tests.support.scene import OFFICE, PLANS, Scene, form_in, scene, text_of
from tests.web.conftest import BASE, Page

FORM = """\
forms:
  - id: rates
    name: 達成率表
    fields:
      - {id: rate, title: 達成率, type: percent, at_least: 50, required: true}
      - {id: why, title: 原因, required_when: {field: rate, below: 80}}
duties:
"""
DUTY = "training"


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """The real plan, in which one duty asks for a share in percent."""
    folder = tmp_path / "plans"
    shutil.copytree(PLANS, folder)
    file = folder / OFFICE / "107.yaml"
    written = file.read_text("utf-8").replace("\nduties:\n", f"\n{FORM}", 1)
    file.write_text(written.replace(f"    form: {DUTY}\n", "    form: rates\n"), encoding="utf-8")
    return folder


@pytest.fixture
def file(plans: Path) -> Path:
    return plans / OFFICE / "107.yaml"


@pytest.fixture
def office(tmp_path: Path, plans: Path) -> Iterator[Scene]:
    now = datetime(2018, 4, 2, 1, tzinfo=UTC)
    with scene(tmp_path / "home", now, plans=plans, base_url=BASE) as it:
        yield it


def cells(workbook: bytes) -> dict[str, Any]:
    """The first sheet's cells that hold something, by their address."""
    sheet = openpyxl.load_workbook(io.BytesIO(workbook)).worksheets[0]
    return {cell.coordinate: cell.value for row in sheet.iter_rows() for cell in row if cell.value}


def test_the_plan_has_it(file: Path) -> None:
    plan = load_plan(file)
    assert load_plan(_written(file, to_yaml(plan))) == plan
    schema = Draft202012Validator(plan_schema())
    assert list(schema.iter_errors(yaml.safe_load(file.read_text("utf-8")))) == []


@pytest.mark.parametrize(
    ("right", "wrong", "told"),
    [
        ("type: percent", "type: percnt", "是不是 percent（百分比）？"),
        ("at_least: 50", "at_least: 五十", "at_least（最低百分比）為「五十」；應為：數字"),
        ("at_least: 50", "at_lest: 50", "是不是 at_least（最低百分比）？"),
    ],
)
def test_a_slip_in_it_is_told_in_its_own_words(
    file: Path, right: str, wrong: str, told: str
) -> None:
    with pytest.raises(PlanError) as refused:
        load_plan(_written(file, file.read_text("utf-8").replace(right, wrong)))
    assert told in str(refused.value)


def test_a_difference_between_two_plans_is_told_in_its_own_words(file: Path) -> None:
    before = load_plan(file)
    number = file.read_text("utf-8").replace(
        "type: percent, at_least: 50", "type: number, min: 0, max: 100"
    )
    told = [each.sentence for each in differences(before, load_plan(_written(file, number)))]
    assert "欄位「達成率」欄位型態：百分比 → 數字" in told
    assert "欄位「達成率」最低百分比：50 → （無）" in told


def test_a_workbook_asks_for_it_and_its_answers_are_judged_and_reported(office: Scene) -> None:
    cycle = office.open("107H1", DUTY)
    letter = office.announce(cycle)["business"]
    form = office.workspace.case(f"{cycle.key}/business").form
    blank = form_in(letter)
    assert "請填50% 到 100%。" in cells(blank).values()

    office.reply(letter, fill(blank, form, {"rate": "40%"}))
    (told,) = office.take_in()
    assert "「達成率」填的是「40%」" in text_of(told)
    assert "50% 到 100%" in text_of(told)

    office.reply(letter, fill(blank, form, {"rate": "60%"}))
    (told,) = office.take_in()
    assert "「達成率」低於 80（填的是 60%）" in text_of(told)
    assert "60%" in cells(form_in(told)).values(), "the form that goes back says it as people do"

    office.reply(letter, fill(blank, form, {"rate": "９２.５％"}))
    (told,) = office.take_in()
    assert str(told["Subject"]).startswith("已收到")

    office.assemble(cycle)
    (made,) = latest_report(office.workspace, cycle.key).files
    assert "92.5%" in cells(office.workspace.store.get(made.blob)).values()


def test_a_page_asks_for_it(office: Scene) -> None:
    cycle = office.open("107H1", DUTY)
    page = Page(scene=office, app=create_app(office.workspace, now=office.clock), cycle=cycle)
    visitor = page.visitor("business")
    assert 'class="short" inputmode="decimal" placeholder="92.5%"' in visitor.page.text
    assert "應為：</span>50% 到 100%" in visitor.post("send", **{"t::rate": "4"}).text
    assert "已收到，檢查無誤" in visitor.post("send", **{"t::rate": "92.5"}).text
    (*_, kept) = office.ledger.submissions.of(page.case("business").assignment.key)
    assert kept.answers[0]["values"] == {"rate": 92.5}


def test_the_workbook_of_the_plan_has_it(file: Path) -> None:
    content = Content(plan=load_plan(file), contacts=load_contacts(file.parent / "contacts.yaml"))
    written = write_book(content)
    sheet = openpyxl.load_workbook(io.BytesIO(written))["填報欄位"]
    titles, first = ([cell.value for cell in row] for row in sheet.iter_rows(3, 4))
    said = dict(zip(titles, first, strict=True))
    assert (said["型態"], said["最低百分比"]) == ("百分比", 50)
    back = Plan.model_validate(read_book(written, "計畫.xlsx").plan.data)
    assert back == content.plan


def _written(file: Path, text: str) -> Path:
    file.write_text(text, encoding="utf-8")
    return file
