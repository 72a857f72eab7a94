"""展期: how far a deadline may be moved, how often, and who decides. As data, and judged purely."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from pydantic import Field

from dutyflow.calendars.roc import format_roc
from dutyflow.calendars.working_days import WorkingDays

from .parts import PlanPart
from .roles import Approver

FAR = timedelta(days=366)  # beyond what is possible; nobody counts the working days until then


class Level(PlanPart):
    """Who decides up to so many working days, those granted before included."""

    working_days: int | None = Field(
        default=None,
        ge=1,
        le=250,
        strict=True,
        title="工作天數",
        description="連同先前核准者，合計至多幾個工作天；省略為不限，只能是最後一級",
    )
    by: Approver = Field(description="head 組長、director 處長、head_office 業務處")


STANDARD_LEVELS = (
    Level(working_days=10, by="head"),
    Level(working_days=20, by="director"),
    Level(by="head_office"),
)


class Extensions(PlanPart):
    """展期: its levels, from the lowest up, and what one assignment may have in all."""

    levels: Annotated[tuple[Level, ...], Field(min_length=1, max_length=10)] = Field(
        default=STANDARD_LEVELS, description="由低而高；省略時組長 10、處長 20、其上業務處"
    )
    times: int = Field(default=3, ge=0, le=20, strict=True, description="一項應辦事項至多幾次")
    most: int = Field(
        default=30, ge=0, le=250, strict=True, description="一項應辦事項合計至多幾個工作天"
    )

    def level_of(self, days: int) -> int | None:
        """The place of the level that decides on so many working days in all; None above all."""
        for place, level in enumerate(self.levels):
            if level.working_days is None or days <= level.working_days:
                return place
        return None

    @property
    def are_granted(self) -> bool:
        """Whether there is any point in asking."""
        return self.times > 0 and self.reach > 0

    @property
    def reach(self) -> int:
        """How many working days there can be in all: the highest level may end below `most`."""
        last = self.levels[-1].working_days
        return self.most if last is None else min(self.most, last)


@dataclass(frozen=True, kw_only=True)
class Position:
    """Where an assignment stands: today, its present deadline, the working days of each grant."""

    today: date
    deadline: date
    granted: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """An extension within the limits: its working days, and the level that decides on it."""

    until: date
    days: int
    level: int


@dataclass(frozen=True, kw_only=True)
class TooMuch:
    """Why an extension cannot be, in one sentence that says what can."""

    sentence: str


def judge(until: date, at: Position, rules: Extensions, calendar: WorkingDays) -> Allowed | TooMuch:
    """Whether a deadline may become `until`. Days are working days after the present deadline."""
    if len(at.granted) >= rules.times:
        return TooMuch(sentence=f"已展期 {len(at.granted)} 次，至多 {rules.times} 次，不能再展期")
    left = rules.reach - sum(at.granted)
    if left < 1:
        return TooMuch(sentence=f"展期合計至多 {rules.reach} 個工作天，已經用完，不能再展期")
    possible = _possible(at, left, calendar)
    if possible is None:
        return TooMuch(
            sentence=f"展期合計至多 {rules.reach} 個工作天，還有 {left} 個，"
            "自原期限起算已不足到今天以後，不能再展期"
        )
    first, last = possible
    span = f"可以展期至{_told(first)}到{_told(last)}之間的上班日"
    if until < at.today:
        return TooMuch(sentence=f"{_told(until)}已經過去；{span}")
    if until <= at.deadline:
        return TooMuch(sentence=f"{_told(until)}沒有晚於現在的期限；{span}")
    if until > last + FAR:
        return TooMuch(sentence=f"{_told(until)}太久以後了；{span}")
    if not calendar.is_working(until):
        return TooMuch(sentence=f"{_told(until)}不上班；{span}")
    days = calendar.between(at.deadline, until)
    level = rules.level_of(sum(at.granted) + days)
    if days > left or level is None:
        return TooMuch(
            sentence=f"至{_told(until)}是 {days} 個工作天，合計至多 {rules.reach} 個，"
            f"還有 {left} 個；{span}"
        )
    return Allowed(until=until, days=days, level=level)


def _possible(at: Position, left: int, calendar: WorkingDays) -> tuple[date, date] | None:
    """The first and the last day to which the deadline can move."""
    last = calendar.shift(at.deadline, left)
    first = calendar.shift(at.deadline, 1)
    if first < at.today:
        first = calendar.roll(at.today, "next")
    return (first, last) if first <= last else None


def _told(day: date) -> str:
    return format_roc(day, weekday=True)
