"""A workbook read: its tables, wherever people have moved them, and where each value stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from openpyxl.utils import get_column_letter

from dutyflow.errors import Finding
from dutyflow.forms.reader import Rows
from dutyflow.forms.texts import plain
from dutyflow.plan.field_types import ATTRIBUTE_TITLES
from dutyflow.plan.source import Place, Remark, Source, nearest
from dutyflow.plan.texts import folded, shown
from dutyflow.plan.words import FIELD_TITLES, guess

from .codecs import Slip
from .grids import Column, Grid
from .wording import translated

_TITLES = {**FIELD_TITLES, **ATTRIBUTE_TITLES}
_HEADERS_WITHIN = 40  # rows from the top in which a table's titles are looked for
_MISSING = re.compile(r"缺少 ([a-z_]+)（")


class Spot(NamedTuple):
    """A cell, in the order in which people read: by sheet, row and column, all from 1."""

    sheet: int
    row: int
    column: int
    name: str  # the sheet's
    title: str = ""  # of the column, where the cell is one of a table's

    def __str__(self) -> str:
        return f"「{self.name}」工作表 {get_column_letter(self.column)}{self.row}"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of a table. A column that the table lacks stands at the table's titles."""

    table: Table
    number: int
    cells: Sequence[Any]

    def text(self, title: str) -> str:
        place = self.table.places.get(title)
        return "" if place is None else plain(self.cells[place])

    def spot(self, title: str) -> Spot:
        place = self.table.places.get(title)
        row = self.table.header if place is None else self.number
        return self.table.spot(row, place or 0, title)


@dataclass(frozen=True, kw_only=True)
class Table:
    """A grid found on a sheet: `header` is the number of the row of its titles."""

    position: int
    sheet: str
    header: int
    places: Mapping[str, int]
    strangers: Mapping[str, int]  # other titles beside them
    rows: Sequence[Row] = field(default=())

    def spot(self, row: int, place: int = 0, title: str = "") -> Spot:
        return Spot(self.position, row, place + 1, self.sheet, title)


@dataclass(kw_only=True)
class Book:
    """The sheets by name, and what is gathered while they are read.

    `spots` say where each place of the data stands; `remarks` what is wrong with cells.
    """

    sheets: Mapping[str, Rows]
    spots: dict[Place, Spot] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)

    def has(self, sheet: str) -> bool:
        return self._named(sheet) is not None

    def table(self, grid: Grid, place: Place) -> Table | None:
        """The grid as it stands in the workbook; None where there is none, which is remarked."""
        name = self._named(grid.sheet)
        if name is None:
            self.remarks.append(
                Remark(
                    place=place,
                    found=f"找不到工作表「{grid.sheet}」",
                    expected="每一張工作表都在，名稱不變",
                    hint=_renamed(grid.sheet, self.sheets),
                )
            )
            return None
        table = _find(grid, self.sheets[name], list(self.sheets).index(name) + 1, name)
        if table is None:
            spot = Spot(list(self.sheets).index(name) + 1, 1, 1, name)
            self.wrong(
                place, spot, "找不到標題列", f"有「{'」「'.join(grid.titles[:3])}」等欄的標題列"
            )
            return None
        self.spots.setdefault(place, table.spot(table.header))
        self._missing(grid, table, place)
        return table

    def item(self, row: Row, columns: Iterable[Column], place: Place) -> dict[str, Any]:
        """What a row says, by field."""
        data: dict[str, Any] = {}
        self.spots[place] = row.spot(next(iter(row.table.places)))
        for column in columns:
            here = (*place, column.field)
            self.spots[here] = row.spot(column.title)
            value = self._value(row, column, here)
            if value is not None:
                data[column.field] = value
        return data

    def _value(self, row: Row, column: Column, place: Place) -> Any:
        text = row.text(column.title)
        if not text:
            if column.required and column.title in row.table.places:
                self.slip(place, column.title, "", Slip(column.help))
            return column.blank
        try:
            return column.codec.read(text)
        except Slip as slip:
            self.slip(place, column.title, text, slip)
            return text

    def slip(self, place: Place, title: str, text: str, slip: Slip) -> None:
        found = f"{title}為{shown(text)}" if text else f"{title}空白"
        if slip.part:
            found = f"{title}中的{shown(slip.part)}"
        found = slip.found or found
        remark = Remark(place=place, found=found, expected=slip.expected, hint=slip.hint)
        self.remarks.append(remark)

    def wrong(self, place: Place, spot: Spot, found: str, expected: str, hint: str = "") -> None:
        """A remark at a cell that holds no value of the data."""
        self.spots[place] = spot
        self.remarks.append(Remark(place=place, found=found, expected=expected, hint=hint))

    def source(self, name: str, data: Any, top: Place = ()) -> BookSource:
        """The data as a file of that name; of places and remarks, those below `top`."""
        depth = len(top)
        remarks = [each for each in self.remarks if each.place[:depth] == top]
        return BookSource(
            name=name,
            data=data,
            spots={p[depth:]: spot for p, spot in self.spots.items() if p[:depth] == top},
            remarks=tuple(_moved(each, depth) for each in remarks),
        )

    def _named(self, sheet: str) -> str | None:
        return next((name for name in self.sheets if folded(name) == folded(sheet)), None)

    def _missing(self, grid: Grid, table: Table, place: Place) -> None:
        for column in grid.columns:
            if column.title not in table.places:
                hint = _renamed(column.title, table.strangers)
                self.wrong(
                    (*place, f"\n{column.title}"),
                    table.spot(table.header),
                    f"找不到欄位「{column.title}」",
                    "每一欄都在，標題不變",
                    hint,
                )


@dataclass(frozen=True, kw_only=True)
class BookSource(Source):
    """A workbook as a source: places are cells, and are told in the words of the workbook."""

    spots: Mapping[Place, Spot] = field(default_factory=dict)

    def where(self, place: Place) -> str:
        spot = self._spot(place)
        return str(spot) if spot is not None else self.name

    def elsewhere(self, place: Place) -> str:
        return self.where(place)

    def position(self, place: Place) -> tuple[int, ...]:
        spot = self._spot(place)
        return spot[:3] if spot is not None else (0,)

    def told(self, remarks: Iterable[Remark]) -> tuple[Finding, ...]:
        """What is wrong with a cell as such is all that is told of it."""
        cells = {self.position(each.place) for each in self.remarks}
        settled = map(self._settled, remarks)
        return super().told(each for each in settled if self.position(each.place) not in cells)

    def finding(self, remark: Remark) -> Finding:
        told = translated(super().finding(remark))
        spot = self.spots.get(remark.place)
        if spot is None or not spot.title:
            return told
        label = f"{_TITLES.get(str(remark.place[-1]), '')}為"
        return replace(told, found=re.sub(f"^{re.escape(label)}", f"{spot.title}為", told.found))

    def _settled(self, remark: Remark) -> Remark:
        """What is missing is missing in its own cell, not in the row."""
        missing = _MISSING.match(remark.found)
        if missing is None:
            return remark
        place = remark.place if remark.place[-1:] == (missing[1],) else (*remark.place, missing[1])
        if place not in self.spots:
            return remark
        return replace(remark, place=place, expected="填寫這一格")

    def _spot(self, place: Place) -> Spot | None:
        return nearest(self.spots, place, None)


def _renamed(wanted: str, there: Iterable[str]) -> str:
    """A guess at what was renamed."""
    meaning = guess(wanted, there, {})
    return f"是不是改名成了「{meaning[0]}」？" if meaning else ""


def _moved(remark: Remark, depth: int) -> Remark:
    see = remark.see[depth:] if remark.see is not None else None
    return replace(remark, place=remark.place[depth:], see=see)


def _find(grid: Grid, rows: Rows, position: int, sheet: str) -> Table | None:
    wanted = {folded(title): title for title in grid.titles}
    needed = max(2, sum(column.required for column in grid.columns) // 2)
    for number, cells in enumerate(rows[:_HEADERS_WITHIN], 1):
        places: dict[str, int] = {}
        strangers: dict[str, int] = {}
        for place, cell in enumerate(cells):
            word = folded(plain(cell))
            if title := wanted.get(word):
                places.setdefault(title, place)
            elif word:
                strangers.setdefault(plain(cell), place)
        if len(places) >= needed:
            table = Table(
                position=position, sheet=sheet, header=number, places=places, strangers=strangers
            )
            return _with_rows(table, rows)
    return None


def _with_rows(table: Table, rows: Rows) -> Table:
    """The table with its rows, those without any content left out."""
    filled = [
        Row(table=table, number=number, cells=cells)
        for number, cells in enumerate(rows[table.header :], table.header + 1)
        if any(plain(cells[place]) for place in table.places.values())
    ]
    return Table(**{**vars(table), "rows": filled})
