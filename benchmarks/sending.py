"""How fast a round's mails go out with every claim and every outcome on the ledger's disk.

    .venv/bin/python -m benchmarks.sending [--full] [sqlite] [postgresql] [tls] [memory]

Next to a loop that has all facts at hand, renders and builds the same messages, and hands them to
smtplib on one connection; and, over TLS with a login, next to one that opens a connection for each.
500 mails, 50 at a time, the ways taking turns, or 10,000; the median of the ratios. Counted is
processor time, of this process and of the database's, so that a busy machine does not tell; and
wall time, in which the disk takes part. The mail server is a process of its own. Where parts are
named, the others are left out.
"""

from __future__ import annotations

import smtplib
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from dutyflow.mail.outbound.letter import compose
from dutyflow.nagging.digests import Digest
from dutyflow.services.reminders.daily_round import decide_round
from dutyflow.services.reminders.reminder_mail import remind, write_digest
from dutyflow.services.workspace import Case, Workspace

from .figures import Figure, milliseconds, ratio, show
from .ledgers import MORNING, OFFICE, fill, opened_workspace, postgres
from .mail_sink import Sink, mail_sink
from .meter import Meter
from .sending_memory import peak_figure

FEW, MANY, AT_A_TIME = 500, 10_000, 50
NEXT_TO_LOOP, TIMES_FASTER = 1.5, 3.0


def main(*options: str) -> int:
    count = MANY if "--full" in options else FEW
    for name in [part for part in PARTS if part in options] or PARTS:
        show(f"{count:,} mails: {name}", list(PARTS[name](count)))
        print(flush=True)
    return 0


def _on_sqlite(count: int) -> Iterator[Figure]:
    with mail_sink() as sink:
        yield from _next_to_a_loop("", "SQLite", sink, count, Meter())


def _on_postgresql(count: int) -> Iterator[Figure]:
    with mail_sink() as sink, postgres() as server:
        if server is not None:
            url = server.url(server.new_database())
            yield from _next_to_a_loop(url, "PostgreSQL", sink, count, Meter(server.process))


def _over_tls(count: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, mail_sink(tls_in=Path(folder)) as sink:
        yield from _next_to_a_connection_each(sink, count)


def _memory(count: int) -> Iterator[Figure]:
    with mail_sink() as sink:
        yield peak_figure(sink.port, count)


PARTS: dict[str, Callable[[int], Iterator[Figure]]] = {
    "sqlite": _on_sqlite,
    "postgresql": _on_postgresql,
    "tls": _over_tls,
    "memory": _memory,
}


def _next_to_a_loop(url: str, name: str, sink: Sink, count: int, meter: Meter) -> Iterator[Figure]:
    with opened_workspace(url, sink.connect) as workspace, sink.connect() as client:
        sender = MailsLeft.of_a_round(workspace, 2 * count, meter)
        ways = {
            "ledger": sender.recorded,
            "loop": lambda: sender.bare(lambda: client, after=_keep),
        }
        worked, passed = meter.take_turns(ways, count // AT_A_TIME)
    for times, kind in ((worked, "processor"), (passed, "wall")):
        yield Figure(
            what=f"a mail on record, {name}, {kind}: {milliseconds(times, 'ledger')}",
            baseline=f"a mail in a bare loop: {milliseconds(times, 'loop')}",
            value=ratio(times, of="ledger", to="loop"),
            target=NEXT_TO_LOOP,
        )


def _next_to_a_connection_each(sink: Sink, count: int) -> Iterator[Figure]:
    meter = Meter()
    with opened_workspace(connect=sink.connect) as workspace:
        sender = MailsLeft.of_a_round(workspace, 2 * count, meter)
        ways = {
            "ledger": sender.recorded,
            "each": lambda: sender.bare(sink.connect, after=_quit),
        }
        worked, passed = meter.take_turns(ways, count // AT_A_TIME)
    for times, kind in ((worked, "processor"), (passed, "wall")):
        yield Figure(
            what=f"TLS and login once, on record, {kind}: {milliseconds(times, 'ledger')}",
            baseline=f"for each mail, in a loop: {milliseconds(times, 'each')}",
            value=ratio(times, of="each", to="ledger"),
            target=TIMES_FASTER,
            better="≥",
        )


@dataclass(frozen=True)
class MailsLeft:
    """Sends what is left of a round's mails, one way or the other."""

    workspace: Workspace
    digests: Iterator[Digest]
    meter: Meter

    @classmethod
    def of_a_round(cls, workspace: Workspace, count: int, meter: Meter) -> MailsLeft:
        """One mail for each assignment, so that there are enough."""
        fill(workspace, count, one_in=1)
        nags = (
            nag for digest in decide_round(workspace, now=MORNING).digests for nag in digest.nags
        )
        return cls(workspace, (Digest(to=nag.to.person, nags=(nag,)) for nag in nags), meter)

    def recorded(self) -> float:
        """Seconds for a mail, sent as the round's tasks do."""
        some = list(islice(self.digests, AT_A_TIME))
        return self._timed(partial(remind, self.workspace, OFFICE, some, now=MORNING))

    def bare(
        self, connect: Callable[[], smtplib.SMTP], after: Callable[[smtplib.SMTP], None]
    ) -> float:
        """Seconds for a mail in a loop that keeps no record, with all facts at hand."""
        some = list(islice(self.digests, AT_A_TIME))
        known = self.workspace.cases(nag.assignment for digest in some for nag in digest.nags)
        return self._timed(partial(self._loop, some, known, connect, after))

    def _timed(self, send: Callable[[], None]) -> float:
        return self.meter.measure(send, AT_A_TIME)

    def _loop(
        self,
        some: list[Digest],
        known: Mapping[str, Case],
        connect: Callable[[], smtplib.SMTP],
        after: Callable[[smtplib.SMTP], None],
    ) -> None:
        mailbox = self.workspace.office(OFFICE).contacts.mailbox
        for digest in some:
            letter = write_digest(self.workspace, digest, now=MORNING, known=known).letter()
            text = compose(letter, mailbox=mailbox, now=MORNING).as_bytes()
            client = connect()
            client.sendmail(mailbox.address, [digest.to.email], text)
            after(client)


def _keep(client: smtplib.SMTP) -> None:
    """The connection stays open for the next one."""


def _quit(client: smtplib.SMTP) -> None:
    with closing(client):
        client.quit()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
