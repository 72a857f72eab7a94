"""What tells one content from another, what came before it, and what we sent ourselves."""

from __future__ import annotations

from base64 import encodebytes
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256

from dutyflow.errors import ComesBack
from dutyflow.forms.texts import file_key
from dutyflow.infra.blob_store import StoreError
from dutyflow.ledger.errors import UnknownKey
from dutyflow.ledger.records import SubmittedFile
from dutyflow.mail.attachment import Attachment
from dutyflow.services.workspace import Case, Workspace

from .incoming import Incoming


def kept(workspace: Workspace, file: Attachment) -> SubmittedFile:
    """Keep a file in the store. Raises StoreError."""
    return SubmittedFile(
        name=file.name,
        content_type=file.content_type,
        size=len(file.data),
        blob=workspace.store.put(file.data),
    )


def files_that_came(case: Case, incoming: Incoming) -> dict[str, str]:
    """Every file that has come for the assignment, with this message or before it: the hashes of
    their contents, by the keys of their names."""
    earlier = case.workspace.ledger.submissions.files_of(case.assignment.key)
    came = (kept(case.workspace, file) for file in incoming.fit)
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
