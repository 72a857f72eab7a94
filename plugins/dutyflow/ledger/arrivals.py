"""What came in and waits for the coordinator: what belongs to nothing, words that nobody read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, update

from . import events
from .database import Database
from .errors import NotPossible
from .event_types import EventType
from .records import Assignable, SubmissionRecord
from .submissions import every_submission, find, records
from .tables import assignments, cycles, submissions

NO_PROBLEMS: list[Any] = []


class Arrivals:
    def __init__(self, database: Database) -> None:
        self._database = database

    def waiting(self, office: str, *, limit: int, offset: int = 0) -> tuple[SubmissionRecord, ...]:
        """What was quarantined and nobody has seen to, the newest first.

        What came in before it was kept at whose door stands with every office.
        """
        return self._newest(_waits(office), limit, offset)

    def count_waiting(self, office: str) -> int:
        query = select(func.count()).where(_waits(office))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def words(self, office: str, *, limit: int) -> tuple[SubmissionRecord, ...]:
        """What sections of open cycles wrote without a form, that was not read by machine, nobody
        has seen to, and no accepted answer has followed; the newest first."""
        unanswered = or_(
            assignments.c.accepted_submission.is_(None),
            assignments.c.accepted_submission < submissions.c.id,
        )
        of_the_office = (
            select(assignments.c.key)
            .join(cycles, cycles.c.key == assignments.c.cycle)
            .where(
                assignments.c.key == submissions.c.assignment,
                cycles.c.office == office,
                cycles.c.state == "open",
                assignments.c.state != "waived",
                unanswered,
            )
        )
        wordy = and_(
            submissions.c.verdict == "rejected",
            submissions.c.problems == NO_PROBLEMS,
            submissions.c.put_aside == "",
        )
        return self._newest(and_(wordy, of_the_office.exists()), limit)

    def of(self, assignment: str, *, limit: int, offset: int = 0) -> tuple[SubmissionRecord, ...]:
        """What came for an assignment, the newest first."""
        return self._newest(submissions.c.assignment == assignment, limit, offset)

    def assignable(self, office: str, *, limit: int) -> tuple[Assignable, ...]:
        """The assignments that something may be assigned to: all of open cycles, and of closed ones
        those that are late; by cycle, the latest period first, in the plan's order."""
        query = (
            select(
                assignments.c.key,
                assignments.c.section,
                assignments.c.state,
                assignments.c.collect_by,
                cycles.c.duty,
                cycles.c.name,
                cycles.c.title,
                cycles.c.plan_hash,
            )
            .join(cycles, cycles.c.key == assignments.c.cycle)
            .where(
                cycles.c.office == office,
                or_(cycles.c.state == "open", assignments.c.state == "late"),
            )
            .order_by(cycles.c.period_start.desc(), cycles.c.key, assignments.c.position)
            .limit(limit)
        )
        with self._database.reading() as connection:
            return tuple(Assignable(*row) for row in connection.execute(query))

    def put_aside(self, submission_id: int, *, now: datetime, who: str, why: str) -> None:
        """Let something rest that waits for the coordinator: it counts for nothing.

        Raises UnknownKey; NotPossible where it has been seen to, or was accepted.
        """
        with self._database.writing() as connection:
            found = find(connection, submission_id)
            if found.verdict == "accepted" or found.assigned_to or found.put_aside:
                raise NotPossible("這一件已經處理過了；請重新整理後再看")
            connection.execute(
                update(submissions).where(submissions.c.id == found.id).values(put_aside=why)
            )
            events.append(
                connection,
                EventType.PUT_ASIDE,
                about=found.assignment or f"submission/{found.id}",
                now=now,
                who=who,
                why=why,
                detail={"submission": found.id},
            )

    def _newest(
        self, condition: ColumnElement[bool], limit: int, offset: int = 0
    ) -> tuple[SubmissionRecord, ...]:
        query = (
            every_submission()
            .where(condition)
            .order_by(submissions.c.received_at.desc(), submissions.c.id.desc())
            .limit(limit)
            .offset(offset)
        )
        with self._database.reading() as connection:
            return records(connection, connection.execute(query).all())


def _waits(office: str) -> ColumnElement[bool]:
    return and_(
        submissions.c.verdict == "quarantined",
        submissions.c.assigned_to == "",
        submissions.c.put_aside == "",
        submissions.c.office.in_((office, "")),
    )
