"""Answers that a real mail server keeps: received, judged and answered, whatever becomes of it."""

from __future__ import annotations

from collections import Counter
from email.message import EmailMessage
from pathlib import Path

import pytest

from dutyflow.ledger import CycleRecord
from dutyflow.mail.errors import MailboxAway
from dutyflow.mail.mailboxes.imap import (
    DONE_FOLDER,
    ImapAccount,
    ImapInbox,
    connect,
    hang_up,
    imap_inbox,
)
from dutyflow.services.intake import mailbox
from tests.support.cutting import cutting
from tests.support.dovecot import Dovecot, dovecot, dovecot_server
from tests.support.scene import OFFICE, Scene, filled, form_in, text_of

__all__ = ["dovecot", "dovecot_server"]


@pytest.fixture
def cycle(office: Scene) -> CycleRecord:
    return office.open()


@pytest.fixture
def letters(office: Scene, cycle: CycleRecord) -> dict[str, EmailMessage]:
    return office.announce(cycle)


def empty(office: Scene, account: ImapAccount) -> list[EmailMessage]:
    """Run the intake on that mailbox; the answers that it sent."""
    with imap_inbox(account) as inbox:
        mailbox.empty_inbox(office.workspace, OFFICE, inbox, clock=office.clock)
    return office.new_mails()


def count(server: Dovecot, folder: str) -> int:
    with server.client() as client:
        return int(client.folder_status(folder)[b"MESSAGES"])


def test_an_answer_on_the_server_is_judged_and_answered(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage], dovecot: Dovecot
) -> None:
    letter = letters["business"]
    dovecot.put(office.answer(letter, filled(form_in(letter))), office.now)
    (receipt,) = empty(office, dovecot.account())
    assert "已收到" in receipt["Subject"]
    assert office.state(f"{cycle.key}/business") == "accepted"
    (kept,) = office.ledger.submissions.of(f"{cycle.key}/business")
    assert kept.received_at == office.now  # when the server had it
    assert kept.channel == "mail"
    assert (count(dovecot, "INBOX"), count(dovecot, DONE_FOLDER)) == (0, 1)


def test_the_same_message_in_the_mailbox_twice_is_one_submission(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage], dovecot: Dovecot
) -> None:
    letter = letters["business"]
    raw = office.answer(letter, filled(form_in(letter)))
    dovecot.put(raw, office.now)
    dovecot.put(raw, office.now)
    assert len(empty(office, dovecot.account())) == 1
    assert len(office.ledger.submissions.of(f"{cycle.key}/business")) == 1
    assert count(dovecot, "INBOX") == 0


def test_a_line_that_is_cut_again_and_again_loses_and_doubles_nothing(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage], dovecot: Dovecot
) -> None:
    for letter in letters.values():
        dovecot.put(office.answer(letter, filled(form_in(letter))), office.now)
    answers: list[EmailMessage] = []
    cuts = 0
    with cutting(dovecot.tls_port) as wire:
        account = dovecot.account(port=wire.port)
        for allowed in (5_000, 12_000, 20_000, 34_000, 50_000, 0):
            wire.cut_after(allowed)
            try:
                answers += empty(office, account)
            except MailboxAway:
                cuts += 1
                answers += office.new_mails()
    assert cuts >= 2
    states = {section: office.state(f"{cycle.key}/{section}") for section in letters}
    assert set(states.values()) == {"accepted"}
    assert Counter(mail["To"] for mail in answers) == Counter(
        letter["To"] for letter in letters.values()
    )
    submissions = [len(office.ledger.submissions.of(f"{cycle.key}/{each}")) for each in letters]
    assert submissions == [1] * len(letters)
    assert count(dovecot, "INBOX") == 0


def test_two_intakes_at_one_mailbox_count_each_answer_once(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage], dovecot: Dovecot
) -> None:
    """The other one takes in everything while the first has read its first message."""
    for letter in letters.values():
        dovecot.put(office.answer(letter, filled(form_in(letter))), office.now)

    class Interrupted(ImapInbox):
        def messages(self, last=()):
            reading = super().messages(last)
            yield next(reading)
            answers.extend(empty(office, dovecot.account()))
            yield from reading

    answers: list[EmailMessage] = []
    client = connect(dovecot.account())
    inbox = Interrupted(client, dovecot.account())
    mailbox.empty_inbox(office.workspace, OFFICE, inbox, clock=office.clock)
    hang_up(client)
    answers += office.new_mails()
    assert len(answers) == len(letters)
    assert len({mail["Message-ID"] for mail in answers}) == len(letters)
    assert all(len(office.ledger.submissions.of(f"{cycle.key}/{each}")) == 1 for each in letters)


def test_a_message_that_is_too_large_is_not_read_and_its_sender_is_told(
    office: Scene, cycle: CycleRecord, letters: dict[str, EmailMessage], dovecot: Dovecot
) -> None:
    letter = letters["business"]
    large = office.answer(letter, b"x" * 20_000)
    dovecot.put(large, office.now)
    stranger = office.answer(letter, b"y" * 20_000).replace(
        str(letter["To"].addresses[0].addr_spec).encode(), b"stranger@example.com"
    )
    dovecot.put(stranger, office.now)
    client = connect(dovecot.account())
    inbox = ImapInbox(client, dovecot.account(), limit=10_000)
    mailbox.empty_inbox(office.workspace, OFFICE, inbox, clock=office.clock)
    hang_up(client)
    (told,) = office.new_mails()
    assert told["To"].addresses[0].addr_spec == letter["To"].addresses[0].addr_spec
    assert told["Subject"] == "來信無法讀取，請重寄"
    assert "MB，沒有讀取；應在" in text_of(told)
    assert office.state(f"{cycle.key}/business") == "open"
    (first, _) = office.ledger.submissions.quarantined()
    assert "沒有讀取" in first.reason
    with dovecot.client() as looking:
        looking.select_folder(DONE_FOLDER, readonly=True)
        sizes = looking.fetch(looking.search("ALL"), ["RFC822.SIZE"])
    assert all(each[b"RFC822.SIZE"] > 20_000 for each in sizes.values()), "nothing is thrown away"


def test_mail_without_a_connection_to_a_server_is_read_from_the_maildir(tmp_path: Path) -> None:
    from dutyflow.infra.settings import Settings
    from dutyflow.mail.mailboxes.inbox import MaildirInbox
    from dutyflow.orchestration.mailboxes import inbox_of
    from dutyflow.services.workspace import Workspace

    workspace = Workspace(Settings.from_environ({"DUTYFLOW_HOME": str(tmp_path)}))
    with inbox_of(workspace, workspace.office(OFFICE)) as inbox:
        assert isinstance(inbox, MaildirInbox)
