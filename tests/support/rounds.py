"""The daily round in a process of its own, to be killed."""

from __future__ import annotations

from datetime import datetime

from dutyflow.infra.settings import Settings
from dutyflow.services.reminders.daily_round import decide_round, keep_silences
from dutyflow.services.reminders.reminder_mail import remind
from dutyflow.services.workspace import Workspace
from tests.support.smtp import outbox_to


def play_round(environ: dict[str, str], office: str, port: int, now: datetime) -> None:
    """What the process does."""
    workspace = Workspace(Settings.from_environ(environ), outbox_to(port))
    decided = decide_round(workspace, now=now)
    keep_silences(workspace, decided, now=now)
    remind(workspace, office, decided.digests, now=now)
