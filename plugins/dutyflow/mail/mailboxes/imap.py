"""Mail that waits on a server: read over IMAP4rev1 (RFC 3501), and over TLS alone (RFC 8314).

Nothing is marked by being read, and nothing is deleted: what is done is moved to a folder beside.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from dutyflow.mail.errors import MailboxAway

from .inbox import HEADER_LIMIT, MESSAGE_LIMIT, RawMessage, Withheld

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 30
DONE_FOLDER = "已處理"
_SEEN, _DELETED = b"\\Seen", b"\\Deleted"
_DONE = b"DutyflowDone"  # of one that cannot be moved
_WAITS = ("UNDELETED", "UNKEYWORD", _DONE.decode())
_WHOLE, _HEADER = "BODY.PEEK[]", f"BODY.PEEK[HEADER]<0.{HEADER_LIMIT}>"


@dataclass(frozen=True, kw_only=True)
class ImapAccount:
    """Where a mailbox is, and as whom it is read; TLS from the first byte, or by STARTTLS.

    `ca_file` names the certificates that are believed, "" those of the machine. A `port` of 0 is
    the usual one.
    """

    host: str
    login: str
    password: str = field(repr=False)
    port: int = 0
    starttls: bool = False
    ca_file: str = ""
    folder: str = "INBOX"
    done_folder: str = DONE_FOLDER


def connect(account: ImapAccount) -> IMAPClient:
    """A connection, logged in and encrypted. Close it with `hang_up`. Raises MailboxAway."""
    try:
        trusted = ssl.create_default_context(cafile=account.ca_file or None)
        client = IMAPClient(
            account.host,
            port=account.port or None,
            ssl=not account.starttls,
            ssl_context=None if account.starttls else trusted,
            timeout=TIMEOUT_SECONDS,
        )
    except (OSError, IMAPClientError) as trouble:
        raise _away(account, trouble) from trouble
    client.normalise_times = False  # moments with their zone
    try:
        if account.starttls:
            client.starttls(trusted)
        _log_in(client, account)
    except (OSError, IMAPClientError, UnicodeError) as trouble:
        hang_up(client)
        raise _away(account, trouble) from trouble
    return client


def _log_in(client: IMAPClient, account: ImapAccount) -> None:
    """LOGIN takes ASCII alone; PLAIN takes any password (RFC 4616)."""
    if client.has_capability("AUTH=PLAIN"):
        client.plain_login(account.login, account.password)
    else:
        client.login(account.login, account.password)


def hang_up(client: IMAPClient) -> None:
    """Close the connection, whether or not anybody is there to say goodbye to."""
    with suppress(OSError, IMAPClientError):
        client.logout()
        return
    with suppress(OSError, IMAPClientError):
        client.shutdown()


@contextmanager
def on_the_line(account: ImapAccount) -> Iterator[None]:
    """What goes wrong with the server, within it, is MailboxAway."""
    try:
        yield
    except (OSError, IMAPClientError) as trouble:
        raise _away(account, trouble) from trouble


@contextmanager
def imap_inbox(account: ImapAccount) -> Iterator[ImapInbox]:
    """The inbox, for the length of a `with`. Raises MailboxAway, also while it is read."""
    client = connect(account)
    try:
        yield ImapInbox(client, account)
    finally:
        hang_up(client)


class _Described(NamedTuple):
    received_at: datetime
    size: int


class ImapInbox:
    """All that lies in the account's folder waits, read by somebody or not; what is done is moved.

    An id is the folder's UIDVALIDITY with the message's UID: should the server number its messages
    anew, no old id means another message (RFC 3501, 2.3.1.1).
    """

    def __init__(
        self, client: IMAPClient, account: ImapAccount, *, limit: int = MESSAGE_LIMIT
    ) -> None:
        self._client = client
        self._account = account
        self._limit = limit
        with on_the_line(self._account):
            self._validity = int(client.select_folder(account.folder)[b"UIDVALIDITY"])

    def waiting(self) -> bool:
        with on_the_line(self._account):
            return bool(self._uids())

    def messages(self, last: Collection[str] = ()) -> Iterator[RawMessage | Withheld]:
        """One that the server cannot give keeps no other from being read. Raises MailboxAway."""
        with on_the_line(self._account):
            uids = self._uids()
            told = self._described(uids)
        for uid in sorted(uids, key=lambda uid: (self._id(uid) in last, *_age(uid, told))):
            found = self._message(uid, told.get(uid))
            if found is not None:
                yield found

    def _message(self, uid: int, described: _Described | None) -> RawMessage | Withheld | None:
        """None for one that another reader has taken meanwhile."""
        id = self._id(uid)
        if described is None:
            with on_the_line(self._account):
                there = self._is_there(uid)
            return _withheld(self._account, id, "沒有收到日期或大小") if there else None
        whole = described.size <= self._limit
        data = self._text(uid, _WHOLE if whole else _HEADER)
        if isinstance(data, Withheld | None):
            return data
        return RawMessage(
            id=id,
            data=data,
            received_at=described.received_at,
            beyond=0 if whole else described.size,
        )

    def done(self, id: str) -> None:
        """One that the server will not move is marked instead, so that it waits no more."""
        validity, uid = _parts(id)
        with on_the_line(self._account):
            if validity != self._validity or not self._is_there(uid):
                return
            try:
                self._client.add_flags([uid], [_SEEN], silent=True)
                self._make_done_folder()
                self._move(uid)
            except IMAPClientAbortError:
                raise
            except IMAPClientError as trouble:
                log.warning("a message (UID %s) could not be moved; it is marked: %s", uid, trouble)
                self._client.add_flags([uid], [_DONE], silent=True)

    def _id(self, uid: int) -> str:
        return f"{self._validity}.{uid}"

    def _described(self, uids: Sequence[int]) -> dict[int, _Described]:
        """When each came, and its size in bytes. One that the server stumbles over is found by
        halves, and left out."""
        if not uids:
            return {}
        try:
            told = self._client.fetch(uids, ["INTERNALDATE", "RFC822.SIZE"])
        except IMAPClientAbortError:
            raise
        except IMAPClientError:
            half = len(uids) // 2
            return {**self._described(uids[:half]), **self._described(uids[half:])} if half else {}
        return {
            uid: _Described(each[b"INTERNALDATE"].astimezone(UTC), each[b"RFC822.SIZE"])
            for uid, each in told.items()
            if b"INTERNALDATE" in each and b"RFC822.SIZE" in each
        }

    def _text(self, uid: int, part: str) -> bytes | Withheld | None:
        """None for one that another reader has taken meanwhile. Raises MailboxAway."""
        try:
            with on_the_line(self._account):
                return self._asked_for(uid, part)
        except MailboxAway as away:
            away.over = self._id(uid)
            raise

    def _asked_for(self, uid: int, part: str) -> bytes | Withheld | None:
        try:
            found: dict[bytes, Any] = self._client.fetch([uid], [part]).get(uid, {})
        except IMAPClientAbortError:
            raise
        except IMAPClientError as trouble:
            there = self._is_there(uid)
            return _withheld(self._account, self._id(uid), str(trouble)) if there else None
        return next((text for name, text in found.items() if name.startswith(b"BODY[")), None)

    def _uids(self) -> Sequence[int]:
        self._client.noop()  # lets the server tell what has changed
        return list(self._client.search(_WAITS))

    def _is_there(self, uid: int) -> bool:
        self._client.noop()
        return bool(self._client.search([*_WAITS, "UID", uid]))

    def _make_done_folder(self) -> None:
        folder = self._account.done_folder
        if self._client.folder_exists(folder):
            return
        try:
            self._client.create_folder(folder)
        except IMAPClientError:
            if not self._client.folder_exists(folder):  # another reader has made it
                raise
        self._client.subscribe_folder(folder)

    def _move(self, uid: int) -> None:
        """RFC 6851; where the server has not got it, a copy, and the original is marked deleted:
        and taken out by its UID, lest anything else that is marked goes with it (RFC 4315)."""
        folder = self._account.done_folder
        if self._client.has_capability("MOVE"):
            self._client.move([uid], folder)
            return
        self._client.copy([uid], folder)
        self._client.add_flags([uid], [_DELETED], silent=True)
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge([uid])


def _parts(id: str) -> tuple[int, int]:
    validity, _, uid = id.partition(".")
    if not (validity.isascii() and validity.isdigit() and uid.isascii() and uid.isdigit()):
        raise ValueError(f"no message of this inbox: {id!r}")
    return int(validity), int(uid)


def _age(uid: int, told: Mapping[int, _Described]) -> tuple[bool, datetime, int]:
    """The oldest first, and what is told of too little behind."""
    known = told.get(uid)
    return known is None, known.received_at if known else datetime.max.replace(tzinfo=UTC), uid


def _withheld(account: ImapAccount, id: str, said: str) -> Withheld:
    place = f"收件信箱 {account.login}（{account.host}）"
    return Withheld(id=id, why=f"{place}有一封信（UID {_parts(id)[1]}）伺服器無法提供：{said}")


def _away(account: ImapAccount, trouble: Exception) -> MailboxAway:
    """Says what the server said; a password is in none of it."""
    place = f"{account.login}（{account.host}）"
    said = str(trouble) or type(trouble).__name__
    if isinstance(trouble, LoginError):
        return MailboxAway(f"收件信箱 {place} 不讓我們登入：{said}；請核對連線的帳號與密碼")
    if isinstance(trouble, ssl.SSLError):
        return MailboxAway(f"收件信箱 {place} 的加密連線無法建立：{said}；請核對憑證與連線設定")
    return MailboxAway(f"收件信箱 {place} 目前無法讀取：{said}；信件仍在信箱裡，稍後自動重試")
