"""收件: is an assignment still waited for, answered, or late?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from dutyflow.calendars.cycles import cut_off
from dutyflow.ledger.event_types import SYSTEM
from dutyflow.ledger.records import Look
from dutyflow.nagging.lateness import has_ended
from dutyflow.services.workspace import Workspace

Wait = Literal["waiting", "accepted", "waived", "late"]


def decide(look: Look, now: datetime) -> Wait:
    """What an assignment's state and cut-off mean at `now`. Pure."""
    if look.state == "accepted":
        return "accepted"
    if look.state == "waived":
        return "waived"
    return "late" if has_ended(look.state, look.collect_by, now) else "waiting"


def wait_for(workspace: Workspace, assignments: Sequence[str], now: datetime) -> dict[str, Wait]:
    """The waits of many assignments, from one look at the ledger."""
    looks = workspace.ledger.assignments.looks(assignments)
    return {key: decide(look, now) for key, look in looks.items()}


def start(workspace: Workspace, assignment: str, now: datetime) -> Wait:
    """Begin to wait, or begin again: one that was late gets a new cut-off.

    The new cut-off is `collect_again` working days of its duty from today; that it was late the
    first time stays on record.
    """
    case = workspace.case(assignment)
    if case.assignment.state == "late":
        today = now.astimezone(case.zone).date()
        last_day = case.office.calendar.shift(today, case.duty.collect_again)
        until = cut_off(last_day, case.zone)
        workspace.ledger.assignments.wait_again(
            assignment, until, now=now, who="計畫承辦人", why="重新執行收件"
        )
    if case.cycle.state == "closed":
        workspace.ledger.cycles.reopen(
            case.cycle.key, now=now, who="計畫承辦人", why=f"重新收件：{case.section_name}"
        )
    return finish(workspace, assignment, now)


def finish(workspace: Workspace, assignment: str, now: datetime) -> Wait:
    """See how the wait stands; at the cut-off, put on record that it is late."""
    wait = wait_for(workspace, [assignment], now)[assignment]
    if wait != "late":
        return wait
    record = workspace.ledger.assignments.mark_late(
        assignment, now=now, who=SYSTEM, why="收件期限已到，尚無受理之填報"
    )
    return decide(Look(state=record.state, collect_by=record.collect_by), now)
