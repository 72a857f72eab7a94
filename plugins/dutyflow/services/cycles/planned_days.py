"""A cycle's days as its plan has them today, counted from what has happened by now."""

from __future__ import annotations

from datetime import date

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.roc import in_zone
from dutyflow.plan.cycles import cycle_after, cycle_named
from dutyflow.plan.office import OfficePlan
from dutyflow.services.workspace import Workspace


def planned_cycle(workspace: Workspace, office: OfficePlan, duty: str, name: str) -> Cycle:
    """The cycle called `107H1`.

    One that comes after another's approval counts from the day on which that was given, once it
    is. Raises NoTimeLeft, UnknownCycle, UnknownDuty.
    """
    planned = cycle_named(office, duty, name)
    approved_on = approval_before(workspace, office, planned)
    return planned if approved_on is None else cycle_after(office, planned, approved_on)


def approval_before(workspace: Workspace, office: OfficePlan, cycle: Cycle) -> date | None:
    """The day, at the office, of the approval that a cycle comes after; None if there is none."""
    source = office.of_year(cycle.plan_year).duty(cycle.duty).after
    if source is None:
        return None
    at = workspace.ledger.reports.approved_at(f"{cycle.office}/{source}/{cycle.name}")
    return in_zone(at, office.zone).date() if at else None
