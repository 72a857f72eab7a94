"""寄出稽催: each digest of a round becomes one mail, sent once."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from . import links
from .answers import Answer, from_json
from .casework import Stationery
from .mail.addresses import reply_address
from .mail.attachment import Attachment
from .mail.reminders import Line, Reminder
from .nagging.decisions import Nag
from .nagging.digests import Digest
from .posting import Batch, Dispatch, Point
from .returning import tell_of_returned
from .workspace import Case, Workspace


def remind(
    desk: Workspace,
    client: smtplib.SMTP,
    office: str,
    digests: Iterable[Digest],
    *,
    now: datetime,
) -> None:
    """Send the digests that an office's mailbox sends, over one connection.

    One that cannot be written or sent stops no other. Raises MailDeferred or MailRefused, after
    every one has been tried.
    """
    mailbox = desk.office(office).contacts.mailbox
    batch = Batch(desk=desk, client=client, mailbox=mailbox, now=now)
    # Not a generator, which would end with the first one that cannot be written.
    batch.post(map(partial(write_digest, desk, now=now), digests))
    tell_of_returned(desk, client, desk.office(office), now=now)
    batch.settle()


def write_digest(desk: Workspace, digest: Digest, *, now: datetime) -> Dispatch:
    """The mail that a digest becomes, as it would be sent at `now`."""
    parts = [_Part(case=desk.case(nag.assignment), nag=nag, now=now) for nag in digest.nags]
    first, *more = (part.point for part in parts)
    alone = parts[0] if len(parts) == 1 else None
    threads = dict.fromkeys(nag.assignment for nag in digest.nags)
    return Dispatch(
        **vars(first),
        more=tuple(more),
        to=digest.to,
        content=Reminder(
            office="、".join(desk.office(key).name for key in digest.offices),
            lines=tuple(part.line for part in parts),
            coordinator=parts[0].case.office.contacts.coordinator,
        ),
        thread=alone.case.assignment.key if alone else "",
        threads=() if alone else tuple(threads),
        token=alone.case.assignment.token if alone else "",
        attachments=(
            *(form for part in parts if (form := part.form) is not None),
            *(alone.appointment if alone else ()),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One nag, with all that its line says."""

    case: Case
    nag: Nag
    now: datetime

    @property
    def point(self) -> Point:
        return Point(
            about=self.nag.assignment,
            rung=self.nag.rung,
            reason=self.nag.reason,
            cycle=self.case.cycle.key,
            acting_for=self.nag.to.acting_for,
        )

    @property
    def line(self) -> Line:
        case, paper = self.case, Stationery(self.case)
        mailbox = case.office.contacts.mailbox.address
        form = self.form
        return Line(
            office=case.plan.office.name,
            section=case.section_name,
            duty=case.duty.name,
            period=case.cycle.title,
            why=self.nag.why,
            deadline=paper.deadline(self.now),
            tone=self.nag.tone,
            reply_to=reply_address(mailbox, case.assignment.token),
            as_role=self.nag.as_role,
            others=self.nag.others,
            form_name=form.name if form else "",
            note=self._note,
            subject=self.nag.step.subject,
            correction=case.assignment.accepted_submission is not None,
            may_extend=case.plan.extensions.are_granted,
            link=links.link(case, self.nag.to.person, self.now) if self._is_asked else "",
        )

    @property
    def form(self) -> Attachment | None:
        """The form, with what the section has filled in already."""
        if not self.nag.brings_form:
            return None
        return Stationery(self.case).attached_form(self._known)

    @property
    def appointment(self) -> tuple[Attachment, ...]:
        """The deadline for their calendar, for whom it is to be met."""
        return (Stationery(self.case).appointment(self.now),) if self._is_asked else ()

    @property
    def _is_asked(self) -> bool:
        return self.nag.to.role in ("owner", "deputy")

    @property
    def _known(self) -> tuple[Answer, ...]:
        came = self.case.desk.ledger.submissions.of(self.case.assignment.key)
        return from_json(came[-1].answers) if came else ()

    @property
    def _note(self) -> str:
        assignment = self.case.assignment
        if assignment.accepted_submission is not None:
            return f"先前的填報已收到，退回補正：{assignment.returned_note}"
        if assignment.state == "submitted":
            return "先前寄來的檔案還有需要修正的地方，請見先前的回信"
        return ""
