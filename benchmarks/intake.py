"""Very many replies in a mailbox at once: what each takes, and the memory that the intake needs.

    .venv/bin/python -m benchmarks.intake [--full]

Each brings a form, filled in and different from every other; each is kept, judged in a process of
its own, put on record and answered. 160 of them next to 40, or 2,000 next to 500: neither time for
one nor peak memory may grow. Counted is processor time, the judging processes included.
"""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from multiprocessing.connection import Connection
from pathlib import Path

from dutyflow.infra.mime_types import XLSX
from dutyflow.infra.settings import Settings
from dutyflow.mail.addresses import reply_address
from dutyflow.services.cycles.opening import open_cycle
from dutyflow.services.intake.mailbox import empty_inbox
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.workspace import Case, Workspace
from tests.support.scene import Row, filled
from tests.support.smtp import outbox_to

from .figures import Figure, show
from .ledgers import DUTY, MORNING, OFFICE, OPENED, opened_workspace
from .mail_sink import mail_sink
from .meter import Meter, peak_memory

FEW, MANY, TIMES = 160, 2_000, 4
FLAT_TIME, FLAT_MEMORY = 1.15, 1.05
CYCLE = f"{OFFICE}/{DUTY}/107H1"
_processes = multiprocessing.get_context("spawn")


def main(*options: str) -> int:
    many = MANY if "--full" in options else FEW
    few = many // TIMES
    with mail_sink() as sink:
        (slow, large), (fast, small) = (_taken_in(sink.port, count) for count in (many, few))
    figures = [
        Figure(
            what=f"each of {many:,}: {slow * 1000:.0f} ms, {1 / slow:.1f}/s of a core",
            baseline=f"each of {few:,}: {fast * 1000:.0f} ms",
            value=slow / fast,
            target=FLAT_TIME,
        ),
        Figure(
            what=f"peak memory, {many:,}: {large / 2**20:.1f} MiB",
            baseline=f"{few:,}: {small / 2**20:.1f} MiB",
            value=large / small,
            target=FLAT_MEMORY,
        ),
    ]
    show("Replies taken in and answered, all in the mailbox at once", figures, measured="ratio")
    return 0


def _taken_in(port: int, count: int) -> tuple[float, float]:
    """The processor's seconds for a reply, and the peak of memory in bytes."""
    with opened_workspace() as workspace:
        open_cycle(workspace, office=OFFICE, duty=DUTY, name="107H1", now=OPENED, who="benchmark")
        mailbox = workspace.office(OFFICE).contacts.mailbox.address
        _deliver(workspace.settings.mail / mailbox / "new", _replies(workspace, count))
        ours, theirs = _processes.Pipe()
        process = _processes.Process(target=_take_in, args=(theirs, workspace.settings, port))
        process.start()
        taken, seconds, peak = ours.recv()
        process.join()
        states = {each.state for each in workspace.ledger.assignments.of(CYCLE)}
    if taken != count or states != {"accepted"}:
        raise SystemExit(f"of {count} replies {taken} were taken in; states: {states}")
    return seconds / count, peak


def _replies(workspace: Workspace, count: int) -> Iterator[bytes]:
    cases = [workspace.case(each.key) for each in workspace.ledger.assignments.of(CYCLE)]
    forms = [AssignmentMail(case).attached_form().data for case in cases]
    for number in range(count):
        place = number % len(cases)

        def answer(measure: str, number: int = number) -> Row:
            return {"執行情形": f"（樣本）{measure} 第 {number} 次", "自評分數": 90, "佐證": "樣本"}

        yield _reply(cases[place], filled(forms[place], answer), number)


def _reply(case: Case, workbook: bytes, number: int) -> bytes:
    mailbox = case.office.contacts.mailbox.address
    message = EmailMessage()
    message["From"] = case.people.owners[0].email
    message["To"] = reply_address(mailbox, case.assignment.token)
    message["Subject"] = "Re: 請填報"
    message["Message-ID"] = f"<{number}@example.tw>"
    message.set_content("如附件（樣本）。")
    maintype, _, subtype = XLSX.partition("/")
    message.add_attachment(workbook, maintype=maintype, subtype=subtype, filename="填報.xlsx")
    return message.as_bytes()


def _deliver(folder: Path, replies: Iterator[bytes]) -> None:
    folder.mkdir(parents=True)
    for number, reply in enumerate(replies):
        (folder / f"{number:010}.bench").write_bytes(reply)


def _take_in(parent: Connection, settings: Settings, port: int) -> None:
    workspace = Workspace(settings, outbox_to(port))
    inbox = workspace.maildir(workspace.office(OFFICE))
    moment = MORNING + timedelta(hours=1)
    taken = 0

    def take_in() -> None:
        nonlocal taken
        taken = empty_inbox(workspace, OFFICE, inbox, clock=lambda: moment)

    seconds = Meter().measure(take_in)
    workspace.close()
    parent.send((taken, seconds, peak_memory()))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
