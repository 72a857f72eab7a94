"""認領: the coordinator says whose a quarantined message is; it is judged as if it had come so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from dutyflow.errors import DutyflowError
from dutyflow.ledger.errors import NotPossible
from dutyflow.ledger.records import SubmissionRecord
from dutyflow.ledger.submissions import check_waiting
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.errors import UnreadableMessage
from dutyflow.mail.inbound.message import ParsedMessage, read_message
from dutyflow.plan.model import address_key
from dutyflow.plan.senders import sender_of
from dutyflow.services.intake.incoming import Channel, Incoming
from dutyflow.services.intake.matching import Match, Part
from dutyflow.services.intake.pipeline import take_in
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.workspace import Case, Workspace

MATCHED_BY = "計畫承辦人認領"


@dataclass(frozen=True, kw_only=True)
class Assigned:
    """`submission` is what it became, None where the words only asked for something. `mails` are
    still to be sent."""

    submission: SubmissionRecord | None
    mails: tuple[OutgoingMail, ...]


def assign(
    workspace: Workspace, submission_id: int, assignment_key: str, who: str, why: str, now: datetime
) -> Assigned:
    """Judge a quarantined submission for that assignment, with the bytes and the moment with which
    it came, and put on record who said so.

    Whoever sent it is answered; where that is nobody in the contacts, the section's owners are.
    Once more after a crash does no harm. Raises UnknownKey, NotPossible for one that waits for
    nobody, DutyflowError without a reason.
    """
    if not why.strip():
        raise DutyflowError("認領須填「原因」，供日後查考")
    kept = workspace.ledger.submissions.get(submission_id)
    check_waiting(kept)
    assigned = _judged(workspace.case(assignment_key), kept, now)
    became = assigned.submission.id if assigned.submission else None
    workspace.ledger.submissions.assign(
        submission_id, assignment_key, became=became, now=now, who=who, why=why.strip()
    )
    return assigned


def answers_to(workspace: Workspace, submission_id: int, now: datetime) -> tuple[OutgoingMail, ...]:
    """The mails that follow from an assignment that was made, once more: for whoever could not send
    them at once. Raises UnknownKey; NotPossible for one that nobody has assigned."""
    kept = workspace.ledger.submissions.get(submission_id)
    if not kept.assigned_to:
        raise NotPossible(f"來件 {submission_id} 還沒有認領，沒有可以寄的回覆")
    return _judged(workspace.case(kept.assigned_to), kept, now).mails


def _judged(case: Case, kept: SubmissionRecord, now: datetime) -> Assigned:
    incoming = _as_it_came(case, kept)
    part = Part(case=case, workbooks=incoming.forms, matched_by=MATCHED_BY)
    taken = take_in(case.workspace, case.office, incoming, match=Match(parts=(part,)), now=now)
    mails = taken.mails(case.workspace, now)
    return Assigned(
        submission=taken.replies[0].submission, mails=tuple(_addressed(case, kept, mails))
    )


def _as_it_came(case: Case, kept: SubmissionRecord) -> Incoming:
    """A single file that was set apart comes without the words of its message: they were heard."""
    store = case.workspace.store
    files = tuple(
        Attachment(name=file.name, content_type=file.content_type, data=store.get(file.blob))
        for file in kept.files
    )
    message = _message(case, kept)
    is_whole = kept.content_hash == kept.raw_blob
    return Incoming(
        blob=kept.raw_blob,
        received_at=kept.received_at,
        channel=cast(Channel, kept.channel),
        office=case.cycle.office,
        message=replace(
            message,
            sender=kept.sender,
            text=message.text if is_whole else "",
            automatic=False,  # a person says that it counts
        ),
        files=files,
    )


def _message(case: Case, kept: SubmissionRecord) -> ParsedMessage:
    """What was written; nothing, where it came by another way, or where its files are all there
    is."""
    if kept.channel != "mail":
        return ParsedMessage()
    try:
        mailbox = case.office.contacts.mailbox.address
        return read_message(case.workspace.store.get(kept.raw_blob), mailbox=mailbox)
    except UnreadableMessage:
        return ParsedMessage()


def _addressed(
    case: Case, kept: SubmissionRecord, mails: tuple[OutgoingMail, ...]
) -> Iterator[OutgoingMail]:
    """What would be told to a stranger is told to the owners instead."""
    known = sender_of(case.office.contacts, kept.sender).is_known
    for mail in mails:
        if known or mail.to.key != address_key(kept.sender):
            yield mail
        else:
            for owner in case.people.owners:
                yield replace(mail, to=owner, answers="")
