"""One occurrence of a duty (期別), and the moments at which its days begin and end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from .working_days import ONE_DAY

OFFICE_OPENS = time(8, 30)


@dataclass(frozen=True, kw_only=True)
class Cycle:
    """One period of one duty, with the days that matter.

    Sections fill in from `opens` to `collect_by`, both days included; the report reaches its
    readers by the end of `report_due`.
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

    @property
    def key(self) -> str:
        """`pingtung/self_assessment/107H1`: the cycle's name everywhere."""
        return f"{self.office}/{self.duty}/{self.name}"


def cut_off(day: date, zone: ZoneInfo) -> datetime:
    """The moment a day ends on the office's clock, that is, when the next one begins.

    A deadline named by its day runs to the end of that day
    (民法第121條第1項：以期間末日之終止為期間之終止).
    """
    return datetime.combine(day + ONE_DAY, time.min, zone)


def opening_moment(day: date, zone: ZoneInfo) -> datetime:
    """When work begins on a day: 08:30 on the office's clock."""
    return datetime.combine(day, OFFICE_OPENS, zone)
