"""Where mail waits to be read: a Maildir that a mail server delivers into, or memory; `imap` is a
third.

All keep a message until it is `done`, and none ever deletes one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

MESSAGE_LIMIT = 40 * 1024 * 1024  # bytes; more than `inbound` takes, as mail encodes files
HEADER_LIMIT = 256 * 1024  # bytes, of a message that is too large
_SEEN = ":2,S"
_END_OF_HEADER = re.compile(rb"\r?\n\r?\n")


@dataclass(frozen=True, kw_only=True)
class RawMessage:
    """A message as it came. `id` names it within its inbox; `received_at` is when it came there.

    One that is larger than the limit is not read: `data` is its header, `beyond` its size in bytes.
    """

    id: str
    data: bytes
    received_at: datetime
    beyond: int = 0


@dataclass(frozen=True, kw_only=True)
class Withheld:
    """A message that is there, and that nobody can read; `why` in words."""

    id: str
    why: str


class Inbox(Protocol):
    """Several may read it at once: each message may then be seen twice, none is missed."""

    def waiting(self) -> bool:
        """Whether there is anything to read. Cheap: a poll asks it."""
        ...

    def messages(self, last: Collection[str] = ()) -> Iterator[RawMessage | Withheld]:
        """What waits, the oldest first, but those of some ids `last`. One that another reader has
        taken meanwhile is left out."""
        ...

    def done(self, id: str) -> None:
        """Take a message out of what waits. Nothing happens if it was done before."""
        ...


class MaildirInbox:
    """A folder as Postfix, Dovecot and others deliver into (https://cr.yp.to/proto/maildir.html).

    A folder that does not exist yet is empty: servers make it with the first mail.
    """

    def __init__(self, path: Path | str, *, limit: int = MESSAGE_LIMIT) -> None:
        self._limit = limit
        self._new = Path(path) / "new"
        self._cur = Path(path) / "cur"

    def waiting(self) -> bool:
        return next(self._names(), None) is not None

    def messages(self, last: Collection[str] = ()) -> Iterator[RawMessage | Withheld]:
        for name in sorted(self._names(), key=lambda name: (name in last, _age(name))):
            try:
                with (self._new / name).open("rb") as file:
                    told = os.fstat(file.fileno())
                    whole = told.st_size <= self._limit
                    data = file.read() if whole else header_of(file.read(HEADER_LIMIT))
            except FileNotFoundError:
                continue
            except OSError as trouble:
                yield Withheld(id=name, why=f"信件檔案無法讀取（{trouble.strerror}）")
                continue
            yield RawMessage(
                id=name,
                data=data,
                received_at=datetime.fromtimestamp(told.st_mtime, UTC),
                beyond=0 if whole else told.st_size,
            )

    def done(self, id: str) -> None:
        if not id or id != Path(id).name or id.startswith("."):
            raise ValueError(f"no message of this inbox: {id!r}")
        seen = id if ":" in id else id + _SEEN
        try:
            self._cur.mkdir(exist_ok=True)
            (self._new / id).rename(self._cur / seen)
        except FileNotFoundError:
            return

    def _names(self) -> Iterator[str]:
        try:
            entries = os.scandir(self._new)
        except FileNotFoundError:
            return
        with entries:
            for entry in entries:
                if not entry.name.startswith(".") and entry.is_file(follow_symlinks=False):
                    yield entry.name


class InMemoryInbox:
    """For rehearsals and tests."""

    def __init__(self, *, limit: int = MESSAGE_LIMIT) -> None:
        self._limit = limit
        self._waiting: dict[str, RawMessage] = {}
        self._count = 0

    def put(self, data: bytes, *, received_at: datetime) -> str:
        self._count += 1
        name = str(self._count)
        whole = len(data) <= self._limit
        self._waiting[name] = RawMessage(
            id=name,
            data=data if whole else header_of(data),
            received_at=received_at,
            beyond=0 if whole else len(data),
        )
        return name

    def waiting(self) -> bool:
        return bool(self._waiting)

    def messages(self, last: Collection[str] = ()) -> Iterator[RawMessage | Withheld]:
        for name in sorted(self._waiting, key=lambda name: (name in last, int(name))):
            if name in self._waiting:
                yield self._waiting[name]

    def done(self, id: str) -> None:
        self._waiting.pop(id, None)


def header_of(data: bytes) -> bytes:
    """A message's header, up to the empty line that ends it (RFC 5322, 2.1)."""
    end = _END_OF_HEADER.search(data)
    return data[: end.end()] if end else data


def _age(name: str) -> tuple[int, str]:
    """Maildir names begin with the second of delivery."""
    seconds = name.partition(".")[0]
    return (int(seconds) if seconds.isascii() and seconds.isdigit() else 0, name)
