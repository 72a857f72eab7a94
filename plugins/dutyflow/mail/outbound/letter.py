"""A letter, and the message that it becomes."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart

from dutyflow.mail.addresses import reply_address
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.errors import BadLetterError
from dutyflow.mail.identifiers import is_message_id, list_id, message_id, thread_id
from dutyflow.mail.text import file_name, one_line
from dutyflow.plan.model import Mailbox, Person

from .contexts import Content
from .rendering import render
from .wire import WIRE


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail to one person, before it is a message.

    `key` is unique to it (the notice's key) and gives the Message-ID; `thread` is the assignment's
    key, the same for all its mails; a digest belongs to several `threads`, and begins none of its
    own. `token` goes into the Reply-To. `answers` is the Message-ID of
    the mail that this one replies to. A `message_id` given is kept: the mail has been tried before
    under it. Raises BadLetterError where no mail could be made of it.
    """

    key: str
    to: Person
    content: Content
    thread: str = ""
    threads: tuple[str, ...] = ()
    token: str = ""
    answers: str = ""
    attachments: tuple[Attachment, ...] = ()
    message_id: str = ""

    def __post_init__(self) -> None:
        if not self.key:
            raise BadLetterError("這封信沒有識別碼，無法避免重複寄送；應為通知的識別碼")
        if self.answers and not is_message_id(self.answers):
            raise BadLetterError(f"「{self.answers!r}」不是 Message-ID；應為 <…@…>")
        _check(self.to.email)

    @property
    def subject(self) -> str:
        return one_line(self.content.subject)


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """What the servers go by: whom a message is from and whom it is for."""

    sender: str
    recipients: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class EncodedMail:
    """A message as it goes over the wire, `text`, and whom it is for."""

    envelope: Envelope
    text: bytes


def encoded(letter: Letter, *, mailbox: Mailbox, now: datetime) -> EncodedMail:
    """A letter's message with its envelope, ready to be handed to a server. Raises MailError."""
    message = compose(letter, mailbox=mailbox, now=now)
    envelope = Envelope(sender=mailbox.address, recipients=(letter.to.email,))
    return EncodedMail(envelope=envelope, text=message.as_bytes())


def compose(letter: Letter, *, mailbox: Mailbox, now: datetime) -> EmailMessage:
    """The message. The same letter, mailbox and `now` make the same bytes.

    Raises BadLetterError for an address that mail cannot carry, ValueError for a naive `now`.
    """
    if now.tzinfo is None:
        raise ValueError(f"a moment needs a time zone: {now!r}")
    message = EmailMessage(policy=WIRE)
    _set_people(message, letter, mailbox)
    message["Subject"] = letter.subject
    message["Date"] = now.replace(microsecond=0)
    _set_identifiers(message, letter, mailbox)
    message["Auto-Submitted"] = letter.content.submitted
    message["X-Auto-Response-Suppress"] = "All"  # Exchange: no out-of-office answers, please
    _set_body(message, letter)
    message["Content-Language"] = "zh-TW"  # set before, it would move into the first part
    return message


def _set_people(message: EmailMessage, letter: Letter, mailbox: Mailbox) -> None:
    message["From"] = _address(mailbox.name, mailbox.address)
    message["To"] = _address(letter.to.name, letter.to.email)
    person = letter.content.replies_to
    if letter.token:
        answer = reply_address(mailbox.address, letter.token)
        message["Reply-To"] = _address(mailbox.name, answer)
    elif person is not None:
        message["Reply-To"] = _address(person.name, person.email)


def _set_identifiers(message: EmailMessage, letter: Letter, mailbox: Mailbox) -> None:
    made = message_id(letter.key, mailbox=mailbox.address)
    message["Message-ID"] = letter.message_id or made
    threads = tuple(filter(None, (letter.thread, *letter.threads)))
    message["List-Id"] = list_id(threads[0] if threads else "", mailbox=mailbox.address)
    roots = [thread_id(thread, mailbox=mailbox.address) for thread in threads]
    references = [*roots, letter.answers] if letter.answers else roots
    if references:
        message["In-Reply-To"] = letter.answers or " ".join(roots)
        message["References"] = " ".join(references)


def _set_body(message: EmailMessage, letter: Letter) -> None:
    words = render(letter.content, to=letter.to)
    texts = [_text("plain", words.text), _text("html", words.html)]
    message["MIME-Version"] = "1.0"
    if not letter.attachments:
        _hold(message, "alternative", texts)
        return
    both = MIMEPart(policy=WIRE)
    _hold(both, "alternative", texts)
    _hold(message, "mixed", [both, *map(_file, letter.attachments)])


def _hold(whole: MIMEPart, kind: str, parts: list[MIMEPart]) -> None:
    """Make it of parts. The boundary can be in none of them: "=_" is in no base64 line."""
    whole["Content-Type"] = f'multipart/{kind}; boundary="=_{kind}_"'
    for part in parts:
        whole.attach(part)


def _text(kind: str, text: str) -> MIMEPart:
    lines = "\r\n".join([*text.splitlines(), ""])
    return _part(f'text/{kind}; charset="utf-8"', lines.encode())


def _file(attachment: Attachment) -> MIMEPart:
    parameters = "".join(f'; {name}="{value}"' for name, value in attachment.parameters)
    part = _part(attachment.content_type + parameters, attachment.data)
    name = file_name(attachment.name)  # without quotes and backslashes
    part["Content-Disposition"] = f'attachment; filename="{name}"'
    return part


def _part(content_type: str, data: bytes) -> MIMEPart:
    part = MIMEPart(policy=WIRE)
    part["Content-Type"] = content_type
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(data).decode())
    return part


def _address(name: str, address: str) -> Address:
    _check(address)
    return Address(display_name=one_line(name), addr_spec=address)


def _check(address: str) -> None:
    if not address.isascii():
        raise BadLetterError(f"信箱「{address}」含有中文或全形字；應為只有英文、數字的信箱地址")
