"""From plans to cycles: which occurrences of their duties there are, and on which days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.periods import Period, period_named, period_of, year_of_explicit
from dutyflow.calendars.roc import ROC_EPOCH, format_roc
from dutyflow.calendars.working_days import WorkingDays
from dutyflow.errors import DutyflowError

from .dates import chain, days_of, days_since, periods_of, settled
from .model import Duty, Plan
from .office import OfficePlans
from .words import FIELD_TITLES, did_you_mean, listed

Cycles = dict[tuple[str, str], Cycle]


class UnknownDuty(DutyflowError):
    """No plan of the office has a duty of that id."""


class UnknownCycle(DutyflowError):
    """The duty has no cycle of that name, or none on that day."""


class NoTimeLeft(DutyflowError):
    """What comes first was approved so late that the plan's own days are over before it opens."""


def cycle_of(plan: Plan, duty: Duty, period: Period, calendar: WorkingDays) -> Cycle:
    """The cycle that a duty makes of one period."""
    links = chain(duty, plan.duties_by_id)
    days = days_of(links, period, plan.office.id, calendar)
    return _cycle(plan, duty, period, settled(days, calendar))


def cycle_after(plans: OfficePlans, planned: Cycle, approved_on: date) -> Cycle:
    """The cycle with its days counted from the day on which what it comes after was approved.

    One that comes after nothing stays as planned. Raises NoTimeLeft.
    """
    plan = plans.of_year(planned.plan_year)
    duty = plan.duty(planned.duty)
    if duty.after is None:
        return planned
    links = chain(duty, plan.duties_by_id)
    days = days_of(links, planned.period, plan.office.id, plans.calendar, approved_on)
    for which in ("collect_by", "report_due"):
        if days[which] < days["opens"]:
            source = plan.duty(duty.after).name
            raise NoTimeLeft(
                f"「{duty.name}」{planned.title}（{planned.name}）：「{source}」於"
                f"{format_roc(approved_on)}核定，依計畫{format_roc(days['opens'])}才開始填報，"
                f"但{FIELD_TITLES[which]}為{format_roc(days[which])}，已來不及；"
                "請手動執行，並在參數填入新的收件期限"
            )
    return _cycle(plan, duty, planned.period, settled(days, plans.calendar))


def cycle_since(
    plan: Plan, duty: Duty, period: Period, happened: Mapping[str, date], calendar: WorkingDays
) -> Cycle:
    """The cycle once it has opened: what has `happened`, `opens` and `approval`, holds."""
    return _cycle(plan, duty, period, days_since(duty, period, happened, calendar))


def _cycle(plan: Plan, duty: Duty, period: Period, days: Mapping[str, date]) -> Cycle:
    return Cycle(
        office=plan.office.id,
        duty=duty.id,
        name=period.name,
        title=period.title,
        period_start=period.start,
        period_end=period.end,
        opens=days["opens"],
        collect_by=days["collect_by"],
        report_due=days["report_due"],
        plan_year=plan.year,
    )


def cycles(plans: OfficePlans, start: date, end: date, duty: str | None = None) -> Iterator[Cycle]:
    """An office's cycles whose period shares a day with `start`..`end`, in order of opening.

    A cycle is made by the plan in force on the day on which it opens; where the plan itself gives
    the dates, by that plan, even if the next has replaced it meanwhile. A duty that comes after
    another has a cycle for each of the other's, made by the same plan. With `duty`, only that
    duty's; raises UnknownDuty when no plan has it.
    """
    if duty is not None:
        require_duty([plans], duty)
    offered = [_offered(plan, plans.calendar, start, end, duty) for plan in plans.plans]
    found: Cycles = {}
    for plan, offers in zip(plans.plans, offered, strict=True):
        for key, cycle in offers.items():
            if _makes(plans, plan, cycle):
                found.setdefault(key, cycle)  # opened already under the earlier plan
    for key, cycle in _between_plans(plans.plans, offered):
        found.setdefault(key, cycle)
    wanted = (cycle for cycle in _with_followers(plans, found) if duty in (None, cycle.duty))
    yield from sorted(wanted, key=lambda cycle: (cycle.opens, cycle.duty, cycle.period_start))


def cycle_named(plans: OfficePlans, duty: str, name: str) -> Cycle:
    """The cycle called `107H1`.

    Raises UnknownDuty or UnknownCycle, which say what there is.
    """
    require_duty([plans], duty)
    try:
        stretch = _stretch(name)
    except ValueError as error:
        raise UnknownCycle(str(error)) from None
    near = list(cycles(plans, stretch.start, stretch.end, duty))
    for cycle in near:
        if cycle.name == name:
            return cycle
    hint = f"；同一期間有 {listed(cycle.name for cycle in near)}" if near else ""
    raise UnknownCycle(f"定期工作「{duty}」沒有「{name}」這一期{hint}")


def cycle_on(plans: OfficePlans, duty: str, day: date) -> Cycle:
    """The cycle whose period holds the day. Raises UnknownDuty or UnknownCycle."""
    found = list(cycles(plans, day, day, duty))
    if not found:
        raise UnknownCycle(f"{format_roc(day)}不在定期工作「{duty}」的任何一期之內；請指定期別")
    return found[-1]


def _stretch(name: str) -> Period:
    """The time in which a cycle of that name has at least a day. Raises ValueError."""
    year = year_of_explicit(name)
    if year is None:
        return period_named(name)
    return period_of("year", date(year + ROC_EPOCH, 1, 1))


def _offered(
    plan: Plan, calendar: WorkingDays, start: date, end: date, duty_id: str | None
) -> Cycles:
    """What one plan would make of the time asked for, were it always in force.

    Duties that come after another are left to their time; what they come after is here.
    """
    wanted = [duty for duty in plan.duties if duty_id in (None, duty.id)]
    firsts = {chain(duty, plan.duties_by_id)[-1].id for duty in wanted}
    return {
        (duty.id, period.name): cycle_of(plan, duty, period, calendar)
        for duty in plan.duties
        if duty.id in firsts
        for period in periods_of(duty, plan.year, start, end)
    }


def _makes(plans: OfficePlans, plan: Plan, cycle: Cycle) -> bool:
    if plan.duty(cycle.duty).is_given:
        return plan.effective_from <= cycle.opens
    return plans.in_force(cycle.opens) is plan


def _between_plans(
    plans: tuple[Plan, ...], offered: Iterable[Cycles]
) -> Iterator[tuple[tuple[str, str], Cycle]]:
    """Cycles that would fall between two plans, kept on the days of the earlier one.

    When a replacement moves a duty's opening to an earlier day, and takes effect between the two,
    the old day comes too late for the old plan and the new day too early for the new.
    """
    for (earlier, later), (_, replacement) in zip(pairwise(offered), pairwise(plans), strict=True):
        for key in earlier.keys() & later.keys():
            if later[key].opens < replacement.effective_from <= earlier[key].opens:
                yield key, earlier[key]


def _with_followers(plans: OfficePlans, found: Cycles) -> Iterator[Cycle]:
    """The cycles, and those of the duties that come after theirs."""
    yield from found.values()
    for plan in plans.plans:
        for duty in (each for each in plan.duties if each.every == "after"):
            first = chain(duty, plan.duties_by_id)[-1].id
            for cycle in found.values():
                if (cycle.duty, cycle.plan_year) == (first, plan.year):
                    yield cycle_of(plan, duty, cycle.period, plans.calendar)


def require_duty(offices: Sequence[OfficePlans], duty: str) -> list[OfficePlans]:
    """The offices that have a duty. Raises UnknownDuty when none has."""
    titles = [{each.id: each.name for plan in o.plans for each in plan.duties} for o in offices]
    having = [office for office, known in zip(offices, titles, strict=True) if duty in known]
    if not having:
        known = {code: title for each in titles for code, title in each.items()}
        hint = did_you_mean(duty, known, known) or f"有 {listed(known)}"
        raise UnknownDuty(f"沒有定期工作「{duty}」；{hint}")
    return having
