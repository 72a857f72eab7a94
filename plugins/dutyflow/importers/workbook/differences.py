"""What is different between two lists of people or closures, in the words of their sheets.

What is between two plans, `dutyflow.plan.diff.changes` tells.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dutyflow.plan.texts import shown

from .codecs import Shown
from .grids import Grid, Line


def differences(before: Sequence[Grid], after: Sequence[Grid]) -> list[str]:
    """A sentence for each cell that has changed, and for each row that has come, gone or moved."""
    pairs = zip(before, after, strict=True)
    return [sentence for old, new in pairs for sentence in _of_grid(old, new)]


def _of_grid(old: Grid, new: Grid) -> Iterator[str]:
    was, now = _by_key(old), _by_key(new)
    for key, line in was.items():
        if key not in now:
            yield f"{old.sheet}：刪除 {line.name}"
    for key, line in now.items():
        if key in was:
            yield from _of_line(old, was[key], new, line)
        else:
            yield f"{new.sheet}：新增 {line.name}"
    kept = [key for key in was if key in now]
    if kept != [key for key in now if key in was]:
        yield f"{new.sheet}：各列的順序不同"


def _of_line(old: Grid, before: Line, new: Grid, after: Line) -> Iterator[str]:
    titles = {column.field: column.title for column in (*old.columns, *new.columns)}
    was, now = _by_field(old, before), _by_field(new, after)
    for field, title in titles.items():
        told, tells = was.get(field, ""), now.get(field, "")
        if told != tells:
            yield f"{new.sheet} {after.name}：{title} {_told(told)} → {_told(tells)}"


def _by_key(grid: Grid) -> Mapping[str, Line]:
    return {line.key: line for line in grid.lines}


def _by_field(grid: Grid, line: Line) -> Mapping[str, Shown]:
    return {column.field: line.cells.get(column.title, "") for column in grid.columns}


def _told(cell: Shown) -> str:
    return shown(str(cell)) if cell != "" else "（空白）"
