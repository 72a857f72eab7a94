"""Print the plain report (填報彙整表): the sections' answers in a table.

A form with rows becomes a table with its fields as columns. One that is filled once becomes a list,
a field to a line, since its many texts would not fit side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.reports import paper
from dutyflow.reports.layout import fold, page_breaks
from dutyflow.reports.paper import CENTRED, FREE, HEADER, PLAIN, PrintStyle, put, spread
from dutyflow.reports.plain import PlainReport, PlainRow, Question
from dutyflow.reports.wording import LATE, STATUS_WORDS, counted

NAME = "彙整表"
SECTION, REMARK = "填報組室", "備註"
MOST_LINES = 16  # in one row: half a page; more go on in a next row
LEAST_HEIGHT = 20.0
NARROW, LEAD, ID = 62.0, 130.0, 46.0  # points
TOP = replace(PLAIN, vertical="top")


@dataclass(frozen=True, kw_only=True)
class _PlainColumn:
    title: str
    width: float  # points
    look: PrintStyle = TOP


@dataclass(frozen=True, kw_only=True)
class _AnswerLine:
    """One printed row. `begins`: it is the first of its section's answer."""

    cells: tuple[str, ...]
    begins: bool
    missing: bool


def write(sheet: Worksheet, report: PlainReport) -> None:
    """Fill an empty sheet, ready to be printed."""
    _PlainSheet(sheet, report).write()


class _PlainSheet:
    def __init__(self, sheet: Worksheet, report: PlainReport) -> None:
        self._sheet = sheet
        self._report = report
        self._columns = _columns(report)
        self._widths = tuple(column.width for column in self._columns)
        self._row = 1

    def write(self) -> None:
        paper.set_up(self._sheet, self._report, self._widths)
        self._heading()
        header, above = self._row - 1, sum(self._heights(1))
        blocks = [*self._blocks(), self._closing()]
        repeated = self._sheet.row_dimensions[header].height or 0
        for rows in page_breaks(blocks, first=paper.ROOM - above, page=paper.ROOM - repeated):
            self._sheet.row_breaks.append(Break(id=header + rows))
        self._sheet.print_title_rows = f"{header}:{header}"
        last = get_column_letter(len(self._columns))
        self._sheet.print_area = f"A1:{last}{self._row - 1}"
        self._sheet.freeze_panes = f"B{header + 1}"

    def _heading(self) -> None:
        report = self._report
        self._row = paper.put_heading(self._sheet, report, report.title, len(self._columns))
        self._whole_row(counted(report.tally()), replace(FREE, bold=True, horizontal="center"))
        if report.missing:
            late = f"{STATUS_WORDS['missing']}：{'、'.join(report.missing)}"
            self._whole_row(late, replace(FREE, bold=True, color=paper.RED, horizontal="center"))
        for number, column in enumerate(self._columns, 1):
            put(self._sheet, self._row, number, column.title, HEADER)
        titles = [column.title for column in self._columns]
        self._next(max(24.0, paper.row_height(titles, self._widths)))

    def _blocks(self) -> Iterator[list[float]]:
        """Write the table's rows; yields the heights of those that belong on one page."""
        for row in self._report.rows:
            start = self._row
            for line in self._lines(row):
                self._write(line)
            yield self._heights(start)

    def _lines(self, row: PlainRow) -> Iterator[_AnswerLine]:
        rooms = [width - paper.PADDING for width in self._widths]
        begins = True
        for cells in _cells(self._report, row):
            printed = [paper.printable(cell) for cell in cells]
            for part, folded in enumerate(fold(printed, rooms, PLAIN.size, MOST_LINES)):
                shown = folded if part == 0 else [row.section, *folded[1:]]
                yield _AnswerLine(
                    cells=tuple(shown), begins=begins, missing=row.status == "missing"
                )
                begins = False

    def _write(self, line: _AnswerLine) -> None:
        for number, (column, cell) in enumerate(zip(self._columns, line.cells, strict=True), 1):
            look = column.look
            if number == 1 and not line.begins:
                look = replace(look, color=paper.GREY)
            elif line.missing and cell == STATUS_WORDS["missing"]:
                look = replace(look, bold=True, color=paper.RED)
            put(self._sheet, self._row, number, cell, look)
        self._next(max(LEAST_HEIGHT, paper.row_height(line.cells, self._widths)))

    def _closing(self) -> list[float]:
        start, report = self._row, self._report
        self._next(6)
        for number, note in enumerate(paper.printable(report.note).splitlines(), 1):
            self._whole_row(f"註{number}：{note}", replace(FREE, vertical="top"))
        self._next(10)
        signing = "　　　　　　　　　　　　".join(f"{who}：" for who in report.signatures)
        self._whole_row(signing, replace(FREE, size=12, horizontal="center"), least=44)
        return self._heights(start)

    def _whole_row(self, text: str, look: PrintStyle, least: float = 0) -> None:
        spread(self._sheet, self._row, 1, len(self._columns), text, look)
        self._next(max(least, paper.text_height(text, paper.WHOLE_WIDTH, look.size)))

    def _next(self, height: float) -> None:
        self._sheet.row_dimensions[self._row].height = height
        self._row += 1

    def _heights(self, start: int) -> list[float]:
        return [self._sheet.row_dimensions[row].height or 0 for row in range(start, self._row)]


def _columns(report: PlainReport) -> tuple[_PlainColumn, ...]:
    """The columns, together as wide as a page."""
    section = _PlainColumn(title=SECTION, width=NARROW, look=replace(CENTRED, vertical="top"))
    remark = _PlainColumn(title=REMARK, width=NARROW)
    if not report.leads:
        rest = paper.WHOLE_WIDTH - section.width - remark.width
        item, said = (
            _PlainColumn(title="項目", width=rest * 0.3),
            _PlainColumn(title="填報內容", width=rest * 0.7),
        )
        return (section, item, said, remark)
    leads = tuple(
        _PlainColumn(title=title, width=ID if place == 0 else LEAD)
        for place, title in enumerate(_shown_leads(report.leads))
    )
    taken = sum(column.width for column in (section, remark, *leads))
    room = paper.WHOLE_WIDTH - taken
    asked = sum(question.width for question in report.questions)
    fields = (
        _PlainColumn(
            title=_titled(question),
            width=room * question.width / asked,
            look=replace(CENTRED if question.is_centred else PLAIN, vertical="top"),
        )
        for question in report.questions
    )
    return (section, *leads, *fields, remark)


def _titled(question: Question) -> str:
    """A column's title with its unit, unless it speaks of it: 件數."""
    if not question.unit or question.unit in question.title:
        return question.title
    return f"{question.title}（{question.unit}）"


def _shown_leads(leads: Sequence[str]) -> tuple[str, ...]:
    """The number and the text of a row; its aspect and strategy are left to the plan."""
    return (leads[0], leads[-1])


def _cells(report: PlainReport, row: PlainRow) -> Iterator[tuple[str, ...]]:
    """The texts of a row's lines."""
    remark = LATE if row.late else ""
    answered = row.status == "reported"
    values = row.values if row.values else (None,) * len(report.questions)
    said = [q.shown(value) for q, value in zip(report.questions, values, strict=True)]
    status = STATUS_WORDS[row.status]
    if report.leads:
        shown = [
            _without_unit(text, q.unit) for text, q in zip(said, report.questions, strict=True)
        ]
        if not answered:
            shown[0] = "\n".join(filter(None, [status, shown[0]]))
        yield (row.section, *_shown_leads(row.lead), *shown, remark)
        return
    if not answered:
        yield (row.section, "", status, remark)
    given = [(q.title, text) for q, text in zip(report.questions, said, strict=True)]
    for place, (title, text) in enumerate(given if answered else _only_given(given)):
        yield (row.section, title, text or "—", remark if answered and place == 0 else "")


def _only_given(given: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(title, text) for title, text in given if text]


def _without_unit(text: str, unit: str) -> str:
    """A value without its unit, which stands in the column's title."""
    return text.removesuffix(unit) if unit else text
