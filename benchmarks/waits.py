"""Two thousand collections that wait in an Airflow triggerer: the share of a core that they take.

    .venv/bin/python -m benchmarks.waits

The triggerer is a real one, with its metadata database on PostgreSQL (SQLite, where there is none),
and 2,000 deferred tasks of ours in it. Then some are answered at odd moments, each by another
process, and it is told how long after that Airflow handed the task on.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import update

from dutyflow.infra.settings import Settings
from dutyflow.ledger.tables import assignments
from dutyflow.services.workspace import Workspace

from .figures import Figure, show
from .ledgers import fill, opened_workspace, postgres
from .triggerer import Triggerer, triggerer

WAITS, SETTLED_SECONDS, SECONDS, ANSWERS = 2_000, 15.0, 30.0, 5
SHARE, GRACE_SECONDS = 4.0, 2.0
CUT_OFF = datetime(2999, 1, 1, tzinfo=UTC)
_processes = multiprocessing.get_context("spawn")


@dataclass(frozen=True, kw_only=True)
class Shares:
    """What they take while nothing happens, in percent of a core; bytes of memory."""

    triggerer: float
    database: float
    memory: int


def main() -> int:
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="dutyflow-waits-")))
        workspace = stack.enter_context(opened_workspace())
        keys = _open_assignments(workspace)
        os.environ["DUTYFLOW_HOME"] = str(workspace.settings.home)
        os.environ["DUTYFLOW_PLANS"] = str(workspace.settings.plans)
        server = stack.enter_context(postgres())
        url = server.url(server.new_database()) if server else f"sqlite:///{home / 'airflow.db'}"
        kind, database = ("PostgreSQL", server.process) if server else ("SQLite", None)
        airflow = stack.enter_context(triggerer(home, url, capacity=WAITS))
        without = _shares(airflow, database)
        airflow.defer(keys)
        shares = _shares(airflow, database)
        slowest = _slowest_wake(airflow, workspace.settings, keys)
    _tell(kind, without, shares, slowest)
    return 0


def _tell(kind: str, without: Shares, shares: Shares, slowest: float) -> None:
    from dutyflow.orchestration.waiting import POLL_SECONDS

    figures = [
        Figure(
            what=f"{WAITS:,} waits in a triggerer, {kind}: percent of a core",
            baseline=f"the same without any: {without.triggerer:.2f}",
            value=shares.triggerer,
            target=SHARE,
        ),
        Figure(
            what=f"slowest of {ANSWERS} that were answered: seconds until it woke",
            baseline=f"a look every {POLL_SECONDS:g} s",
            value=slowest,
            target=POLL_SECONDS + GRACE_SECONDS,
        ),
    ]
    show("Waiting for answers", figures, measured="measured")
    print(
        f"\n  {kind} itself: {shares.database:.2f} % of a core, without any {without.database:.2f}"
    )
    print(f"  memory: {shares.memory / 2**20:.0f} MiB, without any {without.memory / 2**20:.0f}")


def _open_assignments(workspace: Workspace) -> list[str]:
    fill(workspace, WAITS)
    with workspace.ledger._database.writing() as connection:
        connection.execute(update(assignments).values(collect_by=CUT_OFF, due_by=CUT_OFF))
        return [row.key for row in connection.execute(assignments.select().limit(WAITS))]


def _shares(airflow: Triggerer, database: int | None) -> Shares:
    """Once all have begun, and been looked at."""
    time.sleep(SETTLED_SECONDS)
    begun, worked, served = time.monotonic(), airflow.use().processor, _served(database)
    time.sleep(SECONDS)
    passed, use = time.monotonic() - begun, airflow.use()
    return Shares(
        triggerer=100 * (use.processor - worked) / passed,
        database=100 * (_served(database) - served) / passed,
        memory=use.memory,
    )


def _served(database: int | None) -> float:
    """The processor's seconds of the database's server; it has one process for each connection."""
    if database is None:
        return 0.0
    first = psutil.Process(database)
    times = [each.cpu_times() for each in (first, *first.children(recursive=True))]
    return sum(each.user + each.system for each in times)


def _slowest_wake(airflow: Triggerer, settings: Settings, keys: list[str]) -> float:
    """In seconds."""
    from dutyflow.orchestration.waiting import POLL_SECONDS

    draw = random.Random(2018)
    slowest = 0.0
    for place in draw.sample(range(len(keys)), ANSWERS):
        time.sleep(draw.uniform(0, POLL_SECONDS))
        answered = _answer(settings, keys[place])
        slowest = max(slowest, airflow.woke(place) - answered)
    return slowest


def _answer(settings: Settings, key: str) -> float:
    """Have another process settle it; the moment at which that was done."""
    process = _processes.Process(target=_waive, args=(settings, key))
    process.start()
    process.join()
    return time.monotonic()


def _waive(settings: Settings, key: str) -> None:
    workspace = Workspace(settings)
    workspace.ledger.assignments.waive(key, now=datetime.now(UTC), who="benchmark", why="benchmark")
    workspace.close()


if __name__ == "__main__":
    sys.exit(main())
