"""What is known of people beyond the contacts: who is away, whose address sends mail back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import delete, insert, select

from . import events
from .database import Database
from .event_types import EventType
from .records import Undeliverable
from .tables import absences, undeliverable


class People:
    def __init__(self, database: Database) -> None:
        self._database = database

    def set_away(self, email: str, until: date, *, now: datetime, who: str, why: str) -> None:
        """Somebody is away, up to and including a day; a later word replaces an earlier one."""
        address = email.lower()
        with self._database.writing() as connection:
            connection.execute(delete(absences).where(absences.c.email == address))
            connection.execute(
                insert(absences).values(email=address, until=until, set_by=who, why=why, at=now)
            )
            detail = {"until": until.isoformat()}
            events.append(
                connection, EventType.AWAY, about=address, now=now, who=who, why=why, detail=detail
            )

    def set_back(self, email: str, *, now: datetime, who: str) -> None:
        """Somebody is back earlier. Nothing changes for one who was not away."""
        address = email.lower()
        with self._database.writing() as connection:
            gone = connection.execute(delete(absences).where(absences.c.email == address))
            if gone.rowcount:
                events.append(connection, EventType.BACK, about=address, now=now, who=who)

    def away(self) -> dict[str, date]:
        """The last day of each absence that was told here, by address in lower case."""
        with self._database.reading() as connection:
            rows = connection.execute(select(absences.c.email, absences.c.until))
            return {row.email: row.until for row in rows}

    def mark_undeliverable(self, email: str, *, now: datetime, why: str, who: str) -> bool:
        """Mail to an address comes back. Whether that is news."""
        address = email.lower()
        with self._database.writing() as connection:
            known = connection.execute(
                select(undeliverable.c.email).where(undeliverable.c.email == address)
            ).first()
            if known is not None:
                return False
            connection.execute(insert(undeliverable).values(email=address, since=now, why=why))
            events.append(
                connection, EventType.UNDELIVERABLE, about=address, now=now, who=who, why=why
            )
            return True

    def mark_deliverable(self, email: str, *, now: datetime, who: str, why: str = "") -> bool:
        """An address works again. Whether that is news."""
        address = email.lower()
        with self._database.writing() as connection:
            gone = connection.execute(delete(undeliverable).where(undeliverable.c.email == address))
            if gone.rowcount:
                events.append(
                    connection, EventType.DELIVERABLE, about=address, now=now, who=who, why=why
                )
            return bool(gone.rowcount)

    def undeliverable(self) -> dict[str, Undeliverable]:
        """The addresses that mail does not reach, by address in lower case."""
        query = select(undeliverable).order_by(undeliverable.c.since, undeliverable.c.email)
        with self._database.reading() as connection:
            rows = connection.execute(query)
            return {row.email: Undeliverable(**row._mapping) for row in rows}
