"""Until when an automatic answer says that somebody is away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from dutyflow.calendars.roc import ROC_EPOCH

LONGEST = timedelta(days=400)
TEXT_LIMIT = 5_000

_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6,
    "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
}  # fmt: skip
_MONTH = rf"(?:{'|'.join(_MONTHS)})[a-z]{{0,6}}\.?"
_DAY = re.compile(
    r"(?:(?P<year>\d{2,4})\s?[年/.-]\s?)?(?P<month>\d{1,2})\s?[月/.-]\s?(?P<day>\d{1,2})\s?日?"
    rf"|(?P<mdy_month>{_MONTH})\s(?P<mdy_day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s(?P<mdy_year>\d{{4}}))?"
    rf"|(?P<dmy_day>\d{{1,2}})(?:st|nd|rd|th)?\s(?P<dmy_month>{_MONTH})(?:,?\s(?P<dmy_year>\d{{4}}))?",
    re.IGNORECASE,
)
# What may stand between the word and its day: a weekday, "中華民國", an article.
_UNTIL = re.compile(
    r"(?:至|到|~|–|—|until|till|through|thru)\s{0,3}(?:(?:中華)?民國\s?)?"
    r"(?:(?:the|and|including|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s){0,2}",
    re.IGNORECASE,
)


def away_until(text: str, written: date) -> date | None:
    """The last day of absence that a text names, if it names one: `請假至7月10日`, `until July 10`.

    `written` is the day on which it was sent; a day without a year is the next such day. Days that
    have gone by, or that are more than a year away, are none.
    """
    # Full-width digits and marks; "～" becomes "~".
    plain = unicodedata.normalize("NFKC", text[:TEXT_LIMIT])
    days = (day for day in _named(plain, written) if written <= day <= written + LONGEST)
    return max(days, default=None)


def _named(text: str, written: date) -> Iterator[date]:
    for word in _UNTIL.finditer(text):
        found = _DAY.match(text, word.end())
        if found:
            parts = {
                key.rpartition("_")[2]: part for key, part in found.groupdict().items() if part
            }
            day = _day(parts, written)
            if day is not None:
                yield day


def _day(parts: dict[str, str], written: date) -> date | None:
    name = parts["month"]
    month = int(name) if name.isdigit() else _MONTHS[name[:3].lower()]
    try:
        if "year" in parts:
            year = int(parts["year"])
            return date(year if year > ROC_EPOCH else year + ROC_EPOCH, month, int(parts["day"]))
        this_year = date(written.year, month, int(parts["day"]))
        return this_year if this_year >= written else this_year.replace(year=written.year + 1)
    except ValueError:
        return None
