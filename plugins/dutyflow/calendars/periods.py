"""The stretches of time that a duty covers, and their names (期別)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from .roc import ROC_EPOCH, roc_year

Every = Literal["month", "quarter", "half_year", "year"]

MONTHS: dict[Every, int] = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_NAME = re.compile(
    r"(?P<year>[1-9][0-9]{0,2})(?:H(?P<half>[12])|Q(?P<quarter>[1-4])|M(?P<month>[0-9]{2}))?"
)


@dataclass(frozen=True, kw_only=True)
class Period:
    """One month, quarter, half-year or year, both ends included."""

    every: Every
    start: date
    end: date

    @property
    def name(self) -> str:
        """`107H1`, `107Q3`, `107M05` or `107`."""
        year, number = roc_year(self.start), (self.start.month - 1) // MONTHS[self.every] + 1
        suffix = {"month": f"M{number:02}", "quarter": f"Q{number}", "half_year": f"H{number}"}
        return f"{year}{suffix.get(self.every, '')}"

    @property
    def title(self) -> str:
        """The name as people say it: `107年上半年`, `107年第3季`, `107年5月`, `107年`."""
        year, number = roc_year(self.start), (self.start.month - 1) // MONTHS[self.every] + 1
        spoken = {
            "month": f"{number}月",
            "quarter": f"第{number}季",
            "half_year": "上半年" if number == 1 else "下半年",
        }
        return f"{year}年{spoken.get(self.every, '')}"


def period_of(every: Every, day: date) -> Period:
    """The period of that length which holds the day."""
    months = MONTHS[every]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(every=every, start=first, end=_months_later(first, months) - timedelta(days=1))


def period_named(name: str) -> Period:
    """The period called `107H1`, `107Q3`, `107M05` or `107`. Raises ValueError otherwise."""
    match = _NAME.fullmatch(name)
    if match is None:
        raise ValueError(f"「{name}」不是期別；請寫成 107H1、107Q3、107M05 或 107")
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
        period = period_of(every, period.end + timedelta(days=1))


def _months_later(first: date, months: int) -> date:
    years, month = divmod(first.month - 1 + months, 12)
    return date(first.year + years, month + 1, 1)
