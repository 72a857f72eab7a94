"""What has happened at an office lately, and what waits there: for those who keep an eye on it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from dutyflow.nagging.reasons import ReasonCode
from dutyflow.nagging.rungs import Rung

from .database import Database
from .records import Came, NoticeRecord, Part, SilenceRecord, Undecided
from .tables import assignments, cycles, notices, reports, silences, submissions


class Lately:
    def __init__(self, database: Database) -> None:
        self._database = database

    def last_sent(self, about: str, code: ReasonCode) -> datetime | None:
        """When a notice about one thing was sent last for a reason."""
        return self._last(notices.c.about == about, notices.c.reason_code == code)

    def was_sent(self, about: str, rung: Rung) -> bool:
        """Whether anybody was sent the notice of a rung about one thing."""
        return self._last(notices.c.about == about, notices.c.rung == rung.key) is not None

    def _last(self, *which: ColumnElement[bool]) -> datetime | None:
        query = select(func.max(notices.c.settled_at)).where(notices.c.state == "sent", *which)
        with self._database.reading() as connection:
            moment: datetime | None = connection.execute(query).scalar()
            return moment

    def notices(self, office: str, since: datetime) -> tuple[NoticeRecord, ...]:
        """All that was settled after a moment, whatever became of it."""
        query = select(notices).where(_of(office, notices.c.about), notices.c.settled_at > since)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(notices.c.id))
            return tuple(NoticeRecord(**row._mapping) for row in found)

    def silences(self, office: str, since: datetime) -> tuple[SilenceRecord, ...]:
        query = select(silences).where(_of(office, silences.c.about), silences.c.at > since)
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(silences.c.id))
            return tuple(SilenceRecord(**row._mapping) for row in found)

    def came(self, office: str, since: datetime) -> tuple[Came, ...]:
        """What was taken in for assignments after a moment; each time, where it was several."""
        query = (
            select(
                submissions.c.assignment,
                submissions.c.sender,
                submissions.c.verdict,
                submissions.c.problems,
                submissions.c.reason,
                submissions.c.role,
                submissions.c.answers,
                submissions.c.doubts,
            )
            .where(
                _of(office, submissions.c.assignment),
                submissions.c.verdict != "quarantined",
                submissions.c.recorded_at > since,
            )
            .order_by(submissions.c.id)
        )
        with self._database.reading() as connection:
            return tuple(
                Came(**{**row._mapping, "problems": len(row.problems)})
                for row in connection.execute(query)
            )

    def undecided(self, office: str) -> tuple[Undecided, ...]:
        """The open cycles whose newest report nobody has decided on, the most pressing first."""
        query = (
            select(cycles.c.key, reports.c.version, reports.c.state, reports.c.made_at)
            .join(reports, reports.c.cycle == cycles.c.key)
            .where(cycles.c.office == office, cycles.c.state == "open")
            .order_by(cycles.c.report_due, cycles.c.key, reports.c.version)
        )
        with self._database.reading() as connection:
            newest = {row.key: row for row in connection.execute(query)}
        return tuple(
            Undecided(row.key, row.version, row.made_at)
            for row in newest.values()
            if row.state == "assembled"
        )

    def parts(self, office: str, since: datetime) -> tuple[Part, ...]:
        """The assignments that were due after a moment, or are open still, in the plan's order."""
        query = (
            select(
                assignments.c.section,
                cycles.c.plan_hash,
                assignments.c.state,
                assignments.c.collect_by,
                assignments.c.on_time,
            )
            .join(cycles, cycles.c.key == assignments.c.cycle)
            .where(
                cycles.c.office == office,
                or_(assignments.c.due_by > since, cycles.c.state == "open"),
            )
            .order_by(cycles.c.opened_at.desc(), cycles.c.key, assignments.c.position)
        )
        with self._database.reading() as connection:
            return tuple(Part(*row) for row in connection.execute(query))


def _of(office: str, about: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether a key is an office's own, or lies under it."""
    return or_(about == office, func.substr(about, 1, len(office) + 1) == f"{office}/")
