"""A field for a day."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from dutyflow.calendars.roc import format_roc, parse_date
from dutyflow.plan.answers import Value
from dutyflow.plan.texts import folded

from .base import Control, FormField, UnfitError

_EARLIEST = 1950
_WEEKDAY = re.compile(
    r"\((?:星期|週|周|禮拜)?[一二三四五六日天]\)$|(?:星期|週|周|禮拜)[一二三四五六日天]$"
)
_TIME = re.compile(
    r"[\sT]\s*(?:[上下]午|[AP]M)?\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AP]M)?\s*$",
    re.IGNORECASE,
)
_CHINESE = re.compile("[〇零一二三四五六七八九十百]+")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
# Excel counts days from here (and believes that 1900 was a leap year); these are 1950 to 2199.
_EXCEL_EPOCH, _EXCEL_DAYS = date(1899, 12, 30), range(18_264, 109_571)


class DateField(FormField):
    """A day, in ROC or western years, or as a date of Excel's; kept as an ISO date."""

    word = "日期"
    default_width = 14
    is_centred = True

    type: Literal["date"]

    @property
    def expected(self) -> str:
        return "民國年月日，例如 107/7/6"

    def read(self, text: str) -> str | None:
        typed = folded(_TIME.sub("", text))
        if not typed:
            return None
        try:
            return day_in(typed).isoformat()
        except ValueError:
            raise UnfitError("請依序填年、月、日，以 / 或 - 分開；年份寫民國三位數") from None

    @classmethod
    def written(cls, value: Value) -> str:
        return format_roc(date.fromisoformat(str(value)))

    @property
    def control(self) -> Control:
        return Control("line", keyboard="numeric", example="107/7/6", short=True)


def day_in(text: str) -> date:
    """The day in a cell's folded text, typed in whatever way or kept as Excel does.

    Raises ValueError.
    """
    text = _WEEKDAY.sub("", text)
    if re.fullmatch(r"\d{7,8}", text, re.ASCII):  # 1070706, 20180706
        return _sensible(parse_date(f"{text[:-4]}-{text[-4:-2]}-{text[-2:]}"))
    if text.isdecimal() and int(text) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    return _sensible(parse_date(_CHINESE.sub(_arabic, text.removesuffix("00:00:00"))))


def _sensible(day: date) -> date:
    """A year of two digits may be of either calendar: nobody knows which, so nobody guesses."""
    if day.year < _EARLIEST:
        raise ValueError(f"「{day}」太早；年份請寫民國三位數或西元四位數")
    return day


def _arabic(written: re.Match[str]) -> str:
    """`一百零七`, `一〇七`, `十二` as digits."""
    digits = written[0].translate(_DIGITS)
    if not re.search("[百十]", digits):
        return digits
    hundreds, has_hundred, rest = digits.rpartition("百")
    tens, has_ten, ones = rest.rpartition("十")
    if not has_ten:
        ones = rest
    total = int(hundreds or 1) * 100 if has_hundred else 0
    total += int(tens.strip("0") or 1) * 10 if has_ten else 0
    return str(total + int(ones or 0))
