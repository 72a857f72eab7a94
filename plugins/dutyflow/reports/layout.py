"""Lay out Chinese text on printed sheets: line breaks, row heights and page breaks.

Spreadsheets do not grow a row for wrapped text when a file is opened, and none of them asks a
printer; so the heights are computed here. All lengths are points (1/72 inch).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from unicodedata import east_asian_width

LATIN_ADVANCE = 0.6  # of the font's size: the widest of the fonts that may stand in
WHITE = 0.4  # of a page, at most, is left empty to keep rows together
_PIECES = re.compile(r"\n|[!-~]+|.", re.DOTALL)  # a Latin word stays whole
_NOT_AT_START = "，。、；：？！）」』】》〉％…"  # such a sign takes its neighbour to the next line


def advance(text: str, size: float) -> float:
    """The width of the text on one line."""
    return size * sum(1.0 if east_asian_width(c) in "WFA" else LATIN_ADVANCE for c in text)


def wrap(text: str, width: float, size: float) -> list[str]:
    """The lines that the text falls into; joined, they are the text again, line ends included."""
    lines, line, used = [], "", 0.0
    for piece in _pieces(text, width, size):
        taken = advance(piece, size)
        if line and used + taken > width and piece != "\n" and not piece.isspace():
            carried = _carried(line, piece)
            lines.append(line.removesuffix(carried))
            line, used = carried, advance(carried, size)
        line, used = line + piece, used + taken
        if piece == "\n":
            lines.append(line)
            line, used = "", 0.0
    return [*lines, line] if line or not lines else lines


def _pieces(text: str, width: float, size: float) -> Iterator[str]:
    """The parts of a text between which a line may end: words, cut where one is too long."""
    longest = max(1, int(width / (size * LATIN_ADVANCE)))
    for match in _PIECES.finditer(text):
        word = match[0]
        yield from (word[at : at + longest] for at in range(0, len(word), longest))


def _carried(line: str, piece: str) -> str:
    return line[-1] if piece in _NOT_AT_START and len(line) > 1 else ""


def fold(cells: Sequence[str], widths: Sequence[float], size: float, most: int) -> list[list[str]]:
    """Cells of one row whose text is too high, as several rows of at most `most` lines each."""
    columns = [
        list(_portions(text, width, size, most)) for text, width in zip(cells, widths, strict=True)
    ]
    return [list(row) for row in zip_longest(*columns, fillvalue="")]


def _portions(text: str, width: float, size: float, most: int) -> Iterator[str]:
    lines = wrap(text, width, size)
    for start in range(0, len(lines), most):
        yield "".join(lines[start : start + most]).rstrip("\n")


def page_breaks(blocks: Iterable[Sequence[float]], *, first: float, page: float) -> list[int]:
    """After which rows (counted from 1) a new page should begin.

    `blocks` are the heights of rows that belong together, `first` the room on the first page and
    `page` on the others. A block that does not fit on what is left of a page moves to the next,
    unless more than `WHITE` of the page would stay empty: then it is broken between its rows, but
    neither after its first nor before its last.
    """
    breaks, row, left, full = [], 0, first, first
    for block in blocks:
        for at, one in enumerate(block):
            together = block[at : at + 2] if at in (0, len(block) - 2) else [one]
            if at == 0 and left <= page * WHITE:
                together = block
            if sum(together) > left and left < full:
                breaks.append(row)
                left = full = page
            left -= one
            row += 1
    return breaks
