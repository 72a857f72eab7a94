"""What a document consists of, once its format is forgotten: passages and tables, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

# Soft hyphens, zero-width characters, marks of direction: they are layout, never words.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_SPACES = re.compile(r"[\s\u00a0\u3000]+")


@dataclass(frozen=True)
class Line:
    """What stands between two line breaks. `starts` tells the first line of a paragraph."""

    text: str
    starts: bool = True

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Passage:
    """A cell's content, or one paragraph between the tables.

    Empty lines are kept: in a column of names they say how far apart the names stand. `remarks`
    are what a reader of the lines alone would not know (tracked changes, a footnote, a picture).
    """

    lines: tuple[Line, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def told(self) -> tuple[Line, ...]:
        """The lines that hold something."""
        return tuple(filter(None, self.lines))

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.told)

    def __bool__(self) -> bool:
        return bool(self.told)


@dataclass(frozen=True)
class Cell:
    """A passage and the fields of the grid that it covers."""

    passage: Passage
    top: int
    left: int
    height: int = 1
    width: int = 1

    @property
    def bottom(self) -> int:
        return self.top + self.height

    @property
    def right(self) -> int:
        return self.left + self.width


@dataclass(frozen=True)
class Table:
    """A grid with its merges resolved. `number` counts the document's tables from 1."""

    number: int
    rows: int
    cells: tuple[Cell, ...]

    @property
    def columns(self) -> int:
        return max((cell.right for cell in self.cells), default=0)

    def beside(self, row: int) -> tuple[Cell, ...]:
        """The cells that cover some field of a row."""
        return tuple(self._by_row.get(row, ()))

    @cached_property
    def _by_row(self) -> dict[int, list[Cell]]:
        by_row: dict[int, list[Cell]] = {}
        for cell in self.cells:
            for row in range(cell.top, cell.bottom):
                by_row.setdefault(row, []).append(cell)
        return by_row

    def place(self, row: int) -> str:
        """Where a row is, for a person."""
        return f"表{self.number}第{row + 1}列"


@dataclass(frozen=True)
class Document:
    blocks: tuple[Passage | Table, ...]


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Something that could not be read with certainty.

    `where` in the document, `found` there, `assumed` instead ("" where nothing sensible can be
    assumed: then the draft is invalid at that place). `measures` are the indices of the measures
    concerned, `field` the field of the draft, where it is about no measure.
    """

    where: str
    found: str
    assumed: str = ""
    measures: tuple[int, ...] = ()
    field: str = ""

    def __str__(self) -> str:
        return f"{self.where}：{self.found}；{self.assumed or '無法推定，請補正'}"


@dataclass
class Collected:
    """Collects what a reader meets in a cell or paragraph, in order."""

    paragraphs: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def remark(self, text: str) -> None:
        if text not in self.remarks:
            self.remarks.append(text)

    def passage(self) -> Passage:
        lines = [line for text in self.paragraphs for line in _lines(text)]
        if any(_CONTROL.search(text) for text in self.paragraphs):
            self.remark("有無法辨識的字元，已略去")
        return Passage(tuple(lines), tuple(self.remarks))


def passage_of(*paragraphs: str, remarks: Sequence[str] = ()) -> Passage:
    """A passage from its paragraphs; a line break within one is a newline."""
    return Collected(list(paragraphs), list(remarks)).passage()


def _lines(paragraph: str) -> list[Line]:
    texts = [_cleaned(part) for part in paragraph.split("\n")]
    return [Line(text, starts=index == 0) for index, text in enumerate(texts)]


def _cleaned(text: str) -> str:
    return _SPACES.sub(" ", _CONTROL.sub("", _INVISIBLE.sub("", text))).strip()
