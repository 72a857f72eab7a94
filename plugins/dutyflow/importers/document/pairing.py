"""Which owners belong to which of the measures that share a cell. Pure.

Owners stand one below the other, those of one measure level with its text. What says where one
measure's owners end: that nobody is named twice for one measure, the empty lines between, and the
column of periods, which has one entry for each measure, on its first line. All that is there must
agree; else there is a doubt, and where nothing decides, no answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

MAX_ENTRIES = 200
Cut = tuple[int, ...]  # the index of the first entry of each measure


@dataclass(frozen=True)
class Entry:
    """One line of names. `open` tells that it ends with a comma, so the next line belongs to it."""

    line: int
    names: tuple[str, ...]
    open: bool = False
    every: bool = False  # 各部門


@dataclass(frozen=True)
class Pairing:
    """Each measure's entries, None where nothing decides; what is doubtful about it, and about
    which of the measures (all, where none is named)."""

    groups: tuple[tuple[Entry, ...], ...] | None
    doubt: str = ""
    about: tuple[int, ...] = ()


def paired(entries: Sequence[Entry], count: int, periods: Sequence[int]) -> Pairing:
    """The entries parted among `count` measures.

    `periods` are the lines of the period column, if its lines stand level with those of the
    owners; else empty.
    """
    if len(entries) > MAX_ENTRIES:
        return Pairing(None, f"承辦部門多達 {len(entries)} 行")
    if len(entries) < count:
        return Pairing(None, f"有 {count} 項具體作法，承辦部門只有 {len(entries)} 行")
    possible = list(_possible(tuple(entries), count))
    if not possible:
        return Pairing(None, f"承辦部門 {len(entries)} 行無法分給 {count} 項具體作法")
    return _decided(tuple(entries), count, tuple(periods), possible)


def _decided(
    entries: tuple[Entry, ...], count: int, periods: tuple[int, ...], possible: list[Cut]
) -> Pairing:
    only = possible[0] if len(possible) == 1 else None
    blocks = _blocks(entries)
    by_blocks = blocks if len(blocks) == count and _is_possible(entries, blocks) else None
    if count == 1:
        return _pairing(entries, possible[0])
    if _are_apart(periods) and len(periods) == count:
        level = _level_with(entries, periods)
        if level is not None and _is_possible(entries, level):
            exact = [entries[first].line for first in level] == list(periods)
            if by_blocks == level or exact:
                return _if_forced(entries, blocks, level)
        return _unsure(entries, only or by_blocks or _kept(entries, level))
    if len(blocks) > 1:
        if by_blocks is not None:
            return _pairing(entries, by_blocks)
        return _unsure(entries, only)
    return _pairing(entries, only) if only is not None else _unsure(entries, None)


def _pairing(entries: tuple[Entry, ...], cut: Cut) -> Pairing:
    return Pairing(tuple(_parts(entries, cut)))


def _unsure(entries: tuple[Entry, ...], cut: Cut | None) -> Pairing:
    if cut is None:
        return Pairing(None, "承辦部門各行屬於哪一項具體作法，無法判定")
    return Pairing(tuple(_parts(entries, cut)), "承辦部門各行與具體作法、執行期間未對齊")


def _parts(entries: tuple[Entry, ...], cut: Cut) -> Iterator[tuple[Entry, ...]]:
    for first, after in pairwise((*cut, len(entries))):
        yield entries[first:after]


def _blocks(entries: tuple[Entry, ...]) -> Cut:
    """Where empty lines part them."""
    return (0, *(i for i in range(1, len(entries)) if entries[i].line - entries[i - 1].line > 1))


def _kept(entries: tuple[Entry, ...], cut: Cut | None) -> Cut | None:
    return cut if cut is not None and _is_possible(entries, cut) else None


def _are_apart(lines: tuple[int, ...]) -> bool:
    """Whether lines are spaced as the measures are, not merely listed."""
    return any(after - before > 1 for before, after in pairwise(lines))


def _level_with(entries: tuple[Entry, ...], periods: tuple[int, ...]) -> Cut | None:
    """Each entry to the last period that stands no lower; None where a measure gets none."""
    owners = [sum(p <= entry.line for p in periods) - 1 for entry in entries]
    cut = tuple(owners.index(i) if i in owners else -1 for i in range(len(periods)))
    return cut if -1 not in cut and owners[0] == 0 else None


def _if_forced(entries: tuple[Entry, ...], blocks: Cut, level: Cut) -> Pairing:
    """Certain, but for names without an empty line between that might be parted otherwise: there
    a line that is missing would make no difference to be seen."""
    loose: list[int] = []
    for first, after in pairwise((*blocks, len(entries))):
        within = [index for index, start in enumerate(level) if first <= start < after]
        whole = first in level
        if not whole or len(list(_possible(entries[first:after], len(within)))) != 1:
            loose += within if whole else range(len(level))
    groups = tuple(_parts(entries, level))
    doubt = "承辦部門各行之間沒有空行，不知在哪一行分開" if loose else ""
    return Pairing(groups, doubt, tuple(dict.fromkeys(loose)))


def _is_possible(entries: tuple[Entry, ...], cut: Cut) -> bool:
    bounds = [*cut, len(entries)]
    return all(_fits(entries, first, after) for first, after in pairwise(bounds))


def _fits(entries: tuple[Entry, ...], first: int, after: int) -> bool:
    """Whether these may be one measure's owners."""
    part = entries[first:after]
    names = [name for entry in part for name in entry.names]
    alone = len(part) == 1 or not any(entry.every for entry in part)
    cut_short = part[-1].open and after < len(entries) and not dangles(part[-1], entries[after])
    return alone and len(set(names)) == len(names) and not cut_short


def dangles(entry: Entry, following: Entry | None) -> bool:
    """Whether a comma at the end of a line is followed by nothing."""
    if not entry.open:
        return False
    return following is None or following.line - entry.line > 1


def _possible(entries: tuple[Entry, ...], count: int) -> Iterator[Cut]:
    """Two of the ways to part the entries, or the only one, or none."""
    total = len(entries)
    # reach[k][i]: whether entries from i on can be parted among k measures
    reach = [[False] * (total + 1) for _ in range(count + 1)]
    reach[0][total] = True
    for k in range(1, count + 1):
        for i in range(total - k, -1, -1):
            ends = range(i + 1, total - k + 2)
            reach[k][i] = any(reach[k - 1][j] and _fits(entries, i, j) for j in ends)

    def ways(i: int, k: int) -> Iterator[Cut]:
        if k == 0:
            yield ()
            return
        for j in range(i + 1, total - k + 2):
            if reach[k - 1][j] and _fits(entries, i, j):
                for rest in ways(j, k - 1):
                    yield (i, *rest)

    if reach[count][0]:
        found = ways(0, count)
        yield next(found)
        yield from (cut for cut in [next(found, None)] if cut is not None)
