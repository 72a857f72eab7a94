"""What keeps those informed who watch an office: 晨間摘要 each morning, 每週狀態 each week."""

from __future__ import annotations

import re
from datetime import date

SUMMARY, WEEK = "晨間摘要", "每週狀態"
SUMMARY_RUNG = "summary:"
_FIRST_WORDS = re.compile("[，：]")


def summary_rung(day: date) -> str:
    """The rung of a day's summary: there is one a day."""
    return f"{SUMMARY_RUNG}{day.isoformat()}"


def week_rung(day: date) -> str:
    """The rung of the state of a day's week, which begins on Monday: there is one a week."""
    year, week, _ = day.isocalendar()
    return f"week:{year}-W{week:02}"


def step_in(reason: str) -> str:
    """The step that a notice's reason begins with: `逾期第 2 日` of `逾期第 2 日，副知組長`."""
    return _FIRST_WORDS.split(reason, maxsplit=1)[0]
