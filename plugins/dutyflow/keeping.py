"""What came, put on record as it came: its bytes, its files, and what was made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256

from .answers import to_json
from .forms.judge import Verdict
from .forms.texts import file_key
from .ledger.records import NewSubmission, Recorded, SubmittedFile
from .mail.attachment import Attachment
from .mail.inbound import Inbound
from .workspace import Case, Workspace

CHANNEL = "mail"


@dataclass(frozen=True, kw_only=True)
class Delivered:
    """A message as it came: its bytes are in the store under `blob`."""

    blob: str
    received_at: datetime
    message: Inbound


def files_that_came(case: Case, delivered: Delivered) -> dict[str, str]:
    """Every file that has come for the assignment, with this message or before it: the hashes of
    their contents, by the keys of their names."""
    earlier = case.desk.ledger.submissions.of(case.assignment.key)
    came = [file for submission in earlier for file in submission.files]
    came += [kept(case.desk, attachment) for attachment in delivered.message.attachments]
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
    desk, message = case.desk, delivered.message
    accepted = verdict.accepted and not reason
    return desk.ledger.submissions.record(
        NewSubmission(
            assignment=case.assignment.key,
            channel=CHANNEL,
            sender=message.sender,
            received_at=delivered.received_at,
            message_id=message.message_id,
            content_hash=content,
            raw_blob=delivered.blob,
            verdict="accepted" if accepted else "rejected",
            problems=[asdict(problem) for problem in verdict.problems],
            answers=to_json(verdict.answers),
            reason=reason or (f"有 {len(verdict.problems)} 處須修正" if verdict.problems else ""),
            files=[kept(desk, attachment) for attachment in message.attachments],
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


def quarantine(
    desk: Workspace,
    blob: str,
    received_at: datetime,
    message: Inbound | None,
    reason: str,
    now: datetime,
) -> None:
    desk.ledger.submissions.record(
        NewSubmission(
            assignment=None,
            channel=CHANNEL,
            sender=message.sender if message else "",
            received_at=received_at,
            message_id=message.message_id if message else "",
            content_hash=blob,
            raw_blob=blob,
            verdict="quarantined",
            reason=reason,
            files=[kept(desk, file) for file in message.attachments] if message else [],
        ),
        now=now,
    )


def quarantine_file(
    desk: Workspace, delivered: Delivered, workbook: Attachment, reason: str, now: datetime
) -> None:
    file = kept(desk, workbook)
    desk.ledger.submissions.record(
        NewSubmission(
            assignment=None,
            channel=CHANNEL,
            sender=delivered.message.sender,
            received_at=delivered.received_at,
            message_id=delivered.message.message_id,
            content_hash=file.blob,
            raw_blob=delivered.blob,
            verdict="quarantined",
            reason=reason,
            files=[file],
        ),
        now=now,
    )
