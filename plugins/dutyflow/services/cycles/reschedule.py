"""改期: closures that were added today, or taken back, move what is open already."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from dutyflow.calendars.cycles import Cycle, cut_off
from dutyflow.calendars.moments import last_day
from dutyflow.calendars.rules import RuledDay
from dutyflow.calendars.working_days import Closure
from dutyflow.ledger.records import Account, CycleRecord, NewDays
from dutyflow.plan.model import Plan
from dutyflow.plan.moves import Move, OpenCycle, moves_of_open
from dutyflow.services.workspace import Workspace


def reschedule(workspace: Workspace, office: str, *, now: datetime, who: str) -> list[Move]:
    """Move the days of an office's open cycles to where today's closures put them.

    Each is worked out again under the plan that it was opened under. Days that a person gave stay;
    so do those that have gone by, or would move into the past: they are returned as such (`stays`).
    Assignments without a cut-off of their own go along. Run again, it changes nothing.

    A cycle that comes after another (every: after), but was opened before its approval, is left as
    it is: what its days count from is not known. Raises UnknownOffice.
    """
    closures = workspace.office(office).closures
    found: list[Move] = []
    for cycle in workspace.ledger.cycles.all(office=office, state="open"):
        plan = workspace.plan_of(cycle)
        if plan.duty(cycle.duty).every == "after" and cycle.approved_on is None:
            continue
        moves = list(
            moves_of_open(as_it_stands(cycle, plan), closures, now=now, zone=plan.office.zone)
        )
        found += moves
        moving = [move for move in moves if not move.stays]
        if moving:
            days = _new_days(cycle, plan, moving, closures)
            workspace.ledger.cycles.move(cycle, days, now=now, who=who)
    return found


def as_it_stands(cycle: CycleRecord, plan: Plan) -> OpenCycle:
    """A cycle of the ledger as the plan's rules see it."""
    given: dict[RuledDay, bool] = {
        "collect_by": cycle.collect_by_given,
        "report_due": cycle.report_due_given,
    }
    return OpenCycle(
        cycle=Cycle(
            office=cycle.office,
            duty=cycle.duty,
            name=cycle.name,
            title=cycle.title,
            period_start=cycle.period_start,
            period_end=cycle.period_end,
            opens=cycle.opens,
            collect_by=last_day(cycle.collect_by, plan.office.zone),
            report_due=cycle.report_due,
            plan_year=plan.year,
        ),
        plan=plan,
        approved_on=cycle.approved_on,
        given=frozenset(day for day, by_hand in given.items() if by_hand),
        closures=cycle.closures,
    )


def _new_days(
    cycle: CycleRecord, plan: Plan, moving: Sequence[Move], closures: tuple[Closure, ...]
) -> NewDays:
    days: dict[RuledDay, date] = {move.which: move.becomes for move in moving}
    collect_by = cycle.collect_by
    if "collect_by" in days:
        collect_by = cut_off(days["collect_by"], plan.office.zone)
    return NewDays(
        collect_by=collect_by,
        report_due=days.get("report_due", cycle.report_due),
        closures=closures,
        story=_account(moving),
        followers_story=_account([move for move in moving if move.which == "collect_by"]),
    )


def _account(moving: Sequence[Move]) -> Account:
    days = [
        {
            "day": move.which,
            "from": move.was.isoformat(),
            "to": move.becomes.isoformat(),
            "reasons": list(move.reasons_in_words),
        }
        for move in moving
    ]
    return Account(why="；".join(map(str, moving)), detail={"days": days})
