"""退信: put a delivery report on record, where the ledger knows of the mail that it is about."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from dutyflow.ledger.event_types import SYSTEM
from dutyflow.ledger.records import NoticeRecord
from dutyflow.mail.inbound.bounces import Bounce, Failure
from dutyflow.nagging.reasons import ReasonCode
from dutyflow.plan.model import address_key
from dutyflow.services.workspace import Workspace

from .reasons import QuarantineReason

RECENT = timedelta(days=14)  # how long servers try, twice over: RFC 5321, 4.5.4.1


@dataclass(frozen=True, kw_only=True)
class _Returned:
    """A failure, with the notices that went to that address in the mail that failed."""

    failure: Failure
    notices: tuple[NoticeRecord, ...]

    @property
    def address(self) -> str:
        """The one that we wrote to: it may forward to the one that failed."""
        return address_key(self.notices[0].recipient)

    @property
    def why(self) -> str:
        failure = self.failure
        said = failure.said or failure.status or "對方伺服器沒有說明原因"
        forwarded = failure.recipient not in ("", self.address)
        return f"{said}（轉寄至 {failure.recipient}）" if forwarded else said


def take_back(
    workspace: Workspace, bounce: Bounce, *, blob: str, now: datetime
) -> QuarantineReason | None:
    """Put a delivery report on record. `blob` is where the store keeps it.

    Its notices are `bounced`, and its address is marked undeliverable, if it failed for good. Gives
    None or, for a report about nothing that we sent, why it is quarantined: anybody can write one.
    """
    found = list(_known(workspace, bounce, now))
    for returned in found:
        ids = [notice.id for notice in returned.notices]
        if returned.failure.fate == "delayed":
            workspace.ledger.notices.delayed(ids, now=now, why=returned.why, message_blob=blob)
            continue
        workspace.ledger.notices.bounced(ids, now=now, why=returned.why, message_blob=blob)
        if returned.failure.blames_the_address:
            workspace.ledger.people.mark_undeliverable(
                returned.address, now=now, why=returned.why, who=SYSTEM
            )
    if found:
        return None
    if bounce.message_ids:
        return QuarantineReason.of(ReasonCode.BOUNCE_OF_OTHER_MAIL)
    return QuarantineReason.of(ReasonCode.BOUNCE_OF_UNKNOWN_ADDRESS)


def _known(workspace: Workspace, bounce: Bounce, now: datetime) -> Iterator[_Returned]:
    """What the ledger knows of: by the Message-ID where the report has one, else by the address."""
    if bounce.message_ids:
        notices = workspace.ledger.notices.by_message_id(bounce.message_ids)
        if notices:
            yield _Returned(failure=_about(bounce, notices[0].recipient), notices=notices)
        return
    for failure in bounce.failures:
        sent = workspace.ledger.notices.last_sent_to(failure.recipient, since=now - RECENT)
        if sent:
            yield _Returned(failure=failure, notices=sent)


def _about(bounce: Bounce, recipient: str) -> Failure:
    """Each of our mails has one recipient; a failure of another is one that it forwards to."""
    own = (each for each in bounce.failures if each.recipient == address_key(recipient))
    return next(own, bounce.failures[0])
