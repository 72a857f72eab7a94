"""填報頁: what a section does on its page. No mail is sent from here, see `web_form_mail`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256

from dutyflow.calendars.roc import format_roc
from dutyflow.errors import DutyflowError, Finding
from dutyflow.forms import evidence
from dutyflow.forms.texts import file_key
from dutyflow.forms.typed import Typed, all_nothing, typed_from
from dutyflow.ledger.records import Draft, DraftRecord, NewCall, SubmittedFile
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.bodies import WHY_LIMIT, Wish
from dutyflow.mail.inbound.message import ParsedMessage
from dutyflow.mail.outbound.contexts import Receipt
from dutyflow.mail.outbound.requests import ShortMail
from dutyflow.plan.answers import from_json
from dutyflow.plan.model import Person, SectionContacts, address_key
from dutyflow.services.extensions import requests
from dutyflow.services.messaging.form_links import Visit, closed
from dutyflow.services.workspace import Case, Workspace

from .contents import kept
from .incoming import Incoming
from .matching import Match, Part
from .pipeline import take_in
from .replies import Reply
from .reply_contents import receipt

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


def hand_in(visit: Visit, begun: Begun, *, now: datetime) -> Reply:
    """Take in what was typed into the page, with its files. Gives the reply, to be shown on the
    page; the mail follows. Raises LedgerAway, StoreError."""
    files = _stored(visit.case.workspace, begun.files)
    return _typed_in(visit, begun.typed, files, now)


def hand_in_workbook(
    visit: Visit, workbook: Attachment, others: tuple[Attachment, ...], *, now: datetime
) -> Reply:
    """Take in a filled workbook, with what comes beside it: as `hand_in`."""
    case = visit.case
    blob = case.workspace.store.put(workbook.data)
    draft = case.workspace.ledger.drafts.of(case.assignment.key)
    newer = {file_key(file.name) for file in others}
    earlier = [file for file in (draft.files if draft else ()) if file_key(file.name) not in newer]
    files = (workbook, *others, *_stored(case.workspace, earlier))
    incoming = _incoming(visit, blob, files, now)
    return _taken_in(visit, incoming, (workbook,), now)


def hand_in_nothing(visit: Visit, *, now: datetime) -> Reply:
    """Take in 無辦理事項, for the whole form: as `hand_in`."""
    case = visit.case
    return _typed_in(visit, typed_from(case.form, all_nothing(case.form, case.rows)), (), now)


def _typed_in(visit: Visit, typed: Typed, files: tuple[Attachment, ...], now: datetime) -> Reply:
    blob = visit.case.workspace.store.put(_typed_document(visit.case, typed))
    incoming = replace(_incoming(visit, blob, files, now), typed=typed)
    return _taken_in(visit, incoming, (), now)


def _taken_in(
    visit: Visit, incoming: Incoming, workbooks: tuple[Attachment, ...], now: datetime
) -> Reply:
    """The link says which assignment it is for, and there is one reply."""
    case = visit.case
    part = Part(case=case, workbooks=workbooks, matched_by=BY_LINK)
    match = Match(parts=(part,))
    (reply,) = take_in(case.workspace, case.office, incoming, match=match, now=now).replies
    return reply


def _incoming(visit: Visit, blob: str, files: tuple[Attachment, ...], now: datetime) -> Incoming:
    person = visit.person
    return Incoming(
        blob=blob,
        received_at=now,
        channel="upload",
        office=visit.case.cycle.office,
        message=ParsedMessage(sender=person.email, sender_name=person.name, attachments=files),
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
    address = address_key(email)
    for key, office in workspace.offices.items():
        known = (person for each in office.contacts.sections.values() for person in _askable(each))
        if not any(address == person.key for person in known):
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
