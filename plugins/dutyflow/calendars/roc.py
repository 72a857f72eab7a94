"""Dates as people in Taiwan write them (民國紀年)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

ROC_EPOCH = 1911
WEEKDAYS = "一二三四五六日"
TAIPEI = ZoneInfo("Asia/Taipei")

_WRITTEN = re.compile(
    r"\s*(?:中華)?(?:民國)?\s*(\d{2,4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?\s*"
)


def roc_year(day: date) -> int:
    """The ROC year (民國年) of a day: 2018 is 107."""
    return day.year - ROC_EPOCH


def parse_date(written: object) -> date:
    """Read a date as written in a plan: `107-07-06`, `107.7.6`, `107年7月6日` or ISO `2018-07-06`.

    A year below 1000 is an ROC year; one digit is none, but a slip. Raises ValueError
    with a Chinese sentence otherwise.
    """
    if isinstance(written, datetime):
        return written.date()
    if isinstance(written, date):
        return written
    match = _WRITTEN.fullmatch(str(written))
    if match is None:
        raise ValueError(f"「{written}」不是日期；請寫成 107-07-06（民國年-月-日）")
    year, month, day = map(int, match.groups())
    western = year if year >= 1000 else year + ROC_EPOCH
    try:
        return date(western, month, day)
    except ValueError:
        raise ValueError(f"「{written}」沒有這一天；請檢查月份與日期") from None


def format_roc(day: date, *, weekday: bool = False) -> str:
    """`107年7月6日`, or with the weekday `107年7月6日（五）`."""
    text = f"{roc_year(day)}年{day.month}月{day.day}日"
    return f"{text}（{WEEKDAYS[day.weekday()]}）" if weekday else text


def format_roc_moment(moment: datetime, zone: ZoneInfo = TAIPEI) -> str:
    """A moment in the office's zone: `107年7月6日（五）08:30`. Refuses naive datetimes."""
    local = in_zone(moment, zone)
    return f"{format_roc(local.date(), weekday=True)}{local:%H:%M}"


def in_zone(moment: datetime, zone: ZoneInfo = TAIPEI) -> datetime:
    """The moment on the office's clock. Raises ValueError for a datetime without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {moment!r}")
    return moment.astimezone(zone)


def _validated(written: Any) -> date:
    try:
        return parse_date(written)
    except ValueError as error:
        raise PydanticCustomError("roc_date", "{reason}", {"reason": str(error)}) from None


RocDate = Annotated[
    date,
    BeforeValidator(_validated),
    PlainSerializer(lambda day: day.isoformat(), return_type=str, when_used="json"),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{2,4}-\d{1,2}-\d{1,2}$",
            "description": "民國年-月-日，例如 107-07-06（西元 2018-07-06 亦可）",
        }
    ),
]
