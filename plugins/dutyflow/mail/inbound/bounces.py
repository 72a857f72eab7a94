"""Mail that came back: what a mail server says of a message that it could not deliver.

Standard reports are multipart/report (RFC 3464, RFC 6533 with 8-bit addresses). Others are read by
what they have in common: a mail server wrote them, their words say that mail was not delivered,
and they quote the message. What they claim is believed by nobody here: the ledger knows whom we
wrote to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from email.message import Message
from typing import Literal

from dutyflow.mail.identifiers import message_ids_in
from dutyflow.mail.text import one_line

from .decoding import LENIENT, body_text, decode_words, header

Fate = Literal["failed", "expired", "delayed"]

FAILURES_LIMIT = 50
SAID_LIMIT = 300  # characters of a server's words that are kept
TEXT_LIMIT = 50_000

_STATUS_PARTS = frozenset({"message/delivery-status", "message/global-delivery-status"})
_RETURNED_PARTS = frozenset(
    {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}
)
_MACHINES = ("mailer-daemon", "postmaster", "mail-daemon", "mailerdaemon", "microsoftexchange")
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,9}"
)
_FIRST_ON_LINE = re.compile(rf"^[ \t<'\"*•(-]{{0,20}}({_ADDRESS.pattern})", re.MULTILINE)
# RFC 3463: class.subject.detail; no part of an IP address or a version.
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.-])([45])[0-5]\d[ -](?=\D)")
_QUOTED_ID = re.compile(r"^[> \t]*Message-ID:\s*(<[^<>\s]{1,248}>)", re.IGNORECASE | re.MULTILINE)
_QUOTE_BEGINS = re.compile(
    r"^(?:-{2,}.{0,40}(?:original|below this line|copy of|returned|message header|原始|原郵件|原件)"
    r"|(?:return-path|received|message-id):).*$",
    re.IGNORECASE | re.MULTILINE,
)
_UNDELIVERED = re.compile(
    r"undeliver|delivery (?:status notification|failure|has failed|failed|incomplete|report)"
    r"|fail(?:ure|ed) (?:notice|delivery|permanently)|failure delivering"
    r"|returned (?:mail|to sender)"
    r"|(?:not|n't|unable to|cannot) (?:be |been )?deliver|did not reach"
    r"|could not be reached"
    r"|address not found|mail system error|message (?:was )?(?:blocked|rejected)|mail delivery"
    r"|退信|退件|退回的郵件|(?:無法|未能|不能)(?:傳遞|傳送|送達|投遞|寄達|遞送)|(?:傳遞|傳送|寄送|投遞|遞送)"
    r"(?:失敗|狀態通知|未完成|延遲)|(?:无法|未能)(?:送达|投递|传递|发送)|(?:投递|发送|传递)失败|未傳遞|系統退回",
    re.IGNORECASE,
)
_STILL_TRYING = re.compile(
    r"\bdelay(?:ed)?\b|will (?:be retried|retry|keep trying|continue to)|still being retried"
    r"|warning message only|(?:do|need) not (?:need to )?resend|delivery incomplete"
    r"|延遲|延迟|尚未送達|仍(?:會|將|在)(?:繼續|嘗試|重試)|將繼續嘗試|將會?重試",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Failure:
    """What became of the mail to one recipient.

    `failed`: for good (5.x.x). `expired`: given up, for a reason that may pass (4.x.x). `delayed`:
    the server still tries. `status` is the code of RFC 3463, "" where none is told; `said` the
    server's own words.
    """

    recipient: str
    fate: Fate
    status: str = ""
    said: str = ""

    @property
    def blames_the_address(self) -> bool:
        """Whether any other mail to the address would fail too: not for its size or contents."""
        return self.fate == "failed" and not re.match(r"5\.(?:3\.4|2\.3|6\.)", self.status)


@dataclass(frozen=True, kw_only=True)
class Bounce:
    """A delivery report: of which messages it speaks, and what became of them."""

    message_ids: tuple[str, ...]
    failures: tuple[Failure, ...]


def bounce_in(message: Message, *, mailbox: str) -> Bounce | None:
    """The report that a message is; None where it is none, or says nothing of anybody.

    `mailbox` is our own address, which every report names and none blames. Raises nothing for what
    strangers send. Runs in the child that has taken the message apart.
    """
    try:
        return _read(message, mailbox.lower())
    except (RecursionError, ValueError, LookupError, TypeError, AttributeError):
        return None


def _read(message: Message, mailbox: str) -> Bounce | None:
    parts = tuple(_own_parts(message))
    failures = tuple(_standard(parts)) or tuple(_by_its_words(message, parts, mailbox))
    if not failures:
        return None
    return Bounce(message_ids=_returned_ids(parts), failures=failures[:FAILURES_LIMIT])


def _own_parts(part: Message) -> Iterator[Message]:
    """The parts of the report itself; what lies within the returned message is another's."""
    yield part
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        for inner in part.get_payload():
            if isinstance(inner, Message):
                yield from _own_parts(inner)


def _returned_ids(parts: tuple[Message, ...]) -> tuple[str, ...]:
    """The Message-ID of what is returned; of a message within it, never."""
    returned = (part for part in parts if part.get_content_type() in _RETURNED_PARTS)
    ids = [found for part in returned for found in _first_id(part)]
    if not ids:
        ids = _QUOTED_ID.findall(_words(parts))[:1]
    return tuple(dict.fromkeys(ids))


def _first_id(part: Message) -> tuple[str, ...]:
    payload = part.get_payload()
    if isinstance(payload, list):
        inner = payload[0] if payload else None
        head = inner if isinstance(inner, Message) else Message()
    else:
        head = message_from_string(body_text(part), policy=LENIENT)
    return message_ids_in(header(head, "Message-ID"))[:1]


def _standard(parts: tuple[Message, ...]) -> Iterator[Failure]:
    """The groups of fields in a delivery-status part, one for each recipient (RFC 3464, 2.3)."""
    for part in parts:
        if part.get_content_type() in _STATUS_PARTS:
            for group in _groups(part):
                failure = _of_group(group)
                if failure is not None:
                    yield failure


def _groups(part: Message) -> Iterator[Message]:
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else [payload]
    text = "\n\n".join(
        block.as_string() if isinstance(block, Message) else str(block) for block in blocks
    )
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")[:TEXT_LIMIT]):
        yield message_from_string(block.strip(), policy=LENIENT)


def _of_group(group: Message) -> Failure | None:
    recipient = _recipient(group)
    action = header(group, "Action").lower().split(" ")[0]
    if not recipient or action not in {"failed", "delayed"}:
        return None
    said = header(group, "Diagnostic-Code").partition(";")[2] or header(group, "Diagnostic-Code")
    return Failure(
        recipient=recipient,
        fate="delayed" if action == "delayed" else _fate(f"{header(group, 'Status')} {said}"),
        status=_status(f"{header(group, 'Status')} {said}"),
        said=_brief(said),
    )


def _recipient(group: Message) -> str:
    """Whom we wrote to, where the server still knows; the last address that it tried, otherwise."""
    for name in ("Original-Recipient", "Final-Recipient"):
        found = _ADDRESS.search(header(group, name).rpartition(";")[2])
        if found:
            return found[0].lower()
    return ""


def _by_its_words(message: Message, parts: tuple[Message, ...], mailbox: str) -> Iterator[Failure]:
    """What a report of no standard form says, by its words and the addresses that it names."""
    subject = decode_words(header(message, "Subject"))
    told = _QUOTE_BEGINS.split(_words(parts), maxsplit=1)[0]
    if not _complains(message, subject, told):
        return
    fate: Fate = "delayed" if _STILL_TRYING.search(f"{subject}\n{told}") else _fate(told)
    for address in _named(message, told, mailbox):
        yield Failure(
            recipient=address, fate=fate, status=_status(told), said=_line_about(address, told)
        )


def _named(message: Message, told: str, mailbox: str) -> list[str]:
    """The addresses that failed: they begin a line in every known form. Where none does, all."""
    listed = header(message, "X-Failed-Recipients")
    if listed:
        found = _ADDRESS.findall(listed)
    else:
        found = _FIRST_ON_LINE.findall(told)
        found = [each for each in found if _is_somebodys(each.lower(), mailbox)]
        found = found or _ADDRESS.findall(told)
    addresses = dict.fromkeys(each.lower() for each in found)
    return [address for address in addresses if _is_somebodys(address, mailbox)]


def _complains(message: Message, subject: str, told: str) -> bool:
    """Whether a mail server says that mail was not delivered. An absence note, too, may come
    without a sender to answer, and say that somebody is not to be reached."""
    if _UNDELIVERED.search(subject):
        return _is_from_a_server(message) or _has_no_sender(message)
    return _is_from_a_server(message) and _UNDELIVERED.search(told) is not None


def _has_no_sender(message: Message) -> bool:
    return header(message, "Return-Path").replace(" ", "") == "<>"


def _is_from_a_server(message: Message) -> bool:
    sender = header(message, "From").lower()
    address = _ADDRESS.search(sender)
    local = address[0].partition("@")[0] if address else sender
    return (
        local.strip("<> ").startswith(_MACHINES)
        or "mail delivery" in sender
        or message.get("X-Failed-Recipients") is not None
    )


def _is_somebodys(address: str, mailbox: str) -> bool:
    local, _, host = address.partition("@")
    ours, _, our_host = mailbox.partition("@")
    return not local.startswith(_MACHINES) and not (
        host == our_host and local.partition("+")[0] == ours
    )


def _words(parts: tuple[Message, ...]) -> str:
    bodies = [part for part in parts if part.get_content_type() == "text/plain"]
    bodies = bodies or [part for part in parts if part.get_content_type() == "text/html"]
    return "\n".join(map(body_text, bodies))[:TEXT_LIMIT]


def _line_about(address: str, told: str) -> str:
    """The address's line with the two after it: there the reason stands in every known form."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    place = next((at for at, line in enumerate(lines) if address in line.lower()), 0)
    return _brief(" ".join(lines[place : place + 3]))


def _fate(told: str) -> Fate:
    """Given up, the server says; for good unless the first code in its words is a 4."""
    code = _STATUS.search(told) or _REPLY.search(told)
    return "expired" if code and code[1] == "4" else "failed"


def _status(told: str) -> str:
    code = _STATUS.search(told)
    return code[0] if code else ""


def _brief(said: str) -> str:
    return one_line(decode_words(said)).strip()[:SAID_LIMIT]
