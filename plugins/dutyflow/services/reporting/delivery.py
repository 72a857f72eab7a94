"""報送: the approved report goes to where the plan says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from dutyflow.ledger.event_types import SYSTEM
from dutyflow.ledger.records import CycleRecord, ReportRecord
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.contexts import Delivery
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind
from dutyflow.plan.model import Contacts, Person
from dutyflow.plan.roles import Recipient
from dutyflow.reports.kinds import from_json
from dutyflow.reports.renderers import mime_type_of
from dutyflow.services.messaging.post import OutgoingMail, post
from dutyflow.services.workspace import Workspace

from .assembly import latest_report


def deliver(workspace: Workspace, cycle_key: str, *, now: datetime) -> None:
    """Mail the latest version to its recipients, once each, and put that on record.

    Raises MailDeferred or MailRefused.
    """
    cycle = workspace.ledger.cycles.get(cycle_key)
    record = latest_report(workspace, cycle_key)
    duty = workspace.plan_of(cycle).duty(cycle.duty)
    contacts = workspace.office(cycle.office).contacts
    for place in duty.deliver_to:
        dispatch = _dispatch(workspace, cycle, record, contacts, to=_RECIPIENTS[place](contacts))
        post(workspace, dispatch, mailbox=contacts.mailbox, now=now)
    workspace.ledger.reports.delivered(cycle_key, record.version, now=now, who=SYSTEM)


_RECIPIENTS: Mapping[Recipient, Callable[[Contacts], Person]] = {
    "head_office": lambda contacts: contacts.head_office,
    "director": lambda contacts: contacts.director,
    "coordinator": lambda contacts: contacts.coordinator,
}


def _dispatch(
    workspace: Workspace, cycle: CycleRecord, record: ReportRecord, contacts: Contacts, to: Person
) -> OutgoingMail:
    report = from_json(record.content)
    files = tuple(
        Attachment(
            name=file.name,
            content_type=mime_type_of(file.name),
            data=workspace.store.get(file.blob),
        )
        for file in record.files
    )
    return OutgoingMail(
        about=f"{cycle.key}/report/{record.version}",
        cycle=cycle.key,
        rung=Rung(kind=RungKind.DELIVERY),
        to=to,
        reason=Reason.of(ReasonCode.REPORT_DELIVERED, version=record.version),
        content=Delivery(
            office=report.office,
            report=report.name,
            period=report.period,
            version=report.version,
            files=tuple(file.name for file in files),
            coordinator=contacts.coordinator,
            changes=report.changes,
            missing=report.missing,
        ),
        thread=f"{cycle.key}/report",
        attachments=files,
    )
