"""The ledger and all that goes with it, for commands that look into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dutyflow.infra.settings import Settings
from dutyflow.ledger.records import CycleRecord
from dutyflow.plan.words import did_you_mean, listed
from dutyflow.services.workspace import Workspace

from .common import Refused


@contextmanager
def opened_workspace(settings: Settings) -> Iterator[Workspace]:
    """A workspace whose ledger is there. Raises Refused where it is not."""
    workspace = Workspace(settings)
    try:
        if not workspace.ledger.is_ready():
            raise Refused("還沒有帳本；請先執行 dutyflow migrate，或以 DUTYFLOW_LEDGER 指定帳本")
        yield workspace
    finally:
        workspace.close()


def cycles_in(
    workspace: Workspace, *, office: str | None, duty: str | None, name: str | None
) -> list[CycleRecord]:
    """The ledger's cycles that fit. Raises Refused for a name, UnknownOffice for an office, that
    is not there."""
    opened = workspace.ledger.cycles.all(office=office, duty=duty)
    if office is not None and not opened:
        workspace.office(office)
    found = [cycle for cycle in opened if name in (None, cycle.name)]
    if name is not None and not found:
        known = {cycle.name: cycle.title for cycle in opened}
        hint = did_you_mean(name, known, known) or f"有 {listed(known) or '（沒有）'}"
        raise Refused(f"帳本沒有「{name}」這一期；{hint}")
    return found
