"""Moments as a person gives them: a day, or a day with the hour."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from .cycles import cut_off
from .roc import format_roc, format_roc_moment, in_zone, parse_date

_DAY_AND_HOUR = re.compile(r"\s*(?P<day>\S+?日?)[ T]*(?P<hour>\d{1,2}):(?P<minute>\d{2})\s*")


_JUST_BEFORE = timedelta(microseconds=1)


def last_day(cut_off_moment: datetime, zone: ZoneInfo) -> date:
    """The last day on which something is still in time for a cut-off."""
    return (in_zone(cut_off_moment, zone) - _JUST_BEFORE).date()


def format_cut_off(cut_off_moment: datetime, zone: ZoneInfo) -> str:
    """A cut-off as people say it: its last day, `107年7月4日（三）`; the hour too if it is not the
    day's end."""
    day = last_day(cut_off_moment, zone)
    if cut_off(day, zone) == cut_off_moment:
        return format_roc(day, weekday=True)
    return format_roc_moment(cut_off_moment, zone)


def parse_moment(written: str, zone: ZoneInfo) -> datetime:
    """Read `107-07-04 17:00`, `107年7月4日 17:00`, ISO 8601 with or without an offset, or a day.

    A day alone means its end; an hour without an offset is on the office's clock. Raises ValueError
    with a Chinese sentence otherwise.
    """
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return _as_written_in_taiwan(written, zone)
    if moment.tzinfo is not None:
        return moment
    if ":" not in written:
        return cut_off(moment.date(), zone)
    return moment.replace(tzinfo=zone)


def _as_written_in_taiwan(written: str, zone: ZoneInfo) -> datetime:
    match = _DAY_AND_HOUR.fullmatch(written)
    if match is None:
        return cut_off(parse_date(written), zone)
    day, hour, minute = parse_date(match["day"]), int(match["hour"]), int(match["minute"])
    if hour > 23 or minute > 59:
        raise ValueError(f"「{written}」沒有這個時刻；請寫成 107-07-04 17:00")
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
