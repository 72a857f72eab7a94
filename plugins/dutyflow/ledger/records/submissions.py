"""What comes in: submissions, drafts, and what stood in their way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from dutyflow.nagging.reasons import Reason, ReasonCode

from ..columns import utc

Verdict = Literal["accepted", "rejected", "quarantined"]


@dataclass(frozen=True, kw_only=True)
class SubmittedFile:
    """A file as it came: `size` in bytes, `blob` the hash under which the store keeps it."""

    name: str
    content_type: str
    size: int
    blob: str


@dataclass(frozen=True, kw_only=True)
class NewSubmission:
    """What a section sent, judged. `assignment` None: nobody could say yet whose it is.

    `role` says who the sender is, `matched_by` what told the assignment, both in words; `doubts`
    are what is odd about the answers. `suggested` is the assignment that it seems to belong to.
    `office` is the one at whose door it came in, "" where that is not known; `subject` and `text`,
    its first lines, are what was written with it; `put_aside` is why nobody need look at it. `why`
    is why it is not accepted, None where it is; `reason` the words in which people are told that.
    """

    assignment: str | None
    channel: str
    sender: str
    received_at: datetime
    message_id: str
    content_hash: str
    raw_blob: str
    verdict: Verdict
    problems: Sequence[dict[str, Any]] = ()
    answers: Sequence[dict[str, Any]] = ()
    reason: str = ""
    why: Reason | None = None
    files: Sequence[SubmittedFile] = ()
    role: str = ""
    matched_by: str = ""
    suggested: str = ""
    doubts: Sequence[dict[str, Any]] = ()
    office: str = ""
    subject: str = ""
    text: str = ""
    put_aside: str = ""

    def __post_init__(self) -> None:
        utc(self.received_at)
        if self.assignment is None and self.verdict != "quarantined":
            raise ValueError("a submission without an assignment can only be quarantined")

    @property
    def row(self) -> dict[str, Any]:
        """As the table has it, but for the files."""
        own = {name: value for name, value in vars(self).items() if name not in ("why", "files")}
        return {
            **own,
            "reason_code": self.why.code.value if self.why else None,
            "reason_parameters": self.why.plain if self.why else None,
        }


@dataclass(frozen=True, kw_only=True)
class SubmissionRecord:
    """A submission (填報). `replaces` is the submission accepted before this one.

    `effective_at` is the moment that counts instead of `received_at`, where a person gave one;
    `assigned_to` the assignment that a person gave a quarantined one to, "" where nobody did;
    `put_aside` why nobody need look at it any more, "" while somebody has to.
    """

    id: int
    assignment: str | None
    channel: str
    sender: str
    received_at: datetime
    recorded_at: datetime
    message_id: str
    content_hash: str
    raw_blob: str
    verdict: Verdict
    problems: list[dict[str, Any]]
    answers: list[dict[str, Any]]
    reason: str
    replaces: int | None
    office: str
    subject: str
    text: str
    put_aside: str
    files: tuple[SubmittedFile, ...]
    role: str = ""
    matched_by: str = ""
    suggested: str = ""
    assigned_to: str = ""
    doubts: list[dict[str, Any]] = field(default_factory=list)
    effective_at: datetime | None = None
    reason_code: str | None = None
    reason_parameters: Mapping[str, Any] | None = None

    @property
    def why(self) -> Reason | None:
        """Why it is not accepted; None where it is, or where it is older than reasons as values."""
        if self.reason_code is None:
            return None
        return Reason(ReasonCode(self.reason_code), self.reason_parameters or {})

    @property
    def counts_from(self) -> datetime:
        """The moment by which being on time is judged."""
        return self.effective_at or self.received_at


def number_of(submission: int) -> str:
    """A submission's number as people see it: `S00012`."""
    return f"S{submission:05}"


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The submission as it stands in the ledger; not new when the same content came before.

    `counts_again`: it had been replaced, and is what counts from now on.
    """

    submission: SubmissionRecord
    is_new: bool
    counts_again: bool = False


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What a section has begun: as typed, by the rows' ids and the fields'; and files."""

    assignment: str
    typed: dict[str, dict[str, str]]
    files: tuple[SubmittedFile, ...]
    saved_by: str


@dataclass(frozen=True, kw_only=True)
class DraftRecord(Draft):
    """A draft on record. `version` counts from 1, so that nobody saves over what they never saw."""

    version: int
    saved_at: datetime


@dataclass(frozen=True, kw_only=True)
class Stumble:
    """A message in an inbox that could not be taken in: how often that was tried, since when. Its
    bytes are under `blob` in the store, "" where they could not be had."""

    office: str
    message: str
    tries: int
    since: datetime
    why: str
    blob: str


@dataclass(frozen=True, kw_only=True)
class MailboxRecord:
    """A mailbox on a server: when it was read last, None for never; since when it cannot be, None
    where it can, and why, in words."""

    office: str
    name: str
    read_at: datetime | None
    away_since: datetime | None
    why: str
