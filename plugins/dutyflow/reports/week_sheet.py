"""Print the weekly status (每週狀態): sections in figures and as a chart, and what is late."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

from openpyxl import Workbook
from openpyxl.chart import BarChart, Reference
from openpyxl.chart.axis import ChartLines
from openpyxl.chart.label import DataLabelList
from openpyxl.chart.shapes import GraphicalProperties
from openpyxl.drawing.line import LineProperties
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.infra.xlsx import measure_columns, save

from . import paper
from .paper import CENTRED, FREE, HEADER, OFFICE, PLAIN, TITLE, PrintStyle, put, spread

NAME = "每週狀態"
COLUMNS = {
    "組室": 170.0,
    "應報": 76.0,
    "準時": 76.0,
    "準時率": 84.0,
    "已填報": 76.0,
    "完成率": 84.0,
    "辦理中": 76.0,
    "逾期": 76.0,
}
LAST = len(COLUMNS)
RATES = (4, 6)  # the columns of the chart
SHOWN = 8  # lines of what is late or waits; of more, how many
ROW = 21.0
CHART_ROWS = 10
CHART_ROW = 20.0  # points
SOLID, PALE, GRID = "1F4E79", "9DC3E6", "D9D9D9"
PERCENT = replace(CENTRED, number='0"%"')
BAD = replace(CENTRED, bold=True, color=paper.RED)
_CM_PER_POINT = 2.54 / paper.POINTS_PER_INCH

Cells = Sequence[tuple[str | float, PrintStyle]]


class SectionStanding(Protocol):
    """How a section stands; the rates in percent, None where nothing was due."""

    @property
    def name(self) -> str: ...
    @property
    def due(self) -> int: ...
    @property
    def on_time(self) -> int: ...
    @property
    def percent(self) -> int | None: ...
    @property
    def answered(self) -> int: ...
    @property
    def complete(self) -> int | None: ...
    @property
    def open_now(self) -> int: ...
    @property
    def late_now(self) -> int: ...


@dataclass(frozen=True, kw_only=True)
class WeekSheet:
    """What the page says.

    `span` says which assignments the rates are of; `late` and `waiting` are lines.
    """

    office: str
    title: str
    headline: str
    span: str
    made_on: date
    sections: Sequence[SectionStanding]
    whole: SectionStanding
    late: Sequence[str]
    waiting: Sequence[str]


def week_xlsx(week: WeekSheet) -> bytes:
    """The workbook's bytes: the same for the same week."""
    workbook = Workbook()
    measure_columns(workbook)
    workbook.properties.title = paper.printable(f"{week.office} {week.title}")
    workbook.properties.creator = paper.printable(week.office)
    sheet = workbook.worksheets[0]
    sheet.title = NAME
    _WeekPage(sheet, week).write()
    return save(workbook)


class _WeekPage:
    def __init__(self, sheet: Worksheet, week: WeekSheet) -> None:
        self._sheet, self._week, self._row = sheet, week, 1

    def write(self) -> None:
        sheet, week = self._sheet, self._week
        scale = paper.WHOLE_WIDTH / sum(COLUMNS.values())
        widths = tuple(width * scale for width in COLUMNS.values())
        paper.set_paper(sheet, widths, NAME, week.made_on)
        sheet.page_setup.fitToHeight = 1
        self._line(week.office, OFFICE)
        self._line(f"{NAME}：{week.title}", TITLE)
        self._line(week.headline, replace(FREE, size=13, bold=True, horizontal="center"))
        self._next(6)
        first = self._row
        self._table()
        self._line(week.span, replace(FREE, size=9, color=paper.GREY))
        self._chart(first, first + len(week.sections))
        self._list("目前逾期", week.late)
        self._list("等候核定", week.waiting)
        sheet.print_area = f"A1:H{self._row - 1}"

    def _table(self) -> None:
        self._cells([(title, HEADER) for title in COLUMNS])
        for section in self._week.sections:
            self._cells(_cells(section))
        whole = [(value, replace(look, bold=True)) for value, look in _cells(self._week.whole)]
        self._cells(whole)

    def _chart(self, header: int, last: int) -> None:
        """Both rates, section by section, under the figures that they are drawn from."""
        chart = BarChart()
        for column, colour in zip(RATES, (SOLID, PALE), strict=True):
            data = Reference(self._sheet, min_col=column, min_row=header, max_row=last)
            chart.add_data(data, titles_from_data=True)
            chart.series[-1].graphicalProperties.solidFill = colour
        chart.set_categories(Reference(self._sheet, min_col=1, min_row=header + 1, max_row=last))
        chart.y_axis.scaling.min, chart.y_axis.scaling.max = 0, 100
        chart.y_axis.majorUnit = 25
        chart.y_axis.number_format = '0"%"'
        lines = GraphicalProperties(ln=LineProperties(solidFill=GRID))
        chart.y_axis.majorGridlines = ChartLines(spPr=lines)
        chart.x_axis.delete = chart.y_axis.delete = False  # newer Excel hides what is not said
        chart.dataLabels = DataLabelList()
        chart.dataLabels.showVal = True
        for other in ("showSerName", "showCatName", "showLegendKey", "showPercent"):
            setattr(chart.dataLabels, other, False)
        chart.legend.position = "t"
        chart.gapWidth, chart.overlap = 80, 0
        chart.width = paper.WHOLE_WIDTH * _CM_PER_POINT  # type: ignore[assignment]  # cm: a float
        chart.height = CHART_ROWS * CHART_ROW * _CM_PER_POINT
        self._sheet.add_chart(chart, f"A{self._row}")
        for _ in range(CHART_ROWS):
            self._next(CHART_ROW)
        self._next(8)

    def _list(self, title: str, lines: Sequence[str]) -> None:
        if not lines:
            return
        self._line(f"{title}（{len(lines)}）", replace(FREE, size=11, bold=True))
        for line in _shown(lines):
            self._line(line, FREE)

    def _cells(self, cells: Cells) -> None:
        for column, (value, look) in enumerate(cells, 1):
            put(self._sheet, self._row, column, value, look)
        self._next(ROW)

    def _line(self, text: str, look: PrintStyle) -> None:
        spread(self._sheet, self._row, 1, LAST, text, look)
        self._next(paper.text_height(text, paper.WHOLE_WIDTH, look.size))

    def _next(self, height: float) -> None:
        self._sheet.row_dimensions[self._row].height = height
        self._row += 1


def _cells(row: SectionStanding) -> Cells:
    return (
        (row.name, PLAIN),
        (row.due, CENTRED),
        (row.on_time, CENTRED),
        _rate(row.percent),
        (row.answered, CENTRED),
        _rate(row.complete),
        (row.open_now, CENTRED),
        (row.late_now, BAD if row.late_now else CENTRED),
    )


def _rate(percent: int | None) -> tuple[str | float, PrintStyle]:
    return ("—", CENTRED) if percent is None else (percent, PERCENT)


def _shown(lines: Sequence[str]) -> Iterator[str]:
    for line in lines[:SHOWN]:
        yield f"．{line}"
    if len(lines) > SHOWN:
        yield f"．另 {len(lines) - SHOWN} 件，見信件內文"
