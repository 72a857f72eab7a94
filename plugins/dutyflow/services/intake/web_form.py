"""填報頁: what a section does on its page. No mail is sent from here, see `confirming`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from dutyflow.calendars.roc import format_roc
from dutyflow.errors import DutyflowError, Finding
from dutyflow.forms import evidence
from dutyflow.forms.judge import Verdict, judge
from dutyflow.forms.problems import Problem
from dutyflow.forms.reader import read
from dutyflow.forms.texts import file_key
from dutyflow.forms.typed import Typed, all_nothing, judge_typed, typed_from
from dutyflow.ledger.records import Draft, DraftRecord, NewCall, SubmittedFile
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.bodies import WHY_LIMIT, Wish
from dutyflow.mail.outbound.contexts import Content, Receipt
from dutyflow.mail.outbound.requests import ShortMail
from dutyflow.plan.answers import from_json
from dutyflow.plan.model import Person, SectionContacts
from dutyflow.services.extensions import requests
from dutyflow.services.messaging.form_links import Visit, closed
from dutyflow.services.workspace import Case, Workspace

from .record import Incoming, Parcel, files_that_came, identity_of, kept, record
from .replies import Arrival, answer_to, receipt

BY_LINK = "填報頁的專屬連結"
FILES_LIMIT = 100
BYTES_LIMIT = 25 * 2**20  # of all the files of one answer
CALLS_APART = timedelta(minutes=10)  # new links for one address
TOO_MUCH = "佐證檔案"
LONGEST_LEAVE = timedelta(days=366)


@dataclass(frozen=True, kw_only=True)
class Begun:
    """What stands in the form when it is opened. `version` is that of the draft, 0 without one."""

    typed: Typed
    files: tuple[SubmittedFile, ...] = ()
    version: int = 0
    saved_by: str = ""
    saved_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Handed:
    """What became of what was handed in: the words for it, and each problem at its place."""

    said: Content
    problems: tuple[Problem, ...] = ()

    @property
    def accepted(self) -> bool:
        return isinstance(self.said, Receipt)


def begun(case: Case) -> Begun:
    """The draft; else what the section has sent before, whichever way."""
    draft = case.workspace.ledger.drafts.of(case.assignment.key)
    if draft is not None:
        return _as_begun(draft)
    came = case.workspace.ledger.submissions.of(case.assignment.key)
    known = next((each.answers for each in reversed(came) if each.answers), ())
    return Begun(typed=typed_from(case.form, from_json(known)))


def _as_begun(draft: DraftRecord) -> Begun:
    return Begun(
        typed=draft.typed,
        files=draft.files,
        version=draft.version,
        saved_by=draft.saved_by,
        saved_at=draft.saved_at,
    )


def save_draft(
    visit: Visit, begun: Begun, *, more: Iterable[Attachment] = (), now: datetime
) -> Begun | None:
    """Keep what was typed, and the files. None where somebody saved another version meanwhile."""
    files = {file_key(file.name): file for file in begun.files}
    files |= {file_key(file.name): kept(visit.case.workspace, file) for file in more}
    draft = Draft(
        assignment=visit.case.assignment.key,
        typed={row: dict(said) for row, said in begun.typed.items()},
        files=tuple(files.values()),
        saved_by=visit.person.name,
    )
    saved = visit.case.workspace.ledger.drafts.save(draft, over=begun.version, now=now)
    return _as_begun(saved) if saved else None


def unfit_files(files: Iterable[Attachment]) -> tuple[Finding, ...]:
    """The files that cannot stand as evidence, and why; as the mails tell it."""
    return tuple(
        Finding(where=place_of_file(file), found=why, expected=evidence.WANTED)
        for file in files
        if (why := evidence.why_unfit(file.name, file.data))
    )


def place_of_file(file: Attachment) -> str:
    return f"佐證檔案「{file.name}」"


def without_file(begun: Begun, name: str) -> Begun:
    """Without a file that was attached by mistake."""
    kept_files = (file for file in begun.files if file_key(file.name) != file_key(name))
    return replace(begun, files=tuple(kept_files))


def excess(sizes: Mapping[str, int]) -> tuple[Finding, ...]:
    """What is wrong with the files, by name in bytes, taken together: too many, or too large."""
    size, hint = sum(sizes.values()), "剛才選的檔案沒有存下來；請縮小或分開提供"
    if len(sizes) > FILES_LIMIT:
        found, expected = f"全部共 {len(sizes)} 個檔案", f"{FILES_LIMIT} 個以內"
    elif size > BYTES_LIMIT:
        found, expected = f"全部共 {size / 2**20:.0f} MB", f"{BYTES_LIMIT // 2**20} MB 以內"
    else:
        return ()
    return (Finding(where=TOO_MUCH, found=found, expected=expected, hint=hint),)


def hand_in(visit: Visit, begun: Begun, *, now: datetime) -> Handed:
    """Take in what was typed into the page, with its files: stored first, then judged."""
    case = visit.case
    blob = case.workspace.store.put(_typed_document(case, begun.typed))
    delivered = _delivered(visit, blob, _stored(case.workspace, begun.files), now)
    attached = files_that_came(case, delivered)
    verdict = judge_typed(begun.typed, form=case.form, rows=case.rows, attached=attached)
    return _recorded(visit, delivered, verdict, attached, now)


def hand_in_workbook(
    visit: Visit, workbook: Attachment, others: tuple[Attachment, ...], *, now: datetime
) -> Handed:
    """Take in a filled workbook, with what comes beside it."""
    case = visit.case
    blob = case.workspace.store.put(workbook.data)
    draft = case.workspace.ledger.drafts.of(case.assignment.key)
    newer = {file_key(file.name) for file in others}
    earlier = [file for file in (draft.files if draft else ()) if file_key(file.name) not in newer]
    files = (workbook, *others, *_stored(case.workspace, earlier))
    delivered = _delivered(visit, blob, files, now)
    attached = files_that_came(case, delivered)
    verdict = judge(
        read(workbook.data),
        form=case.form,
        rows=case.rows,
        secret=case.workspace.secret,
        assignment=case.assignment.key,
        plan_hash=case.cycle.plan_hash,
        attached=attached,
    )
    return _recorded(visit, delivered, verdict, attached, now)


def hand_in_nothing(visit: Visit, *, now: datetime) -> Handed:
    """無辦理事項, for the whole form."""
    case = visit.case
    answers = all_nothing(case.form, case.rows)
    blob = case.workspace.store.put(_typed_document(case, typed_from(case.form, answers)))
    delivered = _delivered(visit, blob, (), now)
    return _recorded(visit, delivered, Verdict(answers=answers), {}, now)


def _recorded(
    visit: Visit,
    delivered: Incoming,
    verdict: Verdict,
    attached: Mapping[str, str],
    now: datetime,
) -> Handed:
    named = [attached.get(file_key(name), "") for name in verdict.files]
    content = identity_of(delivered.blob, named)
    parcel = Parcel(case=visit.case, workbooks=(), matched_by=BY_LINK)
    recorded = record(parcel, delivered, verdict, now, content=content)
    said = answer_to(Arrival.of(parcel, delivered, verdict, recorded), now)
    return Handed(said=said, problems=verdict.problems)


def _delivered(visit: Visit, blob: str, files: tuple[Attachment, ...], now: datetime) -> Incoming:
    return Incoming(
        blob=blob,
        received_at=now,
        channel="upload",
        office=visit.case.cycle.office,
        sender=visit.person.email,
        sender_name=visit.person.name,
        files=files,
    )


def _typed_document(case: Case, typed: Typed) -> bytes:
    """The bytes of what was typed: the same words make the same ones."""
    content = {
        "assignment": case.assignment.key,
        "form": case.form.id,
        "form_version": case.form.version,
        "plan_hash": case.cycle.plan_hash,
        "typed": typed,
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _stored(workspace: Workspace, files: Iterable[SubmittedFile]) -> tuple[Attachment, ...]:
    return tuple(
        Attachment(
            name=file.name, content_type=file.content_type, data=workspace.store.get(file.blob)
        )
        for file in files
    )


def receipt_for(case: Case) -> Receipt | None:
    """The receipt of what counts now, whichever way it came; None where nothing does."""
    number = case.assignment.accepted_submission
    if number is None:
        return None
    submission = case.workspace.ledger.submissions.get(number)
    return receipt(case, submission, submission.raw_blob)


def ask_for_time(visit: Visit, wish: Wish, *, source: str, now: datetime) -> ShortMail:
    """展期: judged at once, and put before whoever decides. `source` tells askings apart."""
    kept_wish = Wish(until=wish.until, why=wish.why[:WHY_LIMIT], written=wish.written)
    told = sha256(f"upload {visit.person.email} {source}".encode()).hexdigest()
    asking = requests.Asking(wish=kept_wish, by=visit.person, at=now, source=told)
    word, _ = requests.ask(visit.case, asking, now=now)
    return word


def name_deputy(
    visit: Visit, deputy: Person, until: date, *, today: date, now: datetime
) -> tuple[Finding, ...]:
    """Who acts for the person, up to and including a day: from now on reminders go there.

    The contacts alone say who is asked. One who is not among them is told to the coordinator. What
    is wrong with the day, if anything, comes back, and nothing is done.
    """
    wrong = _wrong_day(until, today)
    if wrong is not None:
        return (wrong,)
    case, person = visit.case, visit.person
    case.workspace.ledger.people.set_away(
        person.email, until, now=now, who=person.name, why=f"填報頁：代理人 {deputy.name}"
    )
    call = NewCall(
        office=case.cycle.office,
        kind="deputy",
        email=person.email,
        assignment=case.assignment.key,
        deputy_name=deputy.name,
        deputy_email=deputy.email,
        until=until,
    )
    case.workspace.ledger.calls.add(call, now=now)
    return ()


def _wrong_day(until: date, today: date) -> Finding | None:
    if today <= until <= today + LONGEST_LEAVE:
        return None
    return Finding(
        where="代理到哪一天",
        found=format_roc(until),
        expected=f"今天（{format_roc(today)}）起一年以內的日期",
    )


def ask_for_links(workspace: Workspace, email: str, *, now: datetime) -> None:
    """New links, for an address that we know. Says nothing: whoever asks learns nothing."""
    address = email.strip().lower()
    for key, office in workspace.offices.items():
        known = (person for each in office.contacts.sections.values() for person in _askable(each))
        if not any(address == person.email.lower() for person in known):
            continue
        last = workspace.ledger.calls.last(address, "link")
        if last is None or last <= now - CALLS_APART:
            workspace.ledger.calls.add(NewCall(office=key, kind="link", email=address), now=now)


def resend_links(case: Case, *, who: str, now: datetime) -> tuple[Person, ...]:
    """New links for a section's owners, at the coordinator's wish; those who get them.

    Raises DutyflowError where there is no page, or where it takes nothing more for this assignment.
    """
    if not case.workspace.settings.base_url:
        raise DutyflowError("沒有設定填報頁的網址（DUTYFLOW_BASE_URL），無法寄送連結")
    if closed(case, now):
        raise DutyflowError(f"{case.section_name}這一期已經不再收填報，無須寄送連結")
    for person in case.people.owners:
        call = NewCall(
            office=case.cycle.office,
            kind="resend",
            email=person.email,
            assignment=case.assignment.key,
        )
        case.workspace.ledger.calls.add(call, now=now, who=who)
    return case.people.owners


def _askable(people: SectionContacts) -> tuple[Person, ...]:
    return (*people.owners, *people.deputies)
