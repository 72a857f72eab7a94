"""How long a round takes to decide, next to fetching the same rows and doing nothing with them.

    .venv/bin/python -m benchmarks.deciding [--full]

20,000 open assignments, or 100,000; a tenth has a step due today. The fetch is the statement that
the round itself makes, all of its rows in one list, their moments as the database has them. Counted
is wall time on PostgreSQL, whose work is done by others, and processor time on SQLite.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

from dutyflow.ledger.standings import OPEN
from dutyflow.services.reminders.daily_round import decide_round
from dutyflow.services.workspace import Workspace

from .figures import Figure, milliseconds, ratio, show, take_turns
from .ledgers import MORNING, fill, opened_workspace, postgres

FEW, MANY, ROUNDS = 20_000, 100_000, 5
NEXT_TO_FETCH = 3.0


def main(*options: str) -> int:
    count = MANY if "--full" in options else FEW
    figures = [_figure("", "SQLite", count, time.process_time)]
    with postgres() as server:
        if server is not None:
            url = server.url(server.new_database())
            figures.append(_figure(url, "PostgreSQL", count, time.perf_counter))
    show(f"A round over {count:,} open assignments ({ROUNDS} rounds)", figures)
    return 0


def _figure(url: str, name: str, count: int, clock: Callable[[], float]) -> Figure:
    with opened_workspace(url) as workspace:
        fill(workspace, count)
        ways = {
            "decide": partial(_timed, clock, partial(_decide, workspace)),
            "fetch": partial(_timed, clock, partial(_fetch, workspace, count)),
        }
        take_turns(ways, 1)
        times = take_turns(ways, ROUNDS)
    return Figure(
        what=f"decide, {name}: {milliseconds(times, 'decide')}",
        baseline=f"fetch the same rows: {milliseconds(times, 'fetch')}",
        value=ratio(times, of="decide", to="fetch"),
        target=NEXT_TO_FETCH,
    )


def _timed(clock: Callable[[], float], work: Callable[[], None]) -> float:
    begun = clock()
    work()
    return clock() - begun


def _decide(workspace: Workspace) -> None:
    assert decide_round(workspace, now=MORNING).digests


def _fetch(workspace: Workspace, count: int) -> None:
    with workspace.ledger._database.reading() as connection:
        assert len(connection.execute(OPEN).fetchall()) >= count


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
