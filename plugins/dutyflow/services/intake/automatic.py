"""退信與自動回覆: what a machine wrote is never an answer, and is never answered."""

from __future__ import annotations

from datetime import datetime

from dutyflow.calendars.roc import in_zone
from dutyflow.mail.inbound.absences import away_until
from dutyflow.nagging.reasons import ReasonCode
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.senders import sender_of
from dutyflow.services.workspace import Workspace

from .bounces import take_back
from .incoming import Incoming
from .reasons import QuarantineReason
from .record import quarantine


def take_in_automatic(
    workspace: Workspace, office: OfficePlan, incoming: Incoming, now: datetime
) -> None:
    """Put a delivery report on record with the mail that it is about; quarantine all else."""
    bounce = incoming.message.bounce
    reason: QuarantineReason | None
    if bounce is not None:
        reason = take_back(workspace, bounce, blob=incoming.blob, now=now)
    else:
        reason = _absence(office, incoming)
    if reason is not None:
        quarantine(workspace, incoming, reason, now=now)


def _absence(office: OfficePlan, incoming: Incoming) -> QuarantineReason:
    """Why an automatic answer does not count; of somebody we know, with the last day of their
    leave.

    It is for the coordinator to see, and sets nobody away: a form letter may be old, or forged.
    """
    message = incoming.message
    if sender_of(office.contacts, message.sender).is_known:
        written = in_zone(incoming.received_at, office.zone).date()
        until = away_until(f"{message.subject}\n{message.text}", written)
        if until is not None:
            return QuarantineReason.of(ReasonCode.ABSENCE_NOTE, until=until.isoformat())
    return QuarantineReason.of(ReasonCode.AUTOMATIC_REPLY)
