"""How an outline is made of an office's plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.roc import format_roc, in_zone

from .cycles import cycles
from .dates import chain
from .model import Duty, Plan
from .office import OfficePlan
from .outline import CycleOutline, DutyOutline, OfficeOutline
from .words import CHOICE_TITLES

A_YEAR = timedelta(days=366)
SHOWN = 3  # cycles of a duty that are shown at once
_YEARS_BEFORE = 2  # a period may be over for so long when it is still being collected
_YEARS_AHEAD = SHOWN + 2  # even of a duty that comes once a year, there are enough until renewal
_Numbered = Mapping[str, list[Cycle]]

NOT_TOLD = "不預告"


def renew_on(made_at: datetime) -> str:
    """The ISO date from which on an outline is made anew, so that it never runs out of cycles."""
    return (made_at + A_YEAR).date().isoformat()


def outline_of(office: OfficePlan, made_at: datetime) -> OfficeOutline:
    plan = office.plans[-1]
    today = in_zone(made_at, office.zone).date()
    planned = _cycles_by_duty(office, today)
    return OfficeOutline(
        id=office.office,
        name=office.name,
        timezone=plan.office.timezone,
        title=plan.header.title,
        director=office.titles.director,
        since=_first_day(office),
        duties=tuple(
            _duty(office, plan, duty, _to_come(planned[duty.id], plan, duty, today))
            for plan, duty in _latest(office)
        ),
    )


def _latest(office: OfficePlan) -> Iterable[tuple[Plan, Duty]]:
    """Every duty with the latest plan that has it.

    A duty that the next plan drops still has its last cycles, and those of the past to be seen.
    """
    return {duty.id: (plan, duty) for plan in office.plans for duty in plan.duties}.values()


def _duty(
    office: OfficePlan, plan: Plan, duty: Duty, to_come: tuple[CycleOutline, ...]
) -> DutyOutline:
    measures = tuple(plan.measures_of(duty))
    after = plan.duty(duty.after).name if duty.after is not None else ""
    return DutyOutline(
        id=duty.id,
        name=duty.name,
        clause=duty.clause,
        assumption=duty.assumption,
        every=CHOICE_TITLES[duty.every],
        rhythm=_rhythm(duty, after),
        opens=duty.opening,
        collect_by=str(duty.collect_by),
        report_due=str(duty.report_due),
        sections=tuple(section.name for section in plan.sections_of(duty)),
        aspects=tuple(dict.fromkeys(measure.aspect for measure in measures)),
        measures=len(measures),
        form=plan.form_of(duty).name,
        after=after,
        followers=_followers(office, duty),
        cycles=to_come,
    )


def _rhythm(duty: Duty, after: str) -> str:
    """In words: `每半年，期末後第5個工作天前報出`."""
    if after and duty.report_due.anchor == "approval":
        return f"「{after}」{duty.report_due}前報出"
    when = f"「{after}」核定後" if after else CHOICE_TITLES[duty.every]
    hidden = "不預告，" if duty.unannounced is not None else ""
    return f"{when}，{hidden}{duty.report_due}前報出"


def _followers(office: OfficePlan, duty: Duty) -> tuple[str, ...]:
    """The duties of any plan that come after this one, by name."""
    found = {
        each.id: each.name for plan in office.plans for each in plan.duties if each.after == duty.id
    }
    return tuple(found.values())


def _cycles_by_duty(office: OfficePlan, today: date) -> _Numbered:
    found: dict[str, list[Cycle]] = defaultdict(list)
    start, end = today - A_YEAR * _YEARS_BEFORE, today + A_YEAR * _YEARS_AHEAD
    for cycle in cycles(office, start, end):
        found[cycle.duty].append(cycle)
    return found


def _to_come(planned: list[Cycle], plan: Plan, duty: Duty, today: date) -> tuple[CycleOutline, ...]:
    """The cycles that are not over, as many as are shown until the outline is made anew."""
    # A day that counts from an unannounced one would give that one away.
    told = all(link.unannounced is None for link in chain(duty, plan.duties_by_id))
    outlines = [_cycle(cycle, told=told) for cycle in planned]
    to_come = [cycle for cycle in outlines if cycle.last >= today.isoformat()]
    renewed = (today + A_YEAR).isoformat()
    over_by_then = sum(cycle.last <= renewed for cycle in to_come)
    return tuple(to_come[: over_by_then + SHOWN])


def _cycle(cycle: Cycle, *, told: bool) -> CycleOutline:
    days = (cycle.opens, cycle.collect_by, cycle.report_due)
    opens, collect_by, report_due = (
        format_roc(day, weekday=True) if told else NOT_TOLD for day in days
    )
    return CycleOutline(
        name=cycle.name,
        title=cycle.title,
        opens=opens,
        collect_by=collect_by,
        report_due=report_due,
        last=(cycle.report_due if told else cycle.period_end).isoformat(),
        provisional=cycle.provisional,
    )


def _first_day(office: OfficePlan) -> str:
    """The first plan may open a cycle whose period, a year long, ended before the plan began."""
    return f"{office.plans[0].effective_from.year - 1:04}-01-01"
