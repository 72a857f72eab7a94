"""Deadlines are rules, not dates: "the 5th working day after the period ends"."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .periods import Period
from .working_days import WorkingDays

Anchor = Literal["period_start", "period_end"]
_SPOKEN: dict[Anchor, str] = {"period_start": "期初", "period_end": "期末"}


class DateRule(BaseModel):
    """So many working days (工作天) after the start or the end of the period; before, if negative.

    The day counted from is not counted itself (民法第120條第2項：始日不算入).
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    working_days: int = Field(
        ge=-250, le=250, strict=True, title="工作天數", description="工作天數；負數為之前"
    )
    anchor: Anchor = Field(
        alias="from", title="起算點", description="period_start 期初、period_end 期末"
    )

    def resolve(self, period: Period, calendar: WorkingDays) -> date:
        start = period.start if self.anchor == "period_start" else period.end
        return calendar.shift(start, self.working_days)

    def __str__(self) -> str:
        """In words: `期末後第5個工作天`."""
        if self.working_days == 0:
            return f"{_SPOKEN[self.anchor]}當日（遇假日順延）"
        side = "後" if self.working_days > 0 else "前"
        return f"{_SPOKEN[self.anchor]}{side}第{abs(self.working_days)}個工作天"
