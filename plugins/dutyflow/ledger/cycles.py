"""The cycles (期別): opened once, closed when done, reopened when something comes after all."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from . import assignments as parts
from . import events
from .database import Database, in_parts
from .errors import UnknownKey
from .event_types import EventType
from .records import Account, CycleRecord, CycleState, NewCycle, NewDays
from .tables import assignments, cycles

TOKEN_LENGTH = 20  # base32 characters: 100 bits


class Cycles:
    def __init__(self, database: Database) -> None:
        self._database = database

    def open(
        self, cycle: NewCycle, sections: Sequence[str], *, now: datetime, who: str, why: str
    ) -> CycleRecord:
        """Open the cycle with one assignment for each section, in the plan's order.

        If it is there already, open or closed, it is returned as it stands: of two who open it
        one does, and both get the same.
        """
        if len(set(sections)) < len(sections):
            raise ValueError(f"a section is named twice: {list(sections)}")
        with self._database.writing() as connection:
            found = _look_up(connection, cycle.key)
            if found is not None:
                return found
            connection.execute(
                insert(cycles).values(
                    key=cycle.key, **vars(cycle), state="open", opened_at=now, closed_at=None
                )
            )
            _add_assignments(connection, cycle, sections)
            detail = {
                "sections": list(sections),
                "plan_hash": cycle.plan_hash,
                "collect_by": cycle.collect_by.isoformat(),
                "report_due": cycle.report_due.isoformat(),
            }
            events.append(
                connection,
                EventType.OPENED,
                about=cycle.key,
                now=now,
                who=who,
                why=why,
                detail=detail,
            )
            return find(connection, cycle.key)

    def get(self, key: str) -> CycleRecord:
        """Raises UnknownKey."""
        with self._database.reading() as connection:
            return find(connection, key)

    def get_all(self, keys: Collection[str]) -> dict[str, CycleRecord]:
        """Those of the keys that are there."""
        with self._database.reading() as connection:
            return {
                row.key: _record(row)
                for part in in_parts(select(cycles), cycles.c.key, keys)
                for row in connection.execute(part)
            }

    def all(
        self,
        *,
        office: str | None = None,
        duty: str | None = None,
        state: CycleState | None = None,
    ) -> tuple[CycleRecord, ...]:
        """The cycles that fit, the earliest period first."""
        query = select(cycles).order_by(cycles.c.period_start, cycles.c.key)
        for column, wanted in (
            (cycles.c.office, office),
            (cycles.c.duty, duty),
            (cycles.c.state, state),
        ):
            if wanted is not None:
                query = query.where(column == wanted)
        with self._database.reading() as connection:
            return tuple(map(_record, connection.execute(query)))

    def move(self, seen: CycleRecord, days: NewDays, *, now: datetime, who: str) -> CycleRecord:
        """Move an open cycle's days, and the assignments that have no cut-off of their own.

        `seen` is the cycle whose days were worked out again. Unchanged if it is no longer as it was
        seen. Raises UnknownKey.
        """
        with self._database.writing() as connection:
            cycle = find(connection, seen.key)
            if cycle != seen or cycle.state == "closed":
                return cycle
            connection.execute(
                update(cycles)
                .where(cycles.c.key == cycle.key)
                .values(
                    collect_by=days.collect_by, report_due=days.report_due, closures=days.closures
                )
            )
            _tell(connection, EventType.MOVED, cycle.key, days.story, now, who)
            if days.collect_by != cycle.collect_by:
                _move_along(connection, cycle, days, now, who)
            return find(connection, cycle.key)

    def close(self, key: str, *, now: datetime, who: str, why: str) -> CycleRecord:
        """Raises UnknownKey. Closing a closed cycle changes nothing."""
        return self._move(key, "closed", EventType.CLOSED, now=now, who=who, why=why)

    def reopen(self, key: str, *, now: datetime, who: str, why: str) -> CycleRecord:
        """Raises UnknownKey. Reopening an open cycle changes nothing."""
        return self._move(key, "open", EventType.REOPENED, now=now, who=who, why=why)

    def _move(
        self, key: str, state: CycleState, what: EventType, *, now: datetime, who: str, why: str
    ) -> CycleRecord:
        with self._database.writing() as connection:
            cycle = find(connection, key)
            if cycle.state == state:
                return cycle
            closed_at = now if state == "closed" else None
            connection.execute(
                update(cycles).where(cycles.c.key == key).values(state=state, closed_at=closed_at)
            )
            events.append(connection, what, about=key, now=now, who=who, why=why)
            return find(connection, key)


def find(connection: Connection, key: str) -> CycleRecord:
    """Raises UnknownKey."""
    found = _look_up(connection, key)
    if found is None:
        raise UnknownKey("期別", key)
    return found


def new_token() -> str:
    """Unguessable, and safe in a mail address: lower-case base32."""
    return base64.b32encode(secrets.token_bytes(TOKEN_LENGTH)).decode()[:TOKEN_LENGTH].lower()


def _look_up(connection: Connection, key: str) -> CycleRecord | None:
    row = connection.execute(select(cycles).where(cycles.c.key == key)).first()
    return _record(row) if row else None


def _add_assignments(connection: Connection, cycle: NewCycle, sections: Sequence[str]) -> None:
    rows = [
        {
            "key": f"{cycle.key}/{section}",
            "cycle": cycle.key,
            "section": section,
            "position": position,
            "token": new_token(),
            "state": "open",
            "collect_by": cycle.collect_by,
            "due_by": cycle.collect_by,
            "own_cut_off": False,
            "on_time": None,
            "returned_note": "",
            "returns": 0,
            "accepted_submission": None,
            "paused_until": None,
        }
        for position, section in enumerate(sections)
    ]
    if rows:
        connection.execute(insert(assignments), rows)


def _move_along(
    connection: Connection, cycle: CycleRecord, days: NewDays, now: datetime, who: str
) -> None:
    for before in parts.of_cycle(connection, cycle.key):
        after = parts.moved_along(before, days.collect_by)
        if after != before:
            parts.save(connection, after)
            _tell(connection, EventType.MOVED_ALONG, after.key, days.followers_story, now, who)


def _tell(
    connection: Connection, what: EventType, about: str, story: Account, now: datetime, who: str
) -> None:
    events.append(
        connection, what, about=about, now=now, who=who, why=story.why, detail=story.detail
    )


def _record(row: Row[Any]) -> CycleRecord:
    return CycleRecord(**row._mapping)
