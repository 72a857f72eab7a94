"""What a cell of a form holds, as text: as a person sees it."""

from __future__ import annotations

import unicodedata

from dutyflow.infra.xlsx import clean
from dutyflow.plan.texts import folded, plain_number

Cell = str | float | int | bool | None


def plain(cell: Cell) -> str:
    """A cell's content as a person sees it, without outer blanks; "" for an empty cell."""
    if isinstance(cell, str):
        # Most cells by far: nothing in them that is invisible, but perhaps spaces.
        return cell.strip() if cell.isprintable() else stripped(clean(cell))
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return plain_number(cell) if isinstance(cell, float) else str(cell)


def file_key(name: str) -> str:
    """A file's name for comparing the one that was typed with the one that was attached."""
    return folded(name).casefold()


def stripped(text: str) -> str:
    """Without blanks at both ends, invisible characters (zero-width space, BOM) included."""
    start, end = 0, len(text)
    while start < end and _invisible(text[start]):
        start += 1
    while start < end and _invisible(text[end - 1]):
        end -= 1
    return text[start:end]


def _invisible(character: str) -> bool:
    if "!" <= character <= "~" or "一" <= character <= "鿿":
        return False
    return character.isspace() or unicodedata.category(character) == "Cf"
