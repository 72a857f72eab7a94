"""Where mails leave: a mail server, or, for a rehearsal, nowhere: they are kept."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from dutyflow.errors import DutyflowError
from dutyflow.mail.errors import MailDeferred
from dutyflow.plan.model import Mailbox

from .letter import Letter, encoded
from .sending import Outcome, hand_over, not_connected, spoken


class Outbox(Protocol):
    """Takes mails, one after another, and tells what became of each."""

    def open(self) -> None:
        """Make ready to send. Raises MailDeferred where that cannot be done now."""

    def send(self, letter: Letter, *, mailbox: Mailbox, now: datetime) -> Outcome:
        """Send one mail from a mailbox, dated `now`. Raises MailError for one that cannot be made;
        what a server or the network does is in the outcome."""

    def close(self) -> None:
        """Let go of what was opened. The outbox can be opened again."""


@dataclass(kw_only=True)
class SmtpOutbox:
    """Hands mails to a mail server, over one connection that is opened for the first of them.

    `connect` gives an open, logged-in connection; it raises OSError or SMTPException. A connection
    that was dropped is made anew for the next mail; once that fails, the mails that follow are
    deferred without another try.
    """

    connect: Callable[[], smtplib.SMTP]
    _client: smtplib.SMTP | None = field(default=None, init=False)
    _trouble: Exception | None = field(default=None, init=False)

    def open(self) -> None:
        if self._connected() is None:
            said = spoken(self._trouble) if self._trouble else ""
            raise MailDeferred(f"郵件伺服器目前無法連線（{said}）；信件尚未寄出，稍後自動重試")

    def send(self, letter: Letter, *, mailbox: Mailbox, now: datetime) -> Outcome:
        mail = encoded(letter, mailbox=mailbox, now=now)
        client = self._connected()
        if client is None:
            outcome = not_connected(self._trouble or OSError())
        else:
            outcome = hand_over(client, mail)
        return replace(outcome, text=mail.text)

    def close(self) -> None:
        client, self._client, self._trouble = self._client, None, None
        if client is not None:
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
            client.close()

    def _connected(self) -> smtplib.SMTP | None:
        if self._trouble is None and (self._client is None or self._client.sock is None):
            try:
                self._client = self.connect()
            except (OSError, smtplib.SMTPException) as trouble:
                self._client, self._trouble = None, trouble
        return self._client if self._trouble is None else None


@dataclass(frozen=True, kw_only=True)
class KeptMail:
    """A mail as it was handed to an outbox that keeps."""

    letter: Letter
    mailbox: Mailbox
    at: datetime


@dataclass(kw_only=True)
class KeepingOutbox:
    """Keeps every mail, in order, and sends none. It makes no message of them: that takes time."""

    kept: list[KeptMail] = field(default_factory=list)

    def open(self) -> None:
        """There is nothing to open."""

    def send(self, letter: Letter, *, mailbox: Mailbox, now: datetime) -> Outcome:
        self.kept.append(KeptMail(letter=letter, mailbox=mailbox, at=now))
        return Outcome(state="sent", detail="")

    def close(self) -> None:
        """There is nothing to let go of."""


class NoOutbox:
    """For whoever sends nothing: a command that looks, a page."""

    def open(self) -> None:
        raise DutyflowError("這裡不寄信：沒有指定郵件伺服器")

    def send(self, letter: Letter, *, mailbox: Mailbox, now: datetime) -> Outcome:  # noqa: ARG002
        raise DutyflowError("這裡不寄信：沒有指定郵件伺服器")

    def close(self) -> None:
        """There is nothing to let go of."""
