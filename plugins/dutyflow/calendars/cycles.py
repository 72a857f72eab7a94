"""One occurrence of a duty (期別), the moments at which its days begin and end, and its moving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from .periods import Period
from .working_days import GAZETTED_UNTIL, ONE_DAY

OFFICE_OPENS = time(8, 30)


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """One period of one duty, with the days that matter.

    Sections fill in from `opens` to `collect_by`, both days included; the report reaches its
    readers by the end of `report_due`. `plan_year` is the year of the plan that made the cycle.
    """

    office: str
    duty: str
    name: str  # 107H1
    title: str  # 107年上半年
    period_start: date
    period_end: date
    opens: date
    collect_by: date
    report_due: date
    plan_year: int

    @property
    def provisional(self) -> bool:
        """Whether its days rest on a calendar that the government has not announced yet."""
        return max(self.period_end, self.opens, self.report_due) > GAZETTED_UNTIL

    @property
    def key(self) -> str:
        """`pingtung/self_assessment/107H1`: the cycle's name everywhere."""
        return f"{self.office}/{self.duty}/{self.name}"

    @property
    def period(self) -> Period:
        return Period(
            name=self.name, title=self.title, start=self.period_start, end=self.period_end
        )


def cut_off(day: date, zone: ZoneInfo) -> datetime:
    """The moment a day ends on the office's clock, that is, when the next one begins.

    A deadline named by its day runs to the end of that day
    (民法第121條第1項：以期間末日之終止為期間之終止).
    """
    return datetime.combine(day + ONE_DAY, time.min, zone)


def opening_moment(day: date, zone: ZoneInfo) -> datetime:
    """When work begins on a day: 08:30 on the office's clock."""
    return datetime.combine(day, OFFICE_OPENS, zone)


def moved(before: Cycle, after: Cycle, *, now: datetime, zone: ZoneInfo) -> Cycle:
    """A cycle whose days a new closure moves: what has happened stays, and nothing moves into the
    past, nor past a day that stays."""
    opens, collect_by, report_due = before.opens, before.collect_by, before.report_due
    if now < opening_moment(min(opens, after.opens), zone):
        opens = after.opens
    if now < cut_off(min(collect_by, after.collect_by), zone) and after.collect_by > opens:
        collect_by = after.collect_by
    if now < cut_off(min(report_due, after.report_due), zone) and after.report_due >= collect_by:
        report_due = after.report_due
    return replace(before, opens=opens, collect_by=collect_by, report_due=report_due)
