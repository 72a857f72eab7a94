"""回執: the mails that follow from what sections did on their page.

The page takes in without a mail server. What has to be told is in the ledger: here it is sent, each
once, by whoever has a connection.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from . import links
from .answering import Arrival, answer_to, reply
from .answers import from_json
from .casework import Stationery
from .forms.judge import Verdict
from .keeping import Delivered, Parcel
from .ledger.records import CallRecord, Recorded, SubmissionRecord
from .mail.links import DeputyUnknown, LinkLine, Links
from .plan.model import Person
from .plan.office import OfficePlan
from .posting import Dispatch, MailRefused, post
from .requesting import to_decide
from .workspace import Case, Workspace

log = logging.getLogger(__name__)

WITHIN = timedelta(days=14)  # what could not be told for longer is of no use any more


def confirm(
    desk: Workspace, client: smtplib.SMTP, office_id: str, *, clock: Callable[[], datetime]
) -> int:
    """Send all that an office's sections wait for. Returns how many mails. Raises MailDeferred."""
    office = desk.office(office_id)
    count = 0
    for dispatch in _due(desk, office, clock()):
        try:
            post(desk, client, dispatch, mailbox=office.contacts.mailbox, now=clock())
        except MailRefused as refused:
            log.warning("%s", refused)  # on record as refused
        count += 1
    return count


def offices_that_wait(desk: Workspace, now: datetime) -> list[str]:
    """The offices that have something to be told."""
    waiting = desk.ledger.calls.offices_untold(now - WITHIN)
    return [key for key in desk.offices if key in waiting]


def _due(desk: Workspace, office: OfficePlan, now: datetime) -> Iterator[Dispatch]:
    ledger, since = desk.ledger, now - WITHIN
    for number in ledger.calls.receipts_untold(office.office, since):
        yield from _receipt(desk, office, ledger.submissions.get(number), now)
    for number in ledger.calls.requests_untold(office.office, since):
        request = ledger.requests.get(number)
        yield to_decide(desk.case(request.assignment), request, now)
    for call in ledger.calls.untold(office.office, since):
        yield _answer(desk, office, call, now)


def _receipt(
    desk: Workspace, office: OfficePlan, submission: SubmissionRecord, now: datetime
) -> Iterator[Dispatch]:
    """As a form that came by mail is answered, with a copy of what was filled in."""
    case = desk.case(str(submission.assignment))
    answers = from_json(submission.answers)
    recorded = Recorded(submission=submission, is_new=True)
    verdict = Verdict(answers=answers)
    delivered = Delivered(
        blob=submission.raw_blob,
        received_at=submission.received_at,
        channel="upload",
        sender=submission.sender,
        sender_name=_named(office, submission.sender).name,
    )
    arrival = Arrival.of(Parcel(case=case, workbooks=()), delivered, verdict, recorded)
    paper = Stationery(case)
    enclosed = (paper.attached_form(answers), paper.appointment_over(now))
    dispatch = reply(case, delivered, answer_to(arrival, now), *enclosed)
    if dispatch is not None:
        yield dispatch


def _answer(desk: Workspace, office: OfficePlan, call: CallRecord, now: datetime) -> Dispatch:
    if call.kind == "deputy":
        return _of_deputy(desk, office, call, now)
    return _with_links(desk, office, call, _named(office, call.email), now)


def _of_deputy(desk: Workspace, office: OfficePlan, call: CallRecord, now: datetime) -> Dispatch:
    """To the deputy; to the coordinator where the contacts do not know one."""
    case = desk.case(str(call.assignment))
    deputy = Person(name=call.deputy_name, email=call.deputy_email)
    known = any(deputy.email.lower() == each.email.lower() for each in links.people(case))
    if known:
        return _with_links(desk, office, call, deputy, now)
    content = DeputyUnknown(
        about=Stationery(case).about,
        person=_named(office, call.email).name,
        until=call.until or now.date(),
        deputy=f"{deputy.name}（{deputy.email}）",
    )
    return _dispatch(office, call, office.contacts.coordinator, content, content.headline)


def _with_links(
    desk: Workspace, office: OfficePlan, call: CallRecord, to: Person, now: datetime
) -> Dispatch:
    acting_for = _named(office, call.email).name if call.kind == "deputy" else ""
    content = Links(
        office=office.name,
        lines=tuple(_lines(desk, office, to, now)),
        coordinator=office.contacts.coordinator,
        acting_for=acting_for,
        until=call.until,
        resent=call.kind == "resend",
    )
    return _dispatch(office, call, to, content, content.why)


def _dispatch(
    office: OfficePlan, call: CallRecord, to: Person, content: Links | DeputyUnknown, reason: str
) -> Dispatch:
    return Dispatch(
        about=f"{office.office}/calls",
        rung=f"call:{call.id}",
        to=to,
        reason=reason,
        content=content,
    )


def _lines(
    desk: Workspace, office: OfficePlan, person: Person, now: datetime
) -> Iterator[LinkLine]:
    for case in _open_cases(desk, office):
        url = links.link(case, person, now)
        if url:
            about = Stationery(case).about
            deadline = Stationery(case).deadline(now)
            yield LinkLine(title=f"{about.title}（{about.section}）", deadline=deadline, url=url)


def _open_cases(desk: Workspace, office: OfficePlan) -> list[Case]:
    """The most pressing first."""
    standings = sorted(desk.ledger.standings.open(office.office), key=lambda it: it.collect_by)
    return [desk.case(standing.key) for standing in standings]


def _named(office: OfficePlan, email: str) -> Person:
    everybody = (person for person in office.contacts.everybody())
    found = next((each for each in everybody if each.email.lower() == email.lower()), None)
    return found or Person(name="承辦人", email=email)
