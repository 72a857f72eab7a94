"""The mailboxes on servers: when each was read last, and since when one cannot be."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, select, update

from .database import Database
from .records import MailboxRecord
from .tables import mailboxes


class Mailboxes:
    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, office: str, name: str, *, now: datetime) -> None:
        """It was looked into."""
        self._note(office, name, read_at=now, away_since=None, why="")

    def away(self, office: str, name: str, *, now: datetime, why: str) -> None:
        """It could not be. Since when stays as it was first told."""
        since = func.coalesce(mailboxes.c.away_since, now)
        self._note(office, name, away_since=since, why=why)

    def of(self, office: str) -> tuple[MailboxRecord, ...]:
        query = select(mailboxes).where(mailboxes.c.office == office).order_by(mailboxes.c.name)
        with self._database.reading() as connection:
            return tuple(MailboxRecord(**row._mapping) for row in connection.execute(query))

    def keep(self, office: str, names: Collection[str]) -> None:
        """Forget those that an office has no more."""
        others = and_(mailboxes.c.office == office, mailboxes.c.name.not_in(names))
        with self._database.reading() as connection:
            if connection.execute(select(mailboxes.c.name).where(others)).first() is None:
                return
        with self._database.writing() as connection:
            connection.execute(delete(mailboxes).where(others))

    def _note(self, office: str, name: str, **values: object) -> None:
        this = and_(mailboxes.c.office == office, mailboxes.c.name == name)
        with self._database.writing() as connection:
            known = select(mailboxes.c.name).where(this)
            if connection.execute(known).first() is None:
                connection.execute(insert(mailboxes).values(office=office, name=name, why=""))
            connection.execute(update(mailboxes).where(this).values(**values))
