"""What a round looks at: the assignments that are open, and who has been told what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import and_, func, or_, select

from .database import Database
from .notices import UNKNOWNS_ALLOWED
from .records import Standing
from .tables import assignments, cycles, notices

_FETCHED = 5_000  # rows at a time: memory stays flat whatever their number


class Standings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, office: str | None = None, duty: str | None = None) -> Iterator[Standing]:
        """The assignments of all open cycles, in the order of their cycles and sections."""
        query = (
            select(
                assignments.c.key,
                assignments.c.section,
                assignments.c.state,
                assignments.c.collect_by,
                assignments.c.paused_until,
                cycles.c.office,
                cycles.c.duty,
                cycles.c.plan_hash,
                cycles.c.opened_at,
            )
            .join(cycles, cycles.c.key == assignments.c.cycle)
            .where(cycles.c.state == "open")
            .order_by(assignments.c.cycle, assignments.c.position)
        )
        if office is not None:
            query = query.where(cycles.c.office == office)
        if duty is not None:
            query = query.where(cycles.c.duty == duty)
        with self._database.reading() as connection:
            found = connection.execution_options(yield_per=_FETCHED).execute(query)
            for row in found:
                yield Standing(*row)

    def reminded_since(self, moment: datetime) -> set[str]:
        """Who has been sent a reminder since a moment, by address in lower case."""
        query = select(func.lower(notices.c.recipient)).where(
            notices.c.state == "sent",
            notices.c.settled_at >= moment,
            notices.c.rung.contains("@"),
        )
        with self._database.reading() as connection:
            return set(connection.execute(query.distinct()).scalars())

    def told(self, rungs: Collection[str]) -> dict[tuple[str, str], set[str]]:
        """Who was told these rungs, by assignment and rung: addresses in lower case.

        Those whose mail was refused or came back were not; nor those to whom it is still to be
        sent, because the round that was to do it died.
        """
        settled = or_(
            notices.c.state == "sent",
            and_(notices.c.state == "unknown", notices.c.unknowns >= UNKNOWNS_ALLOWED),
        )
        query = select(notices.c.about, notices.c.rung, func.lower(notices.c.recipient)).where(
            notices.c.rung.in_(rungs), settled
        )
        found: dict[tuple[str, str], set[str]] = defaultdict(set)
        with self._database.reading() as connection:
            for about, rung, recipient in connection.execute(query):
                found[about, rung].add(recipient)
        return dict(found)
