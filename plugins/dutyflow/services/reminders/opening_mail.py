"""寄開辦信: tell a section that a cycle is open, with the form in hand."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from dutyflow.calendars.roc import in_zone
from dutyflow.mail.outbound.contexts import Opening
from dutyflow.nagging import opening, wording
from dutyflow.nagging.people import Addressee, Reachability, people_of
from dutyflow.nagging.states import SETTLED
from dutyflow.services.messaging import form_links
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.post import MailRefused, OutgoingMail, post
from dutyflow.services.workspace import Case, Workspace

log = logging.getLogger(__name__)


def announce(workspace: Workspace, assignment: str, *, now: datetime) -> None:
    """Send the opening mail to each of the section's owners, once, unless it has answered already.

    Where mail reaches none of them, a deputy gets it.
    Raises MailDeferred or MailRefused, after every owner has been tried.
    """
    case = workspace.case(assignment)
    if case.assignment.state in SETTLED:
        log.info("未寄：%s 已填報或免報", case.section_name)
        return
    refused = [trouble for person in _dispatches(case, now) if (trouble := _try(case, person, now))]
    if refused:
        raise MailRefused("；".join(map(str, refused)))


def _try(case: Case, dispatch: OutgoingMail, now: datetime) -> MailRefused | None:
    try:
        notice = post(case.workspace, dispatch, mailbox=case.office.contacts.mailbox, now=now)
    except MailRefused as refused:
        return refused
    log.info("已寄：%s → %s（%s）", notice.subject, notice.recipient, notice.reason)
    return None


def _dispatches(case: Case, now: datetime) -> list[OutgoingMail]:
    paper = AssignmentMail(case)
    form = paper.attached_form()
    content = Opening(
        about=paper.about,
        deadline=paper.deadline(now),
        asked=case.asked,
        may_have_nothing=case.form.nothing,
        may_extend=case.plan.extensions.are_granted,
        reason=wording.why_opening(case.section_name, case.duty.name),
        form_name=form.name,
    )
    return [
        OutgoingMail(
            about=case.assignment.key,
            cycle=case.cycle.key,
            rung=opening.RUNG,
            to=to.person,
            reason=opening.REASON,
            content=replace(
                content,
                reason=wording.why_opening_for(to.acting_for) if to.acting_for else content.reason,
                link=form_links.link(case, to.person, now),
            ),
            thread=case.assignment.key,
            token=case.assignment.token,
            attachments=(form, paper.appointment(now)),
            acting_for=to.acting_for,
        )
        for to in _addressees(case, now)
    ]


def _addressees(case: Case, now: datetime) -> tuple[Addressee, ...]:
    """Whose mail arrives; if nobody's does, the owners: the next round tells the coordinator.

    Who is away reads it when they are back, and reminders go to who stands in for them meanwhile.
    """
    owners = opening.addressees(case.people)
    at = Reachability(away={}, undeliverable=set(case.workspace.ledger.people.undeliverable()))
    today = in_zone(now, case.zone).date()
    reached = people_of("owner", case.assignment.section, case.office.contacts, today, at)
    return reached.told or tuple(Addressee(person=person, role="owner") for person in owners)
