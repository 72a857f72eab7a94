"""Estimate how high a row must be so that no text in it is cut off, on screen and on paper.

Only the program that opens a workbook lays it out. So this measures generously, by the widths of
the characters, as both 微軟正黑體 and its substitutes (Noto Sans CJK) draw them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

FONT = "微軟正黑體"
MAX_HEIGHT = 409.0  # points; Excel's own limit

_PIXELS_PER_WIDTH = 7  # Excel's column width unit, the digit 0 of its default font
_PADDING = 8  # pixels that a cell keeps free at its sides
_PIXELS_PER_POINT = 96 / 72
_LATIN = 0.6  # of the font's size: a Latin letter or digit
_LINE = 1.45  # of the font's size: Noto Sans CJK, the tallest of the substitutes
_MARGIN = 4.0  # points

# What cannot be parted by a line break: a Latin word or one character, with what must not begin
# a line.
_CLOSING = "、。，．：；！？」』）】》…"
_PIECE = re.compile(rf"(?:[!-~]+|.)[{_CLOSING}]*")


def row_height(cells: Iterable[tuple[str, float]], *, size: float, lines: int = 1) -> float:
    """The points that wrapped cells (text, column width) need, but at least so many lines."""
    most = max((wrapped_lines(text, width, size=size) for text, width in cells), default=1)
    return min(MAX_HEIGHT, round(max(most, lines) * size * _LINE + _MARGIN, 1))


def fitting_size(text: str, width: float, *, sizes: Sequence[float]) -> float:
    """The largest of the font sizes at which a text still fits into one row, else the smallest."""
    fitting = (size for size in sorted(sizes, reverse=True) if _fits(text, width, size))
    return next(fitting, min(sizes))


def _fits(text: str, width: float, size: float) -> bool:
    return wrapped_lines(text, width, size=size) * size * _LINE + _MARGIN <= MAX_HEIGHT


def wrapped_lines(text: str, width: float, *, size: float) -> int:
    """How many lines a text takes in a column, `width` in Excel's unit, `size` in points."""
    em = size * _PIXELS_PER_POINT
    room = max((width * _PIXELS_PER_WIDTH - _PADDING) / em, 1.0)
    return sum(_lines(paragraph, room) for paragraph in text.split("\n"))


def _lines(paragraph: str, room: float) -> int:
    lines, used = 1, 0.0
    for piece in _PIECE.findall(paragraph):
        width = sum(map(_ems, piece))
        if used and used + width > room:
            lines, used = lines + 1, 0.0
        used += width
        while used > room:  # a word longer than the line is broken
            lines, used = lines + 1, used - room
    return lines


def _ems(character: str) -> float:
    return 1.0 if unicodedata.east_asian_width(character) in "WFA" else _LATIN
