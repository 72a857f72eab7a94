"""回覆: what whoever wrote is told about what they sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from .answers import from_json
from .casework import Stationery, as_finding
from .errors import Finding
from .forms.differences import changes
from .forms.understood import understood
from .keeping import Delivered, Made
from .ledger.records import Recorded, SubmissionRecord
from .mail.attachment import Attachment
from .mail.contexts import (
    CHANGES_SHOWN,
    Content,
    NotUnderstood,
    Problems,
    Receipt,
    Unmatched,
    Unreadable,
)
from .plan.model import Person
from .plan.office import OfficePlan
from .posting import Dispatch
from .workspace import Case, Workspace

ANSWERS_A_DAY = 5  # to one who sends nothing new: a robot that does not say so would answer each
NO_FORM = "信中沒有填報檔"


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What came for an assignment, and how it is on record. `receipt_for` is the hash of the file
    that a receipt names."""

    case: Case
    delivered: Delivered
    made: Made
    recorded: Recorded
    receipt_for: str

    @property
    def submission(self) -> SubmissionRecord:
        return self.recorded.submission

    @property
    def is_repeated(self) -> bool:
        """Whether its content came before, in another message: not if this one is read again."""
        first, message = self.submission, self.delivered
        same = first.raw_blob == message.blob or (
            message.message_id != "" and first.message_id == message.message_id
        )
        return not self.recorded.is_new and not same

    @property
    def says_nothing_new(self) -> bool:
        return self.is_repeated or bool(self.made.reason)


def answer_to(arrival: Arrival, now: datetime) -> Dispatch | None:
    """None where nobody can be reached, or where they have been told the same today already."""
    case, delivered = arrival.case, arrival.delivered
    case = case.desk.case(case.assignment.key)  # as it stands after the verdict
    content = _content(case, arrival, now)
    about = case.assignment.key
    if arrival.says_nothing_new and answered_enough(
        case.desk, about, delivered, content.subject, now
    ):
        return None
    paper = Stationery(case)
    if isinstance(content, Receipt):
        return reply(case, delivered, content, paper.appointment_over(now))
    verdict = arrival.made.verdict
    return reply(case, delivered, content, paper.attached_form(verdict.answers, verdict.problems))


def _content(case: Case, arrival: Arrival, now: datetime) -> Content:
    if arrival.made.reason:
        return _not_understood(case, arrival.delivered, now)
    problems = tuple(map(as_finding, arrival.made.verdict.problems))
    if not problems and not arrival.recorded.is_new and case.assignment.state == "returned":
        problems = (_SAME_AS_RETURNED,)
    if problems:
        return _problems(case, arrival.submission, problems, now)
    return _receipt(case, arrival)


_SAME_AS_RETURNED = Finding(
    where="附檔",
    found="與退回補正前送來的檔案完全相同",
    expected="依退回說明修改後的檔案",
    hint="請修改後存檔，再回覆一次",
)


def _receipt(case: Case, arrival: Arrival) -> Receipt:
    submission = arrival.submission
    return Receipt(
        about=Stationery(case).about,
        number=number_of(submission.id),
        received_at=submission.received_at,
        sent_by=_sender(submission),
        understood=understood(case.form, len(case.rows), from_json(submission.answers)),
        sha256=arrival.receipt_for,
        late=case.assignment.on_time is False,
        closed=case.cycle.state == "closed",
        again=arrival.is_repeated,
        counts_again=arrival.recorded.counts_again,
        replaces=number_of(submission.replaces) if submission.replaces else "",
        changes=_changes(case, submission),
        doubts=tuple(doubt["said"] for doubt in submission.doubts),
    )


def difference(case: Case, submission: SubmissionRecord) -> str:
    """`與 S00012 相比，變更 3 格：…`; "" for one that replaces none."""
    if not submission.replaces:
        return ""
    told = _changes(case, submission)
    said = f"與 {number_of(submission.replaces)} 相比，變更 {len(told)} 格"
    return f"{said}：{'、'.join(told[:CHANGES_SHOWN])}" if told else said


def _changes(case: Case, submission: SubmissionRecord) -> tuple[str, ...]:
    """Cell by cell, against what it replaces."""
    if not submission.replaces:
        return ()
    before = case.desk.ledger.submissions.get(submission.replaces)
    told = changes(case.form, case.rows, from_json(before.answers), from_json(submission.answers))
    return tuple(change.sentence for change in told)


def _sender(submission: SubmissionRecord) -> str:
    """`lee@example.tw（代理人）`."""
    role = f"（{submission.role}）" if submission.role else ""
    return f"{submission.sender}{role}"


def number_of(submission: int) -> str:
    """A submission's number as people see it: `S00012`."""
    return f"S{submission:05}"


def _problems(
    case: Case, submission: SubmissionRecord, problems: tuple[Finding, ...], now: datetime
) -> Problems:
    paper = Stationery(case)
    return Problems(
        about=paper.about,
        received_at=submission.received_at,
        problems=problems,
        deadline=paper.deadline(now),
        form_name=paper.form_name,
    )


def _not_understood(case: Case, delivered: Delivered, now: datetime) -> NotUnderstood:
    paper = Stationery(case)
    return NotUnderstood(
        about=paper.about,
        received=tuple(file.name for file in delivered.files),
        deadline=paper.deadline(now),
        form_name=paper.form_name,
    )


def reply(
    case: Case, delivered: Delivered, content: Content, *enclosed: Attachment, rung: str = "answer"
) -> Dispatch | None:
    """The answer to whoever wrote about an assignment; None where no mail can reach them."""
    to = writer_of(delivered, case.section_name)
    if to is None:
        return None
    return Dispatch(
        about=case.assignment.key,
        cycle=case.cycle.key,
        rung=f"{rung}:{delivered.identity}",
        to=to,
        reason=content.subject,
        content=content,
        thread=case.assignment.key,
        token=case.assignment.token,
        answers=delivered.message_id,
        attachments=enclosed,
    )


def answer_to_unmatched(
    desk: Workspace, office: OfficePlan, delivered: Delivered, why: str, now: datetime
) -> Dispatch | None:
    content = Unmatched(office=office.name, why=why, coordinator=office.contacts.coordinator)
    return about_the_inbox(desk, office, delivered, content, why, now)


def answer_to_unreadable(
    desk: Workspace, office: OfficePlan, delivered: Delivered, why: str, now: datetime
) -> Dispatch | None:
    content = Unreadable(office=office.name, why=why)
    return about_the_inbox(desk, office, delivered, content, "來信無法讀取", now)


def about_the_inbox(
    desk: Workspace,
    office: OfficePlan,
    delivered: Delivered,
    content: Content,
    reason: str,
    now: datetime,
) -> Dispatch | None:
    """For somebody we know; a stranger learns nothing, not even that this address is read."""
    about = f"{office.office}/inbox"
    to = writer_of(delivered, "您好")
    if to is None or answered_enough(desk, about, delivered, reason, now):
        return None
    return Dispatch(
        about=about,
        rung=f"answer:{delivered.identity}",
        to=to,
        reason=reason,
        content=content,
        answers=delivered.message_id,
    )


def writer_of(delivered: Delivered, otherwise: str) -> Person | None:
    """Whoever wrote, if mail can be sent to the address that they gave."""
    try:
        return Person(name=delivered.sender_name or otherwise, email=delivered.sender)
    except ValidationError:
        return None


def answered_enough(
    desk: Workspace, about: str, delivered: Delivered, reason: str, now: datetime
) -> bool:
    """Whether somebody has been told the same about one thing today, or as much as anybody needs.

    A robot that does not say that it is one would answer each of our answers. What this very
    message has been told does not count: it may be read again before its answer has gone out.
    """
    own = f"answer:{delivered.identity}"
    answers = [
        notice
        for notice in desk.ledger.notices.of(about=about)
        if notice.rung.startswith("answer:")
        and notice.rung != own
        and notice.recipient.lower() == delivered.sender.lower()
        and notice.claimed_at > now - timedelta(days=1)
    ]
    return len(answers) >= ANSWERS_A_DAY or any(each.reason == reason for each in answers)
