"""What came, put on record as it came: its bytes, its files, and what was made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from .answers import to_json
from .forms.judge import Verdict
from .forms.texts import file_key
from .ledger.records import NewSubmission, Recorded, SubmittedFile
from .mail.attachment import Attachment
from .mail.inbound import Inbound
from .workspace import Case, Workspace

Channel = Literal["mail", "upload", "folder"]


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """What came, whichever way; its bytes as they came are in the store under `blob`.

    `sender` is "" where nobody says who sent it; `text` are the words that came with the files;
    `ignored` names what was too much to take in.
    """

    blob: str
    received_at: datetime
    channel: Channel
    sender: str = ""
    sender_name: str = ""
    message_id: str = ""
    subject: str = ""
    text: str = ""
    files: tuple[Attachment, ...] = ()
    ignored: tuple[str, ...] = ()


def by_mail(blob: str, received_at: datetime, message: Inbound | None) -> Delivered:
    """A message as it came; None where it could not be read."""
    if message is None:
        return Delivered(blob=blob, received_at=received_at, channel="mail")
    return Delivered(
        blob=blob,
        received_at=received_at,
        channel="mail",
        sender=message.sender,
        sender_name=message.sender_name,
        message_id=message.message_id,
        subject=message.subject,
        text=message.text,
        files=message.attachments,
        ignored=message.ignored,
    )


def files_that_came(case: Case, delivered: Delivered) -> dict[str, str]:
    """Every file that has come for the assignment, with this message or before it: the hashes of
    their contents, by the keys of their names."""
    earlier = case.desk.ledger.submissions.of(case.assignment.key)
    came = [file for submission in earlier for file in submission.files]
    came += [kept(case.desk, file) for file in delivered.files]
    return {file_key(file.name): file.blob for file in came}


def identity_of(workbook: str, files: Iterable[str]) -> str:
    """What tells one content from another: a form's hash, with those of the files that it names.

    The same form sent once more, now with the file that was lacking, says something new.
    """
    named = sorted(filter(None, files))
    return sha256("".join([workbook, *named]).encode()).hexdigest() if named else workbook


def record(
    case: Case,
    delivered: Delivered,
    verdict: Verdict,
    now: datetime,
    *,
    content: str,
    reason: str = "",
) -> Recorded:
    """Put on record what came. `content` is its identity; a `reason` given means that it is no
    answer at all."""
    desk = case.desk
    accepted = verdict.accepted and not reason
    return desk.ledger.submissions.record(
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
            files=[kept(desk, file) for file in delivered.files],
        ),
        now=now,
    )


def kept(desk: Workspace, file: Attachment) -> SubmittedFile:
    return SubmittedFile(
        name=file.name,
        content_type=file.content_type,
        size=len(file.data),
        blob=desk.store.put(file.data),
    )


def quarantine(desk: Workspace, delivered: Delivered, reason: str, now: datetime) -> None:
    """Keep what belongs to no assignment, or must not count, for the coordinator to look at."""
    _set_aside(desk, delivered, reason, delivered.blob, delivered.files, now)


def quarantine_file(
    desk: Workspace, delivered: Delivered, file: Attachment, reason: str, now: datetime
) -> None:
    """Keep one file of several apart; the others count."""
    _set_aside(desk, delivered, reason, desk.store.put(file.data), (file,), now)


def _set_aside(
    desk: Workspace,
    delivered: Delivered,
    reason: str,
    content: str,
    files: Iterable[Attachment],
    now: datetime,
) -> None:
    desk.ledger.submissions.record(
        NewSubmission(
            assignment=None,
            channel=delivered.channel,
            sender=delivered.sender,
            received_at=delivered.received_at,
            message_id=delivered.message_id,
            content_hash=content,
            raw_blob=delivered.blob,
            verdict="quarantined",
            reason=reason,
            files=[kept(desk, file) for file in files],
        ),
        now=now,
    )
