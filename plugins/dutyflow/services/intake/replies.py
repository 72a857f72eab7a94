"""回覆: what whoever wrote is told about what they sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from dutyflow.calendars.roc import in_zone
from dutyflow.errors import Finding
from dutyflow.forms.judge import Verdict
from dutyflow.forms.understood import understood
from dutyflow.ledger.records import Recorded, SubmissionRecord, number_of
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.contexts import (
    Content,
    NotUnderstood,
    Problems,
    Receipt,
    SetAside,
    Unmatched,
)
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind
from dutyflow.plan.answers import from_json
from dutyflow.plan.model import Person
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.senders import sender_of
from dutyflow.services.messaging.assignment_mail import AssignmentMail, as_finding
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.messaging.submission_changes import changed_cells
from dutyflow.services.workspace import Case, Workspace

from .record import Incoming, Parcel

_IGNORED_NAMED = 10  # files too many or too large that are told by name
A_DAY = timedelta(days=1)
_ANSWERS = ("answer:", "misplaced:")  # the rungs of what somebody is answered
ANSWERS_A_DAY = 20  # to one who sends nothing that counts: a robot would answer each


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What came for an assignment, and how it is on record. `verdict` is None where there was
    nothing to judge; `receipt_for` is the hash of the file that a receipt names. `untouched`: its
    form is one of ours as we sent it."""

    case: Case
    delivered: Incoming
    verdict: Verdict | None
    recorded: Recorded
    receipt_for: str
    untouched: bool = False

    @classmethod
    def of(
        cls,
        parcel: Parcel,
        delivered: Incoming,
        verdict: Verdict | None,
        recorded: Recorded,
        *,
        receipt_for: str = "",
    ) -> Arrival:
        """As it stands after the verdict."""
        return cls(
            case=parcel.case.workspace.case(parcel.case.assignment.key),
            delivered=delivered,
            verdict=verdict,
            recorded=recorded,
            receipt_for=receipt_for or delivered.blob,
        )

    @property
    def submission(self) -> SubmissionRecord:
        return self.recorded.submission

    @property
    def is_repeated(self) -> bool:
        """Whether its content came before: not if it is this very one that is read again."""
        return not self.recorded.is_new and not self._is_this(self.submission)

    def _is_this(self, kept: SubmissionRecord) -> bool:
        this = self.delivered
        same_bytes = kept.raw_blob == this.blob and kept.received_at == this.received_at
        return same_bytes or (this.message_id != "" and kept.message_id == this.message_id)

    @cached_property
    def is_said_again(self) -> bool:
        """Whether the same sender has sent the same with the same mistakes before, whatever the
        bytes: a gateway on the way may write each file anew. What is no form at all says nothing
        that could be compared."""
        this = self.submission
        return self.is_repeated or (
            any(problem.get("row") is not None for problem in this.problems)
            and any(
                each.id < this.id
                and each.sender.lower() == this.sender.lower()
                and _as_said(each) == _as_said(this)
                for each in self.case.workspace.ledger.submissions.of(self.case.assignment.key)
            )
        )

    @property
    def counts(self) -> bool:
        """Whether it changes what is answered: whoever sent it is told, whatever they were told."""
        return self.recorded.counts_again or (
            self.recorded.is_new and self.submission.verdict == "accepted"
        )

    @property
    def says_nothing_new(self) -> bool:
        return self.untouched or self.verdict is None or self.is_said_again


def _as_said(kept: SubmissionRecord) -> tuple[list[Any], list[Any]]:
    """What it says and what is wrong with it, wherever in the file: a marked form has a line more
    on top."""
    problems = [{**each, "cell": "", "sheet": ""} for each in kept.problems]
    return problems, list(kept.answers)


def reply_to(arrival: Arrival, now: datetime) -> OutgoingMail | None:
    """None where nobody can be reached, or where they have been told the same today already."""
    case, delivered, verdict = arrival.case, arrival.delivered, arrival.verdict
    content = answer_to(arrival, now)
    ever = isinstance(content, Receipt)  # that it came before need be said once, not once a day
    same = content.subject if arrival.says_nothing_new else ""
    if not arrival.counts and reply_throttled(case, delivered, same, now, ever=ever):
        return None
    paper = AssignmentMail(case)
    if isinstance(content, Receipt):
        return reply(case, delivered, content, paper.appointment_over(now))
    form = paper.attached_form(verdict.answers, verdict.problems) if verdict else None
    return reply(case, delivered, content, form or paper.attached_form())


def answer_to(arrival: Arrival, now: datetime) -> Receipt | Problems | NotUnderstood:
    """What whoever sent it is told, whichever way."""
    aside = tuple(_set_aside(arrival.delivered))
    return replace(_content(arrival, now), set_aside=aside)


def _content(arrival: Arrival, now: datetime) -> Receipt | Problems | NotUnderstood:
    case, recorded = arrival.case, arrival.recorded
    if arrival.verdict is None:
        return _not_understood(case, arrival.delivered, now)
    problems = tuple(map(as_finding, arrival.verdict.problems))
    if arrival.untouched:
        problems = (_UNTOUCHED,)
    if not problems and not recorded.is_new and case.assignment.state == "returned":
        problems = (_SAME_AS_RETURNED,)
    if problems:
        told = _problems(case, arrival.submission, problems, now)
        again = arrival.is_said_again and not arrival.untouched
        return replace(told, again=again, untouched=arrival.untouched)
    received = receipt(case, arrival.submission, arrival.receipt_for)
    return replace(received, again=arrival.is_repeated, counts_again=recorded.counts_again)


_UNTOUCHED = Finding(
    where="附檔",
    found="與我們寄出的表單完全相同，沒有填寫，或填寫後沒有存檔",
    expected="填好並存檔的表單",
    hint="請打開附件，填寫有底色的儲存格，存檔後再回覆一次",
)
_SAME_AS_RETURNED = Finding(
    where="附檔",
    found="與退回補正前送來的檔案完全相同",
    expected="依退回說明修改後的檔案",
    hint="請修改後存檔，再回覆一次",
)


def receipt(case: Case, submission: SubmissionRecord, workbook: str) -> Receipt:
    """What is told of an accepted submission; `workbook` is the hash of its form."""
    return Receipt(
        about=AssignmentMail(case).about,
        number=number_of(submission.id),
        received_at=submission.received_at,
        sent_by=_sender(submission),
        understood=understood(case.form, len(case.rows), from_json(submission.answers)),
        sha256=workbook,
        late=case.assignment.on_time is False,
        closed=case.cycle.state == "closed",
        replaces=number_of(submission.replaces) if submission.replaces else "",
        changes=changed_cells(case, submission),
        doubts=tuple(doubt["said"] for doubt in submission.doubts),
    )


def _sender(submission: SubmissionRecord) -> str:
    """`lee@example.tw（代理人）`."""
    role = f"（{submission.role}）" if submission.role else ""
    return f"{submission.sender}{role}"


def _problems(
    case: Case, submission: SubmissionRecord, problems: tuple[Finding, ...], now: datetime
) -> Problems:
    paper = AssignmentMail(case)
    return Problems(
        about=paper.about,
        received_at=submission.received_at,
        problems=problems,
        deadline=paper.deadline(now),
        form_name=paper.form_name,
    )


def _not_understood(case: Case, delivered: Incoming, now: datetime) -> NotUnderstood:
    paper = AssignmentMail(case)
    return NotUnderstood(
        about=paper.about,
        received=tuple(file.name for file in delivered.files),
        deadline=paper.deadline(now),
        form_name=paper.form_name,
    )


def _set_aside(delivered: Incoming) -> Iterator[SetAside]:
    """What came and does not count, with the reason."""
    for file, why in delivered.unfit:
        yield SetAside(name=file.name, why=why)
    for name in delivered.ignored[:_IGNORED_NAMED]:
        yield SetAside(name=name, why="附件太多或太大，這個檔案沒有讀取；請分成幾封信寄")
    more = len(delivered.ignored) - _IGNORED_NAMED
    if more > 0:
        yield SetAside(name=f"另外 {more} 個檔案", why="附件太多，沒有讀取；請分成幾封信寄")


def reply(
    case: Case, delivered: Incoming, content: Content, *enclosed: Attachment, rung: str = "answer"
) -> OutgoingMail | None:
    """The answer to whoever wrote about an assignment; None where no mail can reach them."""
    to = _reader_of(case, delivered)
    if to is None:
        return None
    return OutgoingMail(
        about=case.assignment.key,
        cycle=case.cycle.key,
        rung=Rung.parse(f"{rung}:{delivered.identity}"),
        to=to,
        reason=Reason.of(ReasonCode.REPLY, subject=content.subject),
        content=content,
        thread=case.assignment.key,
        token=case.assignment.token,
        answers=delivered.message_id,
        attachments=enclosed,
    )


def answer_to_unmatched(
    workspace: Workspace, office: OfficePlan, delivered: Incoming, why: str, now: datetime
) -> OutgoingMail | None:
    """A person has to look at it, and why."""
    content = Unmatched(office=office.name, why=why, coordinator=office.contacts.coordinator)
    return answer_from_the_inbox(workspace, office, delivered, content, why, now)


def answer_from_the_inbox(
    workspace: Workspace,
    office: OfficePlan,
    delivered: Incoming,
    content: Content,
    why: str,
    now: datetime,
) -> OutgoingMail | None:
    """Somebody we know is told of a message that is about no assignment; a stranger learns
    nothing, not even that this address is read."""
    about = f"{office.office}/inbox"
    to = writer_of(delivered, "您好")
    known = sender_of(office.contacts, delivered.sender).is_known
    if to is None or not known:
        return None
    if _is_throttled(workspace, about, delivered, to, why, since=now - A_DAY):
        return None
    return OutgoingMail(
        about=about,
        rung=Rung(kind=RungKind.ANSWER, which=delivered.identity),
        to=to,
        reason=Reason.of(ReasonCode.REPLY, subject=why),
        content=content,
        answers=delivered.message_id,
    )


def _reader_of(case: Case, delivered: Incoming) -> Person | None:
    """Whoever wrote. A folder has no sender: the section's first owner who can be reached."""
    if delivered.channel != "folder":
        return writer_of(delivered, case.section_name)
    day = in_zone(delivered.received_at, case.zone).date()
    reachable = case.workspace.reachability(case.office, day)
    owners = case.people.owners
    return next((each for each in owners if not reachable.why_not(each, day)), owners[0])


def writer_of(delivered: Incoming, otherwise: str) -> Person | None:
    """Whoever wrote, if mail can be sent to the address that they gave."""
    try:
        return Person(name=delivered.sender_name or otherwise, email=delivered.sender)
    except ValidationError:
        return None


def reply_throttled(
    case: Case, delivered: Incoming, reason: str, now: datetime, *, ever: bool = False
) -> bool:
    """Whether whoever wrote about an assignment has been told the same today (or `ever`), or as
    much as anybody needs."""
    to = _reader_of(case, delivered)
    return to is not None and _is_throttled(
        case.workspace,
        case.assignment.key,
        delivered,
        to,
        reason,
        since=None if ever else now - A_DAY,
    )


def _is_throttled(
    workspace: Workspace,
    about: str,
    delivered: Incoming,
    to: Person,
    reason: str,
    *,
    since: datetime | None,
) -> bool:
    """A robot that does not say that it is one would answer each of our answers.

    What this very message has been told does not count: it may be read again before its answer has
    gone out.
    """
    answers = [
        notice
        for notice in workspace.ledger.notices.of(about=about)
        if notice.rung.startswith(_ANSWERS)
        and notice.rung.partition(":")[2] != delivered.identity
        and notice.recipient.lower() == to.email.lower()
        and (since is None or notice.claimed_at > since)
    ]
    return (since is not None and len(answers) >= ANSWERS_A_DAY) or any(
        each.reason == reason for each in answers
    )
