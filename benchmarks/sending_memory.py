"""The most memory that a process holds which sends a round batch by batch, as the tasks do."""

from __future__ import annotations

import json
import multiprocessing
from dataclasses import asdict
from multiprocessing.connection import Connection
from pathlib import Path

from dutyflow.infra.settings import Settings
from dutyflow.nagging.digests import Digest
from dutyflow.services.reminders.batches import RecipientBatch, batches_of, still_to_send
from dutyflow.services.reminders.daily_round import Wanted, decide_round
from dutyflow.services.reminders.reminder_mail import remind
from dutyflow.services.workspace import Workspace
from tests.support.smtp import outbox_to

from .figures import Figure
from .ledgers import MORNING, OFFICE, fill, opened_workspace
from .meter import peak_memory

TIMES = 4
FLAT = 1.05
_processes = multiprocessing.get_context("spawn")


def peak_figure(port: int, count: int) -> Figure:
    """The peak at four times as many mails, next to that at so many."""
    few, many = _peak(port, count // TIMES), _peak(port, count)
    return Figure(
        what=f"peak memory of a process that sends {count:,} mails: {many / 2**20:.1f} MiB",
        baseline=f"{count // TIMES:,} mails: {few / 2**20:.1f} MiB",
        value=many / few,
        target=FLAT,
    )


def _peak(port: int, count: int) -> float:
    with opened_workspace() as workspace:
        fill(workspace, count, one_in=1)
        errands = workspace.settings.home / "errands"
        _write(errands, workspace)
        ours, theirs = _processes.Pipe()
        process = _processes.Process(target=_send, args=(theirs, workspace.settings, errands, port))
        process.start()
        peak = float(ours.recv())
        process.join()
        return peak


def _write(file: Path, workspace: Workspace) -> None:
    """What the round's first task hands to the others; a mail for each assignment here."""
    nags = (nag for digest in decide_round(workspace, now=MORNING).digests for nag in digest.nags)
    batches = batches_of(Digest(to=nag.to.person, nags=(nag,)) for nag in nags)
    file.write_text("".join(json.dumps(asdict(batch)) + "\n" for batch in batches))


def _send(parent: Connection, settings: Settings, errands: Path, port: int) -> None:
    workspace, wanted = Workspace(settings, outbox_to(port)), Wanted(again=True)
    with errands.open() as lines:
        for line in lines:
            batch = RecipientBatch(**json.loads(line))
            digests = still_to_send(workspace, batch, wanted=wanted, now=MORNING)
            alone = [Digest(to=digest.to, nags=(nag,)) for digest in digests for nag in digest.nags]
            remind(workspace, OFFICE, alone, now=MORNING)
    workspace.close()
    parent.send(peak_memory())
