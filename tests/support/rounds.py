"""The daily round in a process of its own, to be killed."""

from __future__ import annotations

import smtplib
from datetime import datetime

from dutyflow.reminding import remind
from dutyflow.rounds import decide_round, keep_silences
from dutyflow.settings import Settings
from dutyflow.workspace import Workspace


def play_round(environ: dict[str, str], office: str, port: int, now: datetime) -> None:
    """What the process does."""
    desk = Workspace(Settings.from_environ(environ))
    decided = decide_round(desk, now=now)
    keep_silences(desk, decided, now=now)
    with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client:
        remind(desk, client, office, decided.digests, now=now)
