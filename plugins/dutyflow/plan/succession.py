"""Plans of one office that do not follow on each other. Pure.

A plan is in force until the next one replaces it, so no day is without a plan: a year that has no
plan of its own goes on with the last one. What can go wrong is the order of the plans, and a gap:
days that no cycle covers, though both plans have the duty, because the later one has it in another
rhythm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import accumulate, pairwise
from pathlib import Path

from dutyflow.calendars.roc import format_roc
from dutyflow.calendars.working_days import ONE_DAY
from dutyflow.errors import Finding

from .cycles import cycles
from .draft import Draft
from .model import Duty, Plan
from .office import OfficePlans
from .source import Remark, Source
from .words import CHOICE_TITLES

PLACE = ("effective_from",)
_NEAR = timedelta(days=2 * 366)  # on each side of a replacement: the longest period, and its days


def out_of_order(plans: Sequence[tuple[Source, Draft]]) -> Iterator[Finding]:
    """Plans of the same year; plans that do not take effect in the order of their years."""
    dated = [
        (draft.year, draft.effective_from, source)
        for source, draft in plans
        if draft.year is not None and draft.effective_from is not None
    ]
    for earlier, later in pairwise(sorted(dated, key=_by_year)):
        year, day, other = earlier
        next_year, next_day, source = later
        if next_year == year:
            yield source.finding(_twins(other, year))
        elif next_day <= day:
            yield source.finding(
                Remark(
                    place=PLACE,
                    found=f"{next_year} 年度的計畫於{format_roc(next_day)}生效，"
                    f"{year} 年度的計畫於{format_roc(day)}生效",
                    expected="同一機關年度在後的計畫，生效日也在後",
                )
            )


def _twins(other: Source, year: int) -> Remark:
    return Remark(
        place=("year",),
        found=f"與 {Path(other.name).name} 同為 {year} 年度的計畫",
        expected="一個年度一個計畫檔",
        hint="請刪去其中一個，或改正 year",
    )


def _by_year(dated: tuple[int, date, Source]) -> int:
    return dated[0]


def gaps(office: OfficePlans) -> Iterator[tuple[Plan, Remark]]:
    """Days that fall between the cycles of a duty where a plan replaces another; the later plan."""
    for earlier, later in pairwise(office.plans):
        for duty in later.duties:
            before = earlier.duties_by_id.get(duty.id)
            if before is not None and _changes_rhythm(before, duty):
                yield from ((later, remark) for remark in _gaps_of(office, later, before, duty))


def _changes_rhythm(before: Duty, duty: Duty) -> bool:
    return before.every != duty.every and before.is_regular and duty.is_regular


def _gaps_of(office: OfficePlans, later: Plan, before: Duty, duty: Duty) -> Iterator[Remark]:
    day = later.effective_from
    near = cycles(office, day - _NEAR, day + _NEAR, duty.id)
    covered = sorted((cycle.period_start, cycle.period_end) for cycle in near)
    reached = accumulate((end for _, end in covered), max)
    for end, (start, _) in zip(reached, covered[1:], strict=False):
        if start > end + ONE_DAY:
            yield Remark(
                place=PLACE,
                found=f"「{duty.name}」由{CHOICE_TITLES[before.every]}改為"
                f"{CHOICE_TITLES[duty.every]}，{format_roc(end + ONE_DAY)}至"
                f"{format_roc(start - ONE_DAY)}不在任何一期之內",
                expected="換計畫前後各期相連",
                hint="請調整生效日，或沿用原來的週期",
            )
