"""A message that always fails keeps no other waiting, and is set aside after several tries."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from email.message import EmailMessage
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from dutyflow.errors import ComesBack
from dutyflow.ledger.errors import LedgerAway
from dutyflow.ledger.submissions import Submissions
from dutyflow.mail.mailboxes.imap import ImapAccount, imap_inbox
from dutyflow.mail.mailboxes.inbox import MaildirInbox, RawMessage, Withheld
from dutyflow.services.intake import mailbox
from dutyflow.services.intake.retries import TRIES, StillWaits
from tests.support.dovecot import Dovecot, dovecot, dovecot_server
from tests.support.scene import OFFICE, Scene, filled, form_in, later
from tests.support.unprivileged import not_as_root

__all__ = ["dovecot", "dovecot_server"]


@pytest.fixture
def letters(office: Scene) -> dict[str, EmailMessage]:
    return office.announce(office.open())


def passes(office: Scene, run, count: int = TRIES) -> None:
    """As Airflow retries it."""
    for _ in range(count):
        with pytest.raises(ComesBack):
            run()
        office.now = later(office.now, minutes=1)


def set_aside(office: Scene) -> list[str]:
    return [each.reason for each in office.ledger.submissions.quarantined()]


def test_a_message_that_the_ledger_cannot_take(
    office: Scene, letters: dict[str, EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    poison = office.reply(letters["design"], filled(form_in(letters["design"])))
    office.reply(letters["business"], filled(form_in(letters["business"])))
    record = Submissions.record

    def refused(self: Submissions, submission, **named):
        if submission.sender == str(letters["design"]["To"].addresses[0].addr_spec):
            raise LedgerAway("帳本的資料庫目前無法使用（value too long）；稍後自動重試")
        return record(self, submission, **named)

    monkeypatch.setattr(Submissions, "record", refused)
    passes(office, office.take_in, 1)
    assert office.state("pingtung/self_assessment/107H1/business") == "accepted"
    office.reply(letters["billing"], filled(form_in(letters["billing"])))
    passes(office, office.take_in, TRIES - 1)
    assert office.state("pingtung/self_assessment/107H1/billing") == "accepted"
    assert office.take_in() == []
    (kept,) = office.ledger.submissions.quarantined()
    assert f"試了 {TRIES} 次都無法處理" in kept.reason
    assert "value too long" in kept.reason
    assert office.workspace.store.get(kept.raw_blob) == poison
    assert office.ledger.stumbles.of(OFFICE) == ()
    assert not office.workspace.maildir(office.workspace.office(OFFICE)).waiting()


def test_an_answer_that_cannot_be_sent_now_keeps_no_other_waiting(
    office: Scene, letters: dict[str, EmailMessage]
) -> None:
    for section in ("design", "business"):
        office.reply(letters[section], filled(form_in(letters[section])))
    owner = letters["design"]["To"].addresses[0].addr_spec
    office.answers.rcpt, office.answers.refused = "451 4.3.0 try again", (owner,)
    with pytest.raises(StillWaits, match="451"):
        office.take_in()
    assert office.state("pingtung/self_assessment/107H1/business") == "accepted"
    office.answers.rcpt = ""
    (receipt,) = office.take_in()
    assert receipt["To"].addresses[0].addr_spec == owner
    assert set_aside(office) == []


def test_a_message_that_succeeds_in_the_end_leaves_nothing_behind(
    office: Scene, letters: dict[str, EmailMessage], monkeypatch: pytest.MonkeyPatch
) -> None:
    office.reply(letters["design"], filled(form_in(letters["design"])))
    with monkeypatch.context() as broken:
        broken.setattr(mailbox, "post_or_note", lambda *given, **named: 1 / 0)
        passes(office, office.take_in, 2)
    assert len(office.take_in()) == 1
    assert office.ledger.stumbles.of(OFFICE) == ()


def run(office: Scene, account: ImapAccount) -> None:
    with imap_inbox(account) as inbox:
        mailbox.empty_inbox(office.workspace, OFFICE, inbox, clock=office.clock)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root takes a file from the mail server")
def test_a_message_over_which_the_server_hangs_up(
    office: Scene, letters: dict[str, EmailMessage], dovecot: Dovecot
) -> None:
    """As Dovecot does over a file that it cannot read: it ends the connection."""
    dovecot.put(b"Subject: poison\r\n\r\nx", office.now)
    for section in ("design", "business"):
        office.now = later(office.now, minutes=1)
        letter = letters[section]
        dovecot.put(office.answer(letter, filled(form_in(letter))), office.now)
    (poison,) = [
        path
        for folder in ("new", "cur")
        for path in (dovecot.maildir / folder).iterdir()
        if b"poison" in path.read_bytes()
    ]
    poison.chmod(0)
    passes(office, lambda: run(office, dovecot.account()))
    for section in ("design", "business"):
        assert office.state(f"pingtung/self_assessment/107H1/{section}") == "accepted"
    run(office, dovecot.account())
    (told,) = set_aside(office)
    assert f"試了 {TRIES} 次都無法處理" in told
    with imap_inbox(dovecot.account()) as inbox:
        assert not inbox.waiting()


class OurInbox(MaildirInbox):
    """Read as by somebody whom file modes stop."""

    def messages(self, last: Collection[str] = ()) -> Iterator[RawMessage | Withheld]:
        with not_as_root():
            found = list(super().messages(last))
        return iter(found)


@pytest.fixture
def maildir() -> Iterator[Path]:
    """One that others than its owner may enter; not so `tmp_path`."""
    with TemporaryDirectory() as folder:
        path = Path(folder)
        (path / "new").mkdir()
        for each in (path, path / "new"):
            each.chmod(0o755)
        yield path


def test_a_file_in_a_maildir_that_nobody_may_read(
    office: Scene, letters: dict[str, EmailMessage], maildir: Path
) -> None:
    (maildir / "new" / "1.secret").touch(mode=0)
    letter = letters["business"]
    (maildir / "new" / "2.mail").write_bytes(office.answer(letter, filled(form_in(letter))))
    (maildir / "new" / "2.mail").chmod(0o644)

    def take_in() -> None:
        mailbox.empty_inbox(office.workspace, OFFICE, OurInbox(maildir), clock=office.clock)

    passes(office, take_in)
    assert office.state("pingtung/self_assessment/107H1/business") == "accepted"
    take_in()
    assert "無法讀取" in set_aside(office)[0]
