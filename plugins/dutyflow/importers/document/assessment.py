"""The half-yearly self-assessment, if the words of 考核作業 tell enough of it."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from dutyflow.calendars.roc import ROC_EPOCH
from dutyflow.calendars.working_days import GAZETTED_UNTIL, WorkingDays

from .prose import dates_in

_HALVES = re.compile(r"上、?下半年|上半年.*下半年|每半年|半年.{0,6}[1一]\s*次")
_SUBJECT = re.compile(r"考核")
_MOST_DAYS = 20


def report_due(text: str, year: int, calendar: WorkingDays) -> int | None:
    """How many working days after a half-year ends its results are due.

    None where the text says nothing of half-years, or its dates follow no such rule. The two dates
    are those of 「分別於107年7月6日及108年1月8日前」.
    """
    plain = unicodedata.normalize("NFKC", text)
    if not (_HALVES.search(plain) and _SUBJECT.search(plain)):
        return None
    western = year + ROC_EPOCH
    ends = (date(western, 6, 30), date(western, 12, 31))
    counts = {_count(text, end, calendar) for end in ends}
    return counts.pop() if len(counts) == 1 else None


def _count(text: str, end: date, calendar: WorkingDays) -> int | None:
    """Which working day after a period's end the text names."""
    later = [day for day in dates_in(text) if end < day <= end + timedelta(days=_MOST_DAYS * 2)]
    if len(later) != 1 or later[0] > GAZETTED_UNTIL or not calendar.is_working(later[0]):
        return None
    count = calendar.between(end, later[0])
    return count if 3 <= count <= _MOST_DAYS else None
