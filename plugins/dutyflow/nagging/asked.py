"""待核示: on which days whoever decides is reminded of a request for more time. Pure."""

from __future__ import annotations

from datetime import date

from dutyflow.calendars.working_days import WorkingDays
from dutyflow.plan.ladders import Ladder

from .steps import Schedule, Step


def step_for_decision(
    ladder: Ladder, calendar: WorkingDays, *, asked: date, deadline: date, today: date
) -> Step | None:
    """The step of the section's own ladder that counts today, None where none has come since the
    day on which more time was `asked` for: the request itself was sent then."""
    due = Schedule(ladder, deadline, calendar).due(today, opened=asked)
    return due.step if due else None
