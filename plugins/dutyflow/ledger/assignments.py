"""The assignments (應辦事項): what becomes of one section's part in a cycle.

What a change does to an assignment is decided by the small pure functions at the end; a change
that fits no longer, because something else came first, leaves it as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from dutyflow.nagging.lateness import is_late, is_on_time, is_over
from dutyflow.nagging.states import MOVABLE

from . import events
from .database import Database, in_parts
from .errors import NotPossible, UnknownKey
from .event_types import EventType
from .records import AssignmentRecord, Look
from .tables import assignments, cycles

TOKEN_LONGEST = 64

Decide = Callable[[AssignmentRecord], AssignmentRecord]


class Assignments:
    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, cycle_key: str) -> tuple[AssignmentRecord, ...]:
        """A cycle's assignments in the plan's order."""
        with self._database.reading() as connection:
            return of_cycle(connection, cycle_key)

    def keys(self, office: str) -> tuple[str, ...]:
        """Of all that an office has ever asked for."""
        query = select(assignments.c.key).join(cycles, cycles.c.key == assignments.c.cycle)
        with self._database.reading() as connection:
            return tuple(connection.scalars(query.where(cycles.c.office == office)))

    def get(self, key: str) -> AssignmentRecord:
        """Raises UnknownKey."""
        with self._database.reading() as connection:
            return find(connection, key)

    def get_all(self, keys: Iterable[str]) -> tuple[AssignmentRecord, ...]:
        """Those of the keys that are there, in no order."""
        with self._database.reading() as connection:
            return tuple(
                _record(row)
                for part in in_parts(select(assignments), assignments.c.key, set(keys))
                for row in connection.execute(part)
            )

    def by_token(self, token: str) -> AssignmentRecord | None:
        """The assignment that answers to a token, in whatever case it was typed."""
        query = select(assignments).where(assignments.c.token == token.lower())
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return _record(row) if row else None

    def by_token_start(self, start: str) -> tuple[AssignmentRecord, ...]:
        """The assignments whose token begins so: as a rule one or none."""
        token = assignments.c.token  # base32: in every collation, nothing comes after z
        query = select(assignments).where(token.between(start, start.ljust(TOKEN_LONGEST, "z")))
        with self._database.reading() as connection:
            return tuple(map(_record, connection.execute(query)))

    def looks(self, keys: Iterable[str]) -> dict[str, Look]:
        """State and cut-off of thousands of assignments at once; unknown keys are left out."""
        query = select(assignments.c.key, assignments.c.state, assignments.c.collect_by)
        with self._database.reading() as connection:
            return {
                row.key: Look(state=row.state, collect_by=row.collect_by)
                for part in in_parts(query, assignments.c.key, set(keys))
                for row in connection.execute(part)
            }

    def mark_late(self, key: str, *, now: datetime, who: str, why: str) -> AssignmentRecord:
        """The cut-off has passed with nothing accepted so far.

        Unchanged if something was accepted, if it was waived, or if it was extended beyond `now`
        meanwhile. Raises UnknownKey.
        """
        return self._change(
            key, lambda it: _late(it, now), EventType.LATE, now=now, who=who, why=why
        )

    def wait_again(
        self, key: str, until: datetime, *, now: datetime, who: str, why: str
    ) -> AssignmentRecord:
        """Collect once more after being late, or returned, until a new cut-off.

        Unchanged in any other state. What counts as on time stays as it was. Raises UnknownKey.
        """
        return self._change(
            key,
            lambda it: _waiting_again(it, until),
            EventType.WAITING_AGAIN,
            now=now,
            who=who,
            why=why,
        )

    def return_for_correction(
        self, key: str, *, note: str, until: datetime, now: datetime, who: str
    ) -> AssignmentRecord:
        """Send back what was accepted, with the coordinator's note and a new cut-off.

        Saying the same again changes nothing, another note replaces the first and is not counted.
        Raises UnknownKey; NotPossible if nothing stands accepted.
        """
        return self._change(
            key,
            lambda it: _returned(it, note, until),
            EventType.RETURNED,
            now=now,
            who=who,
            why=note,
        )

    def waive(self, key: str, *, now: datetime, who: str, why: str) -> AssignmentRecord:
        """Nothing is expected any more. Raises UnknownKey; NotPossible if it is accepted."""
        return self._change(key, _waived, EventType.WAIVED, now=now, who=who, why=why)

    def extend(
        self, key: str, until: datetime, *, now: datetime, who: str, why: str
    ) -> AssignmentRecord:
        """Move the cut-off. One that is late already stays late, see `wait_again`.

        Raises UnknownKey; NotPossible if it is accepted or waived.
        """
        return self._change(
            key, lambda it: _extended(it, until), EventType.EXTENDED, now=now, who=who, why=why
        )

    def pause(
        self, key: str, until: date | None, *, now: datetime, who: str, why: str
    ) -> AssignmentRecord:
        """No reminders up to and including a day; None ends a pause. The cut-off stays.

        Raises UnknownKey.
        """
        return self._change(
            key,
            lambda it: replace(it, paused_until=until),
            EventType.PAUSED,
            now=now,
            who=who,
            why=why,
        )

    def _change(
        self, key: str, decide: Decide, what: EventType, *, now: datetime, who: str, why: str
    ) -> AssignmentRecord:
        with self._database.writing() as connection:
            before = find(connection, key)
            after = decide(before)
            if after == before:
                return before
            save(connection, after)
            detail = {"before": before.state, "collect_by": after.collect_by.isoformat()}
            if after.paused_until != before.paused_until:
                detail["paused_until"] = str(after.paused_until or "")
            events.append(connection, what, about=key, now=now, who=who, why=why, detail=detail)
            return find(connection, key)


def find(connection: Connection, key: str) -> AssignmentRecord:
    """Raises UnknownKey."""
    row = connection.execute(select(assignments).where(assignments.c.key == key)).first()
    if row is None:
        raise UnknownKey("應辦事項", key)
    return _record(row)


def of_cycle(connection: Connection, cycle_key: str) -> tuple[AssignmentRecord, ...]:
    query = select(assignments).where(assignments.c.cycle == cycle_key)
    return tuple(map(_record, connection.execute(query.order_by(assignments.c.position))))


def save(connection: Connection, assignment: AssignmentRecord) -> None:
    values = asdict(assignment)
    key = values.pop("key")
    connection.execute(update(assignments).where(assignments.c.key == key).values(**values))


def with_accepted(
    assignment: AssignmentRecord, submission: int, received_at: datetime
) -> AssignmentRecord:
    """What an accepted submission makes of it. On time is decided once, by the first."""
    on_time = assignment.on_time
    return replace(
        assignment,
        state="accepted",
        accepted_submission=submission,
        on_time=is_on_time(received_at, assignment.due_by) if on_time is None else on_time,
    )


def with_rejected(assignment: AssignmentRecord) -> AssignmentRecord:
    """What a rejected submission makes of it: it was at least tried."""
    return replace(assignment, state="submitted") if assignment.state == "open" else assignment


def moved_along(assignment: AssignmentRecord, collect_by: datetime) -> AssignmentRecord:
    """What it makes of an assignment that its cycle's cut-off moves.

    One that has its own cut-off keeps it, and so does one whose time is over: it was accepted.
    One that is waived may still be answered, and in time.
    """
    if assignment.own_cut_off or assignment.state not in MOVABLE:
        return assignment
    return replace(assignment, collect_by=collect_by, due_by=collect_by)


def _late(assignment: AssignmentRecord, now: datetime) -> AssignmentRecord:
    ends = is_late(assignment.state, assignment.collect_by, now)
    return replace(assignment, state="late") if ends else assignment


def _waiting_again(assignment: AssignmentRecord, until: datetime) -> AssignmentRecord:
    if assignment.state == "late":
        return replace(assignment, state="open", collect_by=until, own_cut_off=True)
    if assignment.state == "returned":
        return replace(assignment, collect_by=until, own_cut_off=True)
    return assignment


def _returned(assignment: AssignmentRecord, note: str, until: datetime) -> AssignmentRecord:
    again = assignment.state == "returned"
    if again and assignment.returned_note == note:
        return assignment
    if not again and assignment.state != "accepted":
        raise NotPossible(f"「{assignment.key}」目前沒有已受理的填報，無法退回補正；請先查看其狀態")
    return replace(
        assignment,
        state="returned",
        returned_note=note,
        returns=assignment.returns + (not again),
        collect_by=until,
        own_cut_off=True,
    )


def _waived(assignment: AssignmentRecord) -> AssignmentRecord:
    if assignment.state == "accepted":
        raise NotPossible(f"「{assignment.key}」已經受理，不必再免報")
    return replace(assignment, state="waived")


def _extended(assignment: AssignmentRecord, until: datetime) -> AssignmentRecord:
    if assignment.state == "accepted":
        raise NotPossible(f"「{assignment.key}」已經受理，不必再展期；如需修改請退回補正")
    if assignment.state == "waived":
        raise NotPossible(f"「{assignment.key}」已經免報，無法展期")
    if assignment.state == "late":  # granted when it was too late to ask: no excuse
        return replace(assignment, collect_by=until, own_cut_off=True)
    return replace(assignment, collect_by=until, due_by=until, own_cut_off=True)


def granted(
    assignment: AssignmentRecord, until: datetime, *, asked_at: datetime
) -> AssignmentRecord:
    """What an extension that was asked for makes of it: it is waited for again, if it is late.

    Asked for in time, it is an excuse, however late it was decided. Raises NotPossible.
    """
    after = _extended(assignment, until)
    if assignment.state != "late":
        return after
    in_time = not is_over(assignment.due_by, asked_at)
    return replace(after, state="open", due_by=until if in_time else assignment.due_by)


def _record(row: Row[Any]) -> AssignmentRecord:
    return AssignmentRecord(**row._mapping)
