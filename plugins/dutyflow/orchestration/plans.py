"""The plans, as DAG files and the timetable meet them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from dutyflow.plan.outline import OfficeOutline, good_outlines
from dutyflow.settings import Settings

if TYPE_CHECKING:
    from dutyflow.errors import PlanError
    from dutyflow.plan.office import OfficePlan


def outlines(now: datetime) -> list[OfficeOutline]:
    """Every office whose plan is good now, or was when last read; light enough for a DAG file."""
    settings = Settings.from_environ()
    return good_outlines(settings.plans, settings.snapshots, now)


def office_named(office_id: str) -> OfficePlan:
    """An office with its plans, its calendar and its people. Raises KeyError."""
    offices, _ = _read()
    return {office.office: office for office in offices}[office_id]


def raise_plan_errors() -> None:
    """Raise PlanError naming file and line of all that is wrong in any plan; else do nothing."""
    from dutyflow.errors import PlanError

    _, errors = _read()
    if errors:
        raise PlanError(finding for error in errors for finding in error.findings)


def _read() -> tuple[list[OfficePlan], list[PlanError]]:
    from dutyflow.plan.snapshot import good_offices

    settings = Settings.from_environ()
    return good_offices(settings.plans, settings.snapshots)
