"""How much a ladder spares people: its gap between two reminders, its mails a day. Pure."""

from __future__ import annotations

from datetime import date

from dutyflow.calendars.working_days import WorkingDays
from dutyflow.plan.ladders import Ladder

HAD_ENOUGH = "未寄：今日已寄過"  # how the reason begins where somebody has had their day's mail


def too_soon(ladder: Ladder, calendar: WorkingDays, last: date | None, today: date) -> str:
    """Why a reminder comes too soon after the `last` one of the same; "" where it does not.

    The step stays due, so that it comes when the gap is over, alone or collapsed into a higher one.
    """
    if not ladder.min_gap or last is None or calendar.between(last, today) >= ladder.min_gap:
        return ""
    return f"未寄：距上次通知未滿 {ladder.min_gap} 個工作天"


def had_enough(had: int) -> str:
    """Why somebody who has had so many reminders today is sent no other."""
    return f"{HAD_ENOUGH}{'一' if had == 1 else f' {had} '}封，併入下次"
