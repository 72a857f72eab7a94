"""退回補正: what was accepted goes back to its section, with a note and a new cut-off."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from . import answers, links
from .calendars.cycles import cut_off
from .calendars.roc import in_zone
from .casework import Stationery
from .mail.contexts import Returned
from .posting import Dispatch
from .workspace import Case


def send_back(case: Case, note: str, *, who: str, now: datetime) -> None:
    """Put it on record. Raises NotPossible where nothing stands accepted."""
    case.desk.ledger.assignments.return_for_correction(
        case.assignment.key, note=note, until=_correct_by(case, now), now=now, who=who
    )


def letters(case: Case, now: datetime) -> Iterator[Dispatch]:
    """What the owners of a returned section are told, their own answers attached."""
    case = case.desk.case(case.assignment.key)  # as it stands after the return
    paper = Stationery(case)
    number = case.assignment.accepted_submission
    kept = case.desk.ledger.submissions.get(number).answers if number else ()
    form = paper.attached_form(answers=answers.from_json(kept))
    for person in case.people.owners:
        yield Dispatch(
            about=case.assignment.key,
            cycle=case.cycle.key,
            rung=f"returned:{case.assignment.returns}",
            to=person,
            reason="退回補正",
            content=Returned(
                about=paper.about,
                note=case.assignment.returned_note,
                deadline=paper.deadline(now),
                form_name=form.name,
                link=links.link(case, person, now),
            ),
            thread=case.assignment.key,
            token=case.assignment.token,
            attachments=(form,),
        )


def _correct_by(case: Case, now: datetime) -> datetime:
    today = in_zone(now, case.zone).date()
    last = case.office.calendar.shift(today, case.duty.collect_again)
    return cut_off(last, case.zone)
