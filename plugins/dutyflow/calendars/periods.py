"""The stretches of time that a duty covers, and their names (期別)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from .roc import ROC_EPOCH, roc_year
from .working_days import ONE_DAY

Every = Literal["month", "quarter", "half_year", "year"]  # parts of the calendar, without end
Recurrence = Literal["month", "quarter", "half_year", "year", "once", "dates", "after"]

MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_NAME = re.compile(
    r"(?P<year>[1-9][0-9]{0,2})(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|M(?P<month>[0-9]{2}))?"
)
_EXPLICIT = re.compile(r"(?P<year>[1-9][0-9]{0,2})D[1-9][0-9]*")


@dataclass(frozen=True, kw_only=True)
class Period:
    """A stretch of time, both ends included, with its name and how people say it."""

    name: str  # 107H1
    title: str  # 107年上半年
    start: date
    end: date


def period_of(every: Every, day: date) -> Period:
    """The period of that length which holds the day."""
    months = MONTHS[every]
    number = (day.month - 1) // months + 1
    first = date(day.year, (number - 1) * months + 1, 1)
    suffix, spoken = _parts_of_the_year(every, number)
    return Period(
        name=f"{roc_year(day)}{suffix}",
        title=f"{roc_year(day)}年{spoken}",
        start=first,
        end=_months_later(first, months) - ONE_DAY,
    )


def period_named(name: str) -> Period:
    """The period called `107H1`, `107Q3`, `107M05` or `107`. Raises ValueError otherwise."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"「{name}」不是期別；請寫成 107H1、107Q3、107M05、107 或 107D1")
    half, quarter, month = match["half"], match["quarter"], match["month"]
    every: Every = "half_year" if half else "quarter" if quarter else "month" if month else "year"
    first_month = (int(half or quarter or month or 1) - 1) * MONTHS[every] + 1
    if not 1 <= first_month <= 12:
        raise ValueError(f"「{name}」不是期別；月份為 M01 到 M12")
    return period_of(every, date(int(match["year"]) + ROC_EPOCH, first_month, 1))


def periods(every: Every, start: date, end: date) -> Iterator[Period]:
    """All periods that share a day with `start`..`end`, in order."""
    period = period_of(every, start)
    while period.start <= end:
        yield period
        period = period_of(every, period.end + ONE_DAY)


def year_of_explicit(name: str) -> int | None:
    """The plan's year in a name such as `107D2`: the second of the dates that its plan gives."""
    match = _EXPLICIT.fullmatch(name)
    return int(match["year"]) if match else None


def _parts_of_the_year(every: Every, number: int) -> tuple[str, str]:
    match every:
        case "month":
            return f"M{number:02}", f"{number}月"
        case "quarter":
            return f"Q{number}", f"第{number}季"
        case "half_year":
            return f"H{number}", "上半年" if number == 1 else "下半年"
        case "year":
            return "", ""


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
