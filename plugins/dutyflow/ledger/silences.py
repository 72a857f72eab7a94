"""The silences (未寄的原因): why a step whose day came was told to nobody, or not to somebody."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from . import events
from .database import Database
from .records import NewSilence, SilenceRecord
from .tables import silences
from .what import SYSTEM, What


class Silences:
    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, found: Iterable[NewSilence], *, now: datetime) -> int:
        """Put on record those that are new: one for each assignment, step and person. How many."""
        added = 0
        with self._database.writing() as connection:
            for silence in found:
                if not _is_known(connection, silence):
                    connection.execute(insert(silences).values(**vars(silence), at=now))
                    _tell(connection, silence, now)
                    added += 1
        return added

    def of(self, cycle: str) -> tuple[SilenceRecord, ...]:
        """All of a cycle's, in the order in which they were found."""
        query = select(silences).where(silences.c.cycle == cycle).order_by(silences.c.id)
        with self._database.reading() as connection:
            return tuple(map(_record, connection.execute(query)))


def _is_known(connection: Connection, silence: NewSilence) -> bool:
    query = select(silences.c.id).where(
        silences.c.about == silence.about,
        silences.c.rung == silence.rung,
        silences.c.recipient == silence.recipient,
    )
    return connection.execute(query).first() is not None


def _tell(connection: Connection, silence: NewSilence, now: datetime) -> None:
    events.append(
        connection,
        What.SILENT,
        about=silence.about,
        now=now,
        who=SYSTEM,
        why=silence.reason,
        detail={"rung": silence.rung, "recipient": silence.recipient},
    )


def _record(row: Row[Any]) -> SilenceRecord:
    return SilenceRecord(**row._mapping)
