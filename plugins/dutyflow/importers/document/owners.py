"""The names in the column 承辦部門, and the words in the column 執行期間."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from .flowing import bare
from .pairing import Entry
from .parts import Line

_EVERY = re.compile(r"(?:(?:本處|全處)?各|所有)(?:部門|單位|組室|組|課室|課|科室|科)")
_SECTION = re.compile(
    r"(?![各全本相有所其])[\u4e00-\u9fff]{1,8}?(?:組|課|科|室|處|部|股|隊|站|所|廠|中心)"
)
_TWO_IN_ONE = re.compile(r"[組課].")
_SEPARATORS = re.compile(r"[、，,；;／/\s]+")
_COMMAS = "、，,；;／/"

_PERIODS: dict[str, str] = {
    "隨時辦理": "ongoing",
    "隨時": "ongoing",
    "每年一次": "yearly",
    "每年1次": "yearly",
    "每年辦理一次": "yearly",
    "每年辦理1次": "yearly",
    "一年一次": "yearly",
    "1年1次": "yearly",
}


@dataclass(frozen=True)
class Period:
    """An entry of the column 執行期間: its words, and the frequency they stand for, if any."""

    line: int
    words: str

    @property
    def frequency(self) -> str | None:
        return _PERIODS.get(unicodedata.normalize("NFKC", self.words))


def is_every(name: str) -> bool:
    """Whether a name means every section (各部門)."""
    return _EVERY.fullmatch(name) is not None


def is_plausible(name: str, known: Collection[str]) -> bool:
    """Whether a name is one of a section: known, or built like one."""
    return (
        name in known
        or is_every(name)
        or (_SECTION.fullmatch(name) is not None and _TWO_IN_ONE.search(name) is None)
    )


def entries_of(lines: Sequence[Line], known: Collection[str]) -> list[Entry]:
    """The lines of the column that name somebody, each with its place among all lines."""
    entries: list[Entry] = []
    for index, text in _whole(lines, known):
        names = _names(text, known)
        if entries and text[0] in _COMMAS:
            before = entries[-1]
            entries[-1] = Entry(before.line, before.names, open=True, every=before.every)
        every = any(map(is_every, names))
        entries.append(Entry(index, names, open=text[-1] in _COMMAS, every=every))
    return entries


def _whole(lines: Sequence[Line], known: Collection[str]) -> Iterator[tuple[int, str]]:
    """The lines, those put together that cut a name in two (人力資／源組)."""
    skip = False
    for index, line in enumerate(lines):
        if skip or not line:
            skip = False
            continue
        below = lines[index + 1] if index + 1 < len(lines) else Line("")
        both = bare(line.text + below.text)
        parted = below and not _all(line.text, known)
        skip = bool(parted) and (both in known or _completes(both, below.text, known))
        yield index, (both if skip else line.text)


def _completes(both: str, below: str, known: Collection[str]) -> bool:
    return not _all(below, known) and _all(both, known)


def _all(text: str, known: Collection[str]) -> bool:
    return all(is_plausible(name, known) for name in _names(text, known))


def _names(text: str, known: Collection[str]) -> tuple[str, ...]:
    names = tuple(filter(None, _SEPARATORS.split(text)))
    if all(is_plausible(name, known) for name in names):
        return names
    whole = bare(text)
    parts = tuple(filter(None, re.split("[、，,；;／/及與和]", whole)))
    return parts if all(is_plausible(name, known) for name in parts) else names


def periods_of(lines: Sequence[Line]) -> list[Period]:
    """The entries of the column: a line each, those put together that cut one in two."""
    periods: list[Period] = []
    for index, line in enumerate(lines):
        if not line:
            continue
        period = Period(index, bare(line.text))
        before = periods[-1] if periods else None
        if before is not None and lines[index - 1] and before.frequency is None:
            both = Period(before.line, before.words + period.words)
            if both.frequency is not None:
                periods[-1] = both
                continue
        periods.append(period)
    return periods
