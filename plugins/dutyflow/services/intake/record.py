"""What came, put on record as it came: its bytes, its files, and what was made of them."""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import PurePath
from typing import Literal

from dutyflow.errors import ComesBack
from dutyflow.forms import guard
from dutyflow.forms.doubts import doubts
from dutyflow.forms.evidence import why_unfit
from dutyflow.forms.judge import Verdict
from dutyflow.forms.texts import file_key
from dutyflow.infra.blob_store import StoreError
from dutyflow.ledger.errors import UnknownKey
from dutyflow.ledger.records import NewSubmission, Recorded, SubmittedFile
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.message import ParsedMessage
from dutyflow.mail.inbound.unpacking import unpacked
from dutyflow.plan.answers import Answer, from_json, to_json
from dutyflow.plan.senders import sender_of
from dutyflow.services.workspace import Case, Workspace

Channel = Literal["mail", "upload", "folder"]
WORKBOOKS = {".xlsx", ".ods", ".xlsm", ".xls", ".csv"}
AUTOMATIC = "自動回覆信，不計為填報"  # nobody need look at it
TEXT_KEPT = 2000  # characters of what was written with it, for a person to read in a list


def is_workbook(file: Attachment) -> bool:
    """Whether a file means to be a form: by its name, or by what it is in truth."""
    named = PurePath(file.name).suffix.lower() in WORKBOOKS
    return not file.opened and (named or guard.is_workbook(file.data))


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """What came, whichever way; its bytes as they came are in the store under `blob`.

    `office` is the one at whose door it came in. `sender` is "" where nobody says who sent it;
    `text` are the words that came with the files; `ignored` names what was too much to take in.
    """

    blob: str
    received_at: datetime
    channel: Channel
    office: str = ""
    sender: str = ""
    sender_name: str = ""
    message_id: str = ""
    subject: str = ""
    text: str = ""
    files: tuple[Attachment, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def identity(self) -> str:
        """The same for a message that is delivered twice, by two ways to one mailbox: its own
        identifier, and what it brings."""
        if not self.message_id:
            return self.blob[:16]
        parts = [self.message_id, self.sender, self.text, *(file.name for file in self.files)]
        parts += [sha256(file.data).hexdigest() for file in self.files]
        return sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:16]

    @cached_property
    def unfit(self) -> tuple[tuple[Attachment, str], ...]:
        """The files that cannot stand as evidence, each with the reason in words: file by file,
        since two may have one name.

        What means to be a form is judged as one.
        """
        others = (file for file in self.files if not file.opened and not is_workbook(file))
        why = ((file, why_unfit(file.name, file.data)) for file in others)
        return tuple((file, reason) for file, reason in why if reason)

    @property
    def fit(self) -> tuple[Attachment, ...]:
        out = {id(file) for file, _ in self.unfit}
        return tuple(file for file in self.files if id(file) not in out)


def by_mail(
    blob: str, received_at: datetime, message: ParsedMessage | None, office: str
) -> Incoming:
    """A message as it came to an office; None where it could not be read."""
    if message is None:
        return Incoming(blob=blob, received_at=received_at, channel="mail", office=office)
    return Incoming(
        blob=blob,
        received_at=received_at,
        channel="mail",
        office=office,
        sender=message.sender,
        sender_name=message.sender_name,
        message_id=message.message_id,
        subject=message.subject,
        text=message.text,
        files=unpacked(message.attachments),
        ignored=message.ignored,
    )


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What came for one assignment; without a workbook it only names it. `matched_by` says, in
    words, what told which one it is."""

    case: Case
    workbooks: tuple[Attachment, ...]
    matched_by: str = ""


def role_of(case: Case, delivered: Incoming) -> str:
    """What the sender is to the section, in words; "" where nobody says who sent it."""
    if not delivered.sender:
        return ""
    sender = sender_of(case.office.contacts, delivered.sender)
    theirs = sender.sections[0] if sender.sections else ""
    names = {section.id: section.name for section in case.plan.sections}
    return sender.role(case.assignment.section, case.titles, names.get(theirs, theirs))


def files_that_came(case: Case, delivered: Incoming) -> dict[str, str]:
    """Every file that has come for the assignment, with this message or before it: the hashes of
    their contents, by the keys of their names."""
    earlier = case.workspace.ledger.submissions.files_of(case.assignment.key)
    came = (kept(case.workspace, file) for file in delivered.fit)
    return {file_key(file.name): file.blob for file in (*earlier, *came)}


def identity_of(workbook: str, files: Iterable[str]) -> str:
    """What tells one content from another: a form's hash, with those of the files that it names.

    The same form sent once more, now with the file that was lacking, says something new.
    """
    named = sorted(filter(None, files))
    return sha256("".join([workbook, *named]).encode()).hexdigest() if named else workbook


def is_as_we_sent_it(case: Case, file: Attachment) -> bool:
    """Whether a file is one that we have sent about an assignment, byte for byte: nobody has saved
    it since. A robot sends back what it got; a person may attach the form before it is saved."""
    written = encodebytes(file.data).rstrip()
    sent = {
        notice.message_blob
        for notice in case.workspace.ledger.notices.of(about=case.assignment.key)
    }
    return any(written in _kept_mail(case.workspace, blob) for blob in sent - {""})


def _kept_mail(workspace: Workspace, blob: str) -> bytes:
    """b"" for one that is lost: that must not keep an answer to it from counting."""
    with suppress(UnknownKey):
        return workspace.ledger.notices.mail(blob).replace(b"\r\n", b"\n")
    try:
        return workspace.store.get(blob).replace(b"\r\n", b"\n")  # where mails were kept at first
    except ComesBack:
        raise
    except StoreError:
        return b""


def answers_before(case: Case) -> tuple[Answer, ...]:
    """What the section answered in the cycle before, where it was asked the same: a measure's words
    may be others in a later plan."""
    workspace, cycle = case.workspace, case.cycle
    earlier = [
        each
        for each in workspace.ledger.cycles.all(office=cycle.office, duty=cycle.duty)
        if each.period_start < cycle.period_start
    ]
    for each in reversed(earlier):
        key = f"{each.key}/{case.assignment.section}"
        kept_then = workspace.ledger.submissions.accepted(each.key).get(key)
        if kept_then is not None:
            same = {row.id for row in set(workspace.case(key).rows) & set(case.rows)}
            answers = from_json(kept_then.answers)
            return tuple(answer for answer in answers if answer.row in same)
    return ()


def record(
    parcel: Parcel,
    delivered: Incoming,
    verdict: Verdict,
    now: datetime,
    *,
    content: str,
    reason: str = "",
) -> Recorded:
    """Put on record what came, and what is odd about it. `content` is its identity; a `reason`
    given means that it is no answer at all. Files that cannot stand as evidence are kept apart."""
    case, workspace = parcel.case, parcel.case.workspace
    for file, why in delivered.unfit:
        quarantine_file(workspace, delivered, file, Apart(reason=f"「{file.name}」：{why}"), now)
    accepted = verdict.accepted and not reason
    odd = doubts(case.form, case.rows, verdict.answers, answers_before(case)) if accepted else ()
    return workspace.ledger.submissions.record(
        NewSubmission(
            assignment=case.assignment.key,
            channel=delivered.channel,
            sender=delivered.sender,
            received_at=delivered.received_at,
            message_id=delivered.message_id,
            content_hash=content,
            raw_blob=delivered.blob,
            verdict="accepted" if accepted else "rejected",
            problems=[asdict(problem) for problem in verdict.problems],
            answers=to_json(verdict.answers),
            reason=reason or (f"有 {len(verdict.problems)} 處須修正" if verdict.problems else ""),
            files=[kept(workspace, file) for file in delivered.fit],
            role=role_of(case, delivered),
            matched_by=parcel.matched_by,
            doubts=[asdict(doubt) for doubt in odd],
            office=delivered.office,
            subject=delivered.subject,
            text=delivered.text[:TEXT_KEPT],
        ),
        now=now,
    )


def kept(workspace: Workspace, file: Attachment) -> SubmittedFile:
    return SubmittedFile(
        name=file.name,
        content_type=file.content_type,
        size=len(file.data),
        blob=workspace.store.put(file.data),
    )


@dataclass(frozen=True, kw_only=True)
class Apart:
    """Why something waits for the coordinator, and the assignment that it seems to belong to."""

    reason: str
    suggested: str = ""


def quarantine(workspace: Workspace, delivered: Incoming, apart: Apart, now: datetime) -> None:
    """Keep what belongs to no assignment, or must not count, for the coordinator to look at."""
    _set_aside(workspace, delivered, apart, delivered.blob, now)


def quarantine_file(
    workspace: Workspace, delivered: Incoming, file: Attachment, apart: Apart, now: datetime
) -> Recorded:
    """Keep one file of several apart; the others count."""
    content = workspace.store.put(file.data)
    return _set_aside(workspace, replace(delivered, files=(file,)), apart, content, now)


def _set_aside(
    workspace: Workspace, delivered: Incoming, apart: Apart, content: str, now: datetime
) -> Recorded:
    return workspace.ledger.submissions.record(
        NewSubmission(
            assignment=None,
            channel=delivered.channel,
            sender=delivered.sender,
            received_at=delivered.received_at,
            message_id=delivered.message_id,
            content_hash=content,
            raw_blob=delivered.blob,
            verdict="quarantined",
            reason=apart.reason,
            suggested=apart.suggested,
            files=[kept(workspace, file) for file in delivered.files],
            put_aside=apart.reason if apart.reason == AUTOMATIC else "",
            office=delivered.office,
            subject=delivered.subject,
            text=delivered.text[:TEXT_KEPT],
        ),
        now=now,
    )
