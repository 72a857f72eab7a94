"""Compare two versions of a scored report, in sentences (版本差異)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from dutyflow.calendars.roc import format_roc

from .model import Assessment, Entry, mean
from .wording import STATUS_WORDS, spoken_score

SPELLED_OUT = 3  # so many alike of one section are told one by one; more, or all of them, at once
_ABSENT = "未列入"


@dataclass(frozen=True, kw_only=True)
class _EntryChange:
    """One entry that differs; None on the side of a report that does not have it."""

    measure: str
    section: str
    before: Entry | None
    after: Entry | None

    @property
    def transition(self) -> tuple[str, str]:
        return _standing(self.before), _standing(self.after)


def changes(before: Assessment, after: Assessment) -> list[str]:
    """What a reader of `before` has to know about `after`, the most important first.

    The total; then what many measures of one section have in common (its whole part arriving, say)
    as one sentence; then whose answers count as in time or late by now; then single measures in the
    plan's order. Empty if no answer, score, due date or punctuality differs.
    """
    differing = list(_differing(before, after))
    groups = list(_groups(differing, after))
    grouped = {change for group in groups for change in group}
    return [
        *_of_the_whole(before, after),
        *(_together(group, after) for group in groups),
        *_of_punctuality(differing),
        *(sentence for c in differing if c not in grouped and (sentence := _alone(c))),
    ]


def _of_the_whole(before: Assessment, after: Assessment) -> Iterator[str]:
    was, now = spoken_score(before.total), spoken_score(after.total)
    if was != now:
        yield f"總分 {was} → {now}"
    if before.due_on != after.due_on:
        old, new = (format_roc(day, weekday=True) for day in (before.due_on, after.due_on))
        yield f"應報日期 {old} → {new}"


def _differing(before: Assessment, after: Assessment) -> Iterator[_EntryChange]:
    old, new = _entries(before), _entries(after)
    for measure, section in dict.fromkeys((*new, *old)):
        was, now = old.get((measure, section)), new.get((measure, section))
        if was != now:
            yield _EntryChange(measure=measure, section=section, before=was, after=now)


def _of_punctuality(differing: Iterable[_EntryChange]) -> Iterator[str]:
    """Sections whose answers are as before, but now count as late, or as in time."""
    turned = {
        change.section: change.after.late
        for change in differing
        if change.before and change.after and not _moved(change)
        if change.before.late != change.after.late
    }
    for section, late in turned.items():
        yield f"{section}：改列{'逾期' if late else '準時'}填報"


def _entries(report: Assessment) -> dict[tuple[str, str], Entry]:
    return {(row.measure, entry.section): entry for row in report.rows for entry in row.entries}


def _groups(differing: Iterable[_EntryChange], after: Assessment) -> Iterator[list[_EntryChange]]:
    """Changes of one section that make one sentence: alike, and in many or all measures."""
    moved = (change for change in differing if _moved(change))
    order = {section: place for place, section in enumerate(after.sections)}
    alike = attrgetter("section", "transition")
    by_section = sorted(moved, key=lambda c: (order.get(c.section, len(order)), *alike(c)))
    for _, same in groupby(by_section, alike):
        group = list(same)
        if len(group) > SPELLED_OUT or _whole(group, after):
            yield group


def _whole(group: list[_EntryChange], after: Assessment) -> bool:
    return 1 < len(group) == after.tally(group[0].section).expected


def _standing(entry: Entry | None) -> str:
    """An entry's status in words. 無辦理事項 is an answer like any other."""
    if entry is None:
        return _ABSENT
    return STATUS_WORDS["reported" if entry.status == "nothing" else entry.status]


def _moved(change: _EntryChange) -> bool:
    was, now = change.transition
    return was != now


def _together(group: list[_EntryChange], after: Assessment) -> str:
    was, now = group[0].transition
    named = "" if _whole(group, after) else f"（{'、'.join(change.measure for change in group)}）"
    sentence = f"{group[0].section} {len(group)} 項{named}由{was}改為{now}"
    arrived = [change.after for change in group if change.after is not None]
    nothing = sum(entry.status == "nothing" for entry in arrived)
    if nothing:
        sentence += f"（其中{STATUS_WORDS['nothing']} {nothing} 項）"
    average = mean(entry.score for entry in arrived)
    return sentence if average is None else f"{sentence}，平均 {spoken_score(average)} 分"


def _alone(change: _EntryChange) -> str:
    """One change as a sentence; "" if nothing that is printed as a result differs."""
    told = _told(change.before, change.after)
    return told and f"{change.measure} {change.section}：{told}"


def _told(was: Entry | None, now: Entry | None) -> str:
    if now is None:
        return "本版刪除"
    if was is None:
        return f"本版新增（{_said(now).strip()}）"
    if was.status != now.status:
        arrived = was.status == "missing" and now.status != "waived"
        return f"原{STATUS_WORDS[was.status]}，{'現補報' if arrived else '改為'}{_said(now)}"
    return "，".join(_updates(was, now))


def _said(entry: Entry) -> str:
    """` 85 分`, or the entry's state in words."""
    if entry.status == "reported" and entry.score is not None:
        return f" {spoken_score(entry.score)} 分"
    return STATUS_WORDS[entry.status]


def _updates(was: Entry, now: Entry) -> Iterator[str]:
    if was.score != now.score:
        yield f"自評分數 {spoken_score(was.score)} → {spoken_score(now.score)}"
    if was.text != now.text:
        yield "執行情形已更新"
    if was.evidence != now.evidence:
        yield "佐證已更新"
