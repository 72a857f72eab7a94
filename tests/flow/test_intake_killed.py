"""The intake is killed at each step and run again: nothing is lost, nothing counts twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from dutyflow.calendars.roc import TAIPEI
from dutyflow.ledger import CycleRecord
from dutyflow.mail.imap import DONE_FOLDER, imap_inbox
from dutyflow.mail.inbox import MaildirInbox
from tests.support.dovecot import Dovecot, plain_dovecot, plain_dovecot_server
from tests.support.scene import OFFICE, PLANS, Scene, filled, form_in, scene

__all__ = ["plain_dovecot", "plain_dovecot_server"]

WHO = ("business", "design")
LEASE = timedelta(minutes=6)  # whoever died holds its claim for five

# Where it dies: whose step, which one, and whether after it or before.
STAGES = {
    "the bytes are stored": ("dutyflow.store:Store", "put", "after"),
    "the verdict is not on record": ("dutyflow.ledger.submissions:Submissions", "record", "before"),
    "the verdict is on record": ("dutyflow.ledger.submissions:Submissions", "record", "after"),
    "the answer is not claimed": ("dutyflow.ledger.notices:Notices", "claim_all", "before"),
    "the answer is claimed": ("dutyflow.ledger.notices:Notices", "claim_all", "after"),
    "the answer is sent": ("dutyflow.posting:", "send", "after"),
    "the answer is on record": ("dutyflow.ledger.notices:Notices", "record_all", "after"),
    "the message is not put away": ("{inbox}", "done", "before"),
    "the message is put away": ("{inbox}", "done", "after"),
}
ON_SERVER = {
    "the message is marked": ("imapclient:IMAPClient", "add_flags", "after"),
    "the message is copied": ("imapclient:IMAPClient", "copy", "after"),
    "the message is taken out": ("imapclient:IMAPClient", "uid_expunge", "after"),
}
SENT = "the answer is sent"

CHILD = """
import importlib, json, os, signal, smtplib, sys
from contextlib import nullcontext
from datetime import datetime
from dutyflow import receiving
from dutyflow.mail.imap import ImapAccount, imap_inbox
from dutyflow.settings import Settings
from dutyflow.workspace import Workspace
port, now, account, dies = json.loads(sys.argv[1])

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

now = datetime.fromisoformat(now)
desk = Workspace(Settings.from_environ())
office = desk.office("pingtung")
inbox = imap_inbox(ImapAccount(**account)) if account else nullcontext(desk.maildir(office))
with smtplib.SMTP("127.0.0.1", port, local_hostname="localhost") as client, inbox as opened:
    receiving.empty_inbox(desk, client, "pingtung", opened, clock=lambda: now)
"""


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Scene]:
    with scene(tmp_path, datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)) as it:
        yield it


@pytest.fixture
def cycle(office: Scene) -> CycleRecord:
    return office.open()


@pytest.fixture
def replies(office: Scene, cycle: CycleRecord) -> list[bytes]:
    """What some sections have sent, one of them twice."""
    letters = office.announce(cycle)
    raw = [office.answer(letters[each], filled(form_in(letters[each]))) for each in WHO]
    return [*raw, raw[0]]


class Life:
    """Processes of the intake, one after another."""

    def __init__(self, office: Scene, account: dict[str, object] | None = None) -> None:
        self.office = office
        self.now = office.now
        self.account = account
        self.environment = {
            "DUTYFLOW_HOME": str(office.desk.settings.home),
            "DUTYFLOW_PLANS": str(PLANS),
        }

    def run(self, dies: tuple[str, str, str, int] | None = None) -> bool:
        """Whether it was killed."""
        said = json.dumps([self.office.server.port, self.now.isoformat(), self.account, dies])
        child = subprocess.run(
            [sys.executable, "-c", CHILD, said],
            env={**os.environ, **self.environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
        self.now += LEASE
        assert child.returncode in (0, -signal.SIGKILL), child.stderr
        return child.returncode != 0


def counted_once(office: Scene, cycle: CycleRecord, answers: list[EmailMessage]) -> Counter[str]:
    """How often each answer went out; every section has one submission, and is answered."""
    for section in WHO:
        assert office.state(f"{cycle.key}/{section}") == "accepted"
        assert len(office.ledger.submissions.of(f"{cycle.key}/{section}")) == 1
    assert office.ledger.submissions.quarantined() == ()
    assert office.ledger.events.verify() is None
    assert len({mail["To"] for mail in answers}) == len(WHO)
    times = Counter(str(mail["Message-ID"]) for mail in answers)
    assert len(times) == len(WHO)
    return times


@pytest.mark.parametrize("stage", STAGES)
def test_who_dies_with_a_maildir_before_him(
    office: Scene, cycle: CycleRecord, replies: list[bytes], stage: str
) -> None:
    mailbox = office.desk.office(OFFICE).contacts.mailbox.address
    folder = office.desk.settings.mail / mailbox
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, raw in enumerate(replies):
        (folder / "new" / f"{number}.mail").write_bytes(raw)
        stamp = office.now.timestamp() + number
        os.utime(folder / "new" / f"{number}.mail", (stamp, stamp))
    life = Life(office)
    place, step, when = STAGES[stage]
    at = 2
    assert life.run((place.format(inbox="dutyflow.mail.inbox:MaildirInbox"), step, when, at))
    assert not life.run()
    times = counted_once(office, cycle, office.new_mails())
    assert sum(times.values()) - len(times) == (stage == SENT)  # under its own Message-ID
    assert not MaildirInbox(folder).waiting()
    assert len(list((folder / "cur").iterdir())) == len(replies)


@pytest.mark.parametrize("stage", ON_SERVER)
def test_who_dies_while_the_server_puts_a_message_away(
    office: Scene,
    cycle: CycleRecord,
    replies: list[bytes],
    stage: str,
    plain_dovecot: Dovecot,
) -> None:
    for raw in replies:
        plain_dovecot.put(raw, office.now)
    account = plain_dovecot.account()
    life = Life(office, {name: getattr(account, name) for name in account.__dataclass_fields__})
    assert life.run((*ON_SERVER[stage], 2))
    assert not life.run()
    times = counted_once(office, cycle, office.new_mails())
    assert set(times.values()) == {1}
    with imap_inbox(account) as inbox, plain_dovecot.client() as client:
        assert not inbox.waiting()
        assert client.folder_status(DONE_FOLDER)[b"MESSAGES"] >= len(replies)


def test_who_dies_again_and_again(office: Scene, cycle: CycleRecord, replies: list[bytes]) -> None:
    """At another step of each message, one after another."""
    mailbox = office.desk.office(OFFICE).contacts.mailbox.address
    folder = office.desk.settings.mail / mailbox
    (folder / "new").mkdir(parents=True)
    for number, raw in enumerate(replies):
        (folder / "new" / f"{number}.mail").write_bytes(raw)
    life = Life(office)
    deaths = [
        life.run((place.format(inbox="dutyflow.mail.inbox:MaildirInbox"), step, when, 1))
        for stage, (place, step, when) in STAGES.items()
    ]
    assert deaths.count(True) >= len(STAGES) - 2
    while life.run():
        pass
    times = counted_once(office, cycle, office.new_mails())
    assert sum(times.values()) - len(times) <= 1
