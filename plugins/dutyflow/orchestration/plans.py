"""The plans, as DAG files and the timetable meet them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING

from dutyflow.infra.plan_files.outline import good_outlines
from dutyflow.infra.settings import Settings
from dutyflow.plan.outline import OfficeOutline

if TYPE_CHECKING:
    from dutyflow.plan.office import OfficePlan


def outlines(now: datetime, offices: Iterable[str] | None = None) -> list[OfficeOutline]:
    """Every office whose plan is good now, or was when last read; light enough for a DAG file.

    With `offices`, only those of them are read: a task starts as fast beside a thousand duties.
    """
    settings = Settings.from_environ()
    return good_outlines(settings.plans, settings.snapshots, now, offices)


def office_named(office_id: str) -> OfficePlan:
    """An office with its plans, its calendar and its people. Raises KeyError."""
    from dutyflow.infra.plan_files.snapshot import good_office_named

    settings = Settings.from_environ()
    office = good_office_named(settings.plans, settings.snapshots, office_id)
    if office is None:
        raise KeyError(office_id)
    return office


def working_day_of_any_office() -> Callable[[date], bool]:
    """Tells which days some office works; where there is none, those of the government."""
    from dutyflow.calendars.working_days import GOVERNMENT
    from dutyflow.infra.plan_files.snapshot import good_offices

    settings = Settings.from_environ()
    offices, _ = good_offices(settings.plans, settings.snapshots)
    calendars = [office.calendar for office in offices] or [GOVERNMENT]
    return lambda day: any(calendar.is_working(day) for calendar in calendars)


def raise_plan_errors() -> None:
    """Raise PlanError naming file and line of all that is wrong in any plan; else do nothing."""
    from dutyflow.errors import PlanError
    from dutyflow.infra.plan_files.snapshot import good_offices

    settings = Settings.from_environ()
    _, errors = good_offices(settings.plans, settings.snapshots)
    if errors:
        raise PlanError(finding for error in errors for finding in error.findings)
