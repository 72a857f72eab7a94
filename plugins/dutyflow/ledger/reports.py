"""The reports (彙整表): versions are added, never overwritten; a person decides on each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from . import cycles, events
from .columns import canonical
from .database import Database
from .errors import NotPossible, UnknownKey
from .event_types import EventType
from .records import Decision, ReportFile, ReportRecord
from .tables import events as event_table
from .tables import report_files, reports

# Differ between two versions even if nothing that was reported does.
_OF_THE_VERSION = {"version", "made_on"}
_SAID: dict[Decision, EventType] = {
    "approved": EventType.APPROVED,
    "returned": EventType.REPORT_RETURNED,
    "withheld": EventType.WITHHELD,
}


class Reports:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        cycle: str,
        *,
        plan_hash: str,
        content: Mapping[str, Any],
        files: Sequence[ReportFile],
        now: datetime,
        who: str,
    ) -> ReportRecord:
        """Keep the next version, or return the latest if this one says nothing new.

        Raises UnknownKey for a cycle that is not there.
        """
        with self._database.writing() as connection:
            cycles.find(connection, cycle)
            latest = _latest(connection, cycle)
            if latest is not None and _says(latest.content) == _says(content):
                return latest
            version = latest.version + 1 if latest else 1
            values = {
                "plan_hash": plan_hash,
                "content": dict(content),
                "state": "assembled",
                "made_at": now,
                "decided_by": "",
                "note": "",
            }
            connection.execute(insert(reports).values(cycle=cycle, version=version, **values))
            _add_files(connection, cycle, version, files)
            events.append(
                connection,
                EventType.ASSEMBLED,
                about=cycle,
                now=now,
                who=who,
                detail={
                    "version": version,
                    "plan_hash": plan_hash,
                    "files": [asdict(file) for file in files],
                },
            )
            return _find(connection, cycle, version)

    def latest(self, cycle: str) -> ReportRecord | None:
        with self._database.reading() as connection:
            return _latest(connection, cycle)

    def get(self, cycle: str, version: int) -> ReportRecord:
        """Raises UnknownKey."""
        with self._database.reading() as connection:
            return _find(connection, cycle, version)

    def of(self, cycle: str) -> tuple[ReportRecord, ...]:
        """A cycle's versions, the first one first."""
        with self._database.reading() as connection:
            return _all(connection, cycle)

    def approved_at(self, cycle: str) -> datetime | None:
        """When a report of the cycle was first approved; None where no approval stands.

        A later version changes nothing. An approval that its own version's next decision replaced
        (a return, a withholding) does not stand.
        """
        with self._database.reading() as connection:
            decisions = connection.execute(
                select(event_table.c.at, event_table.c.what, event_table.c.detail)
                .where(event_table.c.about == cycle, event_table.c.what.in_(_SAID.values()))
                .order_by(event_table.c.id)
            ).all()
        return _standing_approval((row.what, row.detail["version"], row.at) for row in decisions)

    def decide(
        self,
        cycle: str,
        version: int,
        *,
        decision: Decision,
        now: datetime,
        who: str,
        note: str = "",
    ) -> ReportRecord:
        """Record a person's decision; a later one replaces it until the report is delivered.

        To approve what is delivered changes nothing: a person cleared 核定, and answered the same.
        Raises UnknownKey; NotPossible for another decision once it is delivered.
        """
        with self._database.writing() as connection:
            report = _find(connection, cycle, version)
            if (report.state, report.decided_by, report.note) == (decision, who, note):
                return report
            if (report.state, decision) == ("delivered", "approved"):
                return report
            if report.state == "delivered":
                raise NotPossible(f"「{cycle}」第{version}版已經送出，無法再改變決定；請另彙整新版")
            changes = {"state": decision, "decided_by": who, "note": note}
            return _move(connection, report, changes, _SAID[decision], now=now, who=who, why=note)

    def delivered(self, cycle: str, version: int, *, now: datetime, who: str) -> ReportRecord:
        """Record that a version went out; once, however often it is said.

        Raises UnknownKey; NotPossible for one that was returned or withheld.
        """
        with self._database.writing() as connection:
            report = _find(connection, cycle, version)
            if report.state == "delivered":
                return report
            if report.state in {"returned", "withheld"}:
                raise NotPossible(f"「{cycle}」第{version}版未經核定，不能送出；請先核定")
            return _move(
                connection, report, {"state": "delivered"}, EventType.DELIVERED, now=now, who=who
            )


def _standing_approval(decisions: Iterable[tuple[str, int, datetime]]) -> datetime | None:
    """Of decisions in their order: what, on which version, when."""
    approved: tuple[int, datetime] | None = None
    for what, version, at in decisions:
        if what == EventType.APPROVED:
            approved = approved or (version, at)
        elif approved is not None and approved[0] == version:
            approved = None
    return approved[1] if approved else None


def _says(content: Mapping[str, Any]) -> str:
    return canonical({k: value for k, value in content.items() if k not in _OF_THE_VERSION})


def _add_files(
    connection: Connection, cycle: str, version: int, files: Sequence[ReportFile]
) -> None:
    rows = [
        {"cycle": cycle, "version": version, "position": position, **asdict(file)}
        for position, file in enumerate(files)
    ]
    if rows:
        connection.execute(insert(report_files), rows)


def _move(
    connection: Connection,
    report: ReportRecord,
    changes: Mapping[str, str],
    what: EventType,
    *,
    now: datetime,
    who: str,
    why: str = "",
) -> ReportRecord:
    this = (reports.c.cycle == report.cycle, reports.c.version == report.version)
    connection.execute(update(reports).where(*this).values(**changes))
    detail = {"version": report.version}
    events.append(connection, what, about=report.cycle, now=now, who=who, why=why, detail=detail)
    return _find(connection, report.cycle, report.version)


def _latest(connection: Connection, cycle: str) -> ReportRecord | None:
    versions = _all(connection, cycle)
    return versions[-1] if versions else None


def _find(connection: Connection, cycle: str, version: int) -> ReportRecord:
    for report in _all(connection, cycle):
        if report.version == version:
            return report
    raise UnknownKey("彙整表", f"{cycle} 第{version}版")


def _all(connection: Connection, cycle: str) -> tuple[ReportRecord, ...]:
    files: dict[int, list[ReportFile]] = defaultdict(list)
    for row in connection.execute(
        select(report_files)
        .where(report_files.c.cycle == cycle)
        .order_by(report_files.c.version, report_files.c.position)
    ):
        files[row.version].append(ReportFile(name=row.name, blob=row.blob, size=row.size))
    query = select(reports).where(reports.c.cycle == cycle).order_by(reports.c.version)
    return tuple(
        ReportRecord(**row._mapping, files=tuple(files[row.version]))
        for row in connection.execute(query)
    )
