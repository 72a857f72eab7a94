"""Workspaces for benchmarks: a ledger on SQLite or PostgreSQL, and many open assignments in it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from smtplib import SMTP
from typing import Any

from sqlalchemy import Connection, insert

from dutyflow.infra.settings import Settings
from dutyflow.ledger.tables import assignments, cycles
from dutyflow.mail.outbound.outbox import NoOutbox, SmtpOutbox
from dutyflow.services.workspace import Workspace
from tests.support.postgres import NoPostgres, PostgresServer

ROOT = Path(__file__).resolve().parents[1]
OFFICE, DUTY = "pingtung", "self_assessment"
OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)
CUT_OFF = datetime(2018, 7, 4, 16, tzinfo=UTC)
MORNING = datetime(2018, 6, 27, 0, 30, tzinfo=UTC)  # five working days before the cut-off
LATER = timedelta(days=90)
ONE_IN = 10  # so many assignments, of which one has a step due today
_AT_ONCE = 1_000  # cycles in one statement, so that memory tells nothing of their number


@contextmanager
def opened_workspace(
    ledger: str = "", connect: Callable[[], SMTP] | None = None
) -> Iterator[Workspace]:
    """A workspace with an empty ledger; on SQLite, unless its URL is given. `connect` reaches its
    mail server, where mail is sent."""
    with tempfile.TemporaryDirectory(prefix="dutyflow-bench-") as home:
        settings = {"DUTYFLOW_HOME": home, "DUTYFLOW_PLANS": str(ROOT / "include/plan")}
        outbox = SmtpOutbox(connect=connect) if connect else NoOutbox()
        read = Settings.from_environ(settings | {"DUTYFLOW_LEDGER": ledger})
        workspace = Workspace(read, outbox)
        workspace.ledger.migrate()
        yield workspace
        workspace.close()


@contextmanager
def postgres() -> Iterator[PostgresServer | None]:
    """A PostgreSQL that keeps what it has said it keeps; None where there is none."""
    try:
        server = PostgresServer(durable=True)
    except NoPostgres as reason:
        print(f"nothing is measured on PostgreSQL: {reason}")
        yield None
        return
    try:
        yield server
    finally:
        server.stop()


def fill(workspace: Workspace, count: int, *, one_in: int = ONE_IN) -> None:
    """So many open assignments, as if of very many half-years; one in so many has a step due."""
    plan = workspace.office(OFFICE).plans[0].with_all_it_uses()
    document = plan.model_dump_json(by_alias=True)
    workspace.ledger.plans.keep(plan.hash, office=OFFICE, year=107, document=document, now=OPENED)
    sections = [section.id for section in plan.sections]
    numbers = range(-(-count // len(sections)))
    with workspace.ledger._database.writing() as connection:
        for start in numbers[::_AT_ONCE]:
            some = [
                (number, CUT_OFF if number % one_in == 0 else CUT_OFF + LATER)
                for number in numbers[start : start + _AT_ONCE]
            ]
            _add(connection, some, plan.hash, sections)


def _add(
    connection: Connection, some: list[tuple[int, datetime]], plan: str, sections: list[str]
) -> None:
    connection.execute(insert(cycles), [_cycle(number, plan, due) for number, due in some])
    parts = [
        _assignment(number, place, section, due)
        for number, due in some
        for place, section in enumerate(sections)
    ]
    connection.execute(insert(assignments), parts)


def _key(number: int) -> str:
    return f"{OFFICE}/{DUTY}/{number}"


def _cycle(number: int, plan_hash: str, due: datetime) -> dict[str, Any]:
    day = due.date()
    return {
        "key": _key(number), "office": OFFICE, "duty": DUTY, "name": str(number),
        "title": f"第 {number} 期", "plan_hash": plan_hash, "period_start": day,
        "period_end": day, "opens": OPENED.date(), "collect_by": due, "collect_by_given": False,
        "report_due": day, "report_due_given": False, "closures": (), "approved_on": None,
        "state": "open", "opened_at": OPENED, "closed_at": None,
    }  # fmt: skip


def _assignment(number: int, place: int, section: str, due: datetime) -> dict[str, Any]:
    return {
        "key": f"{_key(number)}/{section}", "cycle": _key(number), "section": section,
        "position": place, "token": f"bench{number}x{place}", "state": "open", "collect_by": due,
        "due_by": due, "own_cut_off": False, "on_time": None, "returned_note": "", "returns": 0,
        "accepted_submission": None, "paused_until": None,
    }  # fmt: skip
