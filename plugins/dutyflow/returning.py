"""退信: what comes back is believed where the ledger knows of it; the coordinator is told once."""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from .ledger.records import NoticeRecord, Undeliverable
from .ledger.what import SYSTEM
from .mail.bounces import Bounce, Failure
from .mail.returned import UndeliverableAddress
from .nagging.people import ROLE_TITLES
from .plan.ladders import Role
from .plan.model import Person
from .plan.office import OfficePlan
from .posting import Dispatch, MailDeferred, MailRefused, post
from .workspace import Workspace

log = logging.getLogger(__name__)

REASON = "信箱退信"
RECENT = timedelta(days=14)  # how long servers try, twice over: RFC 5321, 4.5.4.1


@dataclass(frozen=True, kw_only=True)
class _Returned:
    """A failure, with the notices that went to that address in the mail that failed."""

    failure: Failure
    notices: tuple[NoticeRecord, ...]

    @property
    def address(self) -> str:
        """The one that we wrote to: it may forward to the one that failed."""
        return self.notices[0].recipient.lower()

    @property
    def why(self) -> str:
        failure = self.failure
        said = failure.said or failure.status or "對方伺服器沒有說明原因"
        forwarded = failure.recipient not in ("", self.address)
        return f"{said}（轉寄至 {failure.recipient}）" if forwarded else said


def take_back(desk: Workspace, bounce: Bounce, *, blob: str, now: datetime) -> str:
    """Put a delivery report on record. `blob` is where the store keeps it.

    Its notices are `bounced`, and its address is marked undeliverable, if it failed for good. Gives
    "" or, for a report about nothing that we sent, why it is set aside: anybody can write one.
    """
    found = list(_known(desk, bounce, now))
    for returned in found:
        ids = [notice.id for notice in returned.notices]
        if returned.failure.fate == "delayed":
            desk.ledger.notices.delayed(ids, now=now, why=returned.why, message_blob=blob)
            continue
        desk.ledger.notices.bounced(ids, now=now, why=returned.why, message_blob=blob)
        if returned.failure.blames_the_address:
            desk.ledger.people.mark_undeliverable(
                returned.address, now=now, why=returned.why, who=SYSTEM
            )
    if found:
        return ""
    if bounce.message_ids:
        return "退信通知，但所退的信不是本系統寄出的"
    return "退信通知，但本系統近期沒有寄信給所指的信箱"


def _known(desk: Workspace, bounce: Bounce, now: datetime) -> Iterator[_Returned]:
    """What the ledger knows of: by the Message-ID where the report has one, else by the address."""
    if bounce.message_ids:
        notices = desk.ledger.notices.by_message_id(bounce.message_ids)
        if notices:
            yield _Returned(failure=_about(bounce, notices[0].recipient), notices=notices)
        return
    for failure in bounce.failures:
        sent = desk.ledger.notices.last_sent_to(failure.recipient, since=now - RECENT)
        if sent:
            yield _Returned(failure=failure, notices=sent)


def _about(bounce: Bounce, recipient: str) -> Failure:
    """Each of our mails has one recipient; a failure of another is one that it forwards to."""
    own = (each for each in bounce.failures if each.recipient == recipient.lower())
    return next(own, bounce.failures[0])


def tell_of_returned(
    desk: Workspace, client: smtplib.SMTP, office: OfficePlan, *, now: datetime
) -> None:
    """Tell the coordinator of each address in the contacts that mail does not reach, once.

    What is told is read from the ledger: a mail that cannot be sent now is sent at the next call.
    """
    for dispatch in _tellings(desk, office):
        try:
            post(desk, client, dispatch, mailbox=office.contacts.mailbox, now=now)
        except (MailDeferred, MailRefused) as trouble:
            log.warning("%s", trouble)  # on record, and what it tells of is in the ledger


def _tellings(desk: Workspace, office: OfficePlan) -> Iterator[Dispatch]:
    unreached = desk.ledger.people.undeliverable()
    coordinator = office.contacts.coordinator
    if coordinator.email.lower() in unreached:
        log.error("計畫承辦人的信箱 %s 退信，無法以信件通知；請更正通訊錄", coordinator.email)
        return
    for each in unreached.values():
        roles = dict(_roles(office, each.email))
        if roles:
            yield Dispatch(
                about=office.office,
                rung=f"undeliverable:{each.email}:{each.since:%Y%m%dT%H%M%SZ}",
                to=coordinator,
                reason=f"{REASON}：{each.email}",
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
    contacts = office.contacts
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
                    yield f"{names.get(key, key)}{ROLE_TITLES[role]}", person
    if contacts.director.email.lower() == email:
        yield ROLE_TITLES["director"], contacts.director
    if contacts.head_office.email.lower() == email:
        yield "總處窗口", contacts.head_office
