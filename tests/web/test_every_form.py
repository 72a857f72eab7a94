"""Every form of the plan can be filled in on the page, whatever it asks."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dutyflow.infra.plan_files.load import load_plan
from dutyflow.plan.field_types import FileField, FormField
from dutyflow.web.upload import create_app
from tests.support.filling import sample_value
from tests.support.scene import OFFICE, PLANS, scene
from tests.web.conftest import BASE, Page, fields_of

PLAN = load_plan(PLANS / OFFICE / "107.yaml")
NAMES = {"month": "107M08", "quarter": "107Q3", "half_year": "107H1"}
PDF = ("報告.pdf", b"%PDF-1.7 sample", "application/pdf")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory):
    home = tmp_path_factory.mktemp("forms")
    with scene(home, datetime(2018, 4, 2, 1, tzinfo=UTC), base_url=BASE) as it:
        yield it


@pytest.mark.parametrize("duty", [each.id for each in PLAN.duties])
def test_it_is_filled_in_and_accepted(office, duty: str) -> None:
    every = PLAN.duty(duty).every
    cycle = office.open(NAMES.get(every, "107"), duty)
    page = Page(scene=office, app=create_app(office.workspace, now=office.clock), cycle=cycle)
    section = office.ledger.assignments.of(cycle.key)[0].section
    visitor, case = page.visitor(section), page.case(section)
    shown = fields_of(visitor.page)
    said, files = {}, []
    for row in case.rows:
        for field in case.form.asked:
            name = f"t:{row.id}:{field.id}"
            assert name in shown, "asked on the page"
            if isinstance(field, FileField):
                files.append((f"u:{row.id}:{field.id}", PDF))
            else:
                said[name] = _typed(field)
    done = visitor.post("send", files=files or None, **said)
    assert "已收到，檢查無誤" in done.text
    (kept,) = office.ledger.submissions.of(case.assignment.key)
    named = [v for each in kept.answers for v in each["values"].values() if v == PDF[0]]
    assert len(named) == len(files), "a file that is chosen in a row is named there"


def _typed(field: FormField) -> str:
    return str(sample_value(field))


def test_a_report_that_a_low_score_asks_for_is_told_as_lacking(office) -> None:
    cycle = office.open("107M09", "phone_courtesy")
    page = Page(scene=office, app=create_app(office.workspace, now=office.clock), cycle=cycle)
    section = office.ledger.assignments.of(cycle.key)[0].section
    visitor = page.visitor(section)
    said = {}
    for row in page.case(section).rows:
        said |= {f"t:{row.id}:tested_on": "107/9/20", f"t:{row.id}:score": "80"}
        said |= {f"t:{row.id}:improvement": "改善報告.pdf"}
    told = visitor.post("send", **said)
    assert told.status_code == 422
    assert "沒有附上「改善報告.pdf」" in told.text
    named = ("改善報告.pdf", PDF[1], PDF[2])
    assert "已收到" in visitor.post("send", files=[("files", named)]).text


def test_a_file_that_is_taken_out_is_not_named_any_more(office) -> None:
    cycle = office.open("107M10", "phone_courtesy")
    page = Page(scene=office, app=create_app(office.workspace, now=office.clock), cycle=cycle)
    section = office.ledger.assignments.of(cycle.key)[0].section
    visitor = page.visitor(section)
    field = f"{page.case(section).rows[0].id}:improvement"
    two = [(f"u:{field}", (name, PDF[1], PDF[2])) for name in ("甲.pdf", "乙.pdf")]
    shown = visitor.post("draft", files=two)
    assert fields_of(shown)[f"t:{field}"] == "甲.pdf\n乙.pdf"
    shown = visitor.post("draft", remove="甲.pdf")
    assert fields_of(shown)[f"t:{field}"] == "乙.pdf"
