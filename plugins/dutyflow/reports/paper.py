"""Style and set up printed sheets: paper, fonts, lines, headings, and text that stays text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast

from openpyxl.cell.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.calendars.roc import format_roc
from dutyflow.infra.xlsx import PIXELS_PER_WIDTH, clean, put_number, put_text, style
from dutyflow.plan.texts import CELL_LIMIT, units

from .layout import wrap
from .model import Report

POINTS_PER_INCH = 72
WIDTH, HEIGHT = 11.69 * POINTS_PER_INCH, 8.27 * POINTS_PER_INCH  # A4 landscape
SIDE, TOP, BOTTOM, FOOTER = 0.45, 0.5, 0.6, 0.3  # margins, inches
ROOM = HEIGHT - (TOP + BOTTOM) * POINTS_PER_INCH - 6  # for rows on a page; 6 to be safe
WHOLE_WIDTH = WIDTH - 2 * SIDE * POINTS_PER_INCH

PADDING = 6.0  # a cell's own, left and right together
POINTS_PER_WIDTH = PIXELS_PER_WIDTH * 0.75
FACE = "標楷體"  # of official documents; 文書處理手冊
LEADING = 1.45  # a line's height, of its font's size
HIGHEST = 409.0  # row: Excel specifications and limits

_LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n\s*\n")

INK, RED, GREY = "FF000000", "FFC00000", "FF7F7F7F"
_LINE = Side(style="thin", color="FF808080")


@dataclass(frozen=True, kw_only=True)
class PrintStyle:
    """The style of a printed cell.

    `open_above`, `open_below`: without the line towards the cell there.
    """

    size: float = 10
    bold: bool = False
    color: str = INK
    fill: str | None = None
    horizontal: str = "left"
    vertical: str = "center"
    number: str = "General"
    boxed: bool = True
    open_above: bool = False
    open_below: bool = False

    def on(self, cell: Cell) -> None:
        style(cell, self, self._draw)

    def _draw(self, cell: Cell) -> None:
        cell.font = Font(name=FACE, size=self.size, bold=self.bold, color=self.color)
        cell.alignment = Alignment(
            horizontal=self.horizontal, vertical=self.vertical, wrap_text=True
        )
        cell.number_format = self.number
        if self.fill is not None:
            cell.fill = PatternFill("solid", start_color=self.fill)
        if self.boxed:
            above, below = (not self.open_above or None), (not self.open_below or None)
            cell.border = Border(
                left=_LINE, right=_LINE, top=above and _LINE, bottom=below and _LINE
            )


PLAIN = PrintStyle()
CENTRED = replace(PLAIN, horizontal="center")
SCORE = replace(CENTRED, number="0.00")
HEADER = replace(CENTRED, bold=True, fill="FFD9E2EC")
BAND = replace(PLAIN, bold=True, fill="FFEEF2F6")
FREE = replace(PLAIN, boxed=False)
TITLE = replace(FREE, size=18, bold=True, horizontal="center")
OFFICE = replace(TITLE, size=14, bold=False)


def printable(text: str) -> str:
    """The text as it is printed, without control characters and empty lines.

    What a cell cannot hold is cut off, with a note that says so.
    """
    shown = _EMPTY_LINES.sub("\n", clean(_LINE_ENDS.sub("\n", text))).rstrip()
    if units(shown) <= CELL_LIMIT:
        return shown
    note = f"…（原文共 {len(text)} 字，逾試算表儲存格上限，以下從略）"
    kept = shown.encode("utf-16-le")[: 2 * (CELL_LIMIT - units(note))]
    return kept.decode("utf-16-le", "ignore") + note


def put(
    sheet: Worksheet, row: int, column: int, value: str | float | None, look: PrintStyle
) -> None:
    """Write one cell. Text stays text, whatever it begins with."""
    cell = cast(Cell, sheet.cell(row, column))
    look.on(cell)
    if isinstance(value, str):
        put_text(cell, printable(value))
    elif value is not None:
        put_number(cell, float(value))


def close_below(sheet: Worksheet, row: int, column: int) -> None:
    """Draw the line under a cell that was left open."""
    cell = sheet.cell(row, column)
    drawn = cell.border
    cell.border = Border(left=drawn.left, right=drawn.right, top=drawn.top, bottom=_LINE)


def spread(
    sheet: Worksheet, row: int, first: int, last: int, value: str | float | None, look: PrintStyle
) -> None:
    """Write one value over several columns of a row."""
    for column in range(first, last + 1):
        put(sheet, row, column, value if column == first else None, look)
    if last > first:
        sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)


def text_height(text: str, width: float, size: float = PLAIN.size) -> float:
    """How high a row must be for the text to show in this width (both in points)."""
    return row_height([text], [width], size)


def row_height(texts: Sequence[str], widths: Sequence[float], size: float = PLAIN.size) -> float:
    """How high a row must be for all its texts to show in their columns; never above HIGHEST."""
    rooms = (width - PADDING for width in widths)
    most = max(len(wrap(text, room, size)) for text, room in zip(texts, rooms, strict=True))
    return min(most * size * LEADING + 5, HIGHEST)


def set_up(sheet: Worksheet, report: Report, widths: tuple[float, ...]) -> None:
    """Set up a report's sheet: A4 landscape, one page wide; page, version and date below."""
    set_paper(sheet, widths, f"第 {report.version} 版", report.made_on)


def set_paper(sheet: Worksheet, widths: tuple[float, ...], version: str, made_on: date) -> None:
    """Set up a sheet that is no report's in the same way. Widths in points."""
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width / POINTS_PER_WIDTH
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9  # A4: ECMA-376 part 1, 18.3.1.63
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = SIDE
    margins.top, margins.bottom, margins.footer = TOP, BOTTOM, FOOTER
    sheet.print_options.horizontalCentered = True
    sheet.sheet_view.showGridLines = False
    sheet.HeaderFooter.oddFooter = HeaderFooterItem(
        left=_foot(version),
        center=_foot("第 &P 頁，共 &N 頁"),
        right=_foot(f"製表日期：{format_roc(made_on, weekday=True)}"),
    )


def _foot(text: str) -> _HeaderFooterPart:
    return _HeaderFooterPart(text=text, font=f"{FACE},Regular", size=9)


def put_heading(sheet: Worksheet, report: Report, title: str, last: int) -> int:
    """The title block over columns 1 to `last`. Returns the row after it."""
    dates = "　　".join(
        (
            f"版次：第 {report.version} 版",
            f"製表日期：{format_roc(report.made_on, weekday=True)}",
            f"應報日期：{format_roc(report.due_on, weekday=True)}",
        )
    )
    for row, (text, look) in enumerate(
        ((report.office, OFFICE), (title, TITLE), (dates, replace(FREE, horizontal="right"))), 1
    ):
        spread(sheet, row, 1, last, text, look)
        sheet.row_dimensions[row].height = text_height(text, WHOLE_WIDTH, look.size)
    return 4
