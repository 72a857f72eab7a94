"""收信: what lies in an office's mailbox is taken in, message by message, and answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from dutyflow.errors import ComesBack
from dutyflow.mail.errors import UnreadableMessage
from dutyflow.mail.inbound.limits import too_large
from dutyflow.mail.inbound.message import ParsedMessage, read_letterhead, read_message
from dutyflow.mail.inbound.unpacking import unpacked
from dutyflow.mail.mailboxes.inbox import Inbox, RawMessage
from dutyflow.nagging.reasons import ReasonCode
from dutyflow.plan.office import OfficePlan
from dutyflow.services.messaging.post import OutgoingMail, post_or_note
from dutyflow.services.messaging.undeliverable import tell_of_returned
from dutyflow.services.workspace import Workspace

from . import pipeline
from .incoming import Incoming, unread_mail
from .pipeline import TakenIn
from .reasons import QuarantineReason
from .record import quarantine
from .retries import Tries

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
    One that fails keeps no other waiting, and is quarantined after several tries. The coordinator
    is told of addresses that mail has come back from. Raises ComesBack when it cannot go on now:
    the mail server, the mailbox, the ledger or the store is away; or, at the end, where one has
    failed.
    """
    office = workspace.office(office_id)
    tries = Tries(workspace=workspace, office=office_id, clock=clock)
    tries.give_up(inbox)
    count = 0
    for raw in tries.each(inbox):
        with tries.at(raw):
            for mail in _taken_in(workspace, office, raw, clock()):
                post_or_note(workspace, mail, mailbox=office.contacts.mailbox, now=clock())
            inbox.done(raw.id)
            count += 1
    tell_of_returned(workspace, office, now=clock())
    tries.settle()
    return count


def take_in(workspace: Workspace, office: OfficePlan, raw: RawMessage, *, now: datetime) -> TakenIn:
    """Take in one message: store → read → match → judge → record → reply.

    One reply for each assignment that it brings a form for. None where nobody is to be answered:
    another machine wrote it, or a stranger did. Raises LedgerAway, StoreError.
    """
    blob = workspace.store.put(raw.data)
    incoming = read_incoming(office, raw, blob)
    return pipeline.take_in(workspace, office, incoming, now=now)


def read_incoming(office: OfficePlan, raw: RawMessage, blob: str) -> Incoming:
    """Read a message that came to an office's mailbox and is stored as `blob`.

    Raises nothing for what strangers send: `unreadable` says why one cannot be read, and its header
    is read alone. Of one that is too large there is no more: all of it stays where mail is kept
    that is done.
    """
    mailbox = office.contacts.mailbox.address
    unreadable = None
    try:
        if raw.beyond:
            raise too_large(raw.beyond)
        message = read_message(raw.data, mailbox=mailbox)
    except UnreadableMessage as why:
        unreadable = QuarantineReason.of(ReasonCode.UNREADABLE, found=str(why), advice=why.advice)
        message = read_letterhead(raw.data, mailbox=mailbox) or ParsedMessage()
    return Incoming(
        blob=blob,
        received_at=raw.received_at,
        channel="mail",
        office=office.office,
        message=message,
        files=unpacked(message.attachments),
        unreadable=unreadable,
    )


def _taken_in(
    workspace: Workspace, office: OfficePlan, raw: RawMessage, now: datetime
) -> tuple[OutgoingMail, ...]:
    """As `take_in`; a message that we stumble over is quarantined, so that the next one has its
    turn.

    Where the ledger or the store is away it is not the message's fault, and all of it waits.
    """
    try:
        return take_in(workspace, office, raw, now=now).mails(workspace, now)
    except ComesBack:
        raise
    except Exception as trouble:
        log.exception("a message could not be taken in; it is quarantined")
        unread = unread_mail(workspace.store.put(raw.data), raw.received_at, office.office)
        reason = QuarantineReason.of(ReasonCode.INTAKE_FAILED, error=type(trouble).__name__)
        quarantine(workspace, unread, reason, now=now)
        return ()
