"""A workbook in, what its sheets say out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dutyflow.calendars.working_days import Closure
from dutyflow.errors import Finding, PlanError
from dutyflow.forms.guard import check
from dutyflow.forms.problems import FormRejected
from dutyflow.forms.reader import read_sheets
from dutyflow.plan.source import Place
from dutyflow.plan.texts import folded

from .book import Book, BookSource, Table
from .grids import Grid
from .labels import Labels
from .sheets import asking, days, duties, head, measures, people, reminding, sections
from .sheets.names import Names, names_in

WANTED = "由 dutyflow plan to-xlsx 產生的計畫活頁簿，存成 .xlsx 或 .ods，不含巨集、連結與密碼"
_PLAN: Place = ("plan",)
_CONTACTS: Place = ("contacts",)
_CLOSURES: Place = ("closures",)


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a workbook says. Contacts and closures are None where it says nothing about them.

    `findings` are what is wrong with the closures; sources tell their own.
    """

    plan: BookSource
    contacts: BookSource | None
    closures: tuple[Closure, ...] | None
    findings: tuple[Finding, ...]


def read_book(content: bytes, name: str) -> Reading:
    """Raises PlanError for what is no workbook, or is none that is safe to open."""
    try:
        check(content)
        sheets = {name: sheet.rows for name, sheet in read_sheets(content).items()}
        book = Book(sheets=sheets)
    except FormRejected as rejected:
        finding = Finding(where=name, found=rejected.problem.found, expected=WANTED)
        raise PlanError([finding]) from None
    plan, names = _plan(book)
    closures, findings = days.read(book, _CLOSURES)
    return Reading(
        plan=book.source(name, plan, _PLAN),
        contacts=_contacts(book, name, names.sections),
        closures=closures,
        findings=findings,
    )


def _plan(book: Book) -> tuple[dict[str, Any], Names]:
    """The plan as its file would have it, and what it calls things."""
    plan = head.read(book, _PLAN)
    those = {
        "sections": _table(book, sections.EMPTY, "sections"),
        "forms": _table(book, asking.EMPTY_FORMS, "forms"),
    }
    those["ladders"] = _table(book, reminding.EMPTY, "ladders")
    those["duties"] = _table(book, duties.empty(names_in()), "duties")
    names = names_in(
        sections=_pairs(those["sections"], "名稱"),
        forms=_pairs(those["forms"], "表名"),
        ladders=reminding.pairs(those["ladders"]),
        duties=_pairs(those["duties"], "名稱"),
    )
    measure_table = _table(book, measures.empty(names.sections), "measures")
    fields = book.table(asking.empty_fields(names.forms), (*_PLAN, "forms"))
    plan |= {
        "sections": sections.read(book, those["sections"], (*_PLAN, "sections")),
        "measures": measures.read(book, measure_table, (*_PLAN, "measures"), names.sections),
        "forms": asking.read(book, those["forms"], fields, (*_PLAN, "forms"), names.forms),
        "ladders": reminding.read(book, those["ladders"], (*_PLAN, "ladders")),
        "duties": duties.read(book, those["duties"], (*_PLAN, "duties"), names),
    }
    return plan, names


def _contacts(book: Book, name: str, sections: Labels) -> BookSource | None:
    """None where the sheet is gone or names nobody: then contacts stay as they are."""
    if not book.has(people.SHEET):
        return None
    table = book.table(people.empty(sections), (*_CONTACTS, "sections"))
    if table is not None and not people.rows(table):
        return None
    return book.source(name, people.read(book, table, _CONTACTS, sections), _CONTACTS)


def _table(book: Book, grid: Grid, field: str) -> Table | None:
    return book.table(grid, (*_PLAN, field))


def _pairs(table: Table | None, title: str) -> list[tuple[str, str]]:
    """Codes and names in a table's rows, as far as they are there."""
    rows = table.rows if table is not None else ()
    pairs = ((folded(row.text("代碼")), row.text(title)) for row in rows)
    return [(code, name) for code, name in pairs if code and name]
