"""退回補正: what was accepted goes back to its section, with a note and a new cut-off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from dutyflow.calendars.cycles import cut_off
from dutyflow.calendars.roc import in_zone
from dutyflow.mail.outbound.contexts import Returned
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind
from dutyflow.plan import answers
from dutyflow.services.messaging import form_links
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.workspace import Case


def send_back(case: Case, note: str, *, who: str, now: datetime) -> None:
    """Put it on record. Raises NotPossible where nothing stands accepted."""
    case.workspace.ledger.assignments.return_for_correction(
        case.assignment.key, note=note, until=_correct_by(case, now), now=now, who=who
    )


def letters(case: Case, now: datetime) -> Iterator[OutgoingMail]:
    """What the owners of a returned section are told, their own answers attached."""
    case = case.workspace.case(case.assignment.key)  # as it stands after the return
    paper = AssignmentMail(case)
    number = case.assignment.accepted_submission
    kept = case.workspace.ledger.submissions.get(number).answers if number else ()
    form = paper.attached_form(answers=answers.from_json(kept))
    for person in case.people.owners:
        yield OutgoingMail(
            about=case.assignment.key,
            cycle=case.cycle.key,
            rung=Rung(kind=RungKind.RETURNED, which=str(case.assignment.returns)),
            to=person,
            reason=Reason(ReasonCode.RETURNED),
            content=Returned(
                about=paper.about,
                note=case.assignment.returned_note,
                deadline=paper.deadline(now),
                form_name=form.name,
                link=form_links.link(case, person, now),
            ),
            thread=case.assignment.key,
            token=case.assignment.token,
            attachments=(form,),
        )


def _correct_by(case: Case, now: datetime) -> datetime:
    today = in_zone(now, case.zone).date()
    last = case.office.calendar.shift(today, case.duty.collect_again)
    return cut_off(last, case.zone)
