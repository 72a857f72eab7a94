"""判讀: what came for one assignment, a form or words, is judged, kept, and answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from . import extending
from .answering import NO_FORM, Arrival, answer_to, reply, writer_of
from .answers import Answer
from .calendars.roc import in_zone
from .casework import answers_before
from .forms.doubts import doubts
from .forms.judge import Verdict, judge
from .forms.texts import file_key
from .keeping import Delivered, Made, Parcel, files_that_came, identity_of, record
from .ledger.records import SubmissionRecord
from .mail.attachment import Attachment
from .mail.bodies import new_text, says_nothing, wish_in
from .plan.asking import NOTHING
from .posting import Dispatch
from .workspace import Case


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was put on record, None where it only asked for something; and the mails to be sent, the
    answer last."""

    submission: SubmissionRecord | None
    mails: tuple[Dispatch, ...]


def judge_parcel(parcel: Parcel, delivered: Delivered, now: datetime) -> Judged:
    """Judge what came for one assignment, put the verdict on record; the mails that follow."""
    if parcel.workbooks:
        return _by_its_form(parcel, delivered, now)
    return _by_its_words(parcel, delivered, now) or _without_a_form(parcel, delivered, now)


def _by_its_form(parcel: Parcel, delivered: Delivered, now: datetime) -> Judged:
    case = parcel.case
    attached = files_that_came(case, delivered)
    file, verdict = _best(case, parcel.workbooks, attached)
    workbook = case.desk.store.put(file.data)
    content = identity_of(workbook, [attached.get(file_key(name), "") for name in verdict.files])
    odd = doubts(case.form, case.rows, verdict.answers, answers_before(case))
    made = Made(verdict=verdict, content=content, doubts=odd if verdict.accepted else ())
    return _recorded(parcel, delivered, made, now, receipt_for=workbook)


def _without_a_form(parcel: Parcel, delivered: Delivered, now: datetime) -> Judged:
    made = Made(verdict=Verdict(), content=delivered.identity, reason=NO_FORM)
    return _recorded(parcel, delivered, made, now)


def _by_its_words(parcel: Parcel, delivered: Delivered, now: datetime) -> Judged | None:
    """What follows from what a reply without a form says; None where that is nothing."""
    case, text = parcel.case, new_text(delivered.text)
    if case.form.nothing and _says_nothing(case, delivered, text):
        made = Made(verdict=Verdict(answers=_nothing(case)), content=NOTHING)
        return _recorded(parcel, delivered, made, now)
    wish = wish_in(text, today=in_zone(delivered.received_at, case.zone).date())
    by = writer_of(delivered, case.section_name)
    if wish is None or by is None:
        return None
    asking = extending.Asking(wish=wish, by=by, at=delivered.received_at, source=delivered.blob)
    if extending.is_asked_already(case, asking):
        return Judged(submission=None, mails=())
    told, mails = extending.ask(case, asking, now=now)
    return Judged(submission=None, mails=_some(*mails, reply(case, delivered, told)))


def _recorded(
    parcel: Parcel, delivered: Delivered, made: Made, now: datetime, *, receipt_for: str = ""
) -> Judged:
    recorded = record(parcel, delivered, made, now)
    arrival = Arrival(
        case=parcel.case,
        delivered=delivered,
        made=made,
        recorded=recorded,
        receipt_for=receipt_for or delivered.blob,
    )
    return Judged(submission=recorded.submission, mails=_some(answer_to(arrival, now)))


def _says_nothing(case: Case, delivered: Delivered, text: str) -> bool:
    """Only in words: with a file beside them, other than a picture, they are not all there is."""
    alone = all(file.content_type.startswith("image/") for file in delivered.files)
    people = [*case.people.owners, *case.people.deputies, case.people.head]
    names = (delivered.sender_name, case.section_name, *(person.name for person in people))
    return alone and not delivered.ignored and says_nothing(text, names=names)


def _nothing(case: Case) -> tuple[Answer, ...]:
    """無辦理事項 in every row of the form, or in the only one."""
    rows = [row.id for row in case.rows] if case.form.is_table else [""]
    return tuple(Answer(row=row, nothing=True) for row in rows)


def _best(
    case: Case, workbooks: Iterable[Attachment], attached: Collection[str]
) -> tuple[Attachment, Verdict]:
    """The first workbook that can be accepted, else the last one with its problems."""
    for file in workbooks:
        verdict = judge(
            file.data,
            form=case.form,
            rows=case.rows,
            secret=case.desk.secret,
            assignment=case.assignment.key,
            plan_hash=case.cycle.plan_hash,
            attached=attached,
        )
        if verdict.accepted:
            break
    return file, verdict


def _some(*answers: Dispatch | None) -> tuple[Dispatch, ...]:
    return tuple(filter(None, answers))
