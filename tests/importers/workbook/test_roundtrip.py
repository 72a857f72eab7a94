"""Whatever plan there is comes back from its workbook as the same."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dutyflow.importers.workbook import Content, filing, read_book, write_book
from dutyflow.infra.plan_files.load import load_contacts, load_plan
from dutyflow.plan.model import Contacts, Plan
from tests.support.libreoffice import LibreOffice
from tests.support.plans import closures, contacts, plans

OFFICE = Path(__file__).resolve().parents[3] / "include/plan/pingtung"
quick = settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@st.composite
def contents(draw):
    plan = draw(plans())
    people = draw(st.none() | contacts(plan))
    return Content(plan=plan, contacts=people, closures=draw(closures()))


def back(workbook: bytes) -> Content:
    reading = read_book(workbook, "計畫.xlsx")
    told = reading.contacts.findings if reading.contacts is not None else ()
    assert [*map(str, (*reading.plan.findings, *told, *reading.findings))] == []
    return Content(
        plan=Plan.model_validate(reading.plan.data),
        contacts=reading.contacts and Contacts.model_validate(reading.contacts.data),
        closures=reading.closures,
    )


@pytest.fixture(scope="session")
def real() -> Content:
    return Content(
        plan=load_plan(OFFICE / "107.yaml"), contacts=load_contacts(OFFICE / "contacts.yaml")
    )


@quick
@given(content=contents())
def test_a_workbook_gives_back_what_it_was_made_of(content):
    workbook = write_book(content)
    again = back(workbook)
    assert again == content
    assert again.plan.hash == content.plan.hash
    assert filing.lost_in(content, workbook) == []
    assert write_book(again) == workbook


def test_the_real_plan_comes_back_as_it_was(real):
    workbook = write_book(real)
    assert back(workbook) == real
    assert write_book(real) == workbook


def test_the_real_plan_survives_libreoffice_and_back(tmp_path, soffice: LibreOffice, real):
    path = tmp_path / "計畫.xlsx"
    path.write_bytes(write_book(real))
    ods = soffice.convert(path, "ods")
    again = soffice.convert(ods, "xlsx")
    for each in (ods, again):
        assert back(each.read_bytes()) == real


@settings(
    max_examples=2,
    deadline=None,
    phases=[Phase.generate],  # LibreOffice is too slow to be asked for a smaller example
    suppress_health_check=list(HealthCheck),
)
@given(content=contents())
def test_any_plan_survives_libreoffice_and_back(tmp_path_factory, soffice: LibreOffice, content):
    path = tmp_path_factory.mktemp("book") / "計畫.xlsx"
    path.write_bytes(write_book(content))
    again = soffice.convert(soffice.convert(path, "ods"), "xlsx")
    assert filing.lost_in(content, again.read_bytes()) == []
    assert back(again.read_bytes()) == content


def test_a_number_with_more_digits_than_a_spreadsheet_keeps_is_text(real):
    weights = {**real.plan.scoring.weights, "基礎服務": 224642238.4814695}
    scoring = real.plan.scoring.model_copy(update={"weights": weights})
    content = Content(plan=real.plan.model_copy(update={"scoring": scoring}))
    workbook = write_book(content)
    sheet = openpyxl.load_workbook(BytesIO(workbook))["計畫"]
    cells = {row[0].value: row[1].value for row in sheet.iter_rows()}
    assert (cells["基礎服務"], cells["服務遞送"]) == ("224642238.4814695", 20)
    assert back(workbook).plan == content.plan
