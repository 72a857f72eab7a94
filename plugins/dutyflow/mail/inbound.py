"""Reading a message from outside. Whoever wrote it may be in a hurry, or mean harm."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from .addresses import host_of, token_of
from .attachment import Attachment
from .decoding import LENIENT, body_text, content, decode_words, header, headers
from .errors import UnreadableMessage
from .identifiers import message_ids_in
from .text import UNNAMED, file_name, one_line

ATTACHMENTS_LIMIT = 100
BYTES_LIMIT = 25 * 1024 * 1024  # decoded
FORWARDED_LIMIT = 3  # messages within messages
CONTAINERS_LIMIT = 200  # parts that hold parts; each makes every later line dearer to read
TEXT_LIMIT = 100_000  # characters
REFERENCES_LIMIT = 100
RECIPIENTS_LIMIT = 200
NAME_LIMIT = 100  # characters of a sender's name, as many as a Person's

_RECIPIENT_HEADERS = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc", "Resent-To")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9._-]{1,250}")
_CONTAINER = re.compile(rb"^content-type:\s*(?:multipart|message)/", re.IGNORECASE | re.MULTILINE)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_MACHINES = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply"})
_ROBOT_HEADERS = (
    "X-Autoreply", "X-Autorespond", "X-Autoresponder", "X-Auto-Reply", "X-Mail-Autoreply",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Inbound:
    """What a message says. All text is printable; nothing in it is trusted.

    `recipients` are the addresses it was delivered or written to, the delivery's own first;
    `tokens` those of our mailbox's that carry one, in the same order. `automatic`: a machine wrote
    it, so it must not be answered (RFC 3834, 2). `ignored` names what was too much to take in.
    `sender` is "" where no usable address is given.
    """

    message_id: str
    in_reply_to: str
    references: tuple[str, ...]
    sender: str
    sender_name: str
    subject: str
    recipients: tuple[str, ...]
    tokens: tuple[str, ...]
    automatic: bool
    text: str
    attachments: tuple[Attachment, ...]
    ignored: tuple[str, ...]


def read_message(data: bytes, *, mailbox: str) -> Inbound:
    """Read a message that came to `mailbox`, an address of ours without a token.

    Raises UnreadableMessage, and nothing else, for bytes that are no message or that are built to
    wear us out.
    """
    if len(_CONTAINER.findall(data)) > CONTAINERS_LIMIT:
        raise UnreadableMessage(f"信件的層次超過 {CONTAINERS_LIMIT} 層，未拆解；應為一般的信件")
    try:
        return _read(message_from_bytes(data, policy=LENIENT), mailbox)
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise UnreadableMessage(
            f"信件無法讀取（{type(error).__name__}）；應為一般的信件"
        ) from error


def _read(message: Message, mailbox: str) -> Inbound:
    sender_name, sender = _sender(message)
    recipients = _recipients(message)
    tokens = (token_of(recipient, mailbox=mailbox) for recipient in recipients)
    parts = tuple(_leaves(message))
    attachments, ignored = _attachments(parts)
    return Inbound(
        message_id=_first(message_ids_in(header(message, "Message-ID"))),
        in_reply_to=_first(message_ids_in(header(message, "In-Reply-To"))),
        references=message_ids_in(header(message, "References"))[-REFERENCES_LIMIT:],
        sender=sender,
        sender_name=sender_name,
        subject=one_line(decode_words(header(message, "Subject"))),
        recipients=recipients,
        tokens=tuple(dict.fromkeys(token for token in tokens if token)),
        automatic=_is_automatic(message, sender, mailbox),
        text=_text(parts),
        attachments=attachments,
        ignored=ignored,
    )


@dataclass(frozen=True, kw_only=True)
class _Leaf:
    """A part that holds no parts, and how many forwarded messages it sits in."""

    part: Message
    depth: int

    @property
    def is_body(self) -> bool:
        kind = self.part.get_content_type()
        return (
            self.depth == 0
            and kind in {"text/plain", "text/html"}
            and self.part.get_content_disposition() != "attachment"
            and not _name(self.part)
        )


def _leaves(part: Message, depth: int = 0) -> Iterator[_Leaf]:
    if not part.is_multipart():
        yield _Leaf(part=part, depth=depth)
        return
    forwarded = part.get_content_maintype() == "message"
    for inner in part.get_payload():
        if isinstance(inner, Message):
            yield from _leaves(inner, depth + forwarded)


def _text(leaves: tuple[_Leaf, ...]) -> str:
    """The plain text, or the HTML as text where there is none."""
    bodies = [leaf.part for leaf in leaves if leaf.is_body]
    plain = [part for part in bodies if part.get_content_type() == "text/plain"]
    texts = (body_text(part) for part in plain or bodies)
    return "\n\n".join(text for text in texts if text)[:TEXT_LIMIT]


def _attachments(leaves: tuple[_Leaf, ...]) -> tuple[tuple[Attachment, ...], tuple[str, ...]]:
    """What is attached and, apart, the names of what exceeds the bounds."""
    taken: list[Attachment] = []
    ignored: list[str] = []
    room = BYTES_LIMIT
    for leaf in leaves:
        if leaf.is_body or _is_trivial(leaf):
            continue
        attachment = _attachment(leaf.part)
        fits = len(taken) < ATTACHMENTS_LIMIT and len(attachment.data) <= room
        if not fits or leaf.depth > FORWARDED_LIMIT:
            ignored.append(attachment.name)
            continue
        taken.append(attachment)
        room -= len(attachment.data)
    return tuple(taken), tuple(ignored)


def _is_trivial(leaf: _Leaf) -> bool:
    """The text of a forwarded message, the lines of a delivery report: no file of anybody's."""
    text = leaf.part.get_content_maintype() == "text"
    attached = leaf.part.get_content_disposition() == "attachment"
    return text and leaf.depth > 0 and not attached and not _name(leaf.part)


def _attachment(part: Message) -> Attachment:
    return Attachment(
        name=_name(part) or UNNAMED,
        content_type=one_line(part.get_content_type())[:100],
        data=content(part),
    )


def _name(part: Message) -> str:
    try:
        written = part.get_filename("")
    except (ValueError, LookupError, TypeError, AttributeError):
        written = ""
    name = decode_words(str(written))
    return file_name(name) if name.strip() else ""


def _sender(message: Message) -> tuple[str, str]:
    for name in ("From", "Sender"):
        for spoken, address in _parse_addresses([header(message, name)]):
            return one_line(decode_words(spoken))[:NAME_LIMIT].strip(), address
    return "", ""


def _recipients(message: Message) -> tuple[str, ...]:
    written = [value for name in _RECIPIENT_HEADERS for value in headers(message, name)]
    addresses = (address for _, address in _parse_addresses(written[:RECIPIENTS_LIMIT]))
    return tuple(dict.fromkeys(addresses))[:RECIPIENTS_LIMIT]


def _parse_addresses(written: list[str]) -> Iterator[tuple[str, str]]:
    """The addresses that an answer could be sent to; a list that cannot be read has none."""
    try:
        parsed = getaddresses(written)
    except RecursionError:  # brackets within brackets
        return
    for spoken, address in parsed:
        if _ADDRESS.fullmatch(address):
            yield spoken, address


def _is_automatic(message: Message, sender: str, mailbox: str) -> bool:
    """Whether a machine wrote it: an absence note, a bounce, a list (RFC 3834; RFC 3464)."""
    submitted = re.split(r"[\s;(]", header(message, "Auto-Submitted").lower(), maxsplit=1)[0]
    return (
        submitted not in {"", "no"}
        or header(message, "Precedence").lower() in _BULK
        or header(message, "Return-Path").replace(" ", "") == "<>"
        or sender.partition("@")[0].lower() in _MACHINES
        or message.get_content_type() == "multipart/report"
        or any(message.get(name) is not None for name in _ROBOT_HEADERS)
        or _is_from_a_list(message, mailbox)
    )


def _is_from_a_list(message: Message, mailbox: str) -> bool:
    """A list of others: our own List-Id comes back in some programs' answers."""
    listed = header(message, "List-Id").lower().rstrip(" >")
    return bool(listed) and not listed.endswith(f".{host_of(mailbox)}")


def _first(identifiers: tuple[str, ...]) -> str:
    return identifiers[0] if identifiers else ""
