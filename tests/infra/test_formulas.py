"""What begins like a formula is text in everything that dutyflow writes, whoever wrote it first."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyflow.calendars.working_days import Closure
from dutyflow.forms.problems import Problem
from dutyflow.importers.workbook import Content, write_book
from dutyflow.infra.libreoffice import xlsx_to_ods
from dutyflow.plan.answers import Answer
from dutyflow.plan.closures import parse_closures
from dutyflow.plan.model import Plan
from dutyflow.plan.writing import closures_to_csv
from dutyflow.reports.assessment import assess
from dutyflow.reports.plain import list_answers
from dutyflow.reports.proof import Chain, ChainLink, Proof, ProofRow, SectionProof
from dutyflow.reports.proof_sheet import proof_xlsx
from dutyflow.reports.received import Material, SectionAnswers
from dutyflow.reports.renderers import xlsx
from dutyflow.reports.year_sheet import (
    LoadRow,
    MailRow,
    PlannedDay,
    UnreachedRow,
    WeekRow,
    YearCalendar,
    year_xlsx,
)
from tests.forms import samples as forms
from tests.reports.samples import patient, real_plan, small_plan
from tests.support.answers import assessed
from tests.support.libreoffice import needed

DAY, MOMENT = date(2018, 7, 5), datetime(2018, 7, 5, tzinfo=UTC)
STARTS = ("=", "+", "-", "@", "=+", "'=")
PAYLOADS = ("cmd|'/c calc'!A0", 'HYPERLINK("https://example.tw","x")', "1+1", "IMPORTXML(A1)")
HOSTILE = st.builds(
    str.__add__,
    st.sampled_from(STARTS),
    st.sampled_from(PAYLOADS) | st.text("A1許功蓋&<>\"'[]:/\\?*_x000D_!|", min_size=1, max_size=9),
)
LIKE = ("=", "+", "-", "@", "\t")
FEW = settings(patient, max_examples=6)  # a workbook each, and many writers
REAL = real_plan()


def form(text: str) -> bytes:
    answers = [assessed(measure="1.1.1", text=text, evidence=f"\t{text}", score=90)]
    problem = Problem(
        sheet="", cell="", found=text, expected=text, hint=text, row="1.1.2.1", column="自評分數"
    )
    rows = [forms.measure_row(forms.measure("1.1.1", text, item=text)), *forms.ROWS[1:]]
    return forms.write(answers, [problem], rows=rows)


def _plan(text: str) -> Plan:
    plan = small_plan()
    measures = [each.model_copy(update={"text": text, "item": text}) for each in plan.measures]
    sections = [each.model_copy(update={"name": f"{text}{each.id}"}) for each in plan.sections]
    return plan.model_copy(update={"measures": tuple(measures), "sections": tuple(sections)})


def summary(text: str) -> bytes:
    answer = assessed(measure="3.1", text=text, evidence=text, score=80)
    received = {"three": SectionAnswers(answers=(answer,))}
    report = assess(_material(_plan(text), "self_assessment", received))
    return xlsx.render(replace(report, version=2, changes=(text,)))


def plain(text: str) -> bytes:
    values = {"checked_on": "2018-06-20", "pages": 12.0, "in_order": "否", "corrected": text}
    received = {"business": SectionAnswers(answers=(Answer(row="1.2.2.4", values=values),))}
    return xlsx.render(list_answers(_material(REAL, "website_review", received)))


def _material(plan: Plan, duty: str, received: dict[str, SectionAnswers]) -> Material:
    return Material(
        plan=plan,
        duty=plan.duty(duty),
        period="107年上半年",
        version=1,
        made_on=DAY,
        due_on=DAY,
        received=received,
    )


def proof(text: str) -> bytes:
    row = ProofRow(
        number=1, at=MOMENT, what="寄出", who=text, why=text, hash="0" * 64, recipient=text,
        recipient_name=text, acting_for=text, rung=text, result=text,
    )  # fmt: skip
    section = SectionProof(
        section="design", name=text, state="late", until=text, verdict=text, rows=(row,)
    )
    link = ChainLink(number=1, hash="0" * 64)
    chain = Chain(first=link, last=link, newest=link, broken_at=None)
    return proof_xlsx(
        [
            Proof(
                office="pingtung", office_name=text, duty="d", duty_name=text, clause=text,
                cycle="107H1", title=text, opened_at=MOMENT, collect_by=text, report_due=DAY,
                made_at=MOMENT, zone="Asia/Taipei", sections=(section,), whole=(row,), chain=chain,
            )
        ]
    )  # fmt: skip


def year(text: str) -> bytes:
    entry = PlannedDay(day=DAY, what=text, short=text, title=text, sections=(text,))
    mail = MailRow(day=DAY, to=text, role=text, reason=text, about=text, subject=text)
    calendar = YearCalendar(
        office=text,
        start=DAY,
        end=DAY,
        made_on=DAY,
        entries=(entry,),
        mails=(mail,),
        off=frozenset(),
        loads=(LoadRow(day=DAY, section=text, mails=1, assignments=1, deadlines=0),),
        weeks=(
            WeekRow(
                start=DAY, office=text, working_days=1, off=(DAY,), assignments=2, titles=(text,)
            ),
        ),
        unreached=(UnreachedRow(day=DAY, section=text, title=text, reason=text),),
    )
    return year_xlsx(calendar)


def book(text: str) -> bytes:
    closure = Closure(day=DAY, kind="off", reason=text, source=text)
    return write_book(Content(plan=_plan(text), contacts=None, closures=(closure,)))


WRITERS = (form, summary, plain, proof, year, book)


@pytest.mark.parametrize("write", WRITERS, ids=lambda write: write.__name__)
def test_no_workbook_has_a_formula(write: Callable[[str], bytes]) -> None:
    @FEW
    @given(HOSTILE)
    def none_of_it_is_a_formula(text: str) -> None:
        made = write(text)
        assert not re.search(rb"<f[ >]", _sheets(made))
        cells = _texts(made)
        assert any(text in value for value, _ in cells)
        assert [value for value, marked in cells if not marked and value.startswith(LIKE)] == []

    none_of_it_is_a_formula()


def _sheets(workbook: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return b"".join(map(archive.read, names))


def _texts(workbook: bytes) -> list[tuple[str, bool]]:
    """Every text, and whether it is marked as one."""
    opened = openpyxl.load_workbook(io.BytesIO(workbook))
    cells = (cell for sheet in opened for row in sheet.iter_rows() for cell in row)
    texts = (cell for cell in cells if isinstance(cell.value, str))
    return [(cell.value, cell.data_type == "s" and bool(cell.quotePrefix)) for cell in texts]


@pytest.mark.libreoffice
def test_no_ods_has_a_formula() -> None:
    needed("soffice")
    texts = [f"{start}{payload}" for start in "=+-@" for payload in PAYLOADS]
    answers = [
        assessed(measure=each.id, text=text, evidence=text, score=90)
        for each, text in zip(forms.MEASURES, texts, strict=False)
    ]
    with zipfile.ZipFile(io.BytesIO(xlsx_to_ods(forms.write(answers)))) as archive:
        content = archive.read("content.xml").decode()
    assert "table:formula" not in content
    for text in texts[: len(forms.MEASURES)]:
        escaped = text.replace("'", "&apos;").replace('"', "&quot;")
        assert re.search(rf'value-type="string"[^>]*><text:p>{re.escape(escaped)}<', content)


@patient
@given(HOSTILE.map(str.strip), HOSTILE.map(str.strip) | st.just(""))
def test_the_closures_file_has_no_formula_and_is_read_back(reason: str, source: str) -> None:
    closure = Closure(day=DAY, kind="off", reason=reason, source=source)
    written = closures_to_csv([closure])
    _header, cells = csv.reader(io.StringIO(written, newline=""))
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    (again,), findings = parse_closures(written.encode(), "closures.csv")
    assert findings == ()
    assert (again.reason, again.source) == (reason, source)
