"""Find the form's table in a workbook that came back, wherever people have moved it to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from dutyflow.plan.asking import NUMBER
from dutyflow.plan.texts import folded

from .layout import FormLayout
from .reader import Rows, Sheet, Spot
from .texts import Cell, plain


@dataclass(kw_only=True, slots=True)
class FormRow:
    """One row of the sheet: its `number` from 1, its cells, and the columns' places in them."""

    number: int
    cells: list[Cell]
    places: Mapping[str, int]
    merged: Sequence[tuple[Spot, Spot]] = ()

    def cell(self, title: str) -> Cell:
        place = self.places.get(title)
        return None if place is None else self.cells[place]

    def address(self, title: str) -> str:
        """Like `F12`; "" where the sheet has no such column."""
        place = self.places.get(title)
        return "" if place is None else f"{get_column_letter(place + 1)}{self.number}"

    def merged_with(self, title: str) -> str:
        """The cells that one is merged with, like `F5:F8`; "" for none, and for the first of them,
        which holds what is seen.
        """
        place, number = self.places.get(title, -1), self.number - 1
        for (top, left), (bottom, right) in self.merged:
            inside = top <= number <= bottom and left <= place <= right
            if inside and (number, place) != (top, left):
                return f"{_address(top, left)}:{_address(bottom, right)}"
        return ""

    def is_blank(self, titles: Iterable[str]) -> bool:
        return not any(plain(self.cell(title)) for title in titles)


@dataclass(frozen=True, kw_only=True)
class FormTable:
    """The form's table on one sheet. `header` is the number of its header row, from 1."""

    sheet: str
    header: int
    titles: Mapping[str, int]
    rows: Rows
    merged: Sequence[tuple[Spot, Spot]] = ()

    def read(self) -> Iterator[FormRow]:
        for number, cells in enumerate(self.rows[self.header :], self.header + 1):
            yield FormRow(number=number, cells=cells, places=self.titles, merged=self.merged)

    def filled(self, layout: FormLayout) -> bool:
        return any(not row.is_blank(layout.headings) for row in self.read())


def find_tables(sheets: Mapping[str, Sheet], layout: FormLayout) -> list[FormTable]:
    """Every sheet that has the form's header row; the ones that were filled, if any was."""
    tables = [table for name, sheet in sheets.items() if (table := _table(name, sheet, layout))]
    if len(tables) < 2:
        return tables
    return [table for table in tables if table.filled(layout)] or tables[:1]


def _table(name: str, sheet: Sheet, layout: FormLayout) -> FormTable | None:
    wanted = {folded(title): title for title, _ in layout.across}
    answered = set(layout.headings)
    for number, cells in enumerate(sheet.rows, 1):
        titles = _titles(cells, wanted)
        if NUMBER in titles and answered & titles.keys():
            return FormTable(
                sheet=name, header=number, titles=titles, rows=sheet.rows, merged=sheet.merged
            )
    return None


def _address(row: int, column: int) -> str:
    return f"{get_column_letter(column + 1)}{row + 1}"


def _titles(cells: list[Cell], wanted: Mapping[str, str]) -> dict[str, int]:
    """Where each wanted title stands in a row; the first place where it stands twice."""
    titles: dict[str, int] = {}
    for place, cell in enumerate(cells):
        if cell and isinstance(cell, str) and (title := wanted.get(folded(cell))):
            titles.setdefault(title, place)
    return titles
