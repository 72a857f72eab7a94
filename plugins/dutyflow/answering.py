"""回覆: what whoever wrote is told about what they sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import ValidationError

from .answers import from_json
from .calendars.roc import in_zone
from .casework import Stationery, as_finding
from .errors import Finding
from .forms.judge import Verdict
from .forms.understood import understood
from .keeping import Delivered
from .ledger.records import Recorded, SubmissionRecord, number_of
from .mail.attachment import Attachment
from .mail.contexts import Content, NotUnderstood, Problems, Receipt, SetAside, Unmatched
from .plan.model import Person
from .plan.office import OfficePlan
from .plan.senders import sender_of
from .posting import Dispatch
from .workspace import Case, Workspace

_IGNORED_NAMED = 10  # files too many or too large that are told by name
ANSWERS_A_DAY = 5  # to one who sends no form: a robot that does not say so would answer each


def answer_to(
    case: Case, recorded: Recorded, verdict: Verdict, workbook: str, now: datetime
) -> Content:
    case = case.desk.case(case.assignment.key)  # as it stands after the verdict
    if not verdict.accepted:
        return _problems(case, recorded.submission, tuple(map(as_finding, verdict.problems)), now)
    if not recorded.is_new and case.assignment.state == "returned":
        return _problems(case, recorded.submission, (_SAME_AS_RETURNED,), now)
    return receipt(case, recorded.submission, workbook)


_SAME_AS_RETURNED = Finding(
    where="附檔",
    found="與退回補正前送來的檔案完全相同",
    expected="依退回說明修改後的檔案",
    hint="請修改後存檔，再回覆一次",
)


def receipt(case: Case, submission: SubmissionRecord, workbook: str) -> Receipt:
    """What is told of an accepted submission; `workbook` is the hash of its form."""
    return Receipt(
        about=Stationery(case).about,
        number=number_of(submission.id),
        received_at=submission.received_at,
        understood=understood(case.form, len(case.rows), from_json(submission.answers)),
        sha256=workbook,
        late=case.assignment.on_time is False,
        replaces=number_of(submission.replaces) if submission.replaces else "",
    )


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


def not_understood(case: Case, delivered: Delivered, now: datetime) -> NotUnderstood:
    paper = Stationery(case)
    return NotUnderstood(
        about=paper.about,
        received=tuple(file.name for file in delivered.files),
        deadline=paper.deadline(now),
        form_name=paper.form_name,
    )


def reply_with_form(
    case: Case,
    delivered: Delivered,
    content: Content,
    verdict: Verdict,
    now: datetime,
) -> Dispatch | None:
    paper = Stationery(case.desk.case(case.assignment.key))
    if isinstance(content, Receipt):
        enclosed = paper.appointment_over(now)
    else:
        enclosed = paper.attached_form(verdict.answers, verdict.problems)
    if isinstance(content, Receipt | Problems | NotUnderstood):
        content = replace(content, set_aside=tuple(_set_aside(delivered)))
    return reply(case, delivered, content, enclosed)


def _set_aside(delivered: Delivered) -> Iterator[SetAside]:
    """What came and does not count, with the reason."""
    for name, why in delivered.unfit.items():
        yield SetAside(name=name, why=why)
    for name in delivered.ignored[:_IGNORED_NAMED]:
        yield SetAside(name=name, why="附件太多或太大，這個檔案沒有讀取；請分成幾封信寄")
    more = len(delivered.ignored) - _IGNORED_NAMED
    if more > 0:
        yield SetAside(name=f"另外 {more} 個檔案", why="附件太多，沒有讀取；請分成幾封信寄")


def reply(
    case: Case, delivered: Delivered, content: Content, *enclosed: Attachment, rung: str = "answer"
) -> Dispatch | None:
    """The answer to whoever wrote about an assignment; None where no mail can reach them."""
    to = _reader_of(case, delivered)
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
    """A person has to look at it, and why."""
    content = Unmatched(office=office.name, why=why, coordinator=office.contacts.coordinator)
    return answer_from_the_inbox(desk, office, delivered, content, why, now)


def answer_from_the_inbox(
    desk: Workspace,
    office: OfficePlan,
    delivered: Delivered,
    content: Content,
    why: str,
    now: datetime,
) -> Dispatch | None:
    """Somebody we know is told of a message that is about no assignment; a stranger learns
    nothing, not even that this address is read."""
    about = f"{office.office}/inbox"
    to = writer_of(delivered, "您好")
    known = sender_of(office.contacts, delivered.sender).is_known
    if to is None or not known or answered_enough(desk, about, delivered, why, now):
        return None
    return Dispatch(
        about=about,
        rung=f"answer:{delivered.identity}",
        to=to,
        reason=why,
        content=content,
        answers=delivered.message_id,
    )


def _reader_of(case: Case, delivered: Delivered) -> Person | None:
    """Whoever wrote. A folder has no sender: the section's first owner who can be reached."""
    if delivered.channel != "folder":
        return writer_of(delivered, case.section_name)
    day = in_zone(delivered.received_at, case.zone).date()
    reachable = case.desk.reachability(case.office, day)
    owners = case.people.owners
    return next((each for each in owners if not reachable.why_not(each, day)), owners[0])


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

    A robot that does not say that it is one would answer each of our answers.
    """
    answers = [
        notice
        for notice in desk.ledger.notices.of(about=about)
        if notice.rung.startswith("answer:")
        and notice.recipient.lower() == delivered.sender.lower()
        and notice.claimed_at > now - timedelta(days=1)
    ]
    return len(answers) >= ANSWERS_A_DAY or any(each.reason == reason for each in answers)
