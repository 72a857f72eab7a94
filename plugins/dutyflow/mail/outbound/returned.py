"""What is told of what went astray: an address that mail does not reach, a form sent elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from dutyflow.calendars.roc import TAIPEI, format_roc_moment, in_zone
from dutyflow.plan.model import Person

from .contexts import About, Content


@dataclass(frozen=True, kw_only=True)
class UndeliverableAddress(Content):
    """信箱退信: mail to somebody in the contacts came back. There is at least one role."""

    template = "undeliverable"

    office: str
    name: str
    email: str
    roles: tuple[str, ...]
    since: datetime
    why: str
    zone: ZoneInfo = TAIPEI

    def __post_init__(self) -> None:
        in_zone(self.since)

    @property
    def subject(self) -> str:
        return f"信箱退信：{self.name}（{self.roles[0]}）的信箱收不到信"

    @property
    def noticed(self) -> str:
        return format_roc_moment(self.since, self.zone)


@dataclass(frozen=True, kw_only=True)
class Misplaced(Content):
    """表單寄錯地方: forms that came with an answer to another assignment, which `about` is.

    `forms` are the names of the files, each with the assignment to which it belongs, "" where
    nobody can tell. `form_name` is the right form, attached where nothing else came.
    """

    template = "misplaced"
    submitted = "auto-replied"

    about: About
    forms: tuple[tuple[str, str], ...]
    form_name: str = ""

    @property
    def subject(self) -> str:
        return f"有 {len(self.forms)} 個檔案不屬於：{self.about.title}（{self.about.section}）"


@dataclass(frozen=True, kw_only=True)
class Unreadable(Content):
    """來信無法讀取: a message of somebody we know that is too large, locked or damaged. `why` says
    what was found, `advice` what to do, "" where the usual is enough."""

    template = "unreadable"
    submitted = "auto-replied"

    office: str
    coordinator: Person
    why: str
    advice: str = ""

    @property
    def subject(self) -> str:
        return "來信無法讀取，請重寄"
