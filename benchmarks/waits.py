"""Two thousand collections that wait in one process: the share of a core that they take.

    .venv/bin/python -m benchmarks.waits

The triggers of 2,000 deferred tasks run in one event loop, as a triggerer runs them, and share one
look at the ledger. Then some are answered at odd moments, each by another process, and it is told
how long after that its trigger fired.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import sys
import time
from contextlib import suppress
from datetime import UTC, datetime

from sqlalchemy import update

from dutyflow.ledger.tables import assignments
from dutyflow.settings import Settings
from dutyflow.workspace import Workspace

from .figures import Figure, show
from .ledgers import fill, workspace

WAITS, SECONDS, ANSWERS = 2_000, 30.0, 5
SHARE, GRACE_SECONDS = 4.0, 2.0
CUT_OFF = datetime(2999, 1, 1, tzinfo=UTC)
_processes = multiprocessing.get_context("spawn")


def main() -> int:
    with workspace() as desk:
        fill(desk, WAITS)
        with desk.ledger._database.writing() as connection:
            connection.execute(update(assignments).values(collect_by=CUT_OFF, due_by=CUT_OFF))
            found = connection.execute(assignments.select().limit(WAITS))
            keys = [row.key for row in found]
        os.environ["DUTYFLOW_HOME"] = str(desk.settings.home)
        os.environ["DUTYFLOW_PLANS"] = str(desk.settings.plans)
        from dutyflow.orchestration.waiting import POLL_SECONDS

        share, slowest = asyncio.run(_wait(desk.settings, keys))
    figures = [
        Figure(
            what=f"{WAITS:,} waits, looked at every {POLL_SECONDS:g} s: percent of a core",
            baseline=f"{SECONDS:g} s",
            value=share,
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
    return 0


async def _wait(settings: Settings, keys: list[str]) -> tuple[float, float]:
    """The percentage of a core while nothing happens, and the slowest wake."""
    from dutyflow.orchestration.waiting import LEAST_WAIT_SECONDS, POLL_SECONDS

    waiting = {key: asyncio.create_task(_fired(key)) for key in keys}
    await asyncio.sleep(LEAST_WAIT_SECONDS + POLL_SECONDS)  # all have begun, and been looked at
    worked, begun = time.process_time(), time.monotonic()
    await asyncio.sleep(SECONDS)
    share = 100 * (time.process_time() - worked) / (time.monotonic() - begun)
    draw = random.Random(2018)
    slowest = 0.0
    for key in draw.sample(keys, ANSWERS):
        await asyncio.sleep(draw.uniform(0, POLL_SECONDS))
        answered = await asyncio.to_thread(_answer, settings, key)
        slowest = max(slowest, await waiting[key] - answered)
    for task in waiting.values():
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return share, slowest


async def _fired(key: str) -> float:
    """When the wait for an assignment was over."""
    from dutyflow.orchestration.waiting import CollectTrigger

    async for _ in CollectTrigger(key).run():
        break
    return time.monotonic()


def _answer(settings: Settings, key: str) -> float:
    """Have another process settle it; the moment at which that was done."""
    process = _processes.Process(target=_waive, args=(settings, key))
    process.start()
    process.join()
    return time.monotonic()


def _waive(settings: Settings, key: str) -> None:
    desk = Workspace(settings)
    desk.ledger.assignments.waive(key, now=datetime.now(UTC), who="benchmark", why="benchmark")
    desk.close()


if __name__ == "__main__":
    sys.exit(main())
