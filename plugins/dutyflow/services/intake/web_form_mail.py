"""回執: the mails that follow from what sections did on their page.

The page takes in without a mail server. What has to be told is in the ledger: here it is sent, each
once, by whoever has a connection.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from dutyflow.ledger.records import CallRecord, SubmissionRecord
from dutyflow.mail.inbound.message import ParsedMessage
from dutyflow.mail.outbound.links import DeputyUnknown, LinkLine, Links
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind
from dutyflow.plan.answers import from_json
from dutyflow.plan.model import Person, address_key
from dutyflow.plan.office import OfficePlan
from dutyflow.services.extensions.request_mail import to_decide
from dutyflow.services.messaging import form_links
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.post import MailRefused, OutgoingMail, post
from dutyflow.services.workspace import Case, Workspace

from .incoming import Incoming
from .replies import Reply, Throttle
from .reply_contents import receipt, receipt_reason

log = logging.getLogger(__name__)

WITHIN = timedelta(days=14)  # what could not be told for longer is of no use any more


def confirm(workspace: Workspace, office_id: str, *, clock: Callable[[], datetime]) -> int:
    """Send all that an office's sections wait for. Returns how many mails. Raises MailDeferred."""
    office = workspace.office(office_id)
    count = 0
    for dispatch in _due(workspace, office, clock()):
        try:
            post(workspace, dispatch, mailbox=office.contacts.mailbox, now=clock())
        except MailRefused as refused:
            log.warning("%s", refused)  # on record as refused
        count += 1
    return count


def offices_that_wait(workspace: Workspace, now: datetime) -> list[str]:
    """The offices that have something to be told."""
    waiting = workspace.ledger.calls.offices_untold(now - WITHIN)
    return [key for key in workspace.offices if key in waiting]


def _due(workspace: Workspace, office: OfficePlan, now: datetime) -> Iterator[OutgoingMail]:
    ledger, since = workspace.ledger, now - WITHIN
    for number in ledger.calls.receipts_untold(office.office, since):
        yield from _receipt(workspace, office, ledger.submissions.get(number), now)
    for number in ledger.calls.requests_untold(office.office, since):
        request = ledger.requests.get(number)
        yield to_decide(workspace.case(request.assignment), request, now)
    for call in ledger.calls.untold(office.office, since):
        yield _answer(workspace, office, call, now)


def _receipt(
    workspace: Workspace, office: OfficePlan, submission: SubmissionRecord, now: datetime
) -> Iterator[OutgoingMail]:
    """As a form that came by mail is answered, with a copy of what was filled in."""
    case = workspace.case(str(submission.assignment))
    answers = from_json(submission.answers)
    sender = _named(office, submission.sender)
    paper = AssignmentMail(case)
    content = receipt(case, submission, submission.raw_blob)
    told = Reply(
        incoming=Incoming(
            blob=submission.raw_blob,
            received_at=submission.received_at,
            channel="upload",
            office=office.office,
            message=ParsedMessage(sender=submission.sender, sender_name=sender.name),
        ),
        content=content,
        reason=receipt_reason(content),
        case=case,
        enclosed=lambda: (paper.attached_form(answers), paper.appointment_over(now)),
        throttle=Throttle.NEVER,
    )
    yield from told.mails(workspace, now)


def _answer(
    workspace: Workspace, office: OfficePlan, call: CallRecord, now: datetime
) -> OutgoingMail:
    if call.kind == "deputy":
        return _of_deputy(workspace, office, call, now)
    return _with_links(workspace, office, call, _named(office, call.email), now)


def _of_deputy(
    workspace: Workspace, office: OfficePlan, call: CallRecord, now: datetime
) -> OutgoingMail:
    """To the deputy; to the coordinator where the contacts do not know one."""
    case = workspace.case(str(call.assignment))
    deputy = Person(name=call.deputy_name, email=call.deputy_email)
    known = any(deputy.key == each.key for each in form_links.people(case))
    if known:
        return _with_links(workspace, office, call, deputy, now)
    content = DeputyUnknown(
        about=AssignmentMail(case).about,
        person=_named(office, call.email).name,
        until=call.until or now.date(),
        deputy=f"{deputy.name}（{deputy.email}）",
    )
    return _dispatch(office, call, office.contacts.coordinator, content, content.headline)


def _with_links(
    workspace: Workspace, office: OfficePlan, call: CallRecord, to: Person, now: datetime
) -> OutgoingMail:
    acting_for = _named(office, call.email).name if call.kind == "deputy" else ""
    content = Links(
        office=office.name,
        lines=tuple(_lines(workspace, office, to, now)),
        coordinator=office.contacts.coordinator,
        acting_for=acting_for,
        until=call.until,
        resent=call.kind == "resend",
    )
    return _dispatch(office, call, to, content, content.why)


def _dispatch(
    office: OfficePlan, call: CallRecord, to: Person, content: Links | DeputyUnknown, reason: str
) -> OutgoingMail:
    return OutgoingMail(
        about=f"{office.office}/calls",
        rung=Rung(kind=RungKind.CALL, which=str(call.id)),
        to=to,
        reason=Reason.of(ReasonCode.REPLY, subject=reason),
        content=content,
    )


def _lines(
    workspace: Workspace, office: OfficePlan, person: Person, now: datetime
) -> Iterator[LinkLine]:
    for case in _open_cases(workspace, office):
        url = form_links.link(case, person, now)
        if url:
            about = AssignmentMail(case).about
            deadline = AssignmentMail(case).deadline(now)
            yield LinkLine(title=f"{about.title}（{about.section}）", deadline=deadline, url=url)


def _open_cases(workspace: Workspace, office: OfficePlan) -> list[Case]:
    """The most pressing first."""
    standings = sorted(workspace.ledger.standings.open(office.office), key=lambda it: it.collect_by)
    return [workspace.case(standing.key) for standing in standings]


def _named(office: OfficePlan, email: str) -> Person:
    everybody = (person for person in office.contacts.everybody())
    found = next((each for each in everybody if each.key == address_key(email)), None)
    return found or Person(name="承辦人", email=email)
