"""What came in, whichever way: by mail, into the shared folder, or on a section's page."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from pathlib import PurePath
from typing import Literal

from pydantic import ValidationError

from dutyflow.forms import guard
from dutyflow.forms.evidence import why_unfit
from dutyflow.forms.judge import Verdict
from dutyflow.forms.reader import Workbook, read
from dutyflow.forms.typed import Typed
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.message import ParsedMessage
from dutyflow.plan.model import Person

from .reasons import QuarantineReason

Channel = Literal["mail", "upload", "folder"]
WORKBOOKS = {".xlsx", ".ods", ".xlsm", ".xls", ".csv"}
KEPT_LIMIT = 16 * 2**20  # bytes of cells that are kept of one message; a form has some 20,000


def is_workbook(file: Attachment) -> bool:
    """Whether a file means to be a form: by its name, or by what it is in truth."""
    named = PurePath(file.name).suffix.lower() in WORKBOOKS
    return not file.opened and (named or guard.is_workbook(file.data))


class Workbooks:
    """The workbooks of one message, each parsed once however often it is asked for.

    What is kept is bounded: of a message that brings more than anybody fills in, the workbooks
    beyond `limit` bytes of cells are parsed each time. `verdicts` are those that were given, by
    assignment and content.
    """

    def __init__(self, limit: int = KEPT_LIMIT) -> None:
        self.verdicts: dict[tuple[str, bytes], Verdict] = {}
        self._room = limit
        self._kept: dict[bytes, Workbook] = {}

    def read(self, file: Attachment) -> Workbook:
        """Give a file's cells, or why it cannot be a form. Raises nothing for what strangers
        send."""
        kept = self._kept.get(file.data)
        if kept is not None:
            return kept
        workbook = read(file.data)
        if workbook.size <= self._room:
            self._room -= workbook.size
            self._kept[file.data] = workbook
        return workbook


@dataclass(frozen=True, kw_only=True)
class Incoming:
    """A message as it came to an office, by whichever way; its bytes are in the store, as `blob`.

    `message` says who wrote what. `files` are its attachments with what was in archives,
    `workbooks` the cells of those that are forms. `folder` is the folder within the shared one that
    it lay in; `typed` what was typed into the page, None where nothing was. `unreadable` is why its
    bytes could not be read: then `message` is what its header says, if anything.
    """

    blob: str
    received_at: datetime
    channel: Channel
    office: str
    message: ParsedMessage
    files: tuple[Attachment, ...] = ()
    folder: str = ""
    typed: Typed | None = None
    unreadable: QuarantineReason | None = None
    workbooks: Workbooks = field(default_factory=Workbooks, compare=False, repr=False)

    @property
    def is_automatic(self) -> bool:
        """Whether a machine wrote it, as far as it could be read."""
        return self.message.automatic and self.unreadable is None

    @property
    def identity(self) -> str:
        """The same for a message that is delivered twice, by two ways to one mailbox: its own
        identifier, and what it brings."""
        message = self.message
        if not message.message_id:
            return self.blob[:16]
        parts = [message.message_id, message.sender, message.text]
        parts += [file.name for file in self.files]
        parts += [sha256(file.data).hexdigest() for file in self.files]
        return sha256("\n".join(parts).encode(errors="replace")).hexdigest()[:16]

    def writer(self, otherwise: str) -> Person | None:
        """Whoever wrote it, if mail can be sent to the address that they gave; `otherwise` is what
        they are called where they gave no name."""
        message = self.message
        try:
            return Person(name=message.sender_name or otherwise, email=message.sender)
        except ValidationError:
            return None

    @property
    def forms(self) -> tuple[Attachment, ...]:
        """The files that mean to be forms."""
        return tuple(filter(is_workbook, self.files))

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
        """The files that may stand as evidence."""
        out = {id(file) for file, _ in self.unfit}
        return tuple(file for file in self.files if id(file) not in out)


def unread_mail(blob: str, received_at: datetime, office: str) -> Incoming:
    """A mail of which nothing is known but that it came."""
    return Incoming(
        blob=blob,
        received_at=received_at,
        channel="mail",
        office=office,
        message=ParsedMessage(),
    )
