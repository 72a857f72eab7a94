"""休假補班: days on which the office differs from the government's calendar."""

from __future__ import annotations

from collections.abc import Iterable

from dutyflow.calendars.working_days import Closure
from dutyflow.errors import Finding
from dutyflow.importers.workbook.book import Book, Row, Table
from dutyflow.importers.workbook.codecs import Choice, Day, Slip, read_day
from dutyflow.importers.workbook.grids import Column, Grid, line
from dutyflow.importers.workbook.wording import translated
from dutyflow.plan.closures import KINDS, JudgedClosures
from dutyflow.plan.source import Place
from dutyflow.plan.texts import folded
from dutyflow.plan.words import CHOICE_TITLES, guess

SHEET = "休假補班"
_TITLES = {"date": "日期", "kind": "放假或上班", "reason": "原因", "source": "出處"}
COLUMNS = (
    Column("date", _TITLES["date"], 16, "民國年-月-日，例如 107-07-11", codec=Day(), required=True),
    Column(
        "kind",
        _TITLES["kind"],
        14,
        "放假（停止上班）或上班（補行上班）",
        codec=Choice(KINDS),
        required=True,
        middle=True,
    ),
    Column("reason", _TITLES["reason"], 40, "原因，例如 颱風停止上班", required=True),
    Column("source", _TITLES["source"], 50, "公告或文號；可留空白", blank=""),
)
EMPTY = Grid(
    sheet=SHEET,
    columns=COLUMNS,
    note="只列本機關與政府行事曆不同的日子，例如颱風停班；政府行事曆本身不必列。",
    spare=12,
)


def grid(closures: Iterable[Closure]) -> Grid:
    lines = []
    for each in closures:
        values = {"date": each.day, "kind": each.kind, "reason": each.reason, "source": each.source}
        day = str(Day().show(each.day))
        lines.append(line(COLUMNS, day, day, values))
    return Grid(**{**vars(EMPTY), "lines": tuple(lines)})


def read(book: Book, place: Place) -> tuple[tuple[Closure, ...] | None, tuple[Finding, ...]]:
    """The closures, None where the sheet is gone; and what is wrong with them."""
    if not book.has(SHEET):
        return None, ()
    table = book.table(EMPTY, place)
    findings = book.source(SHEET, None, place).findings
    if table is None or findings:
        return (), findings
    judged = _Judged(table)
    closures = tuple(filter(None, map(judged.read, table.rows)))
    return closures, tuple(map(translated, judged.findings))


class _Judged(JudgedClosures):
    def __init__(self, table: Table) -> None:
        super().__init__()
        self._rows = {row.number: row for row in table.rows}

    def where(self, number: int, column: str) -> str:
        return str(self._rows[number].spot(_TITLES[column]))

    def elsewhere(self, number: int) -> str:
        return self.where(number, "date")

    def read(self, row: Row) -> Closure | None:
        cells = {name: row.text(title) for name, title in _TITLES.items()}
        kind = guess(folded(cells["kind"]), KINDS, CHOICE_TITLES)
        if kind is not None and kind[1]:
            cells["kind"] = kind[0]
        return self.row(
            row.number, _iso(cells["date"]), cells["kind"], cells["reason"], cells["source"]
        )


def _iso(text: str) -> str:
    """A day in whatever way as an ISO date; what is none, as it is."""
    try:
        return read_day(text).isoformat()
    except Slip:
        return text
