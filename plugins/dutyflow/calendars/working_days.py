"""Working days in Taiwan: the government's calendar, and above it the office's own closures.

Source: 行政院人事行政總處「政府行政機關辦公日曆表」, as encoded by the `holidays` package,
make-up Saturdays (補行上班日) included.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from holidays import HolidayBase

Roll = Literal["none", "next", "previous"]  # what becomes of a day that is not worked

ONE_DAY = timedelta(days=1)
SATURDAY = 5
# The government announces a year's calendar in the middle of the year before. Beyond the last one
# that `holidays` 0.109 was compared with, days off are estimated and make-up days unknown.
GAZETTED_UNTIL = date(2027, 12, 31)


@dataclass(frozen=True, kw_only=True)
class Closure:
    """A day on which the office differs from the government's calendar (e.g. a typhoon day)."""

    day: date
    kind: Literal["off", "work"]
    reason: str
    source: str = ""


class WorkingDays:
    """Answers which days are worked, and counts in them."""

    def __init__(self, closures: Iterable[Closure] = ()) -> None:
        self._closures = {closure.day: closure.kind == "work" for closure in closures}
        self._years: dict[int, list[date]] = {}

    def is_working(self, day: date) -> bool:
        worked = self._closures.get(day)
        return day not in _days_off(day.year) if worked is None else worked

    def roll(self, day: date, how: Roll) -> date:
        """`day`, if it is worked or `how` is none; else the next or the previous day that is."""
        if how == "none":
            return day
        step = ONE_DAY if how == "next" else -ONE_DAY
        while not self.is_working(day):
            day += step
        return day

    def shift(self, day: date, count: int) -> date:
        """The `count`-th working day after `day` (before it, when negative). `day` itself is not
        counted; with 0, `day` if it is worked, else the next working day."""
        if count == 0:
            return self.roll(day, "next")
        year, worked = day.year, self._worked(day.year)
        after, before = bisect_right(worked, day) - 1, bisect_left(worked, day)
        place = (after if count > 0 else before) + count
        while place < 0:
            year, worked = year - 1, self._worked(year - 1)
            place += len(worked)
        while place >= len(worked):
            place -= len(worked)
            year, worked = year + 1, self._worked(year + 1)
        return worked[place]

    def between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`: how many are left.

        0 on the day itself, negative once `end` has passed.
        """
        if end < start:
            return -self.between(end, start)
        whole_years = sum(len(self._worked(year)) for year in range(start.year, end.year))
        return whole_years + self._up_to(end) - self._up_to(start)

    def _up_to(self, day: date) -> int:
        """Working days of its year up to and including the day."""
        return bisect_right(self._worked(day.year), day)

    def _worked(self, year: int) -> list[date]:
        """The working days of a year, in order."""
        if year not in self._years:
            self._years[year] = list(filter(self.is_working, _days_of(year)))
        return self._years[year]


GOVERNMENT = WorkingDays()  # the calendar as it was announced, before any closure


def days_from(start: date, end: date) -> Iterator[date]:
    """Every day from `start` to `end`, both included."""
    for offset in range((end - start).days + 1):
        yield start + timedelta(days=offset)


@cache
def _days_of(year: int) -> tuple[date, ...]:
    return tuple(days_from(date(year, 1, 1), date(year, 12, 31)))


@cache
def _days_off(year: int) -> frozenset[date]:
    """The days of a year that the government does not work. Asked for again and again."""
    government = _government_calendar()
    return frozenset(
        day
        for day in _days_of(year)
        # Asking for a day loads its year, with the make-up Saturdays.
        if (day in government or day.weekday() >= SATURDAY)
        and day not in government.weekend_workdays
    )


@cache
def _government_calendar() -> HolidayBase:
    import holidays  # 0.2 s to import: kept out of DAG parsing

    return holidays.country_holidays("TW")
