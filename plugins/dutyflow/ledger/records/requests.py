"""What sections ask for: more time, and links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from dutyflow.plan.roles import Decider

from ..columns import utc

RequestState = Literal["pending", "granted", "refused", "void"]
CallKind = Literal["link", "resend", "deputy"]


@dataclass(frozen=True, kw_only=True)
class NewRequest:
    """A request (申請) for more time: until which day, how many working days that is, and why.

    `source` tells one asking from another: the same one is recorded once. `approver` is the role
    that decides, `token` the one in the address to which the decision is sent.
    """

    assignment: str
    until: date
    days: int
    why: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    source: str
    approver: Decider
    token: str
    kind: str = "extension"

    def __post_init__(self) -> None:
        utc(self.asked_at)


@dataclass(frozen=True, kw_only=True)
class RequestRecord:
    """A request on record. `note` is the reason of a refusal, or why it is void."""

    id: int
    assignment: str
    kind: str
    until: date
    days: int
    why: str
    asked_by: str
    asked_name: str
    asked_at: datetime
    source: str
    approver: Decider
    token: str
    state: RequestState
    decided_by: str
    decided_at: datetime | None
    note: str


@dataclass(frozen=True, kw_only=True)
class NewCall:
    """What was asked for on a page that a mail has to bring: new links, by whoever gets them or
    (`resend`) by the coordinator; or word that a deputy acts for them, up to and including a day.
    """

    office: str
    kind: CallKind
    email: str
    assignment: str | None = None
    deputy_name: str = ""
    deputy_email: str = ""
    until: date | None = None


@dataclass(frozen=True, kw_only=True)
class CallRecord(NewCall):
    id: int
    at: datetime
