"""What a round looks at: the assignments that are open, and who has been told what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import and_, func, not_, or_, select

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

    def reminded_since(self, moment: datetime) -> dict[str, int]:
        """Who has been sent how many reminders since a moment, by address in lower case."""
        who = func.lower(notices.c.recipient)
        query = (
            select(who, func.count(notices.c.message_id.distinct()))
            .where(
                notices.c.state == "sent",
                notices.c.settled_at >= moment,
                notices.c.rung.contains("@"),
            )
            .group_by(who)
        )
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def last_reminders(self, since: datetime) -> dict[tuple[str, str], datetime]:
        """When each was last reminded since a moment, by assignment and address in lower case.

        Alarms and other mails that are no step of a ladder are left out.
        """
        who = func.lower(notices.c.recipient)
        query = (
            select(notices.c.about, who, func.max(notices.c.settled_at))
            .where(
                notices.c.state == "sent",
                notices.c.settled_at >= since,
                notices.c.rung.contains("@"),
                not_(notices.c.rung.contains(":")),
            )
            .group_by(notices.c.about, who)
        )
        with self._database.reading() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(query)}

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
