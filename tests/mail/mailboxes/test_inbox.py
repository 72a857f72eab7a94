"""A Maildir, a server's mailbox and the one in memory behave alike."""

from __future__ import annotations

import mailbox
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dutyflow.mail.mailboxes.imap import ImapInbox, connect, hang_up
from dutyflow.mail.mailboxes.inbox import InMemoryInbox, MaildirInbox
from tests.support.dovecot import (
    Dovecot,
    dovecot,
    dovecot_server,
    plain_dovecot,
    plain_dovecot_server,
)

__all__ = ["dovecot", "dovecot_server", "plain_dovecot", "plain_dovecot_server"]

LIMIT = 1000  # bytes
START = datetime(2018, 7, 4, 9, 0, tzinfo=UTC)


class Memory:
    def __init__(self) -> None:
        self.inbox = InMemoryInbox(limit=LIMIT)

    def put(self, data: bytes, received_at: datetime) -> None:
        self.inbox.put(data, received_at=received_at)


class Folder:
    """A Maildir that another program delivers into, by the standard library's own hand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.inbox = MaildirInbox(path, limit=LIMIT)

    def put(self, data: bytes, received_at: datetime) -> None:
        folder = mailbox.Maildir(self.path)
        key = folder.add(data)
        stamp = received_at.timestamp()
        name = f"{int(stamp)}.{key}"
        os.utime(self.path / "new" / key, (stamp, stamp))
        (self.path / "new" / key).rename(self.path / "new" / name)


class OnServer:
    """A mailbox on a Dovecot, into which another connection puts the mail."""

    def __init__(self, server: Dovecot) -> None:
        self.client = connect(server.account())
        self.inbox = ImapInbox(self.client, server.account(), limit=LIMIT)
        self.put = server.put


@pytest.fixture(params=["memory", "maildir", "dovecot", "plain_dovecot"])
def place(request, tmp_path):
    if request.param == "memory":
        yield Memory()
    elif request.param == "maildir":
        yield Folder(tmp_path / "plan@example.tw")
    else:
        there = OnServer(request.getfixturevalue(request.param))
        yield there
        hang_up(there.client)


def put_three(place):
    for number in range(3):
        place.put(f"mail {number}".encode(), START + timedelta(minutes=number))


def test_an_empty_inbox_has_nothing(place):
    assert not place.inbox.waiting()
    assert list(place.inbox.messages()) == []


def test_mail_waits_in_the_order_in_which_it_came(place):
    put_three(place)
    assert place.inbox.waiting()
    messages = list(place.inbox.messages())
    assert [message.data for message in messages] == [b"mail 0", b"mail 1", b"mail 2"]
    assert [message.received_at for message in messages] == [
        START + timedelta(minutes=number) for number in range(3)
    ]


def test_reading_alone_takes_nothing_out(place):
    put_three(place)
    assert list(place.inbox.messages()) == list(place.inbox.messages())


def test_what_is_done_no_longer_waits(place):
    put_three(place)
    first, *_ = place.inbox.messages()
    place.inbox.done(first.id)
    assert [message.data for message in place.inbox.messages()] == [b"mail 1", b"mail 2"]
    for message in place.inbox.messages():
        place.inbox.done(message.id)
    assert not place.inbox.waiting()


def test_done_twice_is_done(place):
    put_three(place)
    first, *_ = place.inbox.messages()
    place.inbox.done(first.id)
    place.inbox.done(first.id)
    assert len(list(place.inbox.messages())) == 2


def test_a_message_that_another_reader_took_meanwhile_is_left_out(place):
    put_three(place)
    reading = place.inbox.messages()
    first = next(reading)
    for other in list(place.inbox.messages()):
        if other.id != first.id:
            place.inbox.done(other.id)
    assert list(reading) == []


def test_mail_that_comes_while_reading_is_not_lost(place):
    put_three(place)
    seen = []
    for message in place.inbox.messages():
        if not seen:
            place.put(b"mail 3", START + timedelta(hours=1))
        seen.append(message.data)
        place.inbox.done(message.id)
    seen += [message.data for message in place.inbox.messages()]
    assert seen == [b"mail 0", b"mail 1", b"mail 2", b"mail 3"]


def test_of_a_mail_that_is_too_large_only_the_header_is_read(place):
    large = b"Subject: large\r\n\r\n" + b"x" * LIMIT
    place.put(large, START)
    place.put(b"Subject: small\r\n\r\nx", START + timedelta(minutes=1))
    one, other = place.inbox.messages()
    assert one.data == b"Subject: large\r\n\r\n"
    assert one.beyond == len(large)
    assert other.data.endswith(b"\r\n\r\nx")
    assert other.beyond == 0
    place.inbox.done(one.id)
    assert [message.data for message in place.inbox.messages()] == [other.data]


def test_a_done_mail_stays_in_the_folder_as_seen(tmp_path):
    place = Folder(tmp_path / "box")
    place.put(b"Subject: kept\n\nbody", START)
    (message,) = place.inbox.messages()
    place.inbox.done(message.id)
    (kept,) = mailbox.Maildir(tmp_path / "box")
    assert kept["Subject"] == "kept"
    assert kept.get_subdir() == "cur"
    assert kept.get_flags() == "S"


def test_two_readers_share_one_folder(tmp_path):
    place = Folder(tmp_path / "box")
    put_three(place)
    one, two = MaildirInbox(tmp_path / "box"), MaildirInbox(tmp_path / "box")
    seen = []
    for message in one.messages():
        seen.append(message.data)
        one.done(message.id)
        for stolen in two.messages():
            seen.append(stolen.data)
            two.done(stolen.id)
    assert sorted(seen) == [b"mail 0", b"mail 1", b"mail 2"]


def test_what_is_no_mail_is_left_alone(tmp_path):
    inbox = MaildirInbox(tmp_path)
    (tmp_path / "new" / "folder").mkdir(parents=True)
    (tmp_path / "new" / ".nfs0001").write_bytes(b"x")
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "new" / "link").symlink_to(tmp_path / "secret")
    assert not inbox.waiting()
    assert list(inbox.messages()) == []


@pytest.mark.parametrize("id", ["../secret", "/etc/passwd", "a/b", "..", ".", ".hidden", ""])
def test_done_reaches_nothing_outside_the_folder(tmp_path, id):
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "box" / "new").mkdir(parents=True)
    with pytest.raises(ValueError, match="no message"):
        MaildirInbox(tmp_path / "box").done(id)
    assert (tmp_path / "secret").exists()
