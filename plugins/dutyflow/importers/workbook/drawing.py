"""The workbook drawn: what is bold, what is offered, where a page ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import groupby

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.pagebreak import Break, ColBreak
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.forms.row_heights import row_height
from dutyflow.forms.styles import NOTE, TITLE, CellStyle, set_up_page
from dutyflow.infra.xlsx import cell_at, measure_columns, put_number, put_text, save

from . import guide
from .content import Content
from .grids import Column, Grid, Line
from .offering import Offers
from .sheets.measures import Tick

SIZE = 10.0
REQUIRED = CellStyle(
    size=SIZE, bold=True, color="FFFFFF", fill="1F4E79", across="center", down="center", boxed=True
)
OPTIONAL = CellStyle(
    size=SIZE, bold=True, color="1F3864", fill="D9E2F3", across="center", down="center", boxed=True
)
TEXT = CellStyle(size=SIZE, boxed=True, down="center")
MIDDLE = CellStyle(size=SIZE, boxed=True, across="center", down="center")
TICKED = CellStyle(size=12, boxed=True, across="center", down="center", bold=True, color="2E7D32")
FIXED = CellStyle(size=SIZE, boxed=True, fill="F2F2F2", bold=True, down="center")
ASIDE = CellStyle(size=SIZE, boxed=True, fill="F2F2F2", color="595959", down="center")
_ASIDE_TITLE = replace(TITLE, size=12, across="left")
_LOWEST = 20.0  # points: room to read, and to write
_MISSING = DifferentialStyle(fill=PatternFill("solid", bgColor="F8CBAD"))
_TABS = {
    guide.SHEET: "7F7F7F",
    "聯絡人": "548235",
    "休假補班": "548235",
    "填報表": "BF8F00",
    "填報欄位": "BF8F00",
    "稽催階段": "BF8F00",
}
_TAB = "1F4E79"
_SCALE = 76  # percent, of what is printed on pages side by side
_NOTE_SIZE = (260, 90)  # pixels of a title's note


def write_book(content: Content) -> bytes:
    """The workbook as .xlsx: the same content, the same bytes."""
    workbook = Workbook()
    measure_columns(workbook)
    workbook.remove(workbook.worksheets[0])
    office, year = content.plan.office.name, content.plan.year
    title = f"{office} {year} 年度執行計畫"
    workbook.properties.title, workbook.properties.creator = title, office
    grids = content.grids()
    guide.write(workbook.create_sheet(guide.SHEET), title, grids)
    offers = Offers(grids)
    for name, group in groupby(grids, key=lambda grid: grid.sheet):
        sheet = workbook.create_sheet(name)
        _Drawing(sheet, offers).draw(list(group), f"{title}　{name}")
    offers.write(workbook)
    for sheet in workbook.worksheets:
        sheet.sheet_properties.tabColor = _TABS.get(sheet.title, _TAB)
    return save(workbook)


class _Drawing:
    """One sheet: a title, a note, and its grids one below the other."""

    def __init__(self, sheet: Worksheet, offers: Offers) -> None:
        self.sheet, self.offers = sheet, offers
        self.last = 0

    def draw(self, grids: Sequence[Grid], title: str) -> None:
        first = grids[0]
        for number, column in enumerate(first.columns, 1):
            dimension = self.sheet.column_dimensions[get_column_letter(number)]
            dimension.width = column.width
        self._across(first, title, _ASIDE_TITLE if first.breaks else TITLE)
        self._across(first, first.note, NOTE)
        for grid in grids:
            self._grid(grid)
        self._set_up_page(first)

    def _across(self, grid: Grid, text: str, look: CellStyle) -> None:
        """Text above the table; above what is on each page, where there are pages side by side."""
        self.last += 1
        cell = cell_at(self.sheet, self.last, 1)
        look.on(cell)
        put_text(cell, text)
        columns = grid.columns[: grid.frozen] if grid.breaks else grid.columns
        self.sheet.merge_cells(
            start_row=self.last, end_row=self.last, start_column=1, end_column=len(columns)
        )
        across = sum(column.width for column in columns)
        self.sheet.row_dimensions[self.last].height = row_height([(text, across)], size=look.size)

    def _grid(self, grid: Grid) -> None:
        self.last += 1 if self.last <= 2 else 2
        header = self.last
        self._header(grid, header)
        for each in grid.lines:
            self._line(grid, each)
        for _ in range(grid.spare):
            self._line(grid, Line(key="", name="", cells={}))
        for number, column in enumerate(grid.columns, 1):
            letter = get_column_letter(number)
            self.offers.offer(self.sheet, column, f"{letter}{header + 1}:{letter}", self.last)
        self._mark_missing(grid, header)

    def _header(self, grid: Grid, header: int) -> None:
        for number, column in enumerate(grid.columns, 1):
            cell = cell_at(self.sheet, header, number)
            (REQUIRED if column.required else OPTIONAL).on(cell)
            put_text(cell, column.title)
            if column.help:
                width, height = _NOTE_SIZE
                cell.comment = Comment(_note(column), "dutyflow", height=height, width=width)
        titles = [(column.title, column.width - 2) for column in grid.columns]
        self.sheet.row_dimensions[header].height = row_height(titles, size=SIZE) + 6

    def _line(self, grid: Grid, shown: Line) -> None:
        self.last += 1
        texts = []
        for number, column in enumerate(grid.columns, 1):
            cell = cell_at(self.sheet, self.last, number)
            value = shown.cells.get(column.title, "")
            _look(grid, column).on(cell)
            if isinstance(value, str):
                put_text(cell, value)
                texts.append((value, column.width))
            else:
                cell.number_format = "General"
                put_number(cell, value)
        height = max(_LOWEST, row_height(texts, size=SIZE))
        self.sheet.row_dimensions[self.last].height = height

    def _mark_missing(self, grid: Grid, header: int) -> None:
        """A required cell that is blank in a row that is not turns red."""
        width = get_column_letter(len(grid.columns))
        row = header + 1
        for number, column in enumerate(grid.columns, 1):
            if column.required and grid.spare:
                letter = get_column_letter(number)
                cells = f"{letter}{row}:{letter}{self.last}"
                blank = f'AND(COUNTA($A{row}:${width}{row})>0,TRIM({letter}{row})="")'
                rule = Rule(type="expression", formula=[blank], dxf=_MISSING)
                self.sheet.conditional_formatting.add(cells, rule)

    def _set_up_page(self, grid: Grid) -> None:
        set_up_page(self.sheet)
        self.sheet.freeze_panes = cell_at(self.sheet, 4, grid.frozen + 1).coordinate
        self.sheet.print_title_rows = "3:3"
        if grid.whole:
            self.sheet.page_setup.fitToHeight = 1
        if grid.breaks:
            page = self.sheet.page_setup
            page.fitToWidth = page.fitToHeight = None
            self.sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=False)
            page.scale = _SCALE
            self.sheet.print_title_cols = f"A:{get_column_letter(grid.frozen)}"
            breaks = [Break(id=grid.titles.index(title)) for title in grid.breaks]
            self.sheet.col_breaks = ColBreak(brk=breaks)


def _note(column: Column) -> str:
    return f"{column.title}{'（必填）' if column.required else ''}\n{column.help}"


def _look(grid: Grid, column: Column) -> CellStyle:
    if grid.spare == 0:  # a list of items, of which one column is filled
        looks: Mapping[str, CellStyle] = {"item": FIXED, "help": ASIDE}
        return looks.get(column.field, TEXT)
    if isinstance(column.codec, Tick):
        return TICKED
    return MIDDLE if column.middle else TEXT
