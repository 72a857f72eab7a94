"""Notices and silences: who was told what, and why somebody was not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from dutyflow.nagging.reasons import Reason, ReasonCode

Outcome = Literal["sent", "deferred", "refused", "unknown"]
NoticeState = Literal["claimed", "sent", "deferred", "refused", "unknown", "bounced"]


@dataclass(frozen=True, kw_only=True)
class NewNotice:
    """A message to one person that is about to be sent. (about, rung, recipient) is its key.

    `why` is the reason, `reason` the words in which the person is told it.
    """

    about: str
    cycle: str | None = None
    rung: str
    recipient: str
    recipient_name: str
    subject: str
    reason: str
    why: Reason
    message_id: str
    acting_for: str = ""

    @property
    def row(self) -> dict[str, Any]:
        """As the table has it."""
        return _as_row(self)


@dataclass(frozen=True, kw_only=True)
class Claim:
    """Whether this caller may send the notice now. `message_id` is the one to send it under."""

    notice_id: int
    granted: bool
    state: NoticeState
    message_id: str


@dataclass(frozen=True, kw_only=True)
class NoticeRecord:
    """A notice (通知). `attempts` counts granted claims, `unknowns` ambiguous outcomes;
    `message_blob` is the SHA-256 of the mail. Its reason is None in words alone that are older than
    its code."""

    id: int
    about: str
    cycle: str | None
    rung: str
    recipient: str
    recipient_name: str
    subject: str
    reason: str
    message_id: str
    state: NoticeState
    attempts: int
    unknowns: int
    claimed_at: datetime
    settled_at: datetime | None
    detail: str
    message_blob: str
    acting_for: str
    reason_code: str | None
    reason_parameters: Mapping[str, Any] | None

    @property
    def why(self) -> Reason | None:
        return _reason(self)


@dataclass(frozen=True, kw_only=True)
class Undeliverable:
    """An address that mail does not reach: since when, and why, in words."""

    email: str
    since: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class NewSilence:
    """Why a step whose day came was not told: to nobody, or to the one recipient; also in words."""

    about: str
    cycle: str
    rung: str
    reason: str
    why: Reason
    recipient: str = ""

    @property
    def row(self) -> dict[str, Any]:
        """As the table has it."""
        return _as_row(self)


@dataclass(frozen=True, kw_only=True)
class SilenceRecord:
    """A silence (未寄) on record."""

    id: int
    about: str
    cycle: str
    rung: str
    recipient: str
    reason: str
    at: datetime
    reason_code: str | None
    reason_parameters: Mapping[str, Any] | None

    @property
    def why(self) -> Reason | None:
        return _reason(self)


def _as_row(new: NewNotice | NewSilence) -> dict[str, Any]:
    own = {name: value for name, value in vars(new).items() if name != "why"}
    return {**own, "reason_code": new.why.code.value, "reason_parameters": new.why.plain}


def _reason(kept: NoticeRecord | SilenceRecord) -> Reason | None:
    """None where a row is older than codes, and said what no code is known for."""
    if kept.reason_code is None:
        return None
    return Reason(ReasonCode(kept.reason_code), kept.reason_parameters or {})
