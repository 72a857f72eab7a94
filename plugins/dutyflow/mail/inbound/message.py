"""A message from outside. Whoever wrote it may be in a hurry, or mean harm."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from dutyflow.infra.sandbox.runner import Limits, Overrun, Reply, run
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.errors import UnreadableMessage

from . import limits
from .bounces import Bounce, Failure

LIMITS = Limits(seconds=4, memory=330 * 2**20)
_LETTERHEAD = 64 * 2**10  # bytes of header fields that are enough to see who wrote


@dataclass(frozen=True, kw_only=True)
class ParsedMessage:
    """What a message says. All text is printable; nothing in it is trusted.

    `recipients` are the addresses it was delivered or written to, the delivery's own first;
    `tokens` those of our mailbox's that carry one, in the same order. `automatic`: a machine wrote
    it, so it must not be answered (RFC 3834, 2); `bounce` is the delivery report that it is, None
    where it is none. `ignored` names what was too much to take in. `sender` is "" where no usable
    address is given. `authentication` are the Authentication-Results fields (RFC 8601), whoever
    added them.
    """

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    recipients: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    automatic: bool = False
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    ignored: tuple[str, ...] = ()
    authentication: tuple[str, ...] = ()
    bounce: Bounce | None = None


def read_message(data: bytes, *, mailbox: str) -> ParsedMessage:
    """Read a message that came to `mailbox`, an address of ours without a token.

    Raises UnreadableMessage, and nothing else, for bytes that are no message or that are built to
    wear us out.
    """
    limits.check(data)
    return _read(data, mailbox)


def read_letterhead(data: bytes, *, mailbox: str) -> ParsedMessage | None:
    """Read who wrote a message that cannot be read, and to whom; None where not even that can be.

    By the header alone: without its words and files.
    """
    head = limits.head_of(data[:_LETTERHEAD])
    whole_lines = head[: head.rfind(b"\n")] if len(head) == _LETTERHEAD else head
    try:
        head_alone = _read(whole_lines + b"\r\n\r\n", mailbox)
    except UnreadableMessage:
        return None
    return replace(head_alone, attachments=(), text="")


def _read(data: bytes, mailbox: str) -> ParsedMessage:
    try:
        reply = run("dutyflow.mail.inbound.dissecting:job", data, LIMITS, mailbox=mailbox)
    except Overrun:
        raise UnreadableMessage("信件太大或太複雜，無法安全拆解；應為一般的信件") from None
    if isinstance(reply.value, list):
        raise UnreadableMessage(*reply.value)
    return _unpacked(reply)


def packed(message: ParsedMessage) -> tuple[dict[str, Any], list[bytes]]:
    """A message as it leaves the child: as JSON, with the bytes of its files apart."""
    value = {field.name: getattr(message, field.name) for field in fields(message)}
    files = [asdict(file) | {"data": len(file.data)} for file in message.attachments]
    bounce = asdict(message.bounce) if message.bounce else None
    apart = [file.data for file in message.attachments]
    return value | {"attachments": files, "bounce": bounce}, apart


def _unpacked(reply: Reply) -> ParsedMessage:
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in reply.value.items()
    }
    values["attachments"] = tuple(_files(reply.value["attachments"], reply.apart))
    values["bounce"] = _bounce(reply.value["bounce"])
    return ParsedMessage(**values)


def _bounce(report: dict[str, Any] | None) -> Bounce | None:
    if report is None:
        return None
    failures = tuple(Failure(**each) for each in report["failures"])
    return Bounce(message_ids=tuple(report["message_ids"]), failures=failures)


def _files(described: list[dict[str, Any]], apart: bytes) -> Iterator[Attachment]:
    start = 0
    for file in described:
        end = start + file["data"]
        parameters = tuple((name, value) for name, value in file["parameters"])
        yield Attachment(**file | {"data": apart[start:end], "parameters": parameters})
        start = end
