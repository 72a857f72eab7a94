"""The intake is killed at each step and run again: nothing is lost, nothing counts twice."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from dutyflow.calendars.roc import TAIPEI
from dutyflow.ledger import CycleRecord
from dutyflow.mail.mailboxes.imap import DONE_FOLDER, imap_inbox
from dutyflow.mail.mailboxes.inbox import MaildirInbox
from tests.support.dovecot import Dovecot, plain_dovecot, plain_dovecot_server
from tests.support.intake import Intake
from tests.support.scene import OFFICE, Scene, filled, form_in, scene

__all__ = ["plain_dovecot", "plain_dovecot_server"]

WHO = ("business", "design")

CLAIM, RECORD = 1, 2  # the turns that the notice of an answer takes

# Where it dies: whose step, which one, whether after it or before, and at which of its turns.
STAGES = {
    "the bytes are stored": ("dutyflow.infra.blob_store:Store", "put", "after"),
    "the verdict is not on record": ("dutyflow.ledger.submissions:Submissions", "record", "before"),
    "the verdict is on record": ("dutyflow.ledger.submissions:Submissions", "record", "after"),
    "the answer is not claimed": ("dutyflow.ledger.notices:Notices", "take_turn", "before", CLAIM),
    "the answer is claimed": ("dutyflow.ledger.notices:Notices", "take_turn", "after", CLAIM),
    "the answer is sent": ("dutyflow.mail.outbound.outbox:SmtpOutbox", "send", "after"),
    "the answer is on record": ("dutyflow.ledger.notices:Notices", "take_turn", "after", RECORD),
    "the message is not put away": ("dutyflow.mail.mailboxes.inbox:MaildirInbox", "done", "before"),
    "the message is put away": ("dutyflow.mail.mailboxes.inbox:MaildirInbox", "done", "after"),
}
ON_SERVER = {
    "the message is marked": ("imapclient:IMAPClient", "add_flags", "after"),
    "the message is copied": ("imapclient:IMAPClient", "copy", "after"),
    "the message is taken out": ("imapclient:IMAPClient", "uid_expunge", "after"),
}
SENT = "the answer is sent"


def death(stage: str, message: int) -> tuple[str, str, str, int]:
    """How to die at a stage of the n-th message."""
    place, step, when, *turns = STAGES[stage]
    return (place, step, when, (message - 1) * RECORD + turns[0] if turns else message)


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
    mailbox = office.workspace.office(OFFICE).contacts.mailbox.address
    folder = office.workspace.settings.mail / mailbox
    for name in ("new", "cur", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, raw in enumerate(replies):
        (folder / "new" / f"{number}.mail").write_bytes(raw)
        stamp = office.now.timestamp() + number
        os.utime(folder / "new" / f"{number}.mail", (stamp, stamp))
    intake = Intake(office)
    assert intake.is_killed(*death(stage, 2))
    intake.succeeds()
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
    intake = Intake(office, account)
    assert intake.is_killed(*ON_SERVER[stage], 2)
    intake.succeeds()
    times = counted_once(office, cycle, office.new_mails())
    assert set(times.values()) == {1}
    with imap_inbox(account) as inbox, plain_dovecot.client() as client:
        assert not inbox.waiting()
        assert client.folder_status(DONE_FOLDER)[b"MESSAGES"] >= len(replies)


def test_who_dies_again_and_again(office: Scene, cycle: CycleRecord, replies: list[bytes]) -> None:
    """At another step of each message, one after another."""
    mailbox = office.workspace.office(OFFICE).contacts.mailbox.address
    folder = office.workspace.settings.mail / mailbox
    (folder / "new").mkdir(parents=True)
    for number, raw in enumerate(replies):
        (folder / "new" / f"{number}.mail").write_bytes(raw)
    intake = Intake(office)
    deaths = [intake.is_killed(*death(stage, 1)) for stage in STAGES]
    assert deaths.count(True) >= len(STAGES) - 2
    intake.succeeds()
    times = counted_once(office, cycle, office.new_mails())
    assert sum(times.values()) - len(times) <= 1
