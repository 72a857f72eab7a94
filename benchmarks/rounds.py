"""How long a round takes to decide, and how fast its mails go out with everything on record.

    .venv/bin/python -m benchmarks.rounds

Decides over 100,000 open assignments, next to only fetching their rows. Sends 500 reminders, each
claimed and recorded in the ledger, next to a loop that renders and builds the same messages and
hands them to smtplib; both over one connection to a mail server on this machine.
"""

from __future__ import annotations

import smtplib
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from dutyflow.ledger.tables import assignments, cycles
from dutyflow.mail.letter import compose
from dutyflow.mail.sending import send
from dutyflow.nagging.digests import Digest
from dutyflow.posting import post
from dutyflow.reminding import write_digest
from dutyflow.rounds import decide_round
from dutyflow.settings import Settings
from dutyflow.workspace import Workspace
from tests.support.smtp import Answers, smtp_server

from .figures import Figure, milliseconds, ratio, show, take_turns

ROOT = Path(__file__).parents[1]
ASSIGNMENTS, MAILS, ROUNDS = 100_000, 500, 3
DECIDE_NEXT_TO_FETCH, SEND_NEXT_TO_LOOP = 3.0, 1.5
OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)
CUT_OFF = datetime(2018, 7, 4, 16, tzinfo=UTC)
MORNING = datetime(2018, 6, 27, 0, 30, tzinfo=UTC)


def main() -> int:
    with workspace() as desk:
        fill(desk, ASSIGNMENTS)
        ways = {"decide": lambda: timed_decide(desk), "fetch": lambda: timed_fetch(desk)}
        times = take_turns(ways, ROUNDS)
        deciding = Figure(
            what=f"decide a round: {milliseconds(times, 'decide')}",
            baseline=f"fetch the same rows: {milliseconds(times, 'fetch')}",
            value=ratio(times, of="decide", to="fetch"),
            target=DECIDE_NEXT_TO_FETCH,
        )
    with smtp_server(Answers()) as server:
        senders = {
            "ledger": lambda: timed_sending(server.port, recorded=True),
            "loop": lambda: timed_sending(server.port, recorded=False),
        }
        times = take_turns(senders, ROUNDS)
    sending = Figure(
        what=f"a mail, claimed and recorded: {milliseconds(times, 'ledger')}",
        baseline=f"a mail in a bare loop: {milliseconds(times, 'loop')}",
        value=ratio(times, of="ledger", to="loop"),
        target=SEND_NEXT_TO_LOOP,
    )
    show(
        f"A round over {ASSIGNMENTS:,} assignments; {MAILS:,} mails on SQLite", [deciding, sending]
    )
    return 0


@contextmanager
def workspace() -> Iterator[Workspace]:
    with tempfile.TemporaryDirectory() as home:
        plans = str(ROOT / "include/plan")
        desk = Workspace(Settings.from_environ({"DUTYFLOW_HOME": home, "DUTYFLOW_PLANS": plans}))
        desk.ledger.migrate()
        yield desk
        desk.close()


def fill(desk: Workspace, count: int) -> None:
    """So many open assignments, as if of very many half-years; a tenth has a step due today."""
    plan = desk.office("pingtung").plans[0].with_all_it_uses()
    document = plan.model_dump_json(by_alias=True)
    desk.ledger.plans.keep(plan.hash, office="pingtung", year=107, document=document, now=OPENED)
    sections = [section.id for section in plan.sections]
    rows, parts = [], []
    for number in range(count // len(sections)):
        key = f"pingtung/self_assessment/{number}"
        due = CUT_OFF if number % 10 == 0 else CUT_OFF + timedelta(days=90)
        rows.append(_cycle(key, str(number), plan.hash, due))
        parts += [_assignment(key, place, section, due) for place, section in enumerate(sections)]
    with desk.ledger._database.writing() as connection:
        connection.execute(insert(cycles), rows)
        connection.execute(insert(assignments), parts)


def _cycle(key: str, name: str, plan_hash: str, due: datetime) -> dict[str, object]:
    day = due.date()
    return {
        "key": key, "office": "pingtung", "duty": "self_assessment", "name": name, "title": name,
        "plan_hash": plan_hash, "period_start": day, "period_end": day, "opens": OPENED.date(),
        "collect_by": due, "collect_by_given": False, "report_due": day, "closures": (),
        "report_due_given": False, "approved_on": None, "state": "open", "opened_at": OPENED,
        "closed_at": None,
    }  # fmt: skip


def _assignment(cycle: str, place: int, section: str, due: datetime) -> dict[str, object]:
    return {
        "key": f"{cycle}/{section}", "cycle": cycle, "section": section, "position": place,
        "token": f"token{abs(hash((cycle, place)))}", "state": "open",
        "collect_by": due, "due_by": due, "own_cut_off": False, "on_time": None,
        "returned_note": "", "returns": 0, "accepted_submission": None, "paused_until": None,
    }  # fmt: skip


def timed_decide(desk: Workspace) -> float:
    begun = time.perf_counter()
    decide_round(desk, now=MORNING)
    return time.perf_counter() - begun


def timed_fetch(desk: Workspace) -> float:
    begun = time.perf_counter()
    assert sum(1 for _ in desk.ledger.standings.open()) == ASSIGNMENTS
    return time.perf_counter() - begun


@dataclass(frozen=True)
class _Sender:
    desk: Workspace
    client: smtplib.SMTP

    def recorded(self, digest: Digest) -> None:
        dispatch = write_digest(self.desk, digest, now=MORNING)
        mailbox = self.desk.office("pingtung").contacts.mailbox
        post(self.desk, self.client, dispatch, mailbox=mailbox, now=MORNING)

    def bare(self, digest: Digest) -> None:
        dispatch = write_digest(self.desk, digest, now=MORNING)
        mailbox = self.desk.office("pingtung").contacts.mailbox
        send(self.client, compose(dispatch.letter(), mailbox=mailbox, now=MORNING))


def timed_sending(port: int, *, recorded: bool) -> float:
    """Seconds for a mail."""
    with workspace() as desk, smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client:
        fill(desk, MAILS * 10)
        nags = [nag for digest in decide_round(desk, now=MORNING).digests for nag in digest.nags]
        one_each = [Digest(to=nag.to.person, nags=(nag,)) for nag in nags[:MAILS]]
        sender = _Sender(desk, client)
        do = sender.recorded if recorded else sender.bare
        begun = time.perf_counter()
        for digest in one_each:
            do(digest)
        return (time.perf_counter() - begun) / len(one_each)


if __name__ == "__main__":
    sys.exit(main())
