"""Which column of the plan's table is which: found by the words in its header row."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from .flowing import bare
from .parts import Cell, Table

_NAMES: Mapping[str, tuple[str, ...]] = {
    "aspect": ("面向", "構面", "執行面向", "評核面向"),
    "strategy": ("執行策略", "策略", "推動策略", "實施策略"),
    "item": ("項目", "工作項目", "具體項目", "執行項目", "評核項目"),
    "text": ("具體作法", "具體做法", "作法", "做法", "執行作法", "具體措施", "具體執行作法"),
    "owners": (
        "承辦部門", "承辦單位", "承辦組室", "承辦組別", "主辦部門", "主辦單位", "負責單位",
        "負責部門", "權責單位", "權責部門", "辦理單位", "執行單位", "執行部門",
    ),
    "period": (
        "執行期間", "執行期程", "執行時間", "執行頻率", "辦理期間", "辦理期程", "辦理時間",
        "辦理頻率", "期程",
    ),
}  # fmt: skip
_ROLES = {name: role for role, names in _NAMES.items() for name in names}
HEADINGS = ("aspect", "strategy", "item")
TITLES = {role: names[0] for role, names in _NAMES.items()}
_SUB_TEXT = ("內容", "重點", "說明")

Span = tuple[int, int]


@dataclass(frozen=True)
class Columns:
    """Where each column lies in the grid. `extra` are those that a plan file has no place for."""

    spans: Mapping[str, Span]
    extra: tuple[tuple[str, Span], ...]
    below: int  # the first row under the header
    problems: tuple[str, ...] = ()

    @cached_property
    def practice(self) -> Span:
        """The columns under 具體作法, 項目 among them where it is printed so."""
        text, item = self.spans["text"], self.spans.get("item", self.spans["text"])
        return (item[0], text[1]) if item[1] == text[0] else text

    @cached_property
    def _homes(self) -> list[Span]:
        spans = [self.practice, *self.spans.values(), *(span for _, span in self.extra)]
        return sorted(span for span in set(spans) if span == self.practice or not self._inner(span))

    def _inner(self, span: Span) -> bool:
        return self.practice[0] <= span[0] and span[1] <= self.practice[1]

    def home(self, cell: Cell) -> Span | None:
        """The column that most of a cell lies in: edges drawn by hand seldom meet exactly."""
        overlap = {span: _overlap(cell, span) for span in self._homes}
        best = max(overlap, key=lambda span: overlap[span])
        return best if overlap[best] else None

    def covered(self, cell: Cell) -> int:
        """How many columns a cell covers from edge to edge."""
        return sum(cell.left <= left and right <= cell.right for left, right in self._homes)

    @property
    def missing(self) -> list[str]:
        return [
            TITLES[r] for r in ("aspect", "strategy", "owners", "period") if r not in self.spans
        ]


def is_header(table: Table, row: int) -> bool:
    """Whether a row is the table's heading, printed once or again on each page."""
    roles = {_role(cell) for cell in table.beside(row) if cell.top == row}
    return {"text", "owners"} <= roles


def columns_of(table: Table) -> Columns | None:
    """The columns, as the first header row in the table names them; None where there is none."""
    row = next((row for row in range(table.rows) if is_header(table, row)), None)
    if row is None:
        return None
    cells = sorted((c for c in table.cells if c.top == row), key=lambda cell: cell.left)
    below = max(cell.bottom for cell in cells)
    named = [*cells, *(c for c in table.cells if row < c.top < below)]
    spans, extra, problems = _told_apart(named, row)
    if row > 0 and any(cell.passage for cell in table.cells if cell.top < row):
        above = "、".join(cell.passage.text for cell in table.cells if cell.top < row)
        problems.append(f"表頭上方另有文字「{above}」，未讀入")
    return Columns(spans, tuple(extra), below, tuple(problems))


def _told_apart(
    cells: list[Cell], row: int
) -> tuple[dict[str, Span], list[tuple[str, Span]], list[str]]:
    spans: dict[str, Span] = {}
    extra: list[tuple[str, Span]] = []
    problems: list[str] = []
    for cell in cells:
        role, name = _role(cell), bare(cell.passage.text)
        if cell.top > row and role not in ("item", "text") and name in _SUB_TEXT:
            continue  # the second of the two columns below 具體作法
        if role is None:
            extra.append((name, (cell.left, cell.right)))
        elif role in spans:
            problems.append(f"有兩個「{TITLES[role]}」欄，只讀前一個")
            extra.append((name, (cell.left, cell.right)))
        else:
            spans[role] = (cell.left, cell.right)
    _part_item(spans)
    return spans, extra, problems


def _part_item(spans: dict[str, Span]) -> None:
    """項目 printed under 具體作法 takes its columns from it."""
    item, text = spans.get("item"), spans["text"]
    if item is not None and text[0] <= item[0] and item[1] < text[1]:
        spans["text"] = (item[1], text[1])


def _role(cell: Cell) -> str | None:
    plain = unicodedata.normalize("NFKC", bare(cell.passage.text)).strip("():：")
    return _ROLES.get(plain)


def body_rows(table: Table, columns: Columns | None) -> Iterator[int]:
    """The rows that say something: neither the header nor its repetition."""
    below = columns.below if columns is not None else 0
    for row in range(below, table.rows):
        if not is_header(table, row):
            yield row


def _overlap(cell: Cell, span: Span) -> int:
    return max(0, min(cell.right, span[1]) - max(cell.left, span[0]))
