"""報送: the approved report goes to where the plan says."""

from __future__ import annotations

import smtplib
from collections.abc import Callable, Mapping
from datetime import datetime

from .assembling import latest_report
from .ledger.records import CycleRecord, ReportRecord
from .ledger.what import SYSTEM
from .mail.attachment import XLSX, Attachment
from .mail.contexts import Delivery
from .plan.model import Contacts, Person, Recipient
from .posting import Dispatch, post
from .reports.kinds import from_json
from .workspace import Workspace


def deliver(desk: Workspace, client: smtplib.SMTP, cycle_key: str, *, now: datetime) -> None:
    """Mail the latest version to its recipients, once each, and put that on record.

    Raises MailDeferred or MailRefused.
    """
    cycle = desk.ledger.cycles.get(cycle_key)
    record = latest_report(desk, cycle_key)
    duty = desk.plan_of(cycle).duty(cycle.duty)
    contacts = desk.office(cycle.office).contacts
    for place in duty.deliver_to:
        dispatch = _dispatch(desk, cycle, record, contacts, to=_RECIPIENTS[place](contacts))
        post(desk, client, dispatch, mailbox=contacts.mailbox, now=now)
    desk.ledger.reports.delivered(cycle_key, record.version, now=now, who=SYSTEM)


_RECIPIENTS: Mapping[Recipient, Callable[[Contacts], Person]] = {
    "head_office": lambda contacts: contacts.head_office,
    "director": lambda contacts: contacts.director,
    "coordinator": lambda contacts: contacts.coordinator,
}


def _dispatch(
    desk: Workspace, cycle: CycleRecord, record: ReportRecord, contacts: Contacts, to: Person
) -> Dispatch:
    report = from_json(record.content)
    files = tuple(
        Attachment(name=file.name, content_type=XLSX, data=desk.store.get(file.blob))
        for file in record.files
    )
    return Dispatch(
        about=f"{cycle.key}/report/{record.version}",
        cycle=cycle.key,
        rung="delivery",
        to=to,
        reason=f"報送第{record.version}版",
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
