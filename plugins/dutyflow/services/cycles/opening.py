"""開啟期別: turn a planned cycle into assignments that can be answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from dutyflow.calendars.cycles import Cycle, cut_off
from dutyflow.calendars.moments import format_cut_off, last_day
from dutyflow.calendars.roc import format_roc, format_roc_moment, in_zone
from dutyflow.errors import DutyflowError
from dutyflow.ledger.records import CycleRecord, NewCycle
from dutyflow.nagging.lateness import is_over
from dutyflow.nagging.states import SETTLED
from dutyflow.plan.cycles import NoTimeLeft, cycle_named, cycle_on
from dutyflow.plan.model import Plan
from dutyflow.plan.office import OfficePlan
from dutyflow.services.workspace import Workspace

from .planned_days import approval_before, planned_cycle


class CycleClosed(DutyflowError):
    """The cycle was closed before: nothing is to be opened."""


class DeadlinePassed(DutyflowError):
    """The cycle would be opened with a cut-off that has already passed."""


def open_cycle(
    workspace: Workspace,
    *,
    office: str,
    duty: str,
    name: str | None,
    now: datetime,
    who: str,
    collect_by: datetime | None = None,
    report_due: date | None = None,
) -> CycleRecord:
    """Open a cycle, or find it open, and return it.

    `name` is the cycle's (107H1, 107D1); None is the one whose period holds today. `collect_by` and
    `report_due` replace what the plan's rules give; for a cycle that is open already, a new
    `collect_by` is granted to every section that has not answered yet.

    Raises CycleClosed, DeadlinePassed, NoTimeLeft, UnknownCycle, UnknownDuty, UnknownOffice.
    """
    the_office = workspace.office(office)
    if name is None:
        name = cycle_on(the_office, duty, in_zone(now, the_office.zone).date()).name
    existing = _existing(workspace, f"{office}/{duty}/{name}")
    if existing is not None:  # whatever today's plan says of it, if anything
        return _go_on(workspace, existing, collect_by, now, who)
    planned, approved_on = _planned(workspace, the_office, duty, name, given=collect_by is not None)
    plan = the_office.of_year(planned.plan_year).with_all_it_uses()
    wanted = replace(
        _wanted(planned, plan, collect_by, report_due),
        approved_on=approved_on,
        closures=the_office.closures,
    )
    _still_open_for_answers(wanted, now, plan)
    workspace.ledger.plans.keep(
        plan.hash,
        office=office,
        year=plan.year,
        document=plan.model_dump_json(by_alias=True),
        now=now,
    )
    sections = [section.id for section in plan.sections_of(plan.duty(duty))]
    why = _why(wanted, plan, approval_before(workspace, the_office, planned))
    return workspace.ledger.cycles.open(wanted, sections, now=now, who=who, why=why)


def open_again(
    workspace: Workspace,
    *,
    office: str,
    duty: str,
    name: str,
    now: datetime,
    who: str,
    collect_by: datetime | None = None,
    report_due: date | None = None,
) -> CycleRecord:
    """Collect a cycle of the past (補辦): one that was never opened, or what is missing of one.

    Where its cut-off has passed and no other is given, sections get the `collect_again` working
    days of the duty. Raises CycleClosed where nothing is missing, and what `open_cycle` raises.
    """
    the_office = workspace.office(office)
    existing = _existing(workspace, f"{office}/{duty}/{name}")
    if existing is not None and existing.state == "closed":
        _reopen_what_is_missing(workspace, existing, now, who)
    if existing is None and collect_by is None:
        collect_by = _new_cut_off(the_office, cycle_named(the_office, duty, name), now)
    return open_cycle(
        workspace,
        office=office,
        duty=duty,
        name=name,
        now=now,
        who=who,
        collect_by=collect_by,
        report_due=report_due,
    )


def _reopen_what_is_missing(
    workspace: Workspace, cycle: CycleRecord, now: datetime, who: str
) -> None:
    states = {assignment.state for assignment in workspace.ledger.assignments.of(cycle.key)}
    if states <= SETTLED:
        raise CycleClosed(f"「{cycle.title}」（{cycle.name}）已結案，各組室均已填報，無須補辦")
    workspace.ledger.cycles.reopen(cycle.key, now=now, who=who, why="補辦尚未填報者")


def _new_cut_off(office: OfficePlan, planned: Cycle, now: datetime) -> datetime | None:
    """None as long as the planned one is still to come."""
    if not is_over(cut_off(planned.collect_by, office.zone), now):
        return None
    days = office.of_year(planned.plan_year).duty(planned.duty).collect_again
    today = in_zone(now, office.zone).date()
    return cut_off(office.calendar.shift(today, days), office.zone)


def _planned(
    workspace: Workspace, office: OfficePlan, duty: str, name: str, *, given: bool
) -> tuple[Cycle, date | None]:
    """The planned cycle, and the day of the approval that its days count from, if they do.

    Where a person has `given` a new cut-off, also a cycle that is too late to count from it.
    """
    try:
        planned = planned_cycle(workspace, office, duty, name)
        return planned, approval_before(workspace, office, planned)
    except NoTimeLeft:
        if not given:
            raise
        return cycle_named(office, duty, name), None


def _wanted(
    planned: Cycle, plan: Plan, collect_by: datetime | None, report_due: date | None
) -> NewCycle:
    until = collect_by or cut_off(planned.collect_by, plan.office.zone)
    earliest = last_day(until, plan.office.zone)
    due = report_due or max(planned.report_due, earliest)
    if due < earliest:
        raise DutyflowError(
            f"報送期限 {format_roc(due)} 早於收件期限 {format_cut_off(until, plan.office.zone)}；"
            "請把報送期限改在收件期限當日或之後"
        )
    return NewCycle(
        office=planned.office,
        duty=planned.duty,
        name=planned.name,
        title=planned.title,
        plan_hash=plan.hash,
        period_start=planned.period_start,
        period_end=planned.period_end,
        opens=planned.opens,
        collect_by=until,
        collect_by_given=collect_by is not None,
        report_due=due,
        report_due_given=report_due is not None,
    )


def _existing(workspace: Workspace, key: str) -> CycleRecord | None:
    return next((cycle for cycle in workspace.ledger.cycles.all() if cycle.key == key), None)


def _go_on(
    workspace: Workspace, cycle: CycleRecord, collect_by: datetime | None, now: datetime, who: str
) -> CycleRecord:
    """A cycle that is open already is gone on with: answers and mails stay as they are."""
    if cycle.state == "closed":
        raise CycleClosed(
            f"「{cycle.title}」（{cycle.name}）已於 {format_roc_moment(cycle.closed_at or now)} "
            "結案。如需補收，請在原執行中清除該組室的「收件」"
        )
    if collect_by is not None:
        for assignment in workspace.ledger.assignments.of(cycle.key):
            if assignment.state not in SETTLED:
                workspace.ledger.assignments.extend(
                    assignment.key, collect_by, now=now, who=who, why="手動執行時指定收件期限"
                )
    return workspace.ledger.cycles.get(cycle.key)


def _still_open_for_answers(wanted: NewCycle, now: datetime, plan: Plan) -> None:
    if is_over(wanted.collect_by, now):
        passed = format_cut_off(wanted.collect_by, plan.office.zone)
        raise DeadlinePassed(
            f"「{wanted.title}」（{wanted.name}）的收件期限 {passed} 已過；"
            "請在參數「收件期限」填入新的期限後再執行"
        )


def _why(wanted: NewCycle, plan: Plan, approved_on: date | None) -> str:
    duty = plan.duty(wanted.duty)
    until = format_cut_off(wanted.collect_by, plan.office.zone)
    days = f"收件期限 {until}，報送期限 {format_roc(wanted.report_due)}"
    if duty.after is None or approved_on is None:
        return f"{duty.clause}；{days}"
    approval = f"「{plan.duty(duty.after).name}」{format_roc(approved_on)}核定"
    return f"{duty.clause}；{approval}；{days}"
