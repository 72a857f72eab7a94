"""接續: what an approval opens, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dutyflow.calendars.cycles import Cycle, opening_moment
from dutyflow.calendars.roc import format_roc, in_zone
from dutyflow.errors import DutyflowError
from dutyflow.ledger.records import CycleRecord
from dutyflow.plan.cycles import cycle_named
from dutyflow.plan.model import Duty
from dutyflow.services.workspace import Workspace

from .planned_days import approval_before, planned_cycle


class NotApproved(DutyflowError):
    """What the cycle comes after is not approved, or not any more."""


@dataclass(frozen=True, kw_only=True)
class Follower:
    """A duty (id and name) whose cycle an approval opens, and which approval, in words."""

    office: str
    duty: str
    duty_name: str
    cycle: str
    why: str


def to_open(workspace: Workspace, cycle_key: str) -> list[Follower]:
    """The duties that come after an approved one, and whose cycle of that period nobody opened.

    They are those of the plan that asked the first, as it stands today. A cycle that a person
    opened by hand is gone on with where it is; one that is closed stays so.
    """
    cycle = workspace.ledger.cycles.get(cycle_key)
    at = workspace.ledger.reports.approved_at(cycle_key)
    if at is None:
        return []
    plan = workspace.plan_of(cycle)
    approved_on = format_roc(in_zone(at, plan.office.zone).date())
    why = f"「{plan.duty(cycle.duty).name}」{cycle.title}已於{approved_on}核定"
    opened = {record.key for record in workspace.ledger.cycles.all(office=cycle.office)}
    return [
        Follower(office=cycle.office, duty=duty.id, duty_name=duty.name, cycle=cycle.name, why=why)
        for duty in _after(workspace, cycle, plan.year)
        if f"{cycle.office}/{duty.id}/{cycle.name}" not in opened
    ]


def opens_at(workspace: Workspace, office_id: str, duty: str, name: str) -> datetime:
    """From when on a cycle that comes after another is to be opened.

    Raises NotApproved, NoTimeLeft, UnknownCycle, UnknownDuty, UnknownOffice.
    """
    office = workspace.office(office_id)
    for record in workspace.ledger.cycles.all(office=office_id, duty=duty):
        if record.name == name:
            return record.opened_at
    planned = cycle_named(office, duty, name)
    if approval_before(workspace, office, planned) is None:
        raise NotApproved(_not_approved(planned))
    return opening_moment(planned_cycle(workspace, office, duty, name).opens, office.zone)


def _after(workspace: Workspace, cycle: CycleRecord, year: int) -> list[Duty]:
    try:
        plan = workspace.office(cycle.office).of_year(year)
    except LookupError:  # its file is gone: nothing of it can be opened any more
        return []
    return [duty for duty in plan.duties if duty.after == cycle.duty]


def _not_approved(planned: Cycle) -> str:
    return (
        f"{planned.title}（{planned.name}）所接續的工作尚未核定，或核定後又改變了決定；"
        "本期暫不開啟，待核定後自動重新執行"
    )
