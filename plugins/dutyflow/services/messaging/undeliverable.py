"""Tell the coordinator of addresses in the contacts that mail does not reach, each once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime

from dutyflow.ledger.records import Undeliverable
from dutyflow.mail.errors import MailDeferred
from dutyflow.mail.outbound.returned import UndeliverableAddress
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind
from dutyflow.plan.model import Person
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.roles import Role
from dutyflow.services.workspace import Workspace

from .post import MailRefused, OutgoingMail, post

log = logging.getLogger(__name__)


def tell_of_returned(workspace: Workspace, office: OfficePlan, *, now: datetime) -> None:
    """Tell the coordinator of each address in the contacts that mail does not reach, once.

    What is told is read from the ledger: a mail that cannot be sent now is sent at the next call.
    """
    for dispatch in _tellings(workspace, office):
        try:
            post(workspace, dispatch, mailbox=office.contacts.mailbox, now=now)
        except (MailDeferred, MailRefused) as trouble:
            log.warning("%s", trouble)  # on record, and what it tells of is in the ledger


def _tellings(workspace: Workspace, office: OfficePlan) -> Iterator[OutgoingMail]:
    unreached = workspace.ledger.people.undeliverable()
    coordinator = office.contacts.coordinator
    if coordinator.email.lower() in unreached:
        log.error("計畫承辦人的信箱 %s 退信，無法以信件通知；請更正通訊錄", coordinator.email)
        return
    for each in unreached.values():
        roles = dict(_roles(office, each.email))
        if roles:
            yield OutgoingMail(
                about=office.office,
                rung=Rung(
                    kind=RungKind.UNDELIVERABLE,
                    which=f"{each.email}:{each.since:%Y%m%dT%H%M%SZ}",
                ),
                to=coordinator,
                reason=Reason.of(ReasonCode.ADDRESS_UNDELIVERABLE, email=each.email),
                content=_content(office, each, roles),
                thread=f"{office.office}/undeliverable",
            )


def _content(
    office: OfficePlan, each: Undeliverable, roles: dict[str, Person]
) -> UndeliverableAddress:
    return UndeliverableAddress(
        office=office.name,
        name=next(iter(roles.values())).name,
        email=each.email,
        roles=tuple(roles),
        since=each.since,
        why=each.why,
        zone=office.zone,
    )


def _roles(office: OfficePlan, email: str) -> Iterator[tuple[str, Person]]:
    """In which roles an address is in the contacts, in words: `電費組承辦人`."""
    contacts, titles = office.contacts, office.titles
    names = {section.id: section.name for section in office.plans[-1].sections}
    for key, section in contacts.sections.items():
        asked: tuple[tuple[Role, tuple[Person, ...]], ...] = (
            ("owner", section.owners),
            ("deputy", section.deputies),
            ("head", (section.head,)),
        )
        for role, people in asked:
            for person in people:
                if person.email.lower() == email:
                    yield f"{names.get(key, key)}{titles.of(role)}", person
    if contacts.director.email.lower() == email:
        yield titles.director, contacts.director
    if contacts.head_office.email.lower() == email:
        yield titles.head_office_contact, contacts.head_office
