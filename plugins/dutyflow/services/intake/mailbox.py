"""收件: the one door for what sections send. Bytes first; then matched, judged, answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from dutyflow.calendars.roc import format_roc, in_zone
from dutyflow.errors import ComesBack
from dutyflow.ledger.records import RequestRecord
from dutyflow.mail.errors import UnreadableMessage
from dutyflow.mail.inbound.absences import away_until
from dutyflow.mail.inbound.authentication import is_forged
from dutyflow.mail.inbound.bodies import decision_in, new_text
from dutyflow.mail.inbound.bounces import Bounce
from dutyflow.mail.inbound.limits import too_large
from dutyflow.mail.inbound.message import ParsedMessage, read_letterhead, read_message
from dutyflow.mail.mailboxes.inbox import Inbox, RawMessage
from dutyflow.mail.outbound.returned import Misplaced, Unreadable
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.senders import sender_of
from dutyflow.services.extensions import requests
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.post import OutgoingMail, post_or_note
from dutyflow.services.messaging.undeliverable import tell_of_returned
from dutyflow.services.workspace import Case, Workspace

from .bounces import take_back
from .judgement import judge_parcel
from .matching import Match, match_message
from .record import AUTOMATIC, Apart, Incoming, by_mail, quarantine, quarantine_file
from .replies import answer_from_the_inbox, answer_to_unmatched, reply, reply_throttled
from .retries import Tries

NOT_PROVED = "寄件人身分驗證未過"

log = logging.getLogger(__name__)


def empty_inbox(
    workspace: Workspace,
    office_id: str,
    inbox: Inbox,
    *,
    clock: Callable[[], datetime],
) -> int:
    """Take in and answer every message that waits, one after another. Returns how many.

    A message leaves the inbox once it is on record and answered; until then it will be met again.
    One that fails keeps no other waiting, and is set aside after several tries. The coordinator is
    told of addresses that mail has come back from. Raises ComesBack when it cannot go on now: the
    mail server, the mailbox, the ledger or the store is away; or, at the end, where one has failed.
    """
    office = workspace.office(office_id)
    tries = Tries(workspace=workspace, office=office_id, clock=clock)
    tries.set_aside(inbox)
    count = 0
    for stored in tries.each(inbox):
        with tries.at(stored):
            for dispatch in _taken_in(workspace, office, stored, clock()):
                post_or_note(workspace, dispatch, mailbox=office.contacts.mailbox, now=clock())
            inbox.done(stored.id)
            count += 1
    tell_of_returned(workspace, office, now=clock())
    tries.settle()
    return count


def take_in(
    workspace: Workspace, office: OfficePlan, stored: RawMessage, *, now: datetime
) -> tuple[OutgoingMail, ...]:
    """Keep a message, judge what it brings, put the verdicts on record; the answers to be sent.

    One answer for each assignment that it brings a form for. None where nobody is to be answered:
    another machine wrote it, or a stranger did.
    """
    blob = workspace.store.put(stored.data)
    try:
        message = _read(stored, mailbox=office.contacts.mailbox.address)
    except UnreadableMessage as trouble:
        return _unreadable(workspace, office, blob, stored, trouble, now)
    delivered = by_mail(blob, stored.received_at, message, office.office)
    if message.automatic:
        _by_a_machine(workspace, office, delivered, message.bounce, now)
        return ()
    doubt = _doubt_about_the_sender(office, message)
    request = None if doubt == NOT_PROVED else _to_decide(workspace, message)
    if request is not None:
        return _decided(workspace.case(request.assignment), delivered, request, now)
    found = match_message(workspace, office, message, delivered.files)
    if doubt:
        quarantine(workspace, delivered, Apart(reason=doubt, suggested=_suggested(found)), now)
        return ()
    return _delivered(workspace, office, delivered, found, now)


def _read(stored: RawMessage, *, mailbox: str) -> ParsedMessage:
    """Raises UnreadableMessage, also for one of which there is no more than the header: it stays
    where mail is kept that is done."""
    if stored.beyond:
        raise too_large(stored.beyond)
    return read_message(stored.data, mailbox=mailbox)


def _doubt_about_the_sender(office: OfficePlan, message: ParsedMessage) -> str:
    """Why a sender is not believed; "" for one who is."""
    contacts = office.contacts
    if not sender_of(contacts, message.sender).is_known:
        return f"寄件人不在通訊錄：{message.sender or '（寄件人不明）'}"
    if is_forged(message, trusted=contacts.mailbox.authserv_ids):
        return NOT_PROVED
    return ""


def _suggested(found: Match) -> str:
    """The assignment that a message would have counted for."""
    if found.apart is not None:
        return found.apart.suggested
    if found.parcels:
        return found.parcels[0].case.assignment.key
    return found.named.assignment.key if found.named else ""


def _delivered(
    workspace: Workspace, office: OfficePlan, delivered: Incoming, found: Match, now: datetime
) -> tuple[OutgoingMail, ...]:
    """What somebody we know has sent."""
    if found.apart is not None:
        quarantine(workspace, delivered, found.apart, now)
        return _some(answer_to_unmatched(workspace, office, delivered, found.apart.reason, now))
    who = delivered.sender
    workspace.ledger.people.mark_deliverable(who, now=now, who=who, why="從這個信箱收到回覆")
    judged = [judge_parcel(parcel, delivered, now) for parcel in found.parcels]
    mails = [mail for each in judged for mail in each.mails]
    return _some(*mails, _set_apart(found, delivered, now))


def _unreadable(
    workspace: Workspace,
    office: OfficePlan,
    blob: str,
    stored: RawMessage,
    trouble: UnreadableMessage,
    now: datetime,
) -> tuple[OutgoingMail, ...]:
    """Whoever wrote it is told, where at least that could be read."""
    head = read_letterhead(stored.data, mailbox=office.contacts.mailbox.address)
    delivered = by_mail(blob, stored.received_at, head, office.office)
    reason = f"無法解讀的信件：{trouble}；原信在收信信箱裡"
    meant = _suggested(match_message(workspace, office, head, ())) if head else ""
    quarantine(workspace, delivered, Apart(reason=reason, suggested=meant), now)
    if head is None or head.automatic or _doubt_about_the_sender(office, head):
        return ()
    content = Unreadable(
        office=office.name,
        coordinator=office.contacts.coordinator,
        why=str(trouble),
        advice=trouble.advice,
    )
    why = f"來信無法讀取：{trouble}"
    return _some(answer_from_the_inbox(workspace, office, delivered, content, why, now))


def _some(*answers: OutgoingMail | None) -> tuple[OutgoingMail, ...]:
    return tuple(filter(None, answers))


def _taken_in(
    workspace: Workspace, office: OfficePlan, stored: RawMessage, now: datetime
) -> tuple[OutgoingMail, ...]:
    """As `take_in`; a message that we stumble over is set aside, so that the next one has its turn.

    Where the ledger or the store is away it is not the message's fault, and all of it waits.
    """
    try:
        return take_in(workspace, office, stored, now=now)
    except ComesBack:
        raise
    except Exception as trouble:
        log.exception("a message could not be taken in; it is set aside")
        blob = workspace.store.put(stored.data)
        reason = f"處理時發生錯誤（{type(trouble).__name__}），請聯絡系統管理者"
        apart = Apart(reason=reason)
        quarantine(workspace, by_mail(blob, stored.received_at, None, office.office), apart, now)
        return ()


def _by_a_machine(
    workspace: Workspace,
    office: OfficePlan,
    delivered: Incoming,
    bounce: Bounce | None,
    now: datetime,
) -> None:
    """A delivery report is put on record with what it is about; all else is set aside."""
    if bounce is not None:
        reason = take_back(workspace, bounce, blob=delivered.blob, now=now)
    else:
        reason = _absence(office, delivered)
    if reason:
        quarantine(workspace, delivered, Apart(reason=reason), now)


def _absence(office: OfficePlan, delivered: Incoming) -> str:
    """Why an automatic answer is set aside; of somebody we know, with the last day of their leave.

    It is for the coordinator to see, and sets nobody away: a form letter may be old, or forged.
    """
    if sender_of(office.contacts, delivered.sender).is_known:
        written = in_zone(delivered.received_at, office.zone).date()
        until = away_until(f"{delivered.subject}\n{delivered.text}", written)
        if until is not None:
            return f"自動回覆：請假至{format_roc(until, weekday=True)}，不計為填報"
    return AUTOMATIC


def _set_apart(found: Match, delivered: Incoming, now: datetime) -> OutgoingMail | None:
    """Keep the forms that belong elsewhere, and say where."""
    if not found.strays:
        return None
    case = found.named
    assert case is not None  # noqa: S101 - where nothing is named, nothing strays from it
    kept = [
        quarantine_file(case.workspace, delivered, stray.workbook, stray.apart, now)
        for stray in found.strays
    ]
    form = None if found.parcels else AssignmentMail(case).attached_form()
    content = Misplaced(
        about=AssignmentMail(case).about,
        forms=tuple((stray.workbook.name, stray.title) for stray in found.strays),
        form_name=form.name if form else "",
    )
    if not any(each.is_new for each in kept) and reply_throttled(
        case, delivered, content.subject, now
    ):
        return None
    return reply(case, delivered, content, *((form,) if form else ()), rung="misplaced")


def _to_decide(workspace: Workspace, message: ParsedMessage) -> RequestRecord | None:
    """The request for more time that a message decides."""
    found = map(workspace.ledger.requests.by_token, message.tokens)
    return next((request for request in found if request is not None), None)


def _decided(
    case: Case, delivered: Incoming, request: RequestRecord, now: datetime
) -> tuple[OutgoingMail, ...]:
    """Whoever may not decide is told nothing, not even that there is something to decide."""
    who = requests.may_decide(case, request, delivered.sender)
    if not who:
        quarantine(case.workspace, delivered, Apart(reason="不是核示人的來信，不予採計"), now)
        return ()
    decision = decision_in(new_text(delivered.text))
    content, mails = requests.decide(case, request, decision, who=who, now=now)
    settled = case.workspace.ledger.requests.get(request.id).state != request.state
    if not settled and reply_throttled(case, delivered, content.subject, now):
        return mails
    answer = reply(case, delivered, content)
    return _some(*mails, answer and replace(answer, token=request.token))
