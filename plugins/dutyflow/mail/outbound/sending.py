"""Handing a message to a mail server, and knowing what became of it (RFC 5321).

Four answers, and the ledger keeps each: `sent`, the server has taken it over; `deferred`, not now,
try again; `refused`, never, as it stands; `unknown`, the line broke after the text had begun to
flow, so the server may or may not have it.
"""

from __future__ import annotations

import re
import smtplib
from dataclasses import dataclass
from typing import Literal

from .letter import EncodedMail

State = Literal["sent", "deferred", "refused", "unknown"]
Reply = tuple[int, bytes]

# Replies about us, not about the mail (RFC 4954, 6): it is our password or set-up that is wrong.
_ABOUT_US = frozenset({421, 530, 534, 535, 538})
_START_OF_TEXT = 354
# About the recipient, where no enhanced code says more (RFC 5321, 4.2.3; RFC 7504).
_ABOUT_RECIPIENT = frozenset({550, 551, 552, 553, 556})
_RELAYING = re.compile(rb"relay|authenti|not permitted|sender|blocked|policy", re.IGNORECASE)
_ENHANCED = re.compile(rb"\s*5\.(\d{1,3})\.(\d{1,3})\b")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`detail` is a sentence for the coordinator, with the server's own words.

    `unreachable` are the recipients whose own address was refused for good; a refusal of us, of our
    relaying or of the text says nothing about them. `text` is the mail as it went out, b"" where
    none did.
    """

    state: State
    detail: str
    unreachable: tuple[str, ...] = ()
    text: bytes = b""


def hand_over(client: smtplib.SMTP, mail: EncodedMail) -> Outcome:
    """Send one mail on an open connection, which stays usable for the next one.

    Never raises for what a server or the network does.
    """
    try:
        client.ehlo_or_helo_if_needed()
        refusals = _announce(client, mail)
        if isinstance(refusals, Outcome):
            return _reset(client, refusals)
        begun = client.docmd("DATA")
    except (OSError, smtplib.SMTPException) as error:
        return not_connected(error)
    if begun[0] != _START_OF_TEXT:
        return _reset(client, _judge(begun, "郵件伺服器不收這封信"))
    return _send_text(client, mail.text, refusals)


def not_connected(error: Exception) -> Outcome:
    """What a failure before the text flowed means: nothing was sent, so it may be tried again."""
    return Outcome(state="deferred", detail=f"無法與郵件伺服器連線，稍後再寄：{spoken(error)}")


@dataclass(frozen=True, kw_only=True)
class _Refusals:
    """The recipients that the server does not take, with sentences about them."""

    details: tuple[str, ...]
    unreachable: tuple[str, ...]


def _announce(client: smtplib.SMTP, mail: EncodedMail) -> _Refusals | Outcome:
    """MAIL and RCPT. What the server does not take, or, if it takes none at all, the outcome."""
    envelope = mail.envelope
    options = [f"size={len(mail.text)}"] if client.has_extn("size") else []
    reply = client.mail(envelope.sender, options)
    if not _is_positive(reply):
        return _judge(reply, "郵件伺服器不收這封信")
    replies = {recipient: client.rcpt(recipient) for recipient in envelope.recipients}
    outcomes = [
        _judge(reply, f"收件者 {recipient} 未被接受")
        for recipient, reply in replies.items()
        if not _is_positive(reply)
    ]
    details = tuple(outcome.detail for outcome in outcomes)
    unreachable = tuple(who for who, reply in replies.items() if _blames_recipient(reply))
    if len(outcomes) < len(replies):
        return _Refusals(details=details, unreachable=unreachable)
    worst: State = "deferred" if any(o.state == "deferred" for o in outcomes) else "refused"
    return Outcome(state=worst, detail="；".join(details), unreachable=unreachable)


def _blames_recipient(reply: Reply) -> bool:
    """Whether a reply to RCPT says that the mailbox is no good: not there, moved, full (RFC 3463,
    3.2 and 3.3), and not that we may not send there."""
    enhanced = _ENHANCED.match(reply[1])
    if enhanced is not None:
        return 500 <= reply[0] < 600 and enhanced[1] in (b"1", b"2")
    return reply[0] in _ABOUT_RECIPIENT and not _RELAYING.search(reply[1])


def _send_text(client: smtplib.SMTP, text: bytes, refusals: _Refusals) -> Outcome:
    """From here on a broken line leaves it open whether the server has the message."""
    ending = b"" if text.endswith(b"\r\n") else b"\r\n"
    try:
        client.send(_LEADING_DOT.sub(b"..", text) + ending + b".\r\n")
        reply = client.getreply()
    except (OSError, smtplib.SMTPException) as error:
        client.close()
        return Outcome(
            state="unknown",
            detail=f"信件內容送出後連線中斷，無法確定對方是否收到：{spoken(error)}",
        )
    if _is_positive(reply):
        details = "；".join((_words(reply), *refusals.details))
        return Outcome(state="sent", detail=details, unreachable=refusals.unreachable)
    if not 400 <= reply[0] < 600:
        client.close()
        return Outcome(state="unknown", detail=f"郵件伺服器的答覆無法判讀：{_words(reply)}")
    return _judge(reply, "郵件伺服器不收這封信")


def _judge(reply: Reply, what: str) -> Outcome:
    """A negative reply: 5xx is for good, 4xx and whatever is no SMTP is for now."""
    final = 500 <= reply[0] < 600 and reply[0] not in _ABOUT_US
    return Outcome(state="refused" if final else "deferred", detail=f"{what}：{_words(reply)}")


def _reset(client: smtplib.SMTP, outcome: Outcome) -> Outcome:
    """End the transaction, so that the next message can use the connection."""
    try:
        client.rset()
    except (OSError, smtplib.SMTPException):
        client.close()
    return outcome


def _is_positive(reply: Reply) -> bool:
    return 200 <= reply[0] < 300


def _words(reply: Reply) -> str:
    text = reply[1].decode(errors="replace")
    return " ".join(f"{reply[0]} {text}".split())


def spoken(error: Exception) -> str:
    """What a failure says, with the server's own words where it gave any."""
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _words((error.smtp_code, said.encode() if isinstance(said, str) else said))
    return str(error) or type(error).__name__
