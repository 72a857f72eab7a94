"""How much a ladder spares people: its gap between two reminders, its mails a day. Pure."""

from __future__ import annotations

from datetime import date

from dutyflow.calendars.working_days import WorkingDays
from dutyflow.plan.ladders import Ladder

from .reasons import Reason, ReasonCode


def too_soon(
    ladder: Ladder, calendar: WorkingDays, last: date | None, today: date
) -> Reason | None:
    """Why a reminder comes too soon after the `last` one of the same; None where it does not.

    The step stays due, so that it comes when the gap is over, alone or collapsed into a higher one.
    """
    if not ladder.min_gap or last is None or calendar.between(last, today) >= ladder.min_gap:
        return None
    return Reason.of(ReasonCode.TOO_SOON, days=ladder.min_gap)


def had_enough(had: int) -> Reason:
    """Why somebody who has had so many reminders today is sent no other."""
    return Reason.of(ReasonCode.DAILY_MAXIMUM, had=had)
