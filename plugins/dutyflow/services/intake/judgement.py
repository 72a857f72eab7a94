"""判讀: what came for one assignment, a form or words, is judged, kept, and answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from dutyflow.calendars.roc import in_zone
from dutyflow.forms.judge import Verdict, judge
from dutyflow.forms.problems import quoted
from dutyflow.forms.reader import read
from dutyflow.forms.texts import file_key
from dutyflow.forms.typed import all_nothing
from dutyflow.ledger.records import SubmissionRecord
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.bodies import new_text, says_nothing, wish_in
from dutyflow.plan.asking import NOTHING
from dutyflow.services.extensions import requests
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.workspace import Case

from .record import Incoming, Parcel, files_that_came, identity_of, is_as_we_sent_it, record
from .replies import Arrival, reply, reply_throttled, reply_to, writer_of


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was put on record, None where it only asked for something; and the mails to be sent, the
    answer last."""

    submission: SubmissionRecord | None
    mails: tuple[OutgoingMail, ...]


def judge_parcel(parcel: Parcel, delivered: Incoming, now: datetime) -> Judged:
    """Judge what came for one assignment, put the verdict on record; the mails that follow."""
    if parcel.workbooks:
        return _by_its_form(parcel, delivered, now)
    return _by_its_words(parcel, delivered, now) or _without_a_form(parcel, delivered, now)


def _by_its_form(parcel: Parcel, delivered: Incoming, now: datetime) -> Judged:
    case = parcel.case
    attached = files_that_came(case, delivered)
    file, verdict = _best(case, parcel.workbooks, attached)
    workbook = case.workspace.store.put(file.data)
    content = identity_of(workbook, [attached.get(file_key(name), "") for name in verdict.files])
    untouched = not verdict.accepted and is_as_we_sent_it(case, file)
    why = "寄回的表單與我們寄出的完全相同，沒有填寫" if untouched else ""
    recorded = record(parcel, delivered, verdict, now, content=content, reason=why)
    arrival = Arrival.of(parcel, delivered, verdict, recorded, receipt_for=workbook)
    return _answered(replace(arrival, untouched=untouched), now)


def _without_a_form(parcel: Parcel, delivered: Incoming, now: datetime) -> Judged:
    said, verdict = new_text(delivered.text), Verdict()
    why = f"信中沒有填報檔，寫的是{quoted(said)}" if said else "信中沒有填報檔"
    recorded = record(parcel, delivered, verdict, now, content=delivered.identity, reason=why)
    return _answered(Arrival.of(parcel, delivered, None, recorded), now)


def _by_its_words(parcel: Parcel, delivered: Incoming, now: datetime) -> Judged | None:
    """What follows from what a reply without a form says; None where that is nothing."""
    case, text = parcel.case, new_text(delivered.text)
    if case.form.nothing and _says_nothing(case, delivered, text):
        verdict = Verdict(answers=all_nothing(case.form, case.rows))
        recorded = record(parcel, delivered, verdict, now, content=NOTHING)
        return _answered(Arrival.of(parcel, delivered, verdict, recorded), now)
    wish = wish_in(text, today=in_zone(delivered.received_at, case.zone).date())
    by = writer_of(delivered, case.section_name)
    if wish is None or by is None:
        return None
    asking = requests.Asking(wish=wish, by=by, at=delivered.received_at, source=delivered.blob)
    return Judged(submission=None, mails=_asked(case, delivered, asking, now))


def _asked(
    case: Case, delivered: Incoming, asking: requests.Asking, now: datetime
) -> tuple[OutgoingMail, ...]:
    """What follows from asking for more time; the same once more is told once a day."""
    again = requests.same_pending(case, asking) is not None
    told, mails = requests.ask(case, asking, now=now)
    reason = told.subject if again else ""
    if reply_throttled(case, delivered, reason, now):
        return mails
    return _some(*mails, reply(case, delivered, told))


def _answered(arrival: Arrival, now: datetime) -> Judged:
    return Judged(submission=arrival.submission, mails=_some(reply_to(arrival, now)))


def _says_nothing(case: Case, delivered: Incoming, text: str) -> bool:
    """Only in words: with a file beside them, other than a picture, they are not all there is."""
    alone = all(file.content_type.startswith("image/") for file in delivered.files)
    people = [*case.people.owners, *case.people.deputies, case.people.head]
    names = (delivered.sender_name, case.section_name, *(person.name for person in people))
    return alone and not delivered.ignored and says_nothing(text, names=names)


def _best(
    case: Case, workbooks: Iterable[Attachment], attached: Collection[str]
) -> tuple[Attachment, Verdict]:
    """The first workbook that can be accepted; else the one that is most likely the form, with its
    problems: another may be evidence."""
    judged: list[tuple[Attachment, Verdict]] = []
    for file in workbooks:
        verdict = judge(
            read(file.data),
            form=case.form,
            rows=case.rows,
            secret=case.workspace.secret,
            assignment=case.assignment.key,
            plan_hash=case.cycle.plan_hash,
            attached=attached,
        )
        judged.append((file, verdict))
        if verdict.accepted:
            return file, verdict
    return max(judged, key=lambda each: (each[1].stamp is not None, len(each[1].answers)))


def _some(*answers: OutgoingMail | None) -> tuple[OutgoingMail, ...]:
    return tuple(filter(None, answers))
