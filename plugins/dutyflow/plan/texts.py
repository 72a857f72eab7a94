"""Texts and numbers as they stand in cells: how they are compared, measured and shown. Pure."""

from __future__ import annotations

import unicodedata

CELL_LIMIT = 32_767  # UTF-16 units that Excel keeps in one cell
_SHOWN = 60  # characters of a person's text that are quoted back


def folded(text: str) -> str:
    """Text for comparing: full-width letters and digits as ordinary ones, no blanks at all."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def units(text: str) -> int:
    """The length of a text as Excel counts it, in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def plain_number(number: float) -> str:
    """A number as a cell shows it, with all its digits: `100`, `87.5`."""
    return str(int(number)) if number.is_integer() else str(number)


def spoken_number(number: float) -> str:
    """A number as people write it: `100`, `1,000,000`, `87.5`."""
    return f"{int(number):,}" if float(number).is_integer() else f"{number:,}"


def shown(text: str) -> str:
    """A person's text on one line, in quotes, cut where it is long."""
    line = " ".join(text.split())
    return f"「{line[:_SHOWN]}…」" if len(line) > _SHOWN else f"「{line}」"
