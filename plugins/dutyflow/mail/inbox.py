"""Where mail waits to be read: a Maildir that a mail server delivers into, or memory.

Both keep a message until it is `done`, and neither ever deletes one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

_SEEN = ":2,S"


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A message as it came. `id` names it within its inbox; `received_at` is when it came there."""

    id: str
    data: bytes
    received_at: datetime


class Inbox(Protocol):
    """Several may read it at once: each message may then be seen twice, none is missed."""

    def waiting(self) -> bool:
        """Whether there is anything to read. Cheap: a poll asks it."""
        ...

    def messages(self) -> Iterator[Stored]:
        """What waits, the oldest first. One that another reader has taken meanwhile is left out."""
        ...

    def done(self, id: str) -> None:
        """Take a message out of what waits. Nothing happens if it was done before."""
        ...


class MaildirInbox:
    """A folder as Postfix, Dovecot and others deliver into (https://cr.yp.to/proto/maildir.html).

    A folder that does not exist yet is empty: servers make it with the first mail.
    """

    def __init__(self, path: Path | str) -> None:
        self._new = Path(path) / "new"
        self._cur = Path(path) / "cur"

    def waiting(self) -> bool:
        return next(self._names(), None) is not None

    def messages(self) -> Iterator[Stored]:
        for name in sorted(self._names(), key=_age):
            try:
                with (self._new / name).open("rb") as file:
                    delivered = os.fstat(file.fileno()).st_mtime
                    data = file.read()
            except FileNotFoundError:
                continue
            received_at = datetime.fromtimestamp(delivered, UTC)
            yield Stored(id=name, data=data, received_at=received_at)

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

    def __init__(self) -> None:
        self._waiting: dict[str, Stored] = {}
        self._count = 0

    def put(self, data: bytes, *, received_at: datetime) -> str:
        self._count += 1
        name = str(self._count)
        self._waiting[name] = Stored(id=name, data=data, received_at=received_at)
        return name

    def waiting(self) -> bool:
        return bool(self._waiting)

    def messages(self) -> Iterator[Stored]:
        for name in tuple(self._waiting):
            if name in self._waiting:
                yield self._waiting[name]

    def done(self, id: str) -> None:
        self._waiting.pop(id, None)


def _age(name: str) -> tuple[int, str]:
    """Maildir names begin with the second of delivery."""
    seconds = name.partition(".")[0]
    return (int(seconds) if seconds.isascii() and seconds.isdigit() else 0, name)
