"""The intake in a process of its own: killed at a step, or given no room on the disk."""

from __future__ import annotations

import importlib
import itertools
import os
import resource
import signal
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

from dutyflow.infra.settings import Settings
from dutyflow.mail.mailboxes.imap import ImapAccount, imap_inbox
from dutyflow.services.intake import mailbox
from dutyflow.services.workspace import Workspace
from tests.support.forked import fork
from tests.support.scene import OFFICE, PLANS, Scene
from tests.support.smtp import outbox_to

LEASE = timedelta(minutes=6)  # whoever died holds its claim for five

Death = tuple[str, str, str, int]  # whose step, which, before or after it, at which of its turns


def take_in(
    environ: dict[str, str],
    port: int,
    now: datetime,
    account: ImapAccount | None,
    dies: Death | None,
    room: int,
) -> None:
    """What a process does."""
    if dies:
        _die_at(*dies)
    if room:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
    workspace = Workspace(Settings.from_environ(environ), outbox_to(port))
    inbox = (
        imap_inbox(account) if account else nullcontext(workspace.maildir(workspace.office(OFFICE)))
    )
    with inbox as opened:
        mailbox.empty_inbox(workspace, OFFICE, opened, clock=lambda: now)


def _die_at(place: str, name: str, when: str, turn: int) -> None:
    module, _, named = place.partition(":")
    owner: Any = importlib.import_module(module)
    owner = getattr(owner, named) if named else owner
    step, turns = getattr(owner, name), itertools.count(1)

    def dying(*args: Any, **kwargs: Any) -> Any:
        now = next(turns) == turn
        if now and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = step(*args, **kwargs)
        if now:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, dying)


class Intake:
    """Processes of the intake, one after another, each a while after the one before."""

    def __init__(self, office: Scene, account: ImapAccount | None = None) -> None:
        self.office = office
        self.now = office.now
        self.account = account
        self.environ = {
            "DUTYFLOW_HOME": str(office.workspace.settings.home),
            "DUTYFLOW_PLANS": str(PLANS),
        }

    def is_killed(self, place: str, step: str, when: str, at: int) -> bool:
        """Run one that is to die before or after the n-th call of a step; whether it did."""
        code, said = self._run(dies=(place, step, when, at))
        assert code in (0, -signal.SIGKILL), said
        return code != 0

    def succeeds(self) -> None:
        code, said = self._run()
        assert code == 0, said

    def fails(self, *, room: int) -> str:
        """Run one that can write no file longer than so many bytes; what it fails with."""
        code, said = self._run(room=room)
        assert code == 1
        return said

    def _run(self, dies: Death | None = None, room: int = 0) -> tuple[int, str]:
        port, now = self.office.server.port, self.now
        self.now += LEASE
        return fork(take_in, self.environ, port, now, self.account, dies, room).end()
