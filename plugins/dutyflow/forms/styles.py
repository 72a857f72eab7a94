"""Styles of a form's workbook: colours, fonts, lines and paper."""

from __future__ import annotations

from dataclasses import dataclass, replace

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.infra.xlsx import style
from dutyflow.plan.field_types import FormField

from .row_heights import FONT

BODY_SIZE = 11.0
SIZES = (BODY_SIZE, 9.0, 7.0)  # smaller ones for answers that would be cut off on paper

_A4 = 9  # as OOXML numbers paper sizes
_LINE = Side(style="thin", color="808080")
_BOX = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_BAD = PatternFill("solid", fgColor="F8CBAD")
_BAD_LINE = Side(style="medium", color="C00000")


@dataclass(frozen=True, kw_only=True)
class CellStyle:
    size: float = BODY_SIZE
    bold: bool = False
    color: str = "000000"
    fill: str = ""
    across: str = "left"
    down: str = "top"
    boxed: bool = False
    number_format: str = "@"

    def on(self, cell: Cell, *, size: float | None = None) -> None:
        sized = self if size in (None, self.size) else replace(self, size=size)
        style(cell, sized, sized._draw)

    def _draw(self, cell: Cell) -> None:
        cell.font = Font(name=FONT, size=self.size, bold=self.bold, color=self.color)
        cell.alignment = Alignment(horizontal=self.across, vertical=self.down, wrap_text=True)
        cell.number_format = self.number_format
        if self.fill:
            cell.fill = PatternFill("solid", fgColor=self.fill)
        if self.boxed:
            cell.border = _BOX


TITLE = CellStyle(size=16, bold=True, across="center", down="center")
SUBTITLE = CellStyle(size=12, across="center", down="center")
NOTE = CellStyle(size=11, color="404040", down="center")
NOTICE = CellStyle(size=11, bold=True, color="C00000", fill="FCE4D6", down="center")
HEADER = CellStyle(bold=True, fill="D9E2F3", across="center", down="center", boxed=True)
LOCKED = CellStyle(fill="F7F7F7", boxed=True)
INPUT = CellStyle(fill="FFFBE6", boxed=True)


def of_input(field: FormField) -> CellStyle:
    """The style of the cells in which a field is filled."""
    across = "center" if field.is_centred else "left"
    return replace(INPUT, across=across, number_format=field.number_format)


def mark_bad(cell: Cell) -> None:
    cell.fill = _BAD
    cell.border = Border(left=_BAD_LINE, right=_BAD_LINE, top=_BAD_LINE, bottom=_BAD_LINE)


def set_up_page(sheet: Worksheet) -> None:
    """A4 landscape, as wide as one page, page numbers at the foot."""
    page = sheet.page_setup
    page.orientation, page.paperSize = "landscape", _A4
    page.fitToWidth, page.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    margins = sheet.page_margins
    margins.left = margins.right = 0.4  # inches
    margins.top, margins.bottom, margins.footer = 0.5, 0.7, 0.3
    sheet.print_options.horizontalCentered = True
    foot = _HeaderFooterPart("第 &P 頁，共 &N 頁", font=f"{FONT},Regular", size=9)
    sheet.oddFooter = HeaderFooterItem(center=foot)
    sheet.sheet_view.showGridLines = False
