"""The silences (未寄的原因): why a step whose day came was told to nobody, or not to somebody."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from . import events
from .database import Database, in_parts
from .event_types import SYSTEM, EventType
from .records import NewSilence, SilenceRecord
from .tables import silences


class Silences:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, found: Iterable[NewSilence], *, now: datetime) -> int:
        """Put on record those that are new: one for each assignment, step and person. How many."""
        wanted = {(each.about, each.rung, each.recipient): each for each in found}
        with self._database.writing() as connection:
            for key in _known(connection, {about for about, *_ in wanted}):
                wanted.pop(key, None)
            if wanted:
                rows = [{**silence.row, "at": now} for silence in wanted.values()]
                connection.execute(insert(silences), rows)
                events.append_all(connection, list(map(_event, wanted.values())), now=now)
        return len(wanted)

    def of(self, cycle: str) -> tuple[SilenceRecord, ...]:
        """All of a cycle's, in the order in which they were found."""
        query = select(silences).where(silences.c.cycle == cycle).order_by(silences.c.id)
        with self._database.reading() as connection:
            return tuple(map(_record, connection.execute(query)))


def _known(connection: Connection, about: set[str]) -> Iterator[tuple[str, str, str]]:
    query = select(silences.c.about, silences.c.rung, silences.c.recipient)
    for part in in_parts(query, silences.c.about, about):
        yield from (tuple(row) for row in connection.execute(part))


def _event(silence: NewSilence) -> events.NewEvent:
    return events.NewEvent(
        what=EventType.SILENT,
        about=silence.about,
        who=SYSTEM,
        why=silence.reason,
        detail={"rung": silence.rung, "recipient": silence.recipient},
    )


def _record(row: Row[Any]) -> SilenceRecord:
    return SilenceRecord(**row._mapping)
