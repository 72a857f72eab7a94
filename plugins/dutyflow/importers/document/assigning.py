"""Who does each measure, and how often: the columns to the right of it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from .outline import Outlined, places
from .owners import Period, entries_of, is_every, is_plausible, periods_of
from .pairing import Entry, Pairing, dangles, paired
from .parts import Doubt
from .strips import Share, Strip

_ALL_THE_SAME = "暫視為各項皆同"
_AS_LINED_UP = "暫依次序與空行配對"


@dataclass(frozen=True)
class Assigned:
    """`owners` are the printed names, None where nothing tells them; `period` likewise."""

    owners: tuple[str, ...] | None
    period: Period | None


@dataclass(frozen=True)
class _Group:
    """The measures that share cells of one column."""

    share: Share
    measures: tuple[int, ...]
    strips: int
    place: str

    def doubt(self, found: str, assumed: str = "") -> Doubt:
        return Doubt(where=self.place, found=found, assumed=assumed, measures=self.measures)


def assigned(
    strips: Sequence[Strip], measures: Sequence[Outlined], known: Collection[str]
) -> tuple[list[Assigned], list[Doubt]]:
    """Owners and period of each measure. `known` are names of sections that the office has."""
    doubts: list[Doubt] = []
    owners: dict[int, tuple[str, ...] | None] = {}
    periods: dict[int, Period | None] = {}
    for group in _groups(strips, measures, lambda strip: strip.owners):
        owners |= _owners(group, strips[measures[group.measures[0]].strip], known, doubts)
    for group in _groups(strips, measures, lambda strip: strip.period):
        periods |= _periods(group, doubts)
    doubts += _ways_to_say_every(owners, measures)
    return [Assigned(owners[i], periods[i]) for i in range(len(measures))], doubts


def _groups(
    strips: Sequence[Strip], measures: Sequence[Outlined], column: Callable[[Strip], Share]
) -> Iterator[_Group]:
    by_key: dict[tuple[int, int], list[int]] = {}
    for index, measure in enumerate(measures):
        by_key.setdefault(column(strips[measure.strip]).key, []).append(index)
    for indices in by_key.values():
        beside = dict.fromkeys(measures[index].strip for index in indices)
        share = column(strips[measures[indices[0]].strip])
        yield _Group(share, tuple(indices), len(beside), measures[indices[0]].place)


def _owners(
    group: _Group, strip: Strip, known: Collection[str], doubts: list[Doubt]
) -> dict[int, tuple[str, ...] | None]:
    entries = entries_of(group.share.lines, known)
    doubts += _about_share(group, "承辦部門")
    pairing = _pairing(group, entries, strip)
    if pairing.doubt:
        assumed = "" if pairing.groups is None else _assumption(entries, group)
        about = tuple(group.measures[index] for index in pairing.about) or group.measures
        doubts.append(replace(group.doubt(pairing.doubt, assumed), measures=about))
    if pairing.groups is None:
        return dict.fromkeys(group.measures)
    owners: dict[int, tuple[str, ...] | None] = {}
    for index, part in zip(group.measures, pairing.groups, strict=True):
        names = [name for entry in part for name in entry.names]
        owners[index] = tuple(dict.fromkeys(names)) or None
        doubts += (
            Doubt(where=group.place, found=found, assumed=assumed, measures=(index,))
            for found, assumed in _about_names(part, names, entries, known)
        )
    return owners


def _pairing(group: _Group, entries: list[Entry], strip: Strip) -> Pairing:
    count = len(group.measures)
    if group.strips > 1 or (count > 1 and len(entries) == 1):
        return _shared(group, entries)
    both_level = strip.owners.level and strip.period.level
    lines = [p.line for p in periods_of(strip.period.lines)] if both_level else []
    return paired(entries, count, lines)


def _shared(group: _Group, entries: list[Entry]) -> Pairing:
    """One cell beside several rows, or one line beside several measures."""
    count = len(group.measures)
    merged = "合併儲存格" if group.strips > 1 else "儲存格"
    whole = paired(entries, 1, ()).groups if entries else None
    groups = whole * count if whole is not None else None
    if len(entries) == count > 1:
        groups = tuple((entry,) for entry in entries)
    return Pairing(groups, f"承辦部門的{merged}有 {len(entries)} 行，對應 {count} 項具體作法")


def _assumption(entries: list[Entry], group: _Group) -> str:
    return _AS_LINED_UP if len(entries) >= len(group.measures) else _ALL_THE_SAME


def _about_share(group: _Group, column: str) -> Iterator[Doubt]:
    if len(group.share.passages) > 1:
        found = f"一格具體作法旁有 {len(group.share.passages)} 格{column}"
        yield group.doubt(found, "暫依次序讀入")
    for remark in dict.fromkeys(r for p in group.share.passages for r in p.remarks):
        yield group.doubt(f"「{column}」欄{remark}", "請對照原文件確認")


def _about_names(
    part: tuple[Entry, ...], names: list[str], entries: list[Entry], known: Collection[str]
) -> Iterator[tuple[str, str]]:
    """What is doubtful about one measure's owners, and what is assumed."""
    last = entries.index(part[-1])
    if dangles(part[-1], entries[last + 1] if last + 1 < len(entries) else None):
        yield f"「{names[-1]}、」的頓號之後沒有名稱", "暫視為沒有其他承辦部門"
    if len(set(names)) < len(names):
        yield "承辦部門有重複的名稱", "暫視為同一個"
    if len(names) > 1 and any(map(is_every, names)):
        yield f"「{'、'.join(names)}」把各部門與個別組室並列", "暫視為各部門"
    for name in names:
        if not is_plausible(name, known):
            yield f"承辦部門「{name[:20]}」不像組室名稱", ""


def _periods(group: _Group, doubts: list[Doubt]) -> dict[int, Period | None]:
    periods = periods_of(group.share.lines)
    count = len(group.measures)
    doubts += _about_share(group, "執行期間")
    if len(periods) == count and (group.strips == 1 or count == 1):
        found = dict(zip(group.measures, periods, strict=True))
    elif len(periods) == 1:
        found = dict.fromkeys(group.measures, periods[0])
        doubts.append(group.doubt(f"{count} 項具體作法只列一個執行期間", _ALL_THE_SAME))
    else:
        doubts.append(group.doubt(f"{count} 項具體作法列有 {len(periods)} 個執行期間"))
        return dict.fromkeys(group.measures)
    for index, period in found.items():
        if period.frequency is None:
            what = f"執行期間「{period.words[:20]}」不是隨時辦理或每年一次"
            doubts.append(Doubt(where=group.place, found=what, measures=(index,)))
    return dict(found)


def _ways_to_say_every(
    owners: dict[int, tuple[str, ...] | None], measures: Sequence[Outlined]
) -> Iterator[Doubt]:
    """A plan that says 各部門 here and 各組 there may mean two things."""
    said = {i: name for i, names in owners.items() for name in names or () if is_every(name)}
    ways = Counter(said.values())
    for way, _ in ways.most_common()[1:]:
        usual = ways.most_common(1)[0][0]
        concerned = tuple(i for i, name in said.items() if name == way)
        yield Doubt(
            where=places(measures, concerned),
            found=f"承辦部門寫作「{way}」，其他處寫作「{usual}」",
            assumed="暫視為同指各部門",
            measures=concerned,
        )
