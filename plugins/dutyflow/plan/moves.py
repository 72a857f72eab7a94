"""What closures do to cycles: which day moves from when to when, and which closure is why. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from dutyflow.calendars.cycles import Cycle, moved
from dutyflow.calendars.rules import RuledDay
from dutyflow.calendars.working_days import Closure

from .cycles import cycles
from .office import OfficePlans

WHICH: tuple[RuledDay, ...] = ("opens", "collect_by", "report_due")


@dataclass(frozen=True, kw_only=True)
class Change:
    """A closure that is new or says otherwise; or, `withdrawn`, one that is there no more."""

    closure: Closure
    withdrawn: bool


@dataclass(frozen=True, kw_only=True)
class Move:
    """One day of a cycle that the closures put elsewhere.

    `stays` where it, or the day that it would move to, has gone by: then it does not move.
    `reasons` are the changes but for each of which the day would be another.
    """

    cycle: Cycle  # as it was
    which: RuledDay
    was: date
    becomes: date
    stays: bool
    reasons: tuple[Change, ...]


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
    planned = wanted.cycles(after)
    without = {
        change: wanted.cycles(replace(before, closures=others))
        for change, others in _each_undone(before.closures, closures)
    }
    for key, old in wanted.cycles(before).items():
        new = planned.get(key, old)
        kept = moved(old, new, now=now, zone=before.zone)
        for which in WHICH:
            becomes = getattr(new, which)
            if getattr(old, which) == becomes:
                continue
            causes = (
                change
                for change, found in without.items()
                if key not in found or getattr(found[key], which) != becomes
            )
            yield Move(
                cycle=old,
                which=which,
                was=getattr(old, which),
                becomes=becomes,
                stays=getattr(kept, which) != becomes,
                reasons=tuple(causes) or tuple(without),
            )


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    start: date
    end: date
    duty: str | None

    def cycles(self, plans: OfficePlans) -> dict[str, Cycle]:
        return {cycle.key: cycle for cycle in cycles(plans, self.start, self.end, self.duty)}


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
