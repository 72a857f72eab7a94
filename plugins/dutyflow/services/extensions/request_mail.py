"""What is said of a request for more time (展期): to whoever decides, and to those who asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from dutyflow.calendars.roc import in_zone
from dutyflow.ledger.event_types import SYSTEM, EventType
from dutyflow.ledger.records import RequestRecord
from dutyflow.mail.outbound.contexts import Deadline
from dutyflow.mail.outbound.requests import (
    CollectAgain,
    DecisionNoted,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionNotTaken,
    ExtensionRefused,
    ExtensionSent,
    ShortMail,
)
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind
from dutyflow.plan.model import Person
from dutyflow.plan.roles import Decider
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.workspace import Case

COORDINATOR: Decider = "coordinator"


def person_of(case: Case, role: Decider) -> Person:
    """Who has the role for the section today."""
    contacts = case.office.contacts
    match role:
        case "head":
            return case.people.head
        case "director":
            return contacts.director
        case "head_office":
            return contacts.head_office
        case "coordinator":
            return contacts.coordinator


def titled(case: Case, role: Decider) -> str:
    """`組長 謝麗珠`: who has the role, with what the office calls it."""
    return f"{case.titles.of(role)} {person_of(case, role).name}"


def to_decide(case: Case, request: RequestRecord, now: datetime) -> OutgoingMail:
    """The request, to the person who decides; to the coordinator for one who cannot be reached."""
    today = in_zone(now, case.zone).date()
    approver = person_of(case, request.approver)
    why_not = case.workspace.reachability(case.office, today).why_not(approver, today)
    before = case.workspace.ledger.requests.of(case.assignment.key, "granted")
    acting_for = approver.name if why_not else ""
    asked = Reason.of(
        ReasonCode.EXTENSION_ASKED, acting_for=acting_for, why_not=why_not and why_not.code.value
    )
    return OutgoingMail(
        about=case.assignment.key,
        cycle=case.cycle.key,
        rung=_rung(request, "ask"),
        to=case.office.contacts.coordinator if why_not else approver,
        reason=asked,
        content=ExtensionAsked(
            about=AssignmentMail(case).about,
            asked_by=f"{request.asked_name}（{request.asked_by}）",
            asked_on=in_zone(request.asked_at, case.zone).date(),
            deadline=AssignmentMail(case).deadline(now),
            until=request.until,
            days=request.days,
            why=request.why,
            before=(len(before), sum(each.days for each in before)),
            acting_for=acting_for,
        ),
        thread=f"{case.assignment.key}/request/{request.id}",
        token=request.token,
        acting_for=acting_for,
    )


def decider_of(case: Case, request: RequestRecord) -> str:
    """Whose the decision is, reachable or not."""
    return titled(case, request.approver)


def sent(case: Case, request: RequestRecord, now: datetime) -> ExtensionSent:
    """That it was passed on to who decides."""
    return ExtensionSent(
        about=AssignmentMail(case).about,
        until=request.until,
        days=request.days,
        why=request.why,
        approver=decider_of(case, request),
        deadline=AssignmentMail(case).deadline(now),
    )


def not_taken(case: Case, sentence: str, now: datetime) -> ExtensionNotTaken:
    """Why it was not."""
    paper = AssignmentMail(case)
    return ExtensionNotTaken(about=paper.about, sentence=sentence, deadline=paper.deadline(now))


def noted(case: Case, sentence: str, *, unclear: bool = False) -> DecisionNoted:
    """What became of what somebody decided."""
    return DecisionNoted(about=AssignmentMail(case).about, sentence=sentence, unclear=unclear)


def told(case: Case, request: RequestRecord, now: datetime) -> Iterator[OutgoingMail]:
    """What a section is told of a decision; the coordinator too, where collecting begins again."""
    if request.state == "void" and request.decided_by == SYSTEM:
        return  # replaced by a later one: that one is told of
    paper = AssignmentMail(case)
    content: ShortMail
    if request.state == "granted":
        content = ExtensionGranted(
            about=paper.about, deadline=paper.deadline(now), by=request.decided_by
        )
    else:
        content = ExtensionRefused(
            about=paper.about,
            deadline=paper.deadline(now),
            by=request.decided_by,
            why=request.note,
        )
    moved = (paper.appointment(now),) if request.state == "granted" else ()
    rung = _rung(request, request.state)
    reason = _of_decision(request, paper.deadline(now))
    for mail in to_section(case, content, rung=rung, reason=reason, also=request):
        yield replace(mail, attachments=moved)
    if request.state == "granted" and was_late(case, request):
        yield _collect_again(case, request, now)


def _rung(request: RequestRecord, what: str) -> Rung:
    return Rung(kind=RungKind.REQUEST, which=f"{request.id}:{what}")


def _of_decision(request: RequestRecord, deadline: Deadline) -> Reason:
    if request.state != "granted":
        return Reason(ReasonCode.EXTENSION_REFUSED)
    hour = f"{deadline.hour:%H:%M}" if deadline.hour else ""
    return Reason.of(ReasonCode.EXTENSION_GRANTED, until=deadline.day.isoformat(), hour=hour)


def to_section(
    case: Case,
    content: ShortMail,
    *,
    rung: Rung,
    reason: Reason,
    also: RequestRecord | None = None,
) -> Iterator[OutgoingMail]:
    """A mail to each of the section's owners, and to whoever asked, if they are none of them."""
    people = {person.email.lower(): person for person in case.people.owners}
    coordinator = case.office.contacts.coordinator.email.lower()
    if also is not None and also.asked_by.lower() != coordinator:
        asker = Person(name=also.asked_name, email=also.asked_by)
        people.setdefault(asker.email.lower(), asker)
    for person in people.values():
        yield OutgoingMail(
            about=case.assignment.key,
            cycle=case.cycle.key,
            rung=rung,
            to=person,
            reason=reason,
            content=content,
            thread=case.assignment.key,
            token=case.assignment.token,
        )


def _collect_again(case: Case, request: RequestRecord, now: datetime) -> OutgoingMail:
    paper = AssignmentMail(case)
    content = CollectAgain(about=paper.about, deadline=paper.deadline(now))
    return OutgoingMail(
        about=case.assignment.key,
        cycle=case.cycle.key,
        rung=_rung(request, "collect_again"),
        to=case.office.contacts.coordinator,
        reason=Reason(ReasonCode.COLLECTED_AGAIN),
        content=content,
        thread=case.assignment.key,
    )


def was_late(case: Case, request: RequestRecord) -> bool:
    """Whether the assignment was late when the request was granted, as the ledger tells it."""
    events = case.workspace.ledger.events.of(case.assignment.key, EventType.EXTENDED)
    return any(
        event.detail.get("request") == request.id and event.detail["before"] == "late"
        for event in events
    )
