"""Real mail servers for tests, on 127.0.0.1 and a free port each.

with smtp_server(Answers(rcpt="550 5.1.1 no such user")) as server:
    outcome = SmtpOutbox(connect=server.connect).send(letter, mailbox=MAILBOX, now=NOW)
"""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from dutyflow.mail.outbound.outbox import SmtpOutbox

HOST = "127.0.0.1"
PATIENCE = 20  # seconds until a test gives up on a server


@dataclass
class Answers:
    """How the server behaves, stage by stage; "" means that it agrees.

    `refused` are recipients that get `rcpt`; empty, all of them do. `drop_at` names the stage
    ("EHLO", "MAIL", "RCPT", "DATA": the text has been read in full) at which it hangs up.
    """

    ehlo: str = ""
    mail: str = ""
    rcpt: str = ""
    refused: tuple[str, ...] = ()
    data: str = ""
    drop_at: str = ""
    kept: list[Envelope] = field(default_factory=list)

    async def handle_EHLO(  # noqa: N802  aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, lines: list[str]
    ) -> list[str]:
        self._hang_up(server, "EHLO")
        session.host_name = hostname
        return [self.ehlo] if self.ehlo else lines

    async def handle_HELO(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str
    ) -> str:
        session.host_name = hostname
        return self.ehlo or "250 localhost"

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._hang_up(server, "MAIL")
        if not self.mail:
            envelope.mail_from = address
        return self.mail or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self._hang_up(server, "RCPT")
        if self.rcpt and (not self.refused or address in self.refused):
            return self.rcpt
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if not self.data:
            self.kept.append(envelope)
        self._hang_up(server, "DATA")
        return self.data or "250 2.0.0 queued as 1"

    def _hang_up(self, server: SMTP, stage: str) -> None:
        if self.drop_at == stage and isinstance(server.transport, asyncio.Transport):
            server.transport.abort()


@dataclass(frozen=True, kw_only=True)
class Server:
    """A running server. `kept` are the mails it has taken over."""

    host: str
    port: int
    answers: Answers

    @property
    def kept(self) -> list[Envelope]:
        return self.answers.kept

    def connect(self) -> smtplib.SMTP:
        return smtplib.SMTP(self.host, self.port, local_hostname="localhost", timeout=PATIENCE)


class _AnyPort(Controller):
    """A controller that finds out which port it was given; aiosmtpd's would knock at port 0."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.base_events.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def smtp_server(answers: Answers | None = None) -> Iterator[Server]:
    """A server for the length of a `with`; by default one that takes everything."""
    answers = answers or Answers()
    controller = _AnyPort(answers, hostname=HOST, port=0, server_hostname="localhost")
    controller.start()
    try:
        yield Server(host=HOST, port=controller.port, answers=answers)
    finally:
        controller.stop()


def outbox_to(port: int) -> SmtpOutbox:
    """An outbox of a process of its own, to a server of another one."""
    return SmtpOutbox(connect=partial(smtplib.SMTP, HOST, port, local_hostname="localhost"))
