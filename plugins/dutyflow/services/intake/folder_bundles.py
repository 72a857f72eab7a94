"""併件: files that were put into the shared folder together, read as one message."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTPUTF8
from hashlib import sha256
from mimetypes import guess_type

from dutyflow.forms.texts import file_key
from dutyflow.infra.shared_folder import Found, folder_of
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.message import ParsedMessage
from dutyflow.mail.inbound.unpacking import unpacked
from dutyflow.mail.text import file_name
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.texts import folded
from dutyflow.services.workspace import Workspace

from .incoming import Incoming
from .judgement import judge_workbook
from .matching import Match


def store_and_read(workspace: Workspace, office: OfficePlan, found: Sequence[Found]) -> Incoming:
    """Keep files that came together, and read them. Raises StoreError."""
    return _read(office, found, store_bundle(workspace, office, found))


def store_bundle(workspace: Workspace, office: OfficePlan, found: Sequence[Found]) -> str:
    """Keep files that came together, and a note of how they came; where the store has the note.

    Files have come once more where they were put there once more, whatever is in them. Raises
    StoreError.
    """
    for each in found:
        if each.data is not None:
            workspace.store.put(each.data)
    return workspace.store.put(_note(office, found))


def _read(office: OfficePlan, found: Sequence[Found], blob: str) -> Incoming:
    """The files with those in archives. What was too large to read is named."""
    first, folder = found[0], folder_of(found[0].name)
    subject = file_name(folder) if len(found) > 1 and folder else _name(first)
    lacking = tuple(_name(each) for each in found if each.data is None)
    attachments = tuple(_attachments(found))
    return Incoming(
        blob=blob,
        received_at=max(each.put_at for each in found),
        channel="folder",
        office=office.office,
        message=ParsedMessage(subject=subject, attachments=attachments, ignored=lacking),
        files=unpacked(attachments),
        folder=folder,
    )


def with_files_beside(form: Incoming, beside: Incoming, blob: str) -> Incoming:
    """A form that was read alone, with files that lie beside it: stored together as `blob`."""
    together = replace(
        form.message,
        attachments=(*form.message.attachments, *beside.message.attachments),
        ignored=(*form.message.ignored, *beside.message.ignored),
    )
    return replace(
        form,
        blob=blob,
        received_at=max(form.received_at, beside.received_at),
        message=together,
        files=(*form.files, *beside.files),
    )


def texts_in(match: Match, incoming: Incoming) -> list[str]:
    """The texts in a message's forms, to be searched for names of files that lie beside them."""
    return [
        folded(value).casefold()
        for part in match.parts
        for file in part.workbooks
        for answer in judge_workbook(part.case, incoming, file, ()).answers
        for value in answer.values.values()
        if isinstance(value, str)
    ]


def is_named(name: str, texts: Iterable[str]) -> bool:
    """Whether one of the texts says a file's name."""
    key = file_key(name)
    return any(key in text for text in texts)


def _attachments(found: Iterable[Found]) -> Iterator[Attachment]:
    for each in found:
        if each.data is not None:
            name = _name(each)
            kind = guess_type(name)[0] or "application/octet-stream"
            yield Attachment(name=name, content_type=kind, data=each.data)


def _note(office: OfficePlan, found: Sequence[Found]) -> bytes:
    """How they came, written as a mail says it: to whom, what, when."""
    note = EmailMessage(policy=SMTPUTF8)
    note["Delivered-To"] = office.contacts.mailbox.address
    note["Subject"] = _name(found[0])
    note["Date"] = max(each.put_at for each in found)
    for each in found:
        note["X-Dutyflow-File"] = f"{each.mark.node} {each.mark.size} {each.mark.written}"
        digest = sha256(each.data).hexdigest() if each.data is not None else "-"
        note["X-Dutyflow-SHA256"] = digest
    return note.as_bytes()


def _name(found: Found) -> str:
    return file_name(found.name.rpartition("/")[2])
