"""The intake in a process of its own: killed at a step, or given no room on the disk."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta

from dutyflow.mail.imap import ImapAccount
from tests.support.scene import PLANS, Scene

LEASE = timedelta(minutes=6)  # whoever died holds its claim for five

CHILD = """
import importlib, json, os, resource, signal, smtplib, sys
from contextlib import nullcontext
from datetime import datetime
from dutyflow import receiving
from dutyflow.mail.imap import ImapAccount, imap_inbox
from dutyflow.settings import Settings
from dutyflow.workspace import Workspace
port, now, account, dies, room = json.loads(sys.argv[1])

if dies:
    (place, name, when, at), calls = dies, 0
    module, _, owner = place.partition(":")
    module = importlib.import_module(module)
    owner = getattr(module, owner) if owner else module
    step = getattr(owner, name)
    def dying(*args, **named):
        global calls
        calls += 1
        if calls == at and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = step(*args, **named)
        if calls == at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    setattr(owner, name, dying)

if room:
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
now = datetime.fromisoformat(now)
desk = Workspace(Settings.from_environ())
office = desk.office("pingtung")
inbox = imap_inbox(ImapAccount(**account)) if account else nullcontext(desk.maildir(office))
with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client, inbox as opened:
    receiving.empty_inbox(desk, client, "pingtung", opened, clock=lambda: now)
"""


class Intake:
    """Processes of the intake, one after another, each a while after the one before."""

    def __init__(self, office: Scene, account: ImapAccount | None = None) -> None:
        self.office = office
        self.now = office.now
        self.account = vars(account) if account else None
        self.environment = {
            "DUTYFLOW_HOME": str(office.desk.settings.home),
            "DUTYFLOW_PLANS": str(PLANS),
        }

    def is_killed(self, place: str, step: str, when: str, at: int) -> bool:
        """Run one that is to die before or after the n-th call of a step; whether it did."""
        done = self._run(dies=(place, step, when, at))
        assert done.returncode in (0, -signal.SIGKILL), done.stderr
        return done.returncode != 0

    def succeeds(self) -> None:
        done = self._run()
        assert done.returncode == 0, done.stderr

    def fails(self, *, room: int) -> str:
        """Run one that can write no file longer than so many bytes; what it fails with."""
        done = self._run(room=room)
        assert done.returncode == 1
        return done.stderr

    def _run(
        self, dies: tuple[str, str, str, int] | None = None, room: int = 0
    ) -> subprocess.CompletedProcess[str]:
        moment = self.now.isoformat()
        said = json.dumps([self.office.server.port, moment, self.account, dies, room])
        self.now += LEASE
        return subprocess.run(
            [sys.executable, "-c", CHILD, said],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
