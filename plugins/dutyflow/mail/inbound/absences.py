"""Until when an automatic answer says that somebody is away."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date, timedelta

from dutyflow.calendars.roc import ROC_EPOCH

LONGEST, ONE_DAY = timedelta(days=400), timedelta(days=1)
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
_WEEKDAY = r"\s?(?:\([^()]{1,4}\))?\s?"  # behind a day
_RANGE = re.compile(rf"{_WEEKDAY}起?\s?(?:-|to)\s?", re.IGNORECASE)
# The day on which they are there again is the first of which the absence is no part.
_BACK = re.compile(
    r"(?:(?:返回|回來|恢復上班|銷假|收假)(?:日期?|時間)?\s?(?::|為|是|於)?\s?"
    r"|\b(?:back|returning|return)\b(?:\s(?:at|in|to)\s(?:the\s|my\s)?(?:office|work|desk))?"
    r"\s(?:on\s)?(?:(?:the|mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},?\s){0,2})",
    re.IGNORECASE,
)
_IS_BACK = re.compile(
    rf"{_WEEKDAY}(?:才|再|即|將|可|會)?(?:返回|回來|回到|恢復|銷假|收假|上班|進辦公室)"
)


def away_until(text: str, written: date) -> date | None:
    """The last day of absence that a text names, if it names one: `請假至7月10日`, `until July 10`,
    `7/2-7/10`, `7月11日返回`.

    `written` is the day on which it was sent; a day without a year is the next such day. Days that
    have gone by, or that are more than a year away, are none.
    """
    # Full-width digits and marks; "～" becomes "~".
    plain = unicodedata.normalize("NFKC", text[:TEXT_LIMIT])
    days = (day for day in _named(plain, written) if written <= day <= written + LONGEST)
    return max(days, default=None)


def _named(text: str, written: date) -> Iterator[date]:
    for word in _UNTIL.finditer(text):
        yield from _read(_DAY.match(text, word.end()), written)
    for word in _BACK.finditer(text):
        yield from (day - ONE_DAY for day in _read(_DAY.match(text, word.end()), written))
    for found in _DAY.finditer(text):
        if _IS_BACK.match(text, found.end()):
            yield from (day - ONE_DAY for day in _read(found, written))
        if to := _RANGE.match(text, found.end()):
            yield from _read(_DAY.match(text, to.end()), written)


def _read(found: re.Match[str] | None, written: date) -> Iterator[date]:
    if found:
        parts = {key.rpartition("_")[2]: part for key, part in found.groupdict().items() if part}
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
