"""收件: the one door for what sections send. Bytes first; then matched, judged, answered."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from pydantic import ValidationError

from . import extending
from .answers import Answer, from_json, to_json
from .calendars.roc import format_roc, in_zone
from .casework import Stationery, as_finding
from .errors import Finding
from .forms.judge import Verdict, judge
from .forms.texts import file_key
from .forms.understood import understood
from .ledger.records import (
    NewSubmission,
    Recorded,
    RequestRecord,
    SubmissionRecord,
    SubmittedFile,
)
from .mail.absences import away_until
from .mail.attachment import Attachment
from .mail.bodies import decision_in, new_text, says_nothing, wish_in
from .mail.bounces import read_bounce
from .mail.contexts import Content, NotUnderstood, Problems, Receipt, UnknownToken
from .mail.errors import UnreadableMessage
from .mail.inbound import Inbound, read_message
from .mail.inbox import Stored
from .mail.returned import Misplaced
from .plan.model import Person
from .plan.office import OfficePlan
from .posting import Dispatch, MailRefused, post
from .returning import take_back, tell_of_returned
from .sorting import Parcel, Sorted, Stray, sort_out
from .workspace import Case, Workspace

log = logging.getLogger(__name__)

CHANNEL = "mail"
ANSWERS_A_DAY = 5  # to one who sends no form: a robot that does not say so would answer each


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A message as it came: its bytes are in the store under `blob`."""

    blob: str
    received_at: datetime
    message: Inbound


def empty_inbox(
    desk: Workspace, client: smtplib.SMTP, office_id: str, *, clock: Callable[[], datetime]
) -> int:
    """Take in and answer every message that waits, one after another. Returns how many.

    A message leaves the inbox once it is on record and answered; until then it will be met again.
    The coordinator is told of addresses that mail has come back from. Raises MailDeferred when an
    answer cannot be sent now.
    """
    office = desk.office(office_id)
    inbox = desk.inbox(office)
    count = 0
    for stored in inbox.messages():
        for dispatch in _taken_in(desk, office, stored, clock()):
            _answer(desk, client, office, dispatch, clock())
        inbox.done(stored.id)
        count += 1
    tell_of_returned(desk, client, office, now=clock())
    return count


def take_in(
    desk: Workspace, office: OfficePlan, stored: Stored, *, now: datetime
) -> tuple[Dispatch, ...]:
    """Keep a message, judge what it brings, put the verdicts on record; the answers to be sent.

    One answer for each assignment that it brings a form for. None where nobody is to be answered:
    another machine wrote it, or a stranger did.
    """
    blob = desk.store.put(stored.data)
    try:
        message = read_message(stored.data, mailbox=office.contacts.mailbox.address)
    except UnreadableMessage as trouble:
        _quarantine(desk, blob, stored.received_at, None, f"無法解讀的信件：{trouble}", now)
        return ()
    delivered = Delivered(blob=blob, received_at=stored.received_at, message=message)
    if message.automatic:
        _by_a_machine(desk, office, delivered, stored.data, now)
        return ()
    request = _to_decide(desk, message)
    if request is not None:
        return _decided(desk.case(request.assignment), delivered, request, now)
    found = sort_out(desk, message)
    if not found.parcels:
        _quarantine(desk, blob, stored.received_at, message, "找不到對應的應辦事項", now)
        return _some(_answer_to_unknown(desk, office, delivered, now))
    desk.ledger.people.mark_deliverable(
        message.sender, now=now, who=message.sender, why="從這個信箱收到回覆"
    )
    answers = [each for parcel in found.parcels for each in _answers(parcel, delivered, now)]
    return _some(*answers, _set_apart(found, delivered, now))


def _some(*answers: Dispatch | None) -> tuple[Dispatch, ...]:
    return tuple(filter(None, answers))


def _taken_in(
    desk: Workspace, office: OfficePlan, stored: Stored, now: datetime
) -> tuple[Dispatch, ...]:
    """As `take_in`; a message that we stumble over is set aside, so that the next one has its turn.

    Where even that cannot be recorded it is not the message's fault, and all of it waits.
    """
    try:
        return take_in(desk, office, stored, now=now)
    except Exception as trouble:
        log.exception("a message could not be taken in; it is set aside")
        blob = desk.store.put(stored.data)
        reason = f"處理時發生錯誤（{type(trouble).__name__}），請聯絡系統管理者"
        _quarantine(desk, blob, stored.received_at, None, reason, now)
        return ()


def _by_a_machine(
    desk: Workspace, office: OfficePlan, delivered: Delivered, data: bytes, now: datetime
) -> None:
    """A delivery report is put on record with what it is about; all else is set aside."""
    bounce = read_bounce(data, mailbox=office.contacts.mailbox.address)
    if bounce is not None:
        reason = take_back(desk, bounce, blob=delivered.blob, now=now)
    else:
        reason = _absence(office, delivered)
    if reason:
        _quarantine(desk, delivered.blob, delivered.received_at, delivered.message, reason, now)


def _absence(office: OfficePlan, delivered: Delivered) -> str:
    """Why an automatic answer is set aside; of somebody we know, with the last day of their leave.

    It is for the coordinator to see, and sets nobody away: a form letter may be old, or forged.
    """
    message = delivered.message
    if message.sender.lower() in _known_addresses(office):
        written = in_zone(delivered.received_at, office.zone).date()
        until = away_until(f"{message.subject}\n{message.text}", written)
        if until is not None:
            return f"自動回覆：請假至{format_roc(until, weekday=True)}，不計為填報"
    return "自動回覆信，不計為填報"


def _answers(parcel: Parcel, delivered: Delivered, now: datetime) -> tuple[Dispatch, ...]:
    """The answer to what came for one assignment, a form or words; mails to others before it."""
    if not parcel.workbooks:
        told = _told_in_words(parcel.case, delivered, now)
        if told:
            return told
    return _some(_judged(parcel, delivered, now))


def _judged(parcel: Parcel, delivered: Delivered, now: datetime) -> Dispatch | None:
    case = parcel.case
    if not parcel.workbooks:
        _record(case, delivered, Verdict(), now, content=delivered.blob, reason="信中沒有填報檔")
        if _answered_enough(case.desk, case.assignment.key, delivered.message, now):
            return None
        return _reply(case, delivered, _not_understood(case, delivered, now), Verdict(), now)
    attached = _attached(case, delivered)
    file, verdict = _best(case, parcel.workbooks, attached)
    workbook = case.desk.store.put(file.data)
    content = _identity(workbook, [attached.get(file_key(name), "") for name in verdict.files])
    recorded = _record(case, delivered, verdict, now, content=content)
    return _reply(case, delivered, _content(case, recorded, verdict, workbook, now), verdict, now)


def _answered_enough(desk: Workspace, about: str, message: Inbound, now: datetime) -> bool:
    """Whether somebody has had as many answers about one thing today as anybody needs."""
    answers = [
        notice
        for notice in desk.ledger.notices.of(about=about)
        if notice.rung.startswith("answer:")
        and notice.recipient.lower() == message.sender.lower()
        and notice.claimed_at > now - timedelta(days=1)
    ]
    return len(answers) >= ANSWERS_A_DAY


def _set_apart(found: Sorted, delivered: Delivered, now: datetime) -> Dispatch | None:
    """Keep the forms that belong elsewhere, and say where."""
    if not found.strays:
        return None
    case = found.parcels[0].case
    for stray in found.strays:
        _quarantine_file(case.desk, delivered, stray, now)
    to = _writer(delivered.message, case.section_name)
    if to is None:
        return None
    content = Misplaced(
        about=Stationery(case).about,
        forms=tuple((stray.workbook.name, stray.belongs) for stray in found.strays),
    )
    return Dispatch(
        about=case.assignment.key,
        cycle=case.cycle.key,
        rung=f"misplaced:{delivered.blob[:16]}",
        to=to,
        reason=content.subject,
        content=content,
        thread=case.assignment.key,
        token=case.assignment.token,
        answers=delivered.message.message_id,
    )


def _quarantine_file(desk: Workspace, delivered: Delivered, stray: Stray, now: datetime) -> None:
    file = _kept(desk, stray.workbook)
    desk.ledger.submissions.record(
        NewSubmission(
            assignment=None,
            channel=CHANNEL,
            sender=delivered.message.sender,
            received_at=delivered.received_at,
            message_id=delivered.message.message_id,
            content_hash=file.blob,
            raw_blob=delivered.blob,
            verdict="quarantined",
            reason=stray.reason,
            files=[file],
        ),
        now=now,
    )


def _to_decide(desk: Workspace, message: Inbound) -> RequestRecord | None:
    """The request for more time that a message decides."""
    found = map(desk.ledger.requests.by_token, message.tokens)
    return next((request for request in found if request is not None), None)


def _decided(
    case: Case, delivered: Delivered, request: RequestRecord, now: datetime
) -> tuple[Dispatch, ...]:
    """Whoever may not decide is told nothing, not even that there is something to decide."""
    message = delivered.message
    who = extending.may_decide(case, request, message.sender)
    if not who:
        reason = "不是核示人的來信，不予採計"
        _quarantine(case.desk, delivered.blob, delivered.received_at, message, reason, now)
        return ()
    decision = decision_in(new_text(message.text))
    content, mails = extending.decide(case, request, decision, who=who, now=now)
    reply = _answer_in_words(case, delivered, content)
    return _some(*mails, reply and replace(reply, token=request.token))


def _told_in_words(case: Case, delivered: Delivered, now: datetime) -> tuple[Dispatch, ...]:
    """The mails that follow from what a reply without a form says; none where that is nothing."""
    message = delivered.message
    text = new_text(message.text)
    if case.form.nothing and _says_nothing(case, message, text):
        verdict = Verdict(answers=_nothing(case))
        recorded = _record(case, delivered, verdict, now, content=delivered.blob)
        content = _content(case, recorded, verdict, delivered.blob, now)
        return _some(_reply(case, delivered, content, verdict, now))
    wish = wish_in(text, today=in_zone(delivered.received_at, case.zone).date())
    by = _writer(message, case.section_name)
    if wish is None or by is None:
        return ()
    asking = extending.Asking(wish=wish, by=by, at=delivered.received_at, source=delivered.blob)
    told, mails = extending.ask(case, asking, now=now)
    return _some(*mails, _answer_in_words(case, delivered, told))


def _says_nothing(case: Case, message: Inbound, text: str) -> bool:
    """Only in words: with a file beside them, other than a picture, they are not all there is."""
    alone = all(file.content_type.startswith("image/") for file in message.attachments)
    people = [*case.people.owners, *case.people.deputies, case.people.head]
    names = (message.sender_name, case.section_name, *(person.name for person in people))
    return alone and not message.ignored and says_nothing(text, names=names)


def _nothing(case: Case) -> tuple[Answer, ...]:
    """無辦理事項 in every row of the form, or in the only one."""
    rows = [row.id for row in case.rows] if case.form.is_table else [""]
    return tuple(Answer(row=row, nothing=True) for row in rows)


def _attached(case: Case, delivered: Delivered) -> dict[str, str]:
    """Every file that has come for the assignment, with this message or before it: the hashes of
    their contents, by the keys of their names."""
    earlier = case.desk.ledger.submissions.of(case.assignment.key)
    came = [file for submission in earlier for file in submission.files]
    came += [_kept(case.desk, attachment) for attachment in delivered.message.attachments]
    return {file_key(file.name): file.blob for file in came}


def _identity(workbook: str, files: Iterable[str]) -> str:
    """What tells one content from another: a form's hash, with those of the files that it names.

    The same form sent once more, now with the file that was lacking, says something new.
    """
    named = sorted(filter(None, files))
    return sha256("".join([workbook, *named]).encode()).hexdigest() if named else workbook


def _best(
    case: Case, workbooks: Iterable[Attachment], attached: Collection[str]
) -> tuple[Attachment, Verdict]:
    """The first workbook that can be accepted, else the last one with its problems."""
    for file in workbooks:
        verdict = judge(
            file.data,
            form=case.form,
            rows=case.rows,
            secret=case.desk.secret,
            assignment=case.assignment.key,
            plan_hash=case.cycle.plan_hash,
            attached=attached,
        )
        if verdict.accepted:
            break
    return file, verdict


def _record(
    case: Case,
    delivered: Delivered,
    verdict: Verdict,
    now: datetime,
    *,
    content: str,
    reason: str = "",
) -> Recorded:
    """Put on record what came. `content` is its identity; a `reason` given means that it is no
    answer at all."""
    desk, message = case.desk, delivered.message
    accepted = verdict.accepted and not reason
    return desk.ledger.submissions.record(
        NewSubmission(
            assignment=case.assignment.key,
            channel=CHANNEL,
            sender=message.sender,
            received_at=delivered.received_at,
            message_id=message.message_id,
            content_hash=content,
            raw_blob=delivered.blob,
            verdict="accepted" if accepted else "rejected",
            problems=[asdict(problem) for problem in verdict.problems],
            answers=to_json(verdict.answers),
            reason=reason or (f"有 {len(verdict.problems)} 處須修正" if verdict.problems else ""),
            files=[_kept(desk, attachment) for attachment in message.attachments],
        ),
        now=now,
    )


def _kept(desk: Workspace, file: Attachment) -> SubmittedFile:
    return SubmittedFile(
        name=file.name,
        content_type=file.content_type,
        size=len(file.data),
        blob=desk.store.put(file.data),
    )


def _quarantine(
    desk: Workspace,
    blob: str,
    received_at: datetime,
    message: Inbound | None,
    reason: str,
    now: datetime,
) -> None:
    desk.ledger.submissions.record(
        NewSubmission(
            assignment=None,
            channel=CHANNEL,
            sender=message.sender if message else "",
            received_at=received_at,
            message_id=message.message_id if message else "",
            content_hash=blob,
            raw_blob=blob,
            verdict="quarantined",
            reason=reason,
            files=[_kept(desk, file) for file in message.attachments] if message else [],
        ),
        now=now,
    )


def _content(
    case: Case, recorded: Recorded, verdict: Verdict, workbook: str, now: datetime
) -> Content:
    case = case.desk.case(case.assignment.key)  # as it stands after the verdict
    if not verdict.accepted:
        return _problems(case, recorded.submission, tuple(map(as_finding, verdict.problems)), now)
    if not recorded.is_new and case.assignment.state == "returned":
        return _problems(case, recorded.submission, (_SAME_AS_RETURNED,), now)
    return _receipt(case, recorded.submission, workbook)


_SAME_AS_RETURNED = Finding(
    where="附檔",
    found="與退回補正前送來的檔案完全相同",
    expected="依退回說明修改後的檔案",
    hint="請修改後存檔，再回覆一次",
)


def _receipt(case: Case, submission: SubmissionRecord, workbook: str) -> Receipt:
    return Receipt(
        about=Stationery(case).about,
        number=number_of(submission.id),
        received_at=submission.received_at,
        understood=understood(case.form, len(case.rows), from_json(submission.answers)),
        sha256=workbook,
        late=case.assignment.on_time is False,
        replaces=number_of(submission.replaces) if submission.replaces else "",
    )


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
        received=tuple(file.name for file in delivered.message.attachments),
        deadline=paper.deadline(now),
        form_name=paper.form_name,
    )


def _reply(
    case: Case,
    delivered: Delivered,
    content: Content,
    verdict: Verdict,
    now: datetime,
) -> Dispatch | None:
    to = _writer(delivered.message, case.section_name)
    if to is None:
        return None
    paper = Stationery(case.desk.case(case.assignment.key))
    if isinstance(content, Receipt):
        enclosed = paper.appointment_over(now)
    else:
        enclosed = paper.attached_form(verdict.answers, verdict.problems)
    return Dispatch(
        about=case.assignment.key,
        cycle=case.cycle.key,
        rung=f"answer:{delivered.blob[:16]}",
        to=to,
        reason=content.subject,
        content=content,
        thread=case.assignment.key,
        token=case.assignment.token,
        answers=delivered.message.message_id,
        attachments=(enclosed,),
    )


def _answer_in_words(case: Case, delivered: Delivered, content: Content) -> Dispatch | None:
    """As `_reply`, without a form."""
    to = _writer(delivered.message, case.section_name)
    if to is None:
        return None
    return Dispatch(
        about=case.assignment.key,
        cycle=case.cycle.key,
        rung=f"answer:{delivered.blob[:16]}",
        to=to,
        reason=content.subject,
        content=content,
        thread=case.assignment.key,
        token=case.assignment.token,
        answers=delivered.message.message_id,
    )


def _answer_to_unknown(
    desk: Workspace, office: OfficePlan, delivered: Delivered, now: datetime
) -> Dispatch | None:
    """Somebody we know is told; a stranger learns nothing, not even that this address is read."""
    about = f"{office.office}/inbox"
    to = _writer(delivered.message, "您好")
    if to is None or to.email.lower() not in _known_addresses(office):
        return None
    if _answered_enough(desk, about, delivered.message, now):
        return None
    return Dispatch(
        about=about,
        rung=f"answer:{delivered.blob[:16]}",
        to=to,
        reason="找不到對應的應辦事項",
        content=UnknownToken(office=office.name),
        answers=delivered.message.message_id,
    )


def _known_addresses(office: OfficePlan) -> set[str]:
    return {person.email.lower() for person in office.contacts.everybody()}


def _writer(message: Inbound, otherwise: str) -> Person | None:
    """Whoever wrote, if mail can be sent to the address that they gave."""
    try:
        return Person(name=message.sender_name or otherwise, email=message.sender)
    except ValidationError:
        return None


def _answer(
    desk: Workspace, client: smtplib.SMTP, office: OfficePlan, dispatch: Dispatch, now: datetime
) -> None:
    try:
        post(desk, client, dispatch, mailbox=office.contacts.mailbox, now=now)
    except MailRefused as refused:
        log.warning("%s", refused)  # on record as refused; the submission itself stands
