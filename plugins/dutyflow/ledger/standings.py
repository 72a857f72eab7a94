"""What a round looks at: the assignments that are open, and who has been told what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import and_, func, or_, select, type_coerce
from sqlalchemy.types import NullType

from dutyflow.nagging.reasons import REMINDERS, ReasonCode

from .claims import UNKNOWNS_ALLOWED
from .columns import Moments
from .database import Database, in_parts
from .event_types import EventType
from .records import Standing
from .tables import assignments, cycles, events, notices

_FETCHED = 5_000  # rows at a time: memory stays flat whatever their number


class Standings:
    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self,
        office: str | None = None,
        duty: str | None = None,
        *,
        keys: Collection[str] | None = None,
    ) -> Iterator[Standing]:
        """The assignments of all open cycles, in the order of their cycles and sections.

        Only those of an office, of a duty, of some keys, where these are given.
        """
        query = OPEN
        if office is not None:
            query = query.where(cycles.c.office == office)
        if duty is not None:
            query = query.where(cycles.c.duty == duty)
        moments = Moments()
        with self._database.reading() as connection:
            connection.execution_options(yield_per=_FETCHED)
            for part in in_parts(query, assignments.c.key, keys):
                for row in connection.execute(part):
                    key, section, state, until, paused, office_id, duty_id, plan, opened = row
                    yield Standing(
                        key,
                        section,
                        state,
                        moments[until],
                        paused,
                        office_id,
                        duty_id,
                        plan,
                        moments[opened],
                    )

    def own_deadlines(self) -> dict[str, datetime]:
        """When a person gave an open assignment its present deadline, and told the section of it:
        an extension, or what was sent back. By assignment; of those that go by their cycle's,
        nothing."""
        query = (
            select(events.c.about, func.max(events.c.at))
            .join(assignments, assignments.c.key == events.c.about)
            .join(cycles, cycles.c.key == assignments.c.cycle)
            .where(
                cycles.c.state == "open",
                assignments.c.own_cut_off,
                events.c.what.in_((EventType.EXTENDED, EventType.RETURNED)),
            )
            .group_by(events.c.about)
        )
        with self._database.reading() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def reminded_since(
        self, moment: datetime, *, people: Collection[str] | None = None
    ) -> dict[str, int]:
        """Who has been sent how many reminders since a moment, by address in lower case; of these
        `people` alone, where they are given."""
        who = func.lower(notices.c.recipient)
        query = (
            select(who, func.count(notices.c.message_id.distinct()))
            .where(
                notices.c.state == "sent",
                notices.c.settled_at >= moment,
                notices.c.reason_code.in_(REMINDERS),
            )
            .group_by(who)
        )
        with self._database.reading() as connection:
            return {
                row[0]: row[1]
                for part in in_parts(query, who, people)
                for row in connection.execute(part)
            }

    def last_reminders(
        self, since: datetime, *, about: Collection[str] | None = None
    ) -> dict[tuple[str, str], datetime]:
        """When each was last reminded since a moment, by assignment and address in lower case; of
        the assignments `about` which it is asked alone, where they are given.

        Alarms and other mails that are no step of a ladder are left out.
        """
        who = func.lower(notices.c.recipient)
        query = (
            select(notices.c.about, who, func.max(notices.c.settled_at))
            .where(
                notices.c.state == "sent",
                notices.c.settled_at >= since,
                notices.c.reason_code == ReasonCode.REMINDER,
            )
            .group_by(notices.c.about, who)
        )
        with self._database.reading() as connection:
            return {
                (row[0], row[1]): row[2]
                for part in in_parts(query, notices.c.about, about)
                for row in connection.execute(part)
            }

    def told(
        self, rungs: Collection[str], *, about: Collection[str] | None = None
    ) -> dict[tuple[str, str], set[str]]:
        """Who was told these rungs, by assignment and rung: addresses in lower case.

        Those whose mail was refused or came back were not; nor those to whom it is still to be
        sent, because the round that was to do it died. Of the assignments `about` which it is
        asked alone, where they are given.
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
            for part in in_parts(query, notices.c.about, about):
                for key, rung, recipient in connection.execute(part):
                    found[key, rung].add(recipient)
        return dict(found)


# The moments as they are kept: what makes them ours is slow for each row, and few are different.
OPEN = (
    select(
        assignments.c.key,
        assignments.c.section,
        assignments.c.state,
        type_coerce(assignments.c.collect_by, NullType()),
        assignments.c.paused_until,
        cycles.c.office,
        cycles.c.duty,
        cycles.c.plan_hash,
        type_coerce(cycles.c.opened_at, NullType()),
    )
    .join(cycles, cycles.c.key == assignments.c.cycle)
    .where(cycles.c.state == "open")
    .order_by(assignments.c.cycle, assignments.c.position)
)
