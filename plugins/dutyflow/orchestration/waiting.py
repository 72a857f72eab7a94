"""Waiting for weeks without holding a worker: one poll of the ledger serves every wait.

All `collect` tasks that wait in one triggerer share a `LedgerWatch`: each poll asks the ledger once
about all of them. The cut-off is read again at every look, so an extension needs no re-run.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from typing import Any

from airflow.triggers.base import BaseTrigger, TriggerEvent

from dutyflow.infra import clock
from dutyflow.services.cycles.collection import Wait, wait_for
from dutyflow.services.workspace import Workspace

log = logging.getLogger(__name__)

POLL_SECONDS = 3.0
# A task that is resumed within about two seconds of its deferral, more on a busy machine, can fail
# in Airflow (the race is described in apache/airflow#72716), so no wait is answered before that.
LEAST_WAIT_SECONDS = 3.0


class LedgerWatch:
    """One poll of the ledger for all the waits of this process."""

    def __init__(self, workspace: Workspace, poll_seconds: float = POLL_SECONDS) -> None:
        self._workspace = workspace
        self._poll_seconds = poll_seconds
        self._waits: dict[str, list[tuple[float, asyncio.Future[Wait]]]] = {}
        self._poll: asyncio.Task[None] | None = None

    async def settled(self, assignment: str) -> Wait:
        """Return once the assignment is accepted or waived, or its cut-off has passed."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Wait] = loop.create_future()
        entry = (loop.time() + LEAST_WAIT_SECONDS, answer)
        self._waits.setdefault(assignment, []).append(entry)
        if self._poll is None or self._poll.done():
            self._poll = asyncio.create_task(self._poll_while_waited_for())
        try:
            return await answer
        finally:
            self._forget(assignment, entry)

    def _forget(self, assignment: str, entry: tuple[float, asyncio.Future[Wait]]) -> None:
        entries = self._waits.get(assignment, [])
        if entry in entries:
            entries.remove(entry)
        if not entries:
            self._waits.pop(assignment, None)

    async def _poll_while_waited_for(self) -> None:
        while self._waits:
            await asyncio.sleep(self._poll_seconds)
            try:
                await self._look()
            except Exception:
                # The ledger may be away for a while; whoever waits goes on waiting.
                log.exception("the ledger could not be read; trying again")

    async def _look(self) -> None:
        waits = await asyncio.to_thread(wait_for, self._workspace, tuple(self._waits), clock.now())
        time = asyncio.get_running_loop().time()
        for assignment, wait in waits.items():
            if wait == "waiting":
                continue
            for earliest, future in list(self._waits.get(assignment, [])):
                if time >= earliest and not future.done():
                    future.set_result(wait)


_watch: LedgerWatch | None = None


def _shared_watch() -> LedgerWatch:
    global _watch
    if _watch is None:
        _watch = LedgerWatch(Workspace.from_environment())
    return _watch


class CollectTrigger(BaseTrigger):
    """Fires when an assignment's wait is over. Stored for weeks: keep old arguments accepted."""

    def __init__(self, assignment: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.assignment = assignment

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return f"{__name__}.CollectTrigger", {"assignment": self.assignment}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        yield TriggerEvent(await _shared_watch().settled(self.assignment))


class MailTrigger(BaseTrigger):
    """Fires when something has come for an office; names the offices."""

    def __init__(self, poll_seconds: float = POLL_SECONDS) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.poll_seconds = poll_seconds

    def serialize(self) -> tuple[str, dict[str, Any]]:
        return f"{__name__}.MailTrigger", {"poll_seconds": self.poll_seconds}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        from dutyflow.orchestration.doors import Doors

        doors = Doors(Workspace.from_environment, poll_seconds=self.poll_seconds)
        yield TriggerEvent(await doors.something_came(not_before=LEAST_WAIT_SECONDS))
