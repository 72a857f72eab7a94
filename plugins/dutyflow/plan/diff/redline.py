"""How one wording became another, on one line: `提升〔申辦→受理〕案件的處理效率`. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

AROUND = 12  # characters (or numbers, or Latin words) left standing beside a change
SHORTEST = 2  # of them in a row that count as unchanged between two changes
LIKE = 0.35  # below it, two wordings have nothing in common but chance
_WHOLE = re.compile(r"[0-9A-Za-z]+|.", re.DOTALL)  # what is not taken apart

Words = Sequence[str]
Piece = tuple[Words, Words]  # what stood, what stands; equal where nothing has changed


def redlined(was: str, becomes: str) -> str:
    """The changes with some words around them; both in full where there is little in common."""
    was, becomes = was.replace("\n", "↵"), becomes.replace("\n", "↵")
    if likeness(was, becomes) < LIKE:
        return f"「{was}」→「{becomes}」"
    pieces = _joined(list(_pieces(_words(was), _words(becomes))))
    last = len(pieces) - 1
    return "".join(
        _spoken(piece, first=number == 0, last=number == last)
        for number, piece in enumerate(pieces)
    )


def likeness(was: str, becomes: str) -> float:
    """How much two wordings have in common, from 0 to 1."""
    return _matcher(_words(was), _words(becomes)).ratio()


def _words(text: str) -> Words:
    return _WHOLE.findall(text)


def _matcher(was: Words, becomes: Words) -> SequenceMatcher[str]:
    return SequenceMatcher(None, was, becomes, autojunk=False)


def _pieces(was: Words, becomes: Words) -> Iterator[Piece]:
    for _, start, end, new_start, new_end in _matcher(was, becomes).get_opcodes():
        yield was[start:end], becomes[new_start:new_end]


def _joined(pieces: Sequence[Piece]) -> list[Piece]:
    """Changes in a row, and those with next to nothing between them, as one."""
    joined: list[Piece] = []
    for number, (old, new) in enumerate(pieces):
        between = 0 < number < len(pieces) - 1 and len(old) < SHORTEST
        if joined and (old != new or between) and joined[-1][0] != joined[-1][1]:
            joined[-1] = ([*joined[-1][0], *old], [*joined[-1][1], *new])
        else:
            joined.append((old, new))
    return joined


def _spoken(piece: Piece, *, first: bool, last: bool) -> str:
    old, new = map("".join, piece)
    if old != new:
        return f"〔{old}→{new}〕" if old and new else f"〔刪：{old}〕" if old else f"〔增：{new}〕"
    words = piece[0]
    before = () if first else words[:AROUND]
    after = () if last else words[-AROUND:]
    if len(words) <= len(before) + len(after) + 1:
        return old
    return f"{''.join(before)}…{''.join(after)}"
