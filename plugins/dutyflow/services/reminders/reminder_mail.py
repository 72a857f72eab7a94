"""寄出稽催: each digest of a round becomes one mail, sent once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from itertools import chain, islice

from dutyflow.calendars.roc import format_roc
from dutyflow.mail.addresses import reply_address
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.reminders import Line, Reminder
from dutyflow.nagging import wording
from dutyflow.nagging.decisions import Nag
from dutyflow.nagging.digests import Digest
from dutyflow.plan.answers import Answer, from_json
from dutyflow.plan.asking import awaited_by
from dutyflow.services.messaging import form_links
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.post import Batch, OutgoingMail, Point
from dutyflow.services.messaging.undeliverable import tell_of_returned
from dutyflow.services.workspace import Case, Workspace

WRITTEN_TOGETHER = 50  # so many mails' facts are in memory, and as of the same moment


def remind(
    workspace: Workspace,
    office: str,
    digests: Iterable[Digest],
    *,
    now: datetime,
    clock: Callable[[], datetime] | None = None,
) -> None:
    """Send the digests that an office's mailbox sends, over one connection.

    They are as of `now`; `clock` tells when each goes out, where that takes long. One that cannot
    be written or sent stops no other. Raises MailDeferred or MailRefused, after every one has been
    tried.
    """
    mailbox = workspace.office(office).contacts.mailbox
    batch = Batch(workspace=workspace, mailbox=mailbox, now=now, clock=clock)
    batch.post(_dispatches(workspace, digests, now))
    tell_of_returned(workspace, workspace.office(office), now=now)
    batch.settle()


def write_digest(
    workspace: Workspace,
    digest: Digest,
    *,
    now: datetime,
    known: Mapping[str, Case] | None = None,
    asked: Mapping[str, date] | None = None,
) -> OutgoingMail:
    """The mail that a digest becomes, as it would be sent at `now`.

    `known` are the assignments that were looked up before, and `asked` until when more time is
    asked for, of those that wait for a decision. Raises UnknownKey, UnknownOffice.
    """
    found = known or {}
    cases = [found.get(nag.assignment) or workspace.case(nag.assignment) for nag in digest.nags]
    asked = until_when_asked(workspace) if asked is None else asked
    parts = [
        _Part(case=case, nag=nag, now=now, asked=asked.get(nag.assignment))
        for case, nag in zip(cases, digest.nags, strict=True)
    ]
    first, *more = (part.point for part in parts)
    alone = parts[0] if len(parts) == 1 else None
    threads = dict.fromkeys(nag.assignment for nag in digest.nags)
    return OutgoingMail(
        **vars(first),
        more=tuple(more),
        to=digest.to,
        content=Reminder(
            office="、".join(workspace.office(key).name for key in digest.offices),
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


def until_when_asked(workspace: Workspace) -> dict[str, date]:
    """Of each assignment for which more time is asked and nobody has decided, the day."""
    return {each.assignment: each.until for each in workspace.ledger.requests.pending()}


def _dispatches(
    workspace: Workspace, digests: Iterable[Digest], now: datetime
) -> Iterator[OutgoingMail]:
    """The mails, written one by one; what they are about is looked up for some at once."""
    # Not generators, which would end with the first that cannot be written.
    return chain.from_iterable(map(partial(_written_together, workspace, now), _some(digests)))


def _written_together(
    workspace: Workspace, now: datetime, digests: Sequence[Digest]
) -> map[OutgoingMail]:
    known = workspace.cases(nag.assignment for digest in digests for nag in digest.nags)
    asked = until_when_asked(workspace)
    return map(partial(write_digest, workspace, now=now, known=known, asked=asked), digests)


def _some(digests: Iterable[Digest]) -> Iterator[Sequence[Digest]]:
    waiting = iter(digests)
    while some := tuple(islice(waiting, WRITTEN_TOGETHER)):
        yield some


@dataclass(frozen=True, kw_only=True)
class _Part:
    """One nag, with all that its line says."""

    case: Case
    nag: Nag
    now: datetime
    asked: date | None

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
        case, paper = self.case, AssignmentMail(self.case)
        mailbox = case.office.contacts.mailbox.address
        form = self.form
        return Line(
            office=case.plan.office.name,
            section=case.section_name,
            duty=case.duty.name,
            period=case.cycle.title,
            why=wording.why_told(self.nag, case.titles),
            deadline=paper.deadline(self.now),
            tone=self.nag.tone,
            reply_to=reply_address(mailbox, case.assignment.token),
            as_role=wording.as_role(self.nag, case.titles),
            purpose=self.nag.purpose,
            others=wording.others_told(self.nag, case.titles),
            awaited_by=awaited_by(case.duty, case.cycle.report_due, self.nag.deadline, case.titles),
            form_name=form.name if form else "",
            note=self._note,
            subject=self.nag.step.subject,
            correction=case.assignment.accepted_submission is not None,
            may_extend=case.plan.extensions.are_granted,
            link=form_links.link(case, self.nag.to.person, self.now) if self._is_asked else "",
        )

    @property
    def form(self) -> Attachment | None:
        """The form, with what the section has filled in already."""
        if not self.nag.brings_form:
            return None
        return AssignmentMail(self.case).attached_form(self._known)

    @property
    def appointment(self) -> tuple[Attachment, ...]:
        """The deadline for their calendar, for whom it is to be met."""
        return (AssignmentMail(self.case).appointment(self.now),) if self._is_asked else ()

    @property
    def _is_asked(self) -> bool:
        return self.nag.purpose == "ask"

    @property
    def _known(self) -> tuple[Answer, ...]:
        came = self.case.workspace.ledger.submissions.of(self.case.assignment.key)
        return from_json(came[-1].answers) if came else ()

    @property
    def _note(self) -> str:
        assignment = self.case.assignment
        if assignment.accepted_submission is not None:
            return f"先前的填報已收到，退回補正：{assignment.returned_note}"
        if assignment.state == "submitted":
            return "先前寄來的檔案還有需要修正的地方，請見先前的回信"
        if self.asked is not None:
            until = format_roc(self.asked, weekday=True)
            return f"已申請展期至 {until}，等候核示；核示之前，期限不變"
        return ""
