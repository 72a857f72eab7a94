"""回覆: compose what whoever sent something is told of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from dutyflow.errors import Finding
from dutyflow.forms.receipt_facts import receipt_facts
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
from dutyflow.mail.outbound.returned import Misplaced, Unreadable
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import RungKind
from dutyflow.plan.answers import from_json
from dutyflow.plan.model import address_key
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.senders import sender_of
from dutyflow.services.messaging.assignment_mail import AssignmentMail, as_finding
from dutyflow.services.messaging.submission_changes import changed_cells
from dutyflow.services.workspace import Case

from . import wording
from .incoming import Incoming
from .judgement import Judgement
from .matching import Match, doubt_about_the_sender
from .reasons import QuarantineReason
from .replies import Reply, Throttle, Told, reason_of

_IGNORED_NAMED = 10  # files too many or too large that are told by name


def reply_to_submission(
    case: Case, incoming: Incoming, judgement: Judgement, recorded: Recorded, now: datetime
) -> Reply:
    """Compose what whoever sent something for an assignment is told of its verdict. `case` is the
    assignment as it stands after the verdict."""
    again = _is_said_again(case, incoming, recorded)
    content = _content(case, incoming, judgement, recorded, again=again, now=now)
    aside = tuple(_set_aside(incoming))
    return Reply(
        incoming=incoming,
        content=replace(content, set_aside=aside),
        reason=_reason(content),
        case=case,
        submission=recorded.submission,
        verdict=judgement.verdict,
        enclosed=lambda: (_enclosed(case, content, judgement, now),),
        throttle=_throttle(content, judgement, recorded, again=again),
    )


def _reason(content: Receipt | Problems | NotUnderstood) -> Reason:
    if isinstance(content, NotUnderstood):
        return reason_of(content, Told.NO_FORM)
    if isinstance(content, Receipt):
        return receipt_reason(content)
    if content.untouched:
        return reason_of(content, Told.MISTAKES, untouched=True)
    return reason_of(content, Told.MISTAKES, count=len(content.problems), again=content.again)


def receipt_reason(content: Receipt) -> Reason:
    """That a submission was received: in time, late, or before."""
    late = content.late and not content.again
    return reason_of(content, Told.RECEIPT, number=content.number, again=content.again, late=late)


def _throttle(
    content: Receipt | Problems | NotUnderstood,
    judgement: Judgement,
    recorded: Recorded,
    *,
    again: bool,
) -> Throttle:
    counts = recorded.is_new and recorded.submission.verdict == "accepted"
    if counts or recorded.counts_again:
        return Throttle.NEVER
    says_nothing_new = judgement.is_untouched or not judgement.is_understood or again
    if isinstance(content, Receipt):  # that it came before need be said once, not once a day
        return Throttle.SAME_EVER if says_nothing_new else Throttle.NEVER
    return Throttle.SAME_TODAY if says_nothing_new else Throttle.TOO_MANY


def _enclosed(
    case: Case, content: Receipt | Problems | NotUnderstood, judgement: Judgement, now: datetime
) -> Attachment:
    paper = AssignmentMail(case)
    if isinstance(content, Receipt):
        return paper.appointment_over(now)
    if isinstance(content, NotUnderstood):
        return paper.attached_form()
    return paper.attached_form(judgement.verdict.answers, judgement.verdict.problems)


def _is_repeated(incoming: Incoming, recorded: Recorded) -> bool:
    """Whether its content came before: not if it is this very message that is read again."""
    kept, message_id = recorded.submission, incoming.message.message_id
    same_bytes = kept.raw_blob == incoming.blob and kept.received_at == incoming.received_at
    is_this = same_bytes or (message_id != "" and kept.message_id == message_id)
    return not recorded.is_new and not is_this


def _is_said_again(case: Case, incoming: Incoming, recorded: Recorded) -> bool:
    """Whether the same sender has sent the same with the same mistakes before, whatever the bytes:
    a gateway on the way may write each file anew. What is no form at all says nothing that could be
    compared."""
    this = recorded.submission
    return _is_repeated(incoming, recorded) or (
        any(problem.get("row") is not None for problem in this.problems)
        and any(
            each.id < this.id
            and address_key(each.sender) == address_key(this.sender)
            and _as_said(each) == _as_said(this)
            for each in case.workspace.ledger.submissions.of(case.assignment.key)
        )
    )


def _as_said(kept: SubmissionRecord) -> tuple[list[Any], list[Any]]:
    """What it says and what is wrong with it, wherever in the file: a marked form has a line more
    on top."""
    problems = [{**each, "cell": "", "sheet": ""} for each in kept.problems]
    return problems, list(kept.answers)


def _content(
    case: Case,
    incoming: Incoming,
    judgement: Judgement,
    recorded: Recorded,
    *,
    again: bool,
    now: datetime,
) -> Receipt | Problems | NotUnderstood:
    submission = recorded.submission
    if not judgement.is_understood:
        return _not_understood(case, incoming, now)
    problems = tuple(map(as_finding, judgement.verdict.problems))
    if judgement.is_untouched:
        problems = (_UNTOUCHED,)
    if not problems and not recorded.is_new and case.assignment.state == "returned":
        problems = (_SAME_AS_RETURNED,)
    if problems:
        untouched = judgement.is_untouched
        told = _problems(case, submission, problems, now)
        return replace(told, again=again and not untouched, untouched=untouched)
    received = receipt(case, submission, judgement.receipt_for)
    repeated = _is_repeated(incoming, recorded)
    return replace(received, again=repeated, counts_again=recorded.counts_again)


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
        understood=receipt_facts(case.form, len(case.rows), from_json(submission.answers)),
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


def _not_understood(case: Case, incoming: Incoming, now: datetime) -> NotUnderstood:
    paper = AssignmentMail(case)
    return NotUnderstood(
        about=paper.about,
        received=tuple(file.name for file in incoming.files),
        deadline=paper.deadline(now),
        form_name=paper.form_name,
    )


def _set_aside(incoming: Incoming) -> Iterator[SetAside]:
    """What came and does not count, with the reason."""
    ignored = incoming.message.ignored
    for file, why in incoming.unfit:
        yield SetAside(name=file.name, why=why)
    for name in ignored[:_IGNORED_NAMED]:
        yield SetAside(name=name, why="附件太多或太大，這個檔案沒有讀取；請分成幾封信寄")
    more = len(ignored) - _IGNORED_NAMED
    if more > 0:
        yield SetAside(name=f"另外 {more} 個檔案", why="附件太多，沒有讀取；請分成幾封信寄")


def reply_to_strays(match: Match, incoming: Incoming, *, are_new: bool) -> Reply:
    """Compose what is told of forms that belong elsewhere. The right form goes along where nothing
    else came; `are_new`: some of them had not come before."""
    case = match.named
    assert case is not None  # noqa: S101 - where nothing is named, nothing strays from it
    paper = AssignmentMail(case)
    content = Misplaced(
        about=paper.about,
        forms=tuple((stray.workbook.name, stray.title) for stray in match.strays),
        form_name="" if match.parts else paper.form_name,
    )
    return Reply(
        incoming=incoming,
        content=content,
        reason=reason_of(content, Told.FORMS_ELSEWHERE, count=len(content.forms)),
        case=case,
        enclosed=(lambda: ()) if match.parts else (lambda: (paper.attached_form(),)),
        throttle=Throttle.NEVER if are_new else Throttle.SAME_TODAY,
        kind=RungKind.MISPLACED,
    )


def reply_to_quarantined(
    office: OfficePlan, incoming: Incoming, reason: QuarantineReason
) -> Reply | None:
    """Compose what somebody we know is told of a message that counts for nothing yet. None where
    nobody is told: a stranger learns nothing, not even that this address is read."""
    if not reason.is_told_to_the_sender or not _is_known(office, incoming):
        return None
    if reason.code is ReasonCode.UNREADABLE:
        return _reply_to_unreadable(office, incoming, reason)
    why = wording.worded(reason)
    content = Unmatched(office=office.name, why=why, coordinator=office.contacts.coordinator)
    return Reply(incoming=incoming, content=content, reason=_of_quarantine(content, reason, why))


def _is_known(office: OfficePlan, incoming: Incoming) -> bool:
    return sender_of(office.contacts, incoming.message.sender).is_known


def _reply_to_unreadable(
    office: OfficePlan, incoming: Incoming, reason: QuarantineReason
) -> Reply | None:
    """Whoever wrote it is told, where at least that could be read, and is true."""
    if incoming.message.automatic or doubt_about_the_sender(office, incoming.message):
        return None
    content = Unreadable(
        office=office.name,
        coordinator=office.contacts.coordinator,
        why=reason.get("found"),
        advice=reason.get("advice") or "",
    )
    why = f"來信無法讀取：{content.why}"
    return Reply(incoming=incoming, content=content, reason=_of_quarantine(content, reason, why))


def _of_quarantine(content: Content, reason: QuarantineReason, subject: str) -> Reason:
    because = {"code": reason.code.value, **reason.plain}
    return reason_of(content, Told.QUARANTINED, subject=subject, because=because)
