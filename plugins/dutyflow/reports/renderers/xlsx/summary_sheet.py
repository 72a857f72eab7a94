"""Print the scored report (考核結果彙整表): all measures under their aspects.

A measure with several sections has one row for each. The measure's cells are not merged over them:
merged cells that meet the end of a page lose their text. Instead they are left open towards the
next row, and each row repeats the measure's number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.plan.model import FREQUENCY_TITLES
from dutyflow.reports import paper
from dutyflow.reports.layout import fold, page_breaks
from dutyflow.reports.model import AspectResult, Assessment, Entry, MeasureRow, Status
from dutyflow.reports.paper import (
    BAND,
    CENTRED,
    FREE,
    HEADER,
    PLAIN,
    SCORE,
    PrintStyle,
    put,
    spread,
)
from dutyflow.reports.wording import (
    LATE,
    NO_SCORE,
    STATUS_WORDS,
    chinese_number,
    counted,
    spoken_score,
    spoken_weight,
)

NAME = "考核結果彙整表"
HEADINGS = (
    "編號", "執行策略", "項目／具體作法", "承辦組室", "執行情形", "自評分數", "得分", "佐證", "備註"
)  # fmt: skip
WIDTHS = (56.0, 56.0, 196.0, 48.0, 196.0, 46.0, 44.0, 86.0, 48.0)  # points; together a page's
ID, STRATEGY, MEASURE, SECTION, TEXT, SELF_SCORE, MEASURE_SCORE, EVIDENCE, REMARK = range(1, 10)
LAST = len(HEADINGS)
OF_MEASURE = (ID, STRATEGY, MEASURE, MEASURE_SCORE)
MOST_LINES = 16  # in one row: half a page; more go on in a next row
CONTINUED = "\n（續）"
LEAST_HEIGHT = 20.0
TOP = replace(PLAIN, vertical="top")
LOOKS = {
    ID: TOP,
    SECTION: replace(CENTRED, vertical="top"),
    SELF_SCORE: replace(CENTRED, vertical="top"),
    MEASURE_SCORE: replace(SCORE, vertical="top", bold=True),
}
LEGEND = (
    "「得分」為該具體作法各承辦組室自評分數之平均，面向得分為其各具體作法得分之平均，"
    "總分為各面向得分依權重之加權平均，均顯示至小數點後第二位；「—」表示未評分，不列入平均。"
)


def write(sheet: Worksheet, report: Assessment) -> None:
    """Fill an empty sheet, ready to be printed."""
    paper.set_up(sheet, report, WIDTHS)
    _SummarySheet(sheet, report).write()


@dataclass(frozen=True, kw_only=True)
class _MeasureLine:
    """One printed row of a measure.

    `begins`, `ends`: the measure's first, last row; `part`, `parts`: of one section's rows.
    """

    cells: tuple[str | float, ...]
    status: Status
    begins: bool
    ends: bool
    part: int
    parts: int

    @property
    def height(self) -> float:
        texts = [cell if isinstance(cell, str) else "" for cell in self.cells]
        return max(LEAST_HEIGHT, paper.row_height(texts, WIDTHS))


class _SummarySheet:
    def __init__(self, sheet: Worksheet, report: Assessment) -> None:
        self._sheet = sheet
        self._report = report
        self._row = 1

    def write(self) -> None:
        self._heading()
        header, above = self._row - 1, sum(self._heights(1))
        self._break_pages(header, above, list(self._blocks()))
        self._sheet.print_title_rows = f"{header}:{header}"
        self._sheet.print_area = f"A1:{get_column_letter(LAST)}{self._row - 1}"
        self._sheet.freeze_panes = f"A{header + 1}"

    def _heading(self) -> None:
        report = self._report
        self._row = paper.put_heading(self._sheet, report, report.title, LAST)
        total = f"總分 {spoken_score(report.total)}　　{counted(report.tally())}"
        self._whole_row(total, replace(FREE, bold=True, horizontal="center"))
        if report.missing:
            late = f"{STATUS_WORDS['missing']}：{'、'.join(report.missing)}"
            self._whole_row(late, replace(FREE, bold=True, color=paper.RED, horizontal="center"))
        for column, heading in enumerate(HEADINGS, 1):
            put(self._sheet, self._row, column, heading, HEADER)
        self._next(24)

    def _blocks(self) -> Iterator[list[float]]:
        """Write the table's rows; yields the heights of those that belong on one page."""
        for number, aspect in enumerate(self._report.aspects, 1):
            start = self._row
            self._band(number, aspect)
            for row in aspect.rows:
                self._measure(row)
                yield self._heights(start)
                start = self._row
        yield self._closing()

    def _band(self, number: int, aspect: AspectResult) -> None:
        name = f"{chinese_number(number)}、{aspect.name}（權重 {spoken_weight(aspect.weight)}）"
        self._totals(name, counted(aspect.tally), aspect.score, BAND)

    def _totals(self, name: str, count: str, score: float | None, look: PrintStyle) -> None:
        spread(self._sheet, self._row, ID, SECTION - 1, name, look)
        spread(self._sheet, self._row, SECTION, SELF_SCORE, count, look)
        shown = replace(SCORE, bold=True, fill=look.fill)
        put(self._sheet, self._row, MEASURE_SCORE, _or_dash(score), shown)
        spread(self._sheet, self._row, EVIDENCE, LAST, None, look)
        self._next(max(LEAST_HEIGHT, paper.text_height(name, sum(WIDTHS[: SECTION - 1]))))

    def _measure(self, row: MeasureRow) -> None:
        for line in _lines(row):
            for column, cell in enumerate(line.cells, 1):
                put(self._sheet, self._row, column, cell, _look(line, column))
            self._next(line.height)

    def _closing(self) -> list[float]:
        start, report = self._row, self._report
        self._totals("總　分", counted(report.tally()), report.total, HEADER)
        self._next(6)
        notes = [*paper.printable(report.note).splitlines(), LEGEND]
        for number, note in enumerate(notes, 1):
            self._whole_row(f"註{number}：{note}", replace(FREE, vertical="top"))
        self._next(10)
        signing = "　　　　　　　　　　　　".join(f"{who}：" for who in report.signatures)
        self._whole_row(signing, replace(FREE, size=12, horizontal="center"), least=44)
        return self._heights(start)

    def _whole_row(self, text: str, look: PrintStyle, least: float = 0) -> None:
        spread(self._sheet, self._row, 1, LAST, text, look)
        self._next(max(least, paper.text_height(text, paper.WHOLE_WIDTH, look.size)))

    def _next(self, height: float) -> None:
        self._sheet.row_dimensions[self._row].height = height
        self._row += 1

    def _heights(self, start: int) -> list[float]:
        return [self._sheet.row_dimensions[row].height or 0 for row in range(start, self._row)]

    def _break_pages(self, header: int, above: float, blocks: list[list[float]]) -> None:
        repeated = self._sheet.row_dimensions[header].height or 0
        for rows in page_breaks(blocks, first=paper.ROOM - above, page=paper.ROOM - repeated):
            self._sheet.row_breaks.append(Break(id=header + rows))
            for column in range(1, LAST + 1):
                paper.close_below(self._sheet, header + rows, column)


def _lines(row: MeasureRow) -> Iterator[_MeasureLine]:
    """A measure's printed rows: one for each section, more where a text is too high for one."""
    last = len(row.entries) - 1
    for at, entry in enumerate(row.entries):
        folded = _folded(row, entry, with_measure=at == 0)
        for part, cells in enumerate(folded):
            yield _MeasureLine(
                cells=tuple(cells),
                status=entry.status,
                begins=at == part == 0,
                ends=at == last and part == len(folded) - 1,
                part=part,
                parts=len(folded),
            )


def _folded(row: MeasureRow, entry: Entry, *, with_measure: bool) -> list[list[str | float]]:
    """One section's rows under a measure. Only its first has scores; all have the number."""
    texts = [paper.printable(text) for text in _texts(row, entry, with_measure=with_measure)]
    rooms = [width - paper.PADDING for width in WIDTHS]
    rows: list[list[str | float]] = [list(r) for r in fold(texts, rooms, PLAIN.size, MOST_LINES)]
    for continued in rows[1:]:
        continued[ID - 1], continued[SECTION - 1] = row.measure, f"{entry.section}{CONTINUED}"
    rows[0][SELF_SCORE - 1] = _or_dash(entry.score)
    rows[0][MEASURE_SCORE - 1] = _or_dash(row.score) if with_measure else ""
    return rows


def _texts(row: MeasureRow, entry: Entry, *, with_measure: bool) -> tuple[str, ...]:
    """The words in each column, the columns of scores left empty."""
    measure = f"【{row.item}】\n{row.text}" if row.item else row.text
    own = (row.strategy, measure) if with_measure else ("", "")
    return (
        row.measure,
        *own,
        entry.section,
        _said(entry),
        "",
        "",
        entry.evidence,
        _remark(row, entry, with_measure),
    )


def _said(entry: Entry) -> str:
    if entry.status == "reported":
        return entry.text
    return "\n".join(filter(None, [STATUS_WORDS[entry.status], entry.text]))


def _remark(row: MeasureRow, entry: Entry, with_measure: bool) -> str:
    unusual = row.frequency != FREQUENCY_TITLES["ongoing"]
    remarks = [row.frequency if unusual and with_measure else "", LATE if entry.late else ""]
    return "\n".join(filter(None, remarks))


def _or_dash(score: float | None) -> str | float:
    return NO_SCORE if score is None else score


def _look(line: _MeasureLine, column: int) -> PrintStyle:
    look = LOOKS.get(column, TOP)
    if column in OF_MEASURE:
        look = replace(look, open_above=not line.begins, open_below=not line.ends)
    else:
        look = replace(look, open_above=line.part > 0, open_below=line.part < line.parts - 1)
    if (column == ID and not line.begins) or (column == SECTION and line.part > 0):
        return replace(look, color=paper.GREY)
    if column == TEXT and line.status == "missing":
        return replace(look, bold=True, color=paper.RED)
    return look
