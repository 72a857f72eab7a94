"""A mailbox on a real Dovecot: what is done, what is left alone, and what goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientError

from dutyflow.mail.errors import MailboxAway
from dutyflow.mail.mailboxes.imap import DONE_FOLDER, ImapAccount, imap_inbox
from dutyflow.mail.mailboxes.inbox import RawMessage, Withheld
from tests.support.cutting import cutting
from tests.support.dovecot import (
    HOST,
    PASSWORD,
    Dovecot,
    dovecot,
    dovecot_server,
    plain_dovecot,
    plain_dovecot_server,
)

__all__ = ["dovecot", "dovecot_server", "plain_dovecot", "plain_dovecot_server"]

START = datetime(2018, 7, 4, 9, 0, tzinfo=UTC)


@pytest.fixture(params=["dovecot", "plain_dovecot"])
def server(request: pytest.FixtureRequest) -> Dovecot:
    return request.getfixturevalue(request.param)


def put(server: Dovecot, *names: str) -> None:
    for number, name in enumerate(names):
        server.put(f"Subject: {name}\r\n\r\n{name}".encode(), START + timedelta(minutes=number))


def in_folder(server: Dovecot, folder: str) -> dict[str, set[bytes]]:
    """The subjects of what lies in a folder, each with its flags."""
    with server.client() as client:
        if not client.folder_exists(folder):
            return {}
        client.select_folder(folder, readonly=True)
        found = client.fetch(client.search("ALL"), ["FLAGS", "BODY.PEEK[HEADER]"])
    return {
        re.sub(r"Subject: |\s", "", each[b"BODY[HEADER]"].decode()): set(each[b"FLAGS"])
        - {b"\\Recent"}
        for each in found.values()
    }


def empty(account: ImapAccount) -> Iterator[bytes]:
    with imap_inbox(account) as inbox:
        for message in inbox.messages():
            assert isinstance(message, RawMessage)
            yield message.data
            inbox.done(message.id)


def test_what_is_done_is_seen_and_lies_in_a_folder_beside(server: Dovecot) -> None:
    put(server, "one", "two")
    list(empty(server.account()))
    assert in_folder(server, "INBOX") == {}
    assert in_folder(server, DONE_FOLDER) == {"one": {b"\\Seen"}, "two": {b"\\Seen"}}


def test_reading_marks_nothing(server: Dovecot) -> None:
    put(server, "one")
    with imap_inbox(server.account()) as inbox:
        assert inbox.waiting()
        list(inbox.messages())
    assert in_folder(server, "INBOX") == {"one": set()}


def test_what_a_person_has_read_in_the_mailbox_is_not_passed_over(server: Dovecot) -> None:
    put(server, "read")
    with server.client() as client:
        client.select_folder("INBOX")
        client.add_flags(client.search("ALL"), [b"\\Seen"])
    assert len(list(empty(server.account()))) == 1


def test_what_a_person_has_deleted_is_left_alone_and_stays(server: Dovecot) -> None:
    put(server, "deleted", "other")
    with server.client() as client:
        client.select_folder("INBOX")
        client.add_flags(client.search(["SUBJECT", "deleted"]), [b"\\Deleted"])
    assert len(list(empty(server.account()))) == 1
    assert in_folder(server, "INBOX") == {"deleted": {b"\\Deleted"}}
    with imap_inbox(server.account()) as inbox:
        assert not inbox.waiting()


def test_an_older_server_is_one_without_move_and_idle(plain_dovecot: Dovecot) -> None:
    with plain_dovecot.client() as client:
        assert not client.has_capability("MOVE")
        assert not client.has_capability("IDLE")


def test_folders_have_the_names_that_the_connection_gives_them(dovecot: Dovecot) -> None:
    with dovecot.client() as client:
        client.create_folder("填報")
        client.append("填報", b"Subject: here\r\n\r\nx", msg_time=START)
    account = dovecot.account(folder="填報", done_folder="填報.已收")
    assert len(list(empty(account))) == 1
    assert set(in_folder(dovecot, "填報.已收")) == {"here"}


def test_starttls(dovecot: Dovecot) -> None:
    put(dovecot, "one")
    assert len(list(empty(dovecot.account(starttls=True, port=dovecot.port)))) == 1


def test_two_readers_miss_nothing_between_them(server: Dovecot) -> None:
    names = [f"mail{number}" for number in range(6)]
    put(server, *names)
    one, two = empty(server.account()), empty(server.account())
    seen = []
    for mine in one:
        seen.append(mine)
        theirs = next(two, None)
        seen += [theirs] if theirs is not None else []
    seen += list(two)
    assert {data.split()[1].decode() for data in seen} == set(names)
    assert in_folder(server, "INBOX") == {}
    assert set(in_folder(server, DONE_FOLDER)) == set(names)


def test_an_id_means_nothing_once_the_server_has_numbered_its_mail_anew(dovecot: Dovecot) -> None:
    put(dovecot, "old")
    with imap_inbox(dovecot.account()) as inbox:
        (old,) = inbox.messages()
    number_anew(dovecot)
    put(dovecot, "new")
    with imap_inbox(dovecot.account()) as inbox:
        (new,) = (each for each in inbox.messages() if b"new" in each.data)
        assert new.id != old.id
        inbox.done(old.id)
        assert len(list(inbox.messages())) == len(in_folder(dovecot, "INBOX"))
        inbox.done(new.id)
    assert "new" in in_folder(dovecot, DONE_FOLDER)


def number_anew(server: Dovecot) -> None:
    """As after a server was restored from its backup: the same mail, other UIDs, from 1 on."""
    server.stop()
    (server.maildir / "dovecot-uidlist").unlink()
    for index in server.maildir.glob("dovecot.index*"):
        index.unlink()
    server.start()


@pytest.mark.parametrize("id", ["", "1", "1.", ".1", "1.2.3", "1.*", "١.٢", "../secret"])
def test_what_is_no_id_is_refused(dovecot: Dovecot, id: str) -> None:
    with imap_inbox(dovecot.account()) as inbox, pytest.raises(ValueError, match="no message"):
        inbox.done(id)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"password": "wrong"}, "不讓我們登入"),
        ({"ca_file": ""}, "加密連線無法建立"),
        ({"port": 1}, "目前無法讀取"),
        ({"folder": "沒有這個資料夾"}, "目前無法讀取"),
        ({"ca_file": "/nowhere.pem"}, "目前無法讀取"),
    ],
    ids=["password", "stranger", "nobody listens", "no folder", "no certificates"],
)
def test_who_cannot_get_in_is_told_why_without_the_password(
    dovecot: Dovecot, wrong: dict[str, object], said: str
) -> None:
    account = dovecot.account(**wrong)
    with pytest.raises(MailboxAway, match=said) as trouble, imap_inbox(account) as inbox:
        inbox.waiting()
    assert HOST in str(trouble.value)
    assert "plan" in str(trouble.value)
    assert PASSWORD not in f"{trouble.value!r} {account!r}"


def test_a_message_that_the_server_cannot_give_keeps_no_other_from_being_read(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some servers list messages that they cannot convert. Dovecot gives all, so it is made to."""
    put(dovecot, "first", "broken", "last")
    fetch = IMAPClient.fetch

    def refused(client: IMAPClient, uids: list[int], parts: list[str], *rest: object) -> object:
        if parts[0].startswith("BODY") and uids == [broken]:
            raise IMAPClientError("FETCH failed: NO conversion failed")
        return fetch(client, uids, parts, *rest)

    with dovecot.client() as client:
        client.select_folder("INBOX", readonly=True)
        (broken,) = client.search(["SUBJECT", "broken"])
    with monkeypatch.context() as meanwhile, imap_inbox(dovecot.account()) as inbox:
        meanwhile.setattr(IMAPClient, "fetch", refused)
        first, withheld, last = inbox.messages()
    assert isinstance(first, RawMessage)
    assert isinstance(withheld, Withheld)
    assert isinstance(last, RawMessage)
    assert [first.data.split()[1], last.data.split()[1]] == [b"first", b"last"]
    assert f"UID {broken}" in withheld.why
    assert len(list(empty(dovecot.account()))) == 3


def test_one_that_the_server_cannot_even_describe_is_found_among_others(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"mail{number}" for number in range(7)]
    put(dovecot, *names)
    fetch = IMAPClient.fetch

    def refused(client: IMAPClient, uids: list[int], parts: list[str], *rest: object) -> object:
        if broken in uids:
            raise IMAPClientError("FETCH failed: NO [SERVERBUG]")
        return fetch(client, uids, parts, *rest)

    with dovecot.client() as client:
        client.select_folder("INBOX", readonly=True)
        (broken,) = client.search(["SUBJECT", "mail3"])
    with monkeypatch.context() as meanwhile, imap_inbox(dovecot.account()) as inbox:
        meanwhile.setattr(IMAPClient, "fetch", refused)
        found = list(inbox.messages())
    read = [each.data.split()[1].decode() for each in found if isinstance(each, RawMessage)]
    assert read == [name for name in names if name != "mail3"]
    assert isinstance(found[-1], Withheld)


def test_one_that_cannot_be_moved_waits_no_more(
    dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(dovecot, "stuck")

    def refused(client: IMAPClient, *rest: object) -> None:
        raise IMAPClientError("MOVE failed: NO [OVERQUOTA]")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(IMAPClient, "move", refused)
        assert len(list(empty(dovecot.account()))) == 1
    assert set(in_folder(dovecot, "INBOX")) == {"stuck"}
    with imap_inbox(dovecot.account()) as inbox:
        assert not inbox.waiting()


def test_a_password_never_goes_over_a_line_that_anybody_can_read(dovecot: Dovecot) -> None:
    """A server that says it has no STARTTLS may be somebody in between."""
    with cutting(dovecot.port) as proxy:
        proxy.replace(b" STARTTLS", b" NOTHING ")
        account = dovecot.account(starttls=True, port=proxy.port)
        with pytest.raises(MailboxAway), imap_inbox(account):
            pass
        assert b"AUTHENTICATE" not in proxy.sent
        assert b"LOGIN" not in proxy.sent


def test_a_line_cut_in_the_middle_of_a_message_loses_nothing(dovecot: Dovecot) -> None:
    names = [f"mail{number}" for number in range(4)]
    for number, name in enumerate(names):
        data = f"Subject: {name}\r\n\r\n".encode() + b"x" * 20_000
        dovecot.put(data, START + timedelta(minutes=number))
    whole: list[str] = []
    with cutting(dovecot.tls_port) as proxy:
        account = dovecot.account(port=proxy.port)
        for allowed in (6_000, 15_000, 30_000, 50_000, 0):
            proxy.cut_after(allowed)
            try:
                for data in empty(account):
                    assert len(data) > 20_000
                    whole.append(data.split()[1].decode())
            except MailboxAway:
                continue
    assert set(whole) == set(names)
    assert in_folder(dovecot, "INBOX") == {}
    assert set(in_folder(dovecot, DONE_FOLDER)) == set(names)
