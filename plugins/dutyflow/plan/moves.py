"""What closures do to cycles: which day moves from when to when, and which closure is why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dutyflow.calendars.cycles import Cycle, moved, opening_moment
from dutyflow.calendars.roc import format_roc
from dutyflow.calendars.rules import RuledDay
from dutyflow.calendars.working_days import Closure, WorkingDays

from .cycles import cycle_since, cycles
from .model import Plan
from .office import OfficePlans
from .words import CHOICE_TITLES, listed

DAY_NAMES: dict[RuledDay, str] = {
    "opens": "開始填報",
    "collect_by": "收件期限",
    "report_due": "報送期限",
}
CALENDAR_CHANGED = "政府行政機關辦公日曆更新"


@dataclass(frozen=True, kw_only=True)
class Change:
    """A closure that is new or says otherwise; or, `withdrawn`, one that is there no more."""

    closure: Closure
    withdrawn: bool

    def __str__(self) -> str:
        """In words: `颱風停止上班（107年7月3日放假）`."""
        withdrawn = "取消" if self.withdrawn else ""
        kind = CHOICE_TITLES[self.closure.kind]
        return f"{self.closure.reason}（{format_roc(self.closure.day)}{withdrawn}{kind}）"


@dataclass(frozen=True, kw_only=True)
class Move:
    """One day of a cycle that the closures put elsewhere.

    `stays` where it, or the day that it would move to, has gone by: then it does not move.
    `reasons` are the changes but for each of which the day would be another; none, where it is the
    government's calendar that has changed (by an upgrade).
    """

    cycle: Cycle  # as it was
    which: RuledDay
    was: date
    becomes: date
    stays: bool
    reasons: tuple[Change, ...]

    def __str__(self) -> str:
        """In words: `收件期限由107年7月4日（三）改為107年7月5日（四）：颱風（107年7月3日放假）`."""
        name, why = DAY_NAMES[self.which], listed(self.reasons_in_words)
        was, becomes = (format_roc(day, weekday=True) for day in (self.was, self.becomes))
        if self.stays:
            return f"{name}{was}不移動（依規則為{becomes}，但其中一日已過）：{why}"
        return f"{name}由{was}改為{becomes}：{why}"

    @property
    def reasons_in_words(self) -> tuple[str, ...]:
        return tuple(map(str, self.reasons)) or (CALENDAR_CHANGED,)


def moves(
    before: OfficePlans,
    closures: Iterable[Closure],
    start: date,
    end: date,
    *,
    now: datetime,
    duty: str | None = None,
) -> Iterator[Move]:
    """How the days of an office's cycles move when its closures are replaced by others."""
    closures = tuple(closures)
    after = replace(before, closures=closures)
    wanted = _Wanted(start=start, end=end, duty=duty)
    stand = wanted.cycles(before)
    opened = [old for old in stand.values() if opening_moment(old.opens, before.zone) <= now]
    planned = wanted.cycles(after, opened)
    without = {
        change: wanted.cycles(replace(before, closures=others), opened)
        for change, others in _each_undone(before.closures, closures)
    }
    for key, old in stand.items():
        undone = {change: found.get(key) for change, found in without.items()}
        yield from _compared(old, planned.get(key, old), undone, now=now, zone=before.zone)


@dataclass(frozen=True, kw_only=True)
class OpenCycle:
    """A cycle that has opened under a plan, with its days as they stand.

    Those that are `given` were named by a person; the others were worked out with `closures`.
    One that comes after another counts from the day on which that was `approved_on`.
    """

    cycle: Cycle
    plan: Plan
    approved_on: date | None
    given: frozenset[RuledDay]
    closures: tuple[Closure, ...]

    def again(self, closures: Iterable[Closure]) -> Cycle:
        """The cycle, its days worked out anew with other closures."""
        stands, calendar = self.cycle, WorkingDays(closures)
        duty = self.plan.duty(stands.duty)
        happened = {"opens": stands.opens}
        if self.approved_on is not None:
            happened["approval"] = self.approved_on
        ruled = cycle_since(self.plan, duty, stands.period, happened, calendar)
        collect_by, report_due = ruled.collect_by, ruled.report_due
        if "report_due" in self.given:
            report_due = stands.report_due
            sooner = calendar.roll(report_due, "previous")
            if collect_by > report_due:  # collecting ends the sooner, see `settled`
                collect_by = sooner if sooner > stands.opens else stands.collect_by
        if "collect_by" in self.given:
            collect_by = stands.collect_by
        return replace(stands, collect_by=collect_by, report_due=max(report_due, collect_by))


def moves_of_open(
    cycle: OpenCycle, closures: Iterable[Closure], *, now: datetime, zone: ZoneInfo
) -> Iterator[Move]:
    """How the days of an open cycle move when the office's closures are replaced by others."""
    closures = tuple(closures)
    same = cycle.again(cycle.closures)
    undone = {
        change: cycle.again(others) for change, others in _each_undone(cycle.closures, closures)
    }
    for move in _compared(cycle.cycle, cycle.again(closures), undone, now=now, zone=zone):
        anyway = getattr(same, move.which) == move.becomes
        yield replace(move, reasons=()) if anyway else move


def _compared(
    old: Cycle, new: Cycle, undone: Mapping[Change, Cycle | None], *, now: datetime, zone: ZoneInfo
) -> Iterator[Move]:
    """Each day that differs; `undone` has the cycle as it would be but for one change."""
    kept = moved(old, new, now=now, zone=zone)
    for which in DAY_NAMES:
        becomes = getattr(new, which)
        if getattr(old, which) == becomes:
            continue
        causes = tuple(
            change for change, other in undone.items() if getattr(other, which, None) != becomes
        )
        yield Move(
            cycle=old,
            which=which,
            was=getattr(old, which),
            becomes=becomes,
            stays=getattr(kept, which) != becomes,
            reasons=causes or tuple(undone),
        )


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    start: date
    end: date
    duty: str | None

    def cycles(self, plans: OfficePlans, opened: Iterable[Cycle] = ()) -> dict[str, Cycle]:
        """The cycles by their keys; what counts from an opening that has been counts from that."""
        found = {cycle.key: cycle for cycle in cycles(plans, self.start, self.end, self.duty)}
        for old in opened:
            plan = plans.of_year(old.plan_year)
            duty = plan.duty(old.duty)
            if old.key in found and duty.every != "after":
                opens = {"opens": old.opens}
                since = cycle_since(plan, duty, old.period, opens, plans.calendar)
                found[old.key] = replace(since, opens=found[old.key].opens)
        return found


def _each_undone(
    before: tuple[Closure, ...], after: tuple[Closure, ...]
) -> Iterator[tuple[Change, tuple[Closure, ...]]]:
    """Each change, with the closures as they are but for it. Of two on one day the later counts."""
    old = {closure.day: closure for closure in before}
    new = {closure.day: closure for closure in after}
    for day in sorted(old.keys() | new.keys()):
        was, becomes = old.get(day), new.get(day)
        told = becomes or was
        if told is None or (was and was.kind) == (becomes and becomes.kind):
            continue
        undone = {**new, day: was}
        others = tuple(closure for closure in undone.values() if closure is not None)
        yield Change(closure=told, withdrawn=becomes is None), others
