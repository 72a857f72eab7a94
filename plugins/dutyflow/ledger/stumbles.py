"""Messages that intake stumbles over: how often, so that none of them does so for ever."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, delete, insert, select, update

from .database import Database
from .records import Stumble
from .tables import stumbles


class Stumbles:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, office: str, message: str, *, now: datetime, why: str, blob: str = "") -> None:
        """One more try at a message, by its id in its inbox, has failed. `blob` is where the store
        keeps its bytes, "" where they could not be had."""
        this = and_(stumbles.c.office == office, stumbles.c.message == message)
        with self._database.writing() as connection:
            again = update(stumbles).where(this).values(tries=stumbles.c.tries + 1, why=why)
            if connection.execute(again.values(blob=blob) if blob else again).rowcount:
                return
            connection.execute(
                insert(stumbles).values(
                    office=office, message=message, tries=1, since=now, why=why, blob=blob
                )
            )

    def of(self, office: str) -> tuple[Stumble, ...]:
        """Those of an office, the first first."""
        query = select(stumbles).where(stumbles.c.office == office).order_by(stumbles.c.since)
        with self._database.reading() as connection:
            return tuple(Stumble(**row._mapping) for row in connection.execute(query))

    def forget(self, office: str, message: str) -> None:
        """It has been taken in, or set aside."""
        this = and_(stumbles.c.office == office, stumbles.c.message == message)
        with self._database.writing() as connection:
            connection.execute(delete(stumbles).where(this))
