"""The workbook as data: sheets of columns and lines. What is drawn, and what is compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

from .codecs import Codec, Shown

ANY_TEXT = Codec()


@dataclass(frozen=True)
class Column:
    """`field` is the value's name in the plan file; `help` says what should stand in a cell.

    A cell that is blank means `blank`, or where that is None leaves the field out.
    """

    field: str
    title: str
    width: float
    help: str = ""
    _: KW_ONLY
    codec: Codec = ANY_TEXT
    required: bool = False
    blank: Any = None
    middle: bool = False  # set in the middle of the cell


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row. `key` tells it from the others of its grid, `name` says what it is about."""

    key: str
    name: str
    cells: Mapping[str, Shown]  # by the column's title


@dataclass(frozen=True, kw_only=True)
class Grid:
    """A table on a sheet. `spare` rows below it are ready to be filled.

    `frozen` columns stay in sight; `breaks` are the titles before which a new page begins. A
    `whole` one is printed on one page.
    """

    sheet: str
    columns: tuple[Column, ...]
    lines: tuple[Line, ...] = ()
    note: str = ""
    spare: int = 5
    frozen: int = 1
    breaks: tuple[str, ...] = ()
    whole: bool = False

    @property
    def titles(self) -> tuple[str, ...]:
        return tuple(column.title for column in self.columns)


def line(columns: Sequence[Column], key: str, name: str, values: Mapping[str, Any]) -> Line:
    """The values (by field) as they are shown in these columns."""
    cells = {column.title: _shown(column, values.get(column.field)) for column in columns}
    return Line(key=key, name=name, cells=cells)


def values_of(item: Any, columns: Sequence[Column]) -> dict[str, Any]:
    """A part of the plan, by the fields of these columns; what is left out in it, None."""
    return {column.field: getattr(item, column.field, None) for column in columns}


def _shown(column: Column, value: Any) -> Shown:
    return "" if value is None or value == column.blank else column.codec.show(value)
