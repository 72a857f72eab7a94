"""Notices and silences: who was told what, and why somebody was not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Outcome = Literal["sent", "deferred", "refused", "unknown"]
NoticeState = Literal["claimed", "sent", "deferred", "refused", "unknown", "bounced"]


@dataclass(frozen=True, kw_only=True)
class NewNotice:
    """A message to one person that is about to be sent. (about, rung, recipient) is its key."""

    about: str
    cycle: str | None = None
    rung: str
    recipient: str
    recipient_name: str
    subject: str
    reason: str
    message_id: str
    acting_for: str = ""


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
    `message_blob` is the SHA-256 of the mail."""

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


@dataclass(frozen=True, kw_only=True)
class Undeliverable:
    """An address that mail does not reach: since when, and why, in words."""

    email: str
    since: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class NewSilence:
    """Why a step whose day came was not told: to nobody, or to the one recipient."""

    about: str
    cycle: str
    rung: str
    reason: str
    recipient: str = ""


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
