"""The values that go into the ledger and come out of it. All moments are aware; out, in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from dutyflow.calendars.working_days import Closure

from .columns import utc

CycleState = Literal["open", "closed"]
AssignmentState = Literal["open", "submitted", "accepted", "returned", "late", "waived"]
Outcome = Literal["sent", "deferred", "refused", "unknown"]
NoticeState = Literal["claimed", "sent", "deferred", "refused", "unknown", "bounced"]
Verdict = Literal["accepted", "rejected", "quarantined"]
Decision = Literal["approved", "returned", "withheld"]
ReportState = Literal["assembled", "approved", "returned", "withheld", "delivered"]


@dataclass(frozen=True, kw_only=True)
class NewCycle:
    """A cycle (期別) to open. `collect_by` is the cut-off moment, `report_due` a day.

    A day that is `given` was named by a person; the others follow from the plan's rules, counted
    from `opens` or from the approval before it, with the office's `closures`.
    """

    office: str
    duty: str
    name: str
    title: str
    plan_hash: str
    period_start: date
    period_end: date
    opens: date
    collect_by: datetime
    report_due: date
    collect_by_given: bool = False
    report_due_given: bool = False
    approved_on: date | None = None
    closures: tuple[Closure, ...] = ()

    def __post_init__(self) -> None:
        utc(self.collect_by)

    @property
    def key(self) -> str:
        """`pingtung/self_assessment/107H1`."""
        return f"{self.office}/{self.duty}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class CycleRecord:
    """One occurrence of a duty (期別). `closures` are those that its days were worked out with."""

    key: str
    office: str
    duty: str
    name: str
    title: str
    plan_hash: str
    period_start: date
    period_end: date
    opens: date
    collect_by: datetime
    collect_by_given: bool
    report_due: date
    report_due_given: bool
    approved_on: date | None
    closures: tuple[Closure, ...]
    state: CycleState
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Account:
    """What an event says of a change: to people, and to programs (JSON)."""

    why: str
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class NewDays:
    """The days to which an open cycle moves, and the closures that they were worked out with.

    `followers_story` is told of each assignment that goes along with a new `collect_by`.
    """

    collect_by: datetime
    report_due: date
    closures: tuple[Closure, ...]
    story: Account
    followers_story: Account

    def __post_init__(self) -> None:
        utc(self.collect_by)


@dataclass(frozen=True, kw_only=True)
class AssignmentRecord:
    """One section's part in one cycle (應辦事項).

    `collect_by` is until when it is waited for; `due_by` the cut-off that counts for being on time:
    an extension moves both, collecting again after being late only the first. With `own_cut_off`
    a person gave it one that stays when its cycle's moves. `on_time` is None until something is
    accepted, then final. `accepted_submission` is the one that counts, also while the assignment is
    returned or late again.
    """

    key: str
    cycle: str
    section: str
    position: int
    token: str
    state: AssignmentState
    collect_by: datetime
    due_by: datetime
    own_cut_off: bool
    on_time: bool | None
    returned_note: str
    returns: int
    accepted_submission: int | None
    paused_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a wait needs to know at each look."""

    state: AssignmentState
    collect_by: datetime


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


RequestState = Literal["pending", "granted", "refused", "void"]


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
    approver: str
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
    approver: str
    token: str
    state: RequestState
    decided_by: str
    decided_at: datetime | None
    note: str


class Standing(NamedTuple):
    """An assignment of an open cycle as a round finds it; a plain row, since there may be many."""

    key: str
    section: str
    state: AssignmentState
    collect_by: datetime
    paused_until: date | None
    office: str
    duty: str
    plan_hash: str
    opened_at: datetime


class Came(NamedTuple):
    """What was taken in for an assignment, with so many problems."""

    assignment: str
    sender: str
    verdict: Verdict
    problems: int
    reason: str
    role: str
    answers: list[dict[str, Any]]
    doubts: list[dict[str, Any]]


class Assignable(NamedTuple):
    """An assignment that something may still be assigned to; `cycle` and `period` are its cycle's
    name and title."""

    key: str
    section: str
    state: AssignmentState
    collect_by: datetime
    duty: str
    cycle: str
    period: str
    plan_hash: str


class Undecided(NamedTuple):
    """A version of a cycle's report that waits for a person to decide."""

    cycle: str
    version: int
    made_at: datetime


class Part(NamedTuple):
    """An assignment as it counts for how reliable a section is."""

    section: str
    plan_hash: str
    state: AssignmentState
    collect_by: datetime
    on_time: bool | None


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
    its first lines, are what was written with it; `put_aside` is why nobody need look at it.
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


CallKind = Literal["link", "resend", "deputy"]


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


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """One rendering: `size` in bytes, `blob` the hash under which the store keeps it."""

    name: str
    blob: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ReportRecord:
    """One version of a cycle's report (彙整表): 1 the first, then amendments."""

    cycle: str
    version: int
    plan_hash: str
    content: dict[str, Any]
    files: tuple[ReportFile, ...]
    state: ReportState
    made_at: datetime
    decided_by: str
    note: str


@dataclass(frozen=True, kw_only=True)
class EventRecord:
    """Something that happened. `hash` covers it and, by the hash before, all that came before."""

    id: int
    at: datetime
    who: str
    what: str
    about: str
    why: str
    detail: dict[str, Any] = field(default_factory=dict)
    hash: str
