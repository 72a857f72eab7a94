"""收件: the one door for what sections send. Bytes first; then matched, judged, answered."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import datetime

from . import extending
from .answering import (
    answer_to,
    answer_to_unknown,
    answer_to_unreadable,
    answered_enough,
    known_addresses,
    not_understood,
    reply,
    reply_with_form,
    writer_of,
)
from .calendars.roc import format_roc, in_zone
from .casework import Stationery
from .errors import ComesBack
from .forms.judge import Verdict, judge
from .forms.texts import file_key
from .forms.typed import all_nothing
from .keeping import (
    Delivered,
    by_mail,
    files_that_came,
    identity_of,
    quarantine,
    quarantine_file,
    record,
)
from .ledger.records import (
    RequestRecord,
)
from .mail.absences import away_until
from .mail.attachment import Attachment
from .mail.bodies import decision_in, new_text, says_nothing, wish_in
from .mail.bounces import read_bounce
from .mail.errors import UnreadableMessage
from .mail.inbound import Inbound, read_message
from .mail.inbox import MESSAGE_LIMIT, Inbox, Stored
from .mail.returned import Misplaced, TooLarge
from .plan.office import OfficePlan
from .posting import Dispatch, MailRefused, post
from .returning import take_back, tell_of_returned
from .sorting import Parcel, Sorted, sort_out
from .workspace import Case, Workspace

log = logging.getLogger(__name__)


def empty_inbox(
    desk: Workspace,
    client: smtplib.SMTP,
    office_id: str,
    inbox: Inbox,
    *,
    clock: Callable[[], datetime],
) -> int:
    """Take in and answer every message that waits, one after another. Returns how many.

    A message leaves the inbox once it is on record and answered; until then it will be met again.
    The coordinator is told of addresses that mail has come back from. Raises ComesBack when it
    cannot go on now: the mail server, the mailbox, the ledger or the store is away.
    """
    office = desk.office(office_id)
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
        head = trouble.letterhead
        delivered = by_mail(blob, stored.received_at, head)
        quarantine(desk, delivered, f"無法解讀的信件：{trouble}", now)
        if head is None or head.automatic:
            return ()
        return _some(answer_to_unreadable(desk, office, delivered, str(trouble), now))
    delivered = by_mail(blob, stored.received_at, message)
    if stored.beyond:
        return _too_large(desk, office, stored, message, now)
    if message.automatic:
        _by_a_machine(desk, office, delivered, stored.data, now)
        return ()
    request = _to_decide(desk, message)
    if request is not None:
        return _decided(desk.case(request.assignment), delivered, request, now)
    found = sort_out(desk, message)
    if not found.parcels:
        quarantine(desk, delivered, "找不到對應的應辦事項", now)
        return _some(answer_to_unknown(desk, office, delivered, now))
    desk.ledger.people.mark_deliverable(
        message.sender, now=now, who=message.sender, why="從這個信箱收到回覆"
    )
    answers = [each for parcel in found.parcels for each in _answers(parcel, delivered, now)]
    return _some(*answers, _set_apart(found, delivered, now))


def _too_large(
    desk: Workspace, office: OfficePlan, stored: Stored, message: Inbound, now: datetime
) -> tuple[Dispatch, ...]:
    """Only its header was read; the message itself stays where mail is kept that is done."""
    delivered = by_mail(desk.store.put(stored.data), stored.received_at, message)
    told = TooLarge(
        office=office.name,
        coordinator=office.contacts.coordinator,
        size=stored.beyond,
        limit=MESSAGE_LIMIT,
    )
    quarantine(desk, delivered, f"{told.found}，沒有讀取；原信在收信信箱裡", now)
    known = {person.email.lower(): person for person in office.contacts.everybody()}
    if message.automatic or delivered.sender.lower() not in known:
        return ()
    return (
        Dispatch(
            about=f"{office.office}/inbox",
            rung=f"answer:{delivered.blob[:16]}",
            to=known[delivered.sender.lower()],
            reason=told.found,
            content=told,
            answers=delivered.message_id,
        ),
    )


def _some(*answers: Dispatch | None) -> tuple[Dispatch, ...]:
    return tuple(filter(None, answers))


def _taken_in(
    desk: Workspace, office: OfficePlan, stored: Stored, now: datetime
) -> tuple[Dispatch, ...]:
    """As `take_in`; a message that we stumble over is set aside, so that the next one has its turn.

    Where the ledger or the store is away it is not the message's fault, and all of it waits.
    """
    try:
        return take_in(desk, office, stored, now=now)
    except ComesBack:
        raise
    except Exception as trouble:
        log.exception("a message could not be taken in; it is set aside")
        blob = desk.store.put(stored.data)
        reason = f"處理時發生錯誤（{type(trouble).__name__}），請聯絡系統管理者"
        quarantine(desk, by_mail(blob, stored.received_at, None), reason, now)
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
        quarantine(desk, delivered, reason, now)


def _absence(office: OfficePlan, delivered: Delivered) -> str:
    """Why an automatic answer is set aside; of somebody we know, with the last day of their leave.

    It is for the coordinator to see, and sets nobody away: a form letter may be old, or forged.
    """
    if delivered.sender.lower() in known_addresses(office):
        written = in_zone(delivered.received_at, office.zone).date()
        until = away_until(f"{delivered.subject}\n{delivered.text}", written)
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
        record(case, delivered, Verdict(), now, content=delivered.blob, reason="信中沒有填報檔")
        if answered_enough(case.desk, case.assignment.key, delivered, now):
            return None
        return reply_with_form(
            case, delivered, not_understood(case, delivered, now), Verdict(), now
        )
    attached = files_that_came(case, delivered)
    file, verdict = _best(case, parcel.workbooks, attached)
    workbook = case.desk.store.put(file.data)
    content = identity_of(workbook, [attached.get(file_key(name), "") for name in verdict.files])
    recorded = record(case, delivered, verdict, now, content=content)
    return reply_with_form(
        case, delivered, answer_to(case, recorded, verdict, workbook, now), verdict, now
    )


def _set_apart(found: Sorted, delivered: Delivered, now: datetime) -> Dispatch | None:
    """Keep the forms that belong elsewhere, and say where."""
    if not found.strays:
        return None
    case = found.parcels[0].case
    for stray in found.strays:
        quarantine_file(case.desk, delivered, stray.workbook, stray.reason, now)
    content = Misplaced(
        about=Stationery(case).about,
        forms=tuple((stray.workbook.name, stray.belongs) for stray in found.strays),
    )
    return reply(case, delivered, content, rung="misplaced")


def _to_decide(desk: Workspace, message: Inbound) -> RequestRecord | None:
    """The request for more time that a message decides."""
    found = map(desk.ledger.requests.by_token, message.tokens)
    return next((request for request in found if request is not None), None)


def _decided(
    case: Case, delivered: Delivered, request: RequestRecord, now: datetime
) -> tuple[Dispatch, ...]:
    """Whoever may not decide is told nothing, not even that there is something to decide."""
    who = extending.may_decide(case, request, delivered.sender)
    if not who:
        reason = "不是核示人的來信，不予採計"
        quarantine(case.desk, delivered, reason, now)
        return ()
    decision = decision_in(new_text(delivered.text))
    content, mails = extending.decide(case, request, decision, who=who, now=now)
    answer = reply(case, delivered, content)
    return _some(*mails, answer and replace(answer, token=request.token))


def _told_in_words(case: Case, delivered: Delivered, now: datetime) -> tuple[Dispatch, ...]:
    """The mails that follow from what a reply without a form says; none where that is nothing."""
    text = new_text(delivered.text)
    if case.form.nothing and _says_nothing(case, delivered, text):
        verdict = Verdict(answers=all_nothing(case.form, case.rows))
        recorded = record(case, delivered, verdict, now, content=delivered.blob)
        content = answer_to(case, recorded, verdict, delivered.blob, now)
        return _some(reply_with_form(case, delivered, content, verdict, now))
    wish = wish_in(text, today=in_zone(delivered.received_at, case.zone).date())
    by = writer_of(delivered, case.section_name)
    if wish is None or by is None:
        return ()
    asking = extending.Asking(wish=wish, by=by, at=delivered.received_at, source=delivered.blob)
    told, mails = extending.ask(case, asking, now=now)
    return _some(*mails, reply(case, delivered, told))


def _says_nothing(case: Case, delivered: Delivered, text: str) -> bool:
    """Only in words: with a file beside them, other than a picture, they are not all there is."""
    alone = all(file.content_type.startswith("image/") for file in delivered.files)
    people = [*case.people.owners, *case.people.deputies, case.people.head]
    names = (delivered.sender_name, case.section_name, *(person.name for person in people))
    return alone and not delivered.ignored and says_nothing(text, names=names)


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


def _answer(
    desk: Workspace, client: smtplib.SMTP, office: OfficePlan, dispatch: Dispatch, now: datetime
) -> None:
    try:
        post(desk, client, dispatch, mailbox=office.contacts.mailbox, now=now)
    except MailRefused as refused:
        log.warning("%s", refused)  # on record as refused; the submission itself stands
