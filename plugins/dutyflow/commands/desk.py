"""The ledger and all that goes with it, for commands that look into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from dutyflow.settings import Settings
from dutyflow.workspace import Workspace

from .common import Refused


@contextmanager
def opened_desk(settings: Settings) -> Iterator[Workspace]:
    """A workspace whose ledger is there. Raises Refused where it is not."""
    desk = Workspace(settings)
    try:
        if not desk.ledger.is_ready():
            raise Refused("還沒有帳本；請先執行 dutyflow migrate，或以 DUTYFLOW_LEDGER 指定帳本")
        yield desk
    finally:
        desk.close()
