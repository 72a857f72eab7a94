"""What is told about the page on which a section fills in its form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dutyflow.calendars.roc import format_roc
from dutyflow.plan.model import Person

from .contexts import Content, Deadline
from .requests import Fact, ShortMail


@dataclass(frozen=True, kw_only=True)
class LinkLine:
    """One assignment that waits for an answer, and the address that opens its form."""

    title: str
    deadline: Deadline
    url: str


@dataclass(frozen=True, kw_only=True)
class Links(Content):
    """填報連結: asked for on the page by the recipient, or (`resent`) by the coordinator; with
    `acting_for` by somebody for whom they act up to and including a day. There may be none."""

    template = "links"

    office: str
    lines: tuple[LinkLine, ...]
    coordinator: Person
    acting_for: str = ""
    until: date | None = None
    resent: bool = False

    @property
    def subject(self) -> str:
        count = f"{len(self.lines)} 件待填報" if self.lines else "目前沒有待填報的事項"
        return f"請代理填報：{count}" if self.acting_for else f"填報連結：{count}"

    @property
    def lead(self) -> str:
        if not self.lines:
            return "目前沒有待填報的事項"
        return "開啟下面的連結，就可以直接填報"

    @property
    def why(self) -> str:
        if self.acting_for and self.until:
            until = format_roc(self.until, weekday=True)
            return f"{self.acting_for}請假至{until}，並在填報頁告知由您代理"
        if self.resent:
            return "計畫承辦人請系統重寄填報連結給您"
        return "有人在填報頁以您的信箱索取連結；如果不是您，請不必理會"


@dataclass(frozen=True, kw_only=True)
class DeputyUnknown(ShortMail):
    """請更正通訊錄: for the coordinator. Somebody named a deputy who is not in the contacts."""

    mood = "alert"

    person: str
    until: date
    deputy: str

    @property
    def headline(self) -> str:
        return "請確認代理人"

    @property
    def lead(self) -> str:
        return f"{self.person}在填報頁告知的代理人不在通訊錄，系統尚未通知這位代理人"

    @property
    def facts(self) -> tuple[Fact, ...]:
        return (
            ("請假的人", self.person),
            ("代理到", format_roc(self.until, weekday=True)),
            ("代理人", self.deputy),
        )

    @property
    def more(self) -> tuple[str, ...]:
        return ("確認無誤後，請在 contacts.yaml（或 contacts.local.yaml）把代理人加進該組室。",)
