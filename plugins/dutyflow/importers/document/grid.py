"""Rows of cells, as a format tells them one after another, made into a grid."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from .guard import DocumentRefused, broken
from .parts import Cell, Passage, Table

MAX_ROWS = 1000
MAX_COLUMNS = 64


@dataclass
class Grid:
    """Takes the cells row by row, from left to right."""

    number: int
    cells: list[Cell] = field(default_factory=list)
    row: int = -1
    _column: int = 0
    _growing: dict[int, int] = field(default_factory=dict)  # left edge: index of the cell above

    def begin_row(self, skipped: int = 0) -> None:
        self.row += 1
        self._column = skipped
        if self.row >= MAX_ROWS:
            raise DocumentRefused(f"表{self.number}超過 {MAX_ROWS} 列；請只留計畫本文")

    def skip(self, columns: int) -> None:
        """Fields that another cell covers."""
        self._column += columns

    def add(
        self,
        passage: Passage,
        *,
        width: int = 1,
        height: int = 1,
        grows: bool = False,
        step: int | None = None,
    ) -> None:
        """A cell. One that `grows` may be continued in the rows below; the next one stands `step`
        fields further, if that is not the cell's width."""
        self._bounded(width)
        for left in range(self._column, self._column + width):
            self._growing.pop(left, None)
        if grows:
            self._growing[self._column] = len(self.cells)
        self.cells.append(Cell(passage, self.row, self._column, max(height, 1), width))
        self._column += width if step is None else step

    def continue_above(self, passage: Passage, *, width: int = 1) -> None:
        """A cell that belongs to the one above it."""
        index = self._growing.get(self._column)
        above = self.cells[index] if index is not None else None
        if above is None or index is None or above.bottom != self.row or above.width != width:
            odd = Passage(passage.lines, (*passage.remarks, "合併儲存格與上一列對不齊"))
            self.add(odd, width=width, grows=True)
            return
        if passage:
            hidden = f"合併儲存格內另有未顯示的文字「{passage.text}」"
            inner = above.passage
            above = replace(above, passage=Passage(inner.lines, (*inner.remarks, hidden)))
        self.cells[index] = replace(above, height=above.height + 1)
        self._bounded(width)
        self._column += width

    def table(self) -> Table:
        """What was told. A cell covers no rows that there are not."""
        rows = self.row + 1
        kept = tuple(replace(c, height=min(c.height, rows - c.top)) for c in self.cells)
        if sum(cell.height for cell in kept) > MAX_ROWS * MAX_COLUMNS:  # they overlap
            raise broken()
        return Table(self.number, rows, kept)

    def _bounded(self, width: int) -> None:
        if width < 1 or self._column + width > MAX_COLUMNS:
            raise DocumentRefused(f"表{self.number}超過 {MAX_COLUMNS} 欄；請只留計畫本文")
