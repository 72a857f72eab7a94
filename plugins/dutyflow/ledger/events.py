"""The chain of events: who did what when, and why. Rows are only ever appended."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Text,
    bindparam,
    func,
    insert,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.types import NullType

from .columns import canonical, keepable, utc
from .database import Database
from .records import EventRecord
from .tables import events

GENESIS = "0" * 64  # stands before the first event


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """Something that happened, before it has its place in the chain. `detail` must be JSON."""

    what: str
    about: str
    who: str
    why: str = ""
    detail: Mapping[str, Any] = field(default_factory=dict)


class Events:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(
        self, about_prefix: str | None = None, what: str | None = None
    ) -> tuple[EventRecord, ...]:
        """Events in the order they were written: all of them, those about one thing, or of a kind.

        The prefix is a key and what lies under it: `pingtung/review` takes in
        `pingtung/review/107` but not `pingtung/review_all/107`.
        """
        query = select(events).order_by(events.c.id)
        if about_prefix is not None:
            key = about_prefix.rstrip("/")
            beneath = func.substr(events.c.about, 1, len(key) + 1) == f"{key}/"
            query = query.where(or_(events.c.about == key, beneath))
        if what is not None:
            query = query.where(events.c.what == what)
        with self._database.reading() as connection:
            return tuple(map(_record, connection.execute(query)))

    def counts(self, about: Collection[str], kinds: Iterable[str]) -> dict[str, int]:
        """How often something of these kinds happened to each of some things."""
        query = (
            select(events.c.about, func.count())
            .where(events.c.about.in_(about), events.c.what.in_(set(kinds)))
            .group_by(events.c.about)
        )
        with self._database.reading() as connection:
            found = {row[0]: row[1] for row in connection.execute(query)}
        return {key: found.get(key, 0) for key in about}

    def last(self) -> EventRecord | None:
        """The newest event; None where nothing has happened yet."""
        query = select(events).order_by(events.c.id.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _record(row) if row else None

    def add(
        self,
        what: str,
        *,
        about: str,
        now: datetime,
        who: str,
        why: str = "",
        detail: Mapping[str, Any] | None = None,
    ) -> EventRecord:
        """Note what fits no other method of the ledger. `detail` must be JSON."""
        with self._database.writing() as connection:
            return append(connection, what, about=about, now=now, who=who, why=why, detail=detail)

    def verify(self) -> int | None:
        """The id of the first event that is not as it was written, None when all are.

        Notices altered, removed and inserted rows. That the newest ones were cut off it cannot
        see: compare with the last hash in a proof that was handed out.
        """
        previous, expected_id = GENESIS, 1
        as_stored: list[ColumnElement[Any]] = [type_coerce(it, NullType()) for it in events.c]
        with self._database.reading() as connection:
            rows = connection.execution_options(yield_per=1000).execute(
                select(*as_stored).order_by(events.c.id)
            )
            for number, at, *content, hashed in rows:
                if number != expected_id or hashed != _recomputed(previous, number, at, content):
                    return int(number)
                previous, expected_id = hashed, number + 1
        return None


def append(
    connection: Connection,
    what: str,
    *,
    about: str,
    now: datetime,
    who: str,
    why: str = "",
    detail: Mapping[str, Any] | None = None,
) -> EventRecord:
    """Write the next event in the caller's (writing) transaction."""
    event = NewEvent(what=what, about=about, who=who, why=why, detail=detail or {})
    return append_all(connection, [event], now=now)[0]


def append_all(
    connection: Connection, found: Sequence[NewEvent], *, now: datetime
) -> list[EventRecord]:
    """The same for several at once, in their order."""
    if not found:
        return []
    last = connection.execute(_HEAD).first()
    number, previous = (last.id, last.hash) if last else (0, GENESIS)
    moment = utc(now)
    written, rows = [], []
    for event in found:
        number += 1
        record, row = _next(event, number, previous, moment)
        written.append(record)
        rows.append(row)
        previous = record.hash
    connection.execute(_ADD, rows)
    return written


_HEAD = select(events.c.id, events.c.hash).order_by(events.c.id.desc()).limit(1)
# The detail is written as the text that was hashed.
_ADD = insert(events).values(detail=bindparam("detail", type_=Text()))


def _next(
    event: NewEvent, number: int, previous: str, moment: datetime
) -> tuple[EventRecord, dict[str, Any]]:
    words = [keepable(text) for text in (event.who, str(event.what), event.about, event.why)]
    detail = canonical(event.detail)
    record = EventRecord(
        id=number,
        at=moment,
        who=words[0],
        what=words[1],
        about=words[2],
        why=words[3],
        detail=dict(event.detail),
        hash=_hash(previous, number, moment, [*words, detail]),
    )
    return record, {**vars(record), "detail": detail}


def _hash(previous: str, number: int, at: datetime, content: Sequence[str]) -> str:
    """SHA-256 in hex over the event before this one and all that this one says."""
    moment = at.isoformat(timespec="microseconds")
    return hashlib.sha256(canonical([previous, number, moment, *content]).encode()).hexdigest()


def _recomputed(previous: str, number: int, at: Any, content: Sequence[Any]) -> str | None:
    """The hash that a stored row should carry, None for one that we cannot have written."""
    try:
        moment = at if isinstance(at, datetime) else datetime.fromisoformat(at).replace(tzinfo=UTC)
        return _hash(previous, number, utc(moment), content)
    except (TypeError, ValueError):
        return None


def _record(row: Row[Any]) -> EventRecord:
    return EventRecord(**row._mapping)
