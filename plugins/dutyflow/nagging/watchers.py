"""What keeps those informed who watch an office: 晨間摘要 each morning, 每週狀態 each week."""

from __future__ import annotations

from datetime import date

from .reasons import Reason, ReasonCode
from .rungs import Rung, RungKind

SUMMARY, WEEK = Reason(ReasonCode.MORNING_SUMMARY), Reason(ReasonCode.WEEKLY_STATUS)


def summary_rung(day: date) -> Rung:
    """The rung of a day's summary: there is one a day."""
    return Rung(kind=RungKind.SUMMARY, which=day.isoformat())


def week_rung(day: date) -> Rung:
    """The rung of the state of a day's week, which begins on Monday: there is one a week."""
    year, week, _ = day.isocalendar()
    return Rung(kind=RungKind.WEEK, which=f"{year}-W{week:02}")
