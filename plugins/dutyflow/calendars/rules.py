"""Deadlines are rules, not dates: "the 5th working day after the period ends".

Each kind of rule is a mapping of its own, told apart by its keys. A rule counts from an anchor:
the period's ends, or another of the duty's days.
"""

from __future__ import annotations

import hashlib
from calendar import monthrange
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Tag, ValidationInfo
from pydantic_core import PydanticCustomError

from .kinds import told_apart
from .roc import WEEKDAYS, RocDate, format_roc
from .working_days import GOVERNMENT, Roll, WorkingDays, days_from

Anchor = Literal["period_start", "period_end", "opens", "collect_by", "approval"]
RuledDay = Literal["opens", "collect_by", "report_due"]
Days = Mapping[str, date]  # the days known so far, by anchor
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

NOT_EXPECTED = "not_expected"  # the error's type where its context has `expected`, for a person
WEEKDAY_CODES: tuple[Weekday, ...] = (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
)  # fmt: skip
ANCHOR_WORDS: dict[Anchor, str] = {
    "period_start": "期初",
    "period_end": "期末",
    "opens": "開始填報",
    "collect_by": "填報截止",
    "approval": "核定",
}
ROLL_WORDS: dict[Roll, str] = {"none": "", "next": "（遇假日順延）", "previous": "（遇假日提前）"}
YEAR_WORDS: dict[int, str] = {-1: "前一年", 0: "每年", 1: "次年"}
_ANY_LEAP_YEAR = 2000


class _Rule(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _anchor(alias: str = "from") -> Anchor:
    field: Anchor = Field(
        alias=alias,
        title="所在月份" if alias == "of" else "起算點",
        description="period_start 期初、period_end 期末、opens 開始填報、collect_by 填報截止、"
        "approval 核定（限 every: after）",
    )
    return field


def _roll() -> Roll:
    field: Roll = Field(
        default="none",
        title="遇假日",
        description="none 不調整、next 順延到次一工作天、previous 提前到前一工作天",
    )
    return field


class WorkingDaysRule(_Rule):
    """So many working days (工作天) after the anchor; before it, if negative.

    The day counted from is not counted itself (民法第120條第2項：始日不算入).
    """

    working_days: int = Field(
        ge=-250, le=250, strict=True, title="工作天數", description="工作天數；負數為之前"
    )
    anchor: Anchor = _anchor()

    def resolve(self, days: Days, calendar: WorkingDays) -> date:
        return calendar.shift(days[self.anchor], self.working_days)

    def __str__(self) -> str:
        """In words: `期末後第5個工作天`."""
        if self.working_days == 0:
            return f"{ANCHOR_WORDS[self.anchor]}當日{ROLL_WORDS['next']}"
        side = "後" if self.working_days > 0 else "前"
        return f"{ANCHOR_WORDS[self.anchor]}{side}第{abs(self.working_days)}個工作天"


class CalendarDaysRule(_Rule):
    """So many days (日曆天), worked or not, after the anchor; before it, if negative."""

    calendar_days: int = Field(
        ge=-366, le=366, strict=True, title="日曆天數", description="日曆天數；負數為之前"
    )
    anchor: Anchor = _anchor()
    roll: Roll = _roll()

    def resolve(self, days: Days, calendar: WorkingDays) -> date:
        day = days[self.anchor] + timedelta(days=self.calendar_days)
        return calendar.roll(day, self.roll)

    def __str__(self) -> str:
        """In words: `期末後15個日曆天（遇假日順延）`."""
        if self.calendar_days == 0:
            return f"{ANCHOR_WORDS[self.anchor]}當日{ROLL_WORDS[self.roll]}"
        side = "後" if self.calendar_days > 0 else "前"
        count = abs(self.calendar_days)
        return f"{ANCHOR_WORDS[self.anchor]}{side}{count}個日曆天{ROLL_WORDS[self.roll]}"


def _day_of_month(day: int, info: ValidationInfo) -> int:
    month = info.data.get("month")
    if month is not None:
        last = monthrange(_ANY_LEAP_YEAR, month)[1]
        if day > last:
            raise PydanticCustomError(
                NOT_EXPECTED, "no such day", {"expected": f"{month} 月有的日子：1 到 {last}"}
            )
    return day


_Month = Annotated[int, Field(ge=1, le=12, strict=True, title="月")]
_Day = Annotated[int, Field(ge=1, le=31, strict=True, title="日"), AfterValidator(_day_of_month)]


def _in_year(year: int, month: int, day: int) -> date:
    """The day in that year: in a common year, 29 February is the 28th."""
    return date(year, month, min(day, monthrange(year, month)[1]))


class FixedDayRule(_Rule):
    """The same day each year, in the year in which the period ends (or in one beside it)."""

    month: _Month
    day: _Day
    year_offset: int = Field(
        default=0,
        ge=-1,
        le=1,
        strict=True,
        title="年度位移",
        description="0 為期末所在之年，1 為次年，-1 為前一年",
    )
    roll: Roll = _roll()

    @property
    def anchor(self) -> Anchor:
        return "period_end"

    def resolve(self, days: Days, calendar: WorkingDays) -> date:
        year = days[self.anchor].year + self.year_offset
        return calendar.roll(_in_year(year, self.month, self.day), self.roll)

    def __str__(self) -> str:
        """In words: `每年6月20日（遇假日提前）`."""
        return f"{YEAR_WORDS[self.year_offset]}{self.month}月{self.day}日{ROLL_WORDS[self.roll]}"


class MonthDay(_Rule):
    """A day that comes round each year."""

    month: _Month
    day: _Day


class NearestDayRule(_Rule):
    """Of several days that come round each year, the first on or after the anchor."""

    on: tuple[MonthDay, ...] = Field(
        min_length=1, title="日子", description="每年的幾個日子，取起算點當日或其後最近的一個"
    )
    anchor: Anchor = Field(
        default="period_start", alias="from", title="起算點", description="預設 period_start 期初"
    )
    roll: Roll = _roll()

    def resolve(self, days: Days, calendar: WorkingDays) -> date:
        start = days[self.anchor]
        each = (
            _in_year(start.year + offset, day.month, day.day)
            for day in self.on
            for offset in (0, 1)
        )
        return calendar.roll(min(day for day in each if day >= start), self.roll)

    def __str__(self) -> str:
        """In words: `期初起最近的6月20日或12月20日`."""
        days = "或".join(f"{each.month}月{each.day}日" for each in self.on)
        return f"{ANCHOR_WORDS[self.anchor]}起最近的{days}{ROLL_WORDS[self.roll]}"


def _nth(number: int) -> int:
    if number == 0 or abs(number) > 4:  # there is not always a fifth
        raise PydanticCustomError(
            NOT_EXPECTED, "no such week", {"expected": "1 到 4，或 -4 到 -1（-1 為最後一個）"}
        )
    return number


class WeekdayRule(_Rule):
    """The n-th such weekday of the month that holds the anchor; from its end, if negative."""

    weekday: Weekday = Field(title="星期", description="monday 星期一 … sunday 星期日")
    nth: Annotated[int, Field(strict=True), AfterValidator(_nth)] = Field(
        title="第幾個", description="1 到 4；-1 為最後一個，-4 為倒數第4個"
    )
    anchor: Anchor = _anchor("of")
    roll: Roll = _roll()

    def resolve(self, days: Days, calendar: WorkingDays) -> date:
        anchor = days[self.anchor]
        last = monthrange(anchor.year, anchor.month)[1]
        month = list(days_from(anchor.replace(day=1), anchor.replace(day=last)))
        such = [day for day in month if day.weekday() == WEEKDAY_CODES.index(self.weekday)]
        return calendar.roll(such[self.nth - 1 if self.nth > 0 else self.nth], self.roll)

    def __str__(self) -> str:
        """In words: `期末當月第2個星期五`."""
        nth = {-1: "最後一個"}.get(self.nth) or (
            f"第{self.nth}個" if self.nth > 0 else f"倒數第{-self.nth}個"
        )
        weekday = WEEKDAYS[WEEKDAY_CODES.index(self.weekday)]
        return f"{ANCHOR_WORDS[self.anchor]}當月{nth}星期{weekday}{ROLL_WORDS[self.roll]}"


class GivenDayRule(_Rule):
    """One day, for a duty whose periods are given by their dates."""

    given: RocDate = Field(alias="date", title="日期")
    roll: Roll = _roll()

    @property
    def anchor(self) -> Anchor:
        return "period_end"  # which is always known

    def resolve(self, days: Days, calendar: WorkingDays) -> date:
        del days
        return calendar.roll(self.given, self.roll)

    def __str__(self) -> str:
        """In words: `107年6月30日（六）（遇假日順延）`."""
        return f"{format_roc(self.given, weekday=True)}{ROLL_WORDS[self.roll]}"


# A tag resembles no field: it is then seen apart in the way that pydantic tells to a mistake.
DateRule = Annotated[
    Annotated[WorkingDaysRule, Tag("rule:working_days")]
    | Annotated[CalendarDaysRule, Tag("rule:calendar_days")]
    | Annotated[FixedDayRule, Tag("rule:month")]
    | Annotated[NearestDayRule, Tag("rule:on")]
    | Annotated[WeekdayRule, Tag("rule:weekday")]
    | Annotated[GivenDayRule, Tag("rule:date")],
    told_apart(
        {
            "rule:working_days": WorkingDaysRule,
            "rule:calendar_days": CalendarDaysRule,
            "rule:month": FixedDayRule,
            "rule:on": NearestDayRule,
            "rule:weekday": WeekdayRule,
            "rule:date": GivenDayRule,
        }
    ),
]


class Unannounced(_Rule):
    """A working day of the period that nobody knows before, and that is the same at each look.

    It is drawn by lot from the government's calendar. Where the office is closed on it, it moves
    to the next working day, so that a typhoon does not draw again a day that has gone by.
    """

    seed: str = Field(
        default="",
        max_length=100,
        title="抽籤種子",
        description="任意文字；更換後重新抽定往後各期的日子",
    )

    def draw(self, key: str, start: date, end: date, calendar: WorkingDays) -> date:
        """The day for the cycle of that key; a later one, where the period has none to draw."""
        worked = filter(GOVERNMENT.is_working, days_from(start, end))
        day = min(worked, key=lambda each: self._lot(key, each), default=end)
        later, earlier = calendar.roll(day, "next"), calendar.roll(day, "previous")
        return earlier if later > end and earlier >= start else later

    def _lot(self, key: str, day: date) -> bytes:
        return hashlib.sha256(f"{key}\0{self.seed}\0{day.isoformat()}".encode()).digest()

    def __str__(self) -> str:
        """In words, without the day: `期間內不預告抽定的一個工作天`."""
        return "期間內不預告抽定的一個工作天"


def in_order(rules: Mapping[RuledDay, DateRule], known: Collection[str]) -> list[RuledDay]:
    """The names of the rules, each after what it counts from.

    Those that count from each other, or from what never is known, are left out.
    """
    order: list[RuledDay] = []
    waiting = dict(rules)
    while ready := [n for n, rule in waiting.items() if rule.anchor in {*known, *order}]:
        order += ready
        waiting = {name: rule for name, rule in waiting.items() if name not in order}
    return order


def resolve_all(
    rules: Mapping[RuledDay, DateRule], known: Days, calendar: WorkingDays
) -> dict[str, date]:
    """The days known and those that the rules make of them, whichever counts from which."""
    days = dict(known)
    for name in in_order(rules, known):
        days[name] = rules[name].resolve(days, calendar)
    return days
