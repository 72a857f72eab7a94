"""Changes to a plan file that leave every other character of it as it is. Pure.

Whoever edits the file next finds their own comments, order and line breaks again, and a comparison
with the file it came from shows what has changed and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from dutyflow.plan.source import Place, Source

_DASH = re.compile(r"[ \t]*-[ \t]*(#.*)?")


@dataclass(frozen=True, kw_only=True)
class TextChange:
    """What stands from one character up to another is replaced."""

    start: int
    end: int
    text: str


def applied(text: str, changes: Iterable[TextChange]) -> str:
    """The text with all changes made, none of which touches another."""
    for change in sorted(changes, key=lambda each: each.start, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def rewritten(source: Source, place: Place, text: str) -> TextChange:
    """Something else as the value at a place."""
    start, end = source.stretches[place]
    return TextChange(start=start, end=end, text=text)


def without_items(source: Source, place: Place, notes: Mapping[int, str]) -> Iterator[TextChange]:
    """Items taken out of the list at a place, by their index, each with the note that it leaves.

    The note becomes a comment where the item stood, so that the comments above it do not seem to
    speak of the next. A list between brackets has no room for notes.
    """
    if not notes:
        return
    start, end = source.stretches[place]
    count = sum(1 for each in source.stretches if each[:-1] == place)
    if source.text[start] == "[":
        left = len(notes) < count
        yield from (
            _from_brackets(source, place, sorted(notes), count)
            if left
            else [TextChange(start=start, end=end, text="[]")]
        )
        return
    for index, note in notes.items():
        emptied = len(notes) == count and index == max(notes)
        yield _from_lines(source, (*place, index), note, emptied=emptied)


def _from_brackets(
    source: Source, place: Place, indices: Iterable[int], count: int
) -> Iterator[TextChange]:
    """Each run of items with the commas that part it from what stays."""
    for _, run in groupby(enumerate(indices), key=lambda each: each[1] - each[0]):
        items = [index for _, index in run]
        first, last = items[0], items[-1]
        if last + 1 < count:
            start = source.stretches[(*place, first)][0]
            end = source.stretches[(*place, last + 1)][0]
        else:
            start = source.stretches[(*place, first - 1)][1]
            end = source.stretches[(*place, last)][1]
        yield TextChange(start=start, end=end, text="")


def _from_lines(source: Source, item: Place, note: str, *, emptied: bool) -> TextChange:
    """Whole lines, from the item's dash to the end of its content."""
    text = source.text
    start, end = source.stretches[item]
    start = _line_of_the_dash(text, start)
    end = text.find("\n", len(text[:end].rstrip()))
    end = len(text) if end < 0 else end
    indent = text[start : text.index("-", start)]
    lines = [f"{indent}# {note}", *([f"{indent}  []"] if emptied else [])]
    ending = "\r" if text[:end].endswith("\r") else ""
    return TextChange(start=start, end=end, text=f"{ending}\n".join(lines) + ending)


def _line_of_the_dash(text: str, position: int) -> int:
    """Where the line begins whose dash begins an item. The item itself may begin lines below it."""
    start = text.rfind("\n", 0, position) + 1
    while not (text[start:position].strip() == "-" or _DASH.fullmatch(_line_at(text, start))):
        start = text.rfind("\n", 0, start - 1) + 1
    return start


def _line_at(text: str, start: int) -> str:
    return text[start:].partition("\n")[0].rstrip("\r")
