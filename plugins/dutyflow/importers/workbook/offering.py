"""What the workbook offers while it is filled: drop-downs, and a word on what is expected."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.forms.validation import LONGEST_PROMPT, LONGEST_TITLE
from dutyflow.infra.xlsx import cell_at, put_text
from dutyflow.plan.words import listed

from .grids import Column, Grid

SHEET = "選項"  # hidden; a list in a rule itself may neither be long nor hold commas
_MORE = 500  # rows below the last, in which people may go on
_FIRST = 4  # the row of a sheet's first line


class Offers:
    """The rules of all sheets, and the hidden sheet on which their lists stand."""

    def __init__(self, grids: Sequence[Grid]) -> None:
        self._grids = grids
        self._lists: dict[tuple[str, ...], str] = {}

    def offer(self, sheet: Worksheet, column: Column, cells: str, last: int) -> None:
        """Add a column's rule to its cells, `F4:F` and on."""
        if not column.help:
            return
        rule = self._rule(column)
        rule.allow_blank = True
        rule.promptTitle = column.title[:LONGEST_TITLE]
        rule.prompt = column.help[:LONGEST_PROMPT]
        rule.showInputMessage = True
        rule.showErrorMessage = column.codec.closed
        if column.codec.closed:
            rule.errorTitle = f"「{column.title[: LONGEST_TITLE - 4]}」不符"
            rule.error = f"應為：{listed(column.codec.choices, '或')}"[:LONGEST_PROMPT]
        rule.add(f"{cells}{last + _MORE}")
        sheet.add_data_validation(rule)

    def write(self, workbook: Workbook) -> None:
        sheet = workbook.create_sheet(SHEET)
        sheet.sheet_state = "hidden"
        for number, choices in enumerate(self._lists, 1):
            for row, choice in enumerate(choices, 1):
                put_text(cell_at(sheet, row, number), choice)

    def _rule(self, column: Column) -> DataValidation:
        codec = column.codec
        if codec.offered is not None:
            return DataValidation(type="list", formula1=self._column(*codec.offered))
        if not codec.choices:
            return DataValidation()
        return DataValidation(type="list", formula1=self._list(codec.choices))

    def _list(self, choices: tuple[str, ...]) -> str:
        """Where the choices stand; the same ones stand once."""
        if choices not in self._lists:
            letter = get_column_letter(len(self._lists) + 1)
            self._lists[choices] = f"'{SHEET}'!${letter}$1:${letter}${len(choices)}"
        return self._lists[choices]

    def _column(self, sheet: str, title: str) -> str:
        """The cells of another sheet's column, with room for what is added to it."""
        row = _FIRST - 1
        for grid in self._grids:
            if grid.sheet != sheet:
                continue
            if title in grid.titles:
                letter = get_column_letter(grid.titles.index(title) + 1)
                last = row + len(grid.lines) + grid.spare
                return f"'{grid.sheet}'!${letter}${row + 1}:${letter}${last}"
            row += len(grid.lines) + grid.spare + 2
        raise LookupError(title)
