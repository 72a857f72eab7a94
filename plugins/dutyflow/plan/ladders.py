"""稽催階段: on which days a section is reminded, who hears of it, and in which tone. As data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .parts import Identifier, Name, PlanPart
from .roles import Role

Tone = Literal["plain", "firm", "urgent"]
# Why somebody is told: to answer; to know; as coordinator to see that somebody can be told, or to
# go on where the ladder ends.
Purpose = Literal["ask", "inform", "alarm", "take_over"]
TONE_TITLES: dict[str, str] = {"plain": "平實", "firm": "提醒", "urgent": "緊急"}


class Rung(PlanPart):
    """One step: so many working days before (negative) or after the deadline; 0 is the day itself.

    A `daily` one comes again on each working day until the next rung, or until the ladder ends.
    """

    working_days: int = Field(
        ge=-60,
        le=60,
        strict=True,
        title="工作天數",
        description="負數為截止前，0 為當日，正數為逾期",
    )
    to: Annotated[tuple[Role, ...], Field(min_length=1)] = Field(
        description="owner 承辦人、deputy 代理人、head 組長、coordinator 計畫承辦人、director 處長"
    )
    tone: Tone = Field(default="plain", description="plain 平實、firm 提醒、urgent 緊急")
    form: bool = Field(default=False, description="true 附上填報檔")
    daily: bool = Field(default=False, description="true 逾期後每個工作天一次，到下一階段為止")
    subject: Annotated[str, Field(max_length=40)] = Field(
        default="", description="主旨開頭的用語；省略時依階段"
    )
    any_hour: bool = Field(
        default=False, description="true 辦公時間（08:00–18:00）以外也寄，用於不能等的階段"
    )

    @property
    def when(self) -> str:
        """Its day in words: `截止前 5 個工作天`, `逾期 2 個工作天起每日`."""
        if self.working_days < 0:
            return f"截止前 {-self.working_days} 個工作天"
        if self.working_days == 0:
            return "截止當日"
        return f"逾期 {self.working_days} 個工作天{'起每日' if self.daily else ''}"


class Ladder(PlanPart):
    """稽催階段: its rungs in the order of their days.

    `gives_up_after` so many working days overdue, sections are told no more; the coordinator is.
    `min_gap` in working days, between two reminders of one assignment to one person: whoever was
    told on Monday is told again on Wednesday where it is 2. `max_per_day` of mails to one person; a
    mail holds all that they are told at the time.
    """

    id: Identifier
    name: Name
    rungs: Annotated[tuple[Rung, ...], Field(min_length=1, max_length=60)]
    gives_up_after: int = Field(
        default=10, ge=0, le=60, strict=True, description="逾期幾個工作天後不再寄，改告知計畫承辦人"
    )
    min_gap: int = Field(
        default=0,
        ge=0,
        le=60,
        strict=True,
        description="同一件事對同一人，兩次提醒至少相隔幾個工作天；不足者併入下一次，0 為不限",
    )
    max_per_day: int = Field(
        default=1,
        ge=1,
        le=10,
        strict=True,
        description="一人一日至多收到幾封提醒信；一封信列出當時全部應辦事項",
    )

    @property
    def days_needed(self) -> int:
        """Working days from opening to deadline that its first reminder needs."""
        return max(0, -min(rung.working_days for rung in self.rungs))
