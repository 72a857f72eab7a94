"""The requests (申請): who asked for more time, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from . import events
from .assignments import find, granted, save
from .database import Database
from .errors import NotPossible
from .event_types import SYSTEM, EventType
from .records import AssignmentRecord, NewRequest, RequestRecord, RequestState
from .tables import requests

REPLACED = "由新的申請取代"
_WHAT: dict[RequestState, EventType] = {
    "granted": EventType.GRANTED,
    "refused": EventType.REFUSED,
    "void": EventType.VOIDED,
}


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one assignment may be granted in all: how often, how many working days."""

    times: int
    most: int

    def allow(self, before: list[RequestRecord], days: int) -> bool:
        return len(before) < self.times and sum(each.days for each in before) + days <= self.most


class Requests:
    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, new: NewRequest, *, now: datetime) -> RequestRecord:
        """Put a request on record, once for each source. One that was pending is void then."""
        with self._database.writing() as connection:
            known = _all(connection, _of(new.assignment).where(requests.c.source == new.source))
            if known:
                return known[0]
            for other in _all(connection, _of(new.assignment, "pending")):
                _settle(connection, other, "void", now=now, who=SYSTEM, note=REPLACED)
            return _added(connection, new, now)

    def grant(
        self, number: int, until: datetime, *, days: int, limits: Limits, now: datetime, who: str
    ) -> RequestRecord:
        """A pending request is granted, and its assignment's cut-off moves to `until`.

        `days` are its working days as of now. One that is settled stays as it is. Raises
        NotPossible where its assignment cannot be extended, or has had all that the limits allow.
        """
        with self._database.writing() as connection:
            request = _find(connection, number)
            if request.state != "pending":
                return request
            before = _all(connection, _of(request.assignment, "granted"))
            if not limits.allow(before, days):
                raise NotPossible("展期已達上限，不能再展期")
            _extend(connection, request, until, now=now, who=who)
            return _settle(connection, request, "granted", now=now, who=who, days=days)

    def refuse(self, number: int, *, now: datetime, who: str, note: str) -> RequestRecord:
        """A pending request is refused, for a reason. One that is settled stays as it is."""
        return self._close(number, "refused", now=now, who=who, note=note)

    def void(self, number: int, *, now: datetime, who: str, note: str) -> RequestRecord:
        """A pending request is to be decided no more. One that is settled stays as it is."""
        return self._close(number, "void", now=now, who=who, note=note)

    def get(self, number: int) -> RequestRecord:
        with self._database.reading() as connection:
            return _find(connection, number)

    def by_token(self, token: str) -> RequestRecord | None:
        """The request that is decided at an address with that token, however it was typed."""
        query = select(requests).where(requests.c.token == token.lower())
        with self._database.reading() as connection:
            return next(iter(_all(connection, query)), None)

    def by_source(self, assignment: str, source: str) -> RequestRecord | None:
        query = _of(assignment).where(requests.c.source == source)
        with self._database.reading() as connection:
            return next(iter(_all(connection, query)), None)

    def of(self, assignment: str, state: RequestState | None = None) -> tuple[RequestRecord, ...]:
        """An assignment's requests, the earliest first."""
        with self._database.reading() as connection:
            return tuple(_all(connection, _of(assignment, state)))

    def pending(self) -> tuple[RequestRecord, ...]:
        """Those that wait for a decision, the earliest first."""
        query = select(requests).where(requests.c.state == "pending").order_by(requests.c.id)
        with self._database.reading() as connection:
            return tuple(_all(connection, query))

    def granted_since(self, moment: datetime) -> tuple[RequestRecord, ...]:
        """Those that were granted at that moment or after it, the earliest first."""
        query = select(requests).where(
            requests.c.state == "granted", requests.c.decided_at >= moment
        )
        with self._database.reading() as connection:
            return tuple(_all(connection, query.order_by(requests.c.id)))

    def _close(
        self, number: int, state: RequestState, *, now: datetime, who: str, note: str
    ) -> RequestRecord:
        with self._database.writing() as connection:
            request = _find(connection, number)
            if request.state != "pending":
                return request
            return _settle(connection, request, state, now=now, who=who, note=note)


def _of(assignment: str, state: RequestState | None = None) -> Select[Any]:
    query = select(requests).where(requests.c.assignment == assignment).order_by(requests.c.id)
    return query if state is None else query.where(requests.c.state == state)


def _all(connection: Connection, query: Select[Any]) -> list[RequestRecord]:
    return list(map(_record, connection.execute(query)))


def _find(connection: Connection, number: int) -> RequestRecord:
    row = connection.execute(select(requests).where(requests.c.id == number)).one()
    return _record(row)


def _added(connection: Connection, new: NewRequest, now: datetime) -> RequestRecord:
    values = {**vars(new), "state": "pending", "decided_by": "", "note": ""}
    adding = insert(requests).values(**values).returning(requests.c.id)
    number: int = connection.execute(adding).scalar_one()
    detail = {"request": number, "until": new.until.isoformat(), "approver": new.approver}
    events.append(
        connection,
        EventType.ASKED,
        about=new.assignment,
        now=now,
        who=new.asked_by,
        why=new.why,
        detail={**detail, "source": new.source},
    )
    return _find(connection, number)


def _extend(
    connection: Connection, request: RequestRecord, until: datetime, *, now: datetime, who: str
) -> None:
    before = find(connection, request.assignment)
    after: AssignmentRecord = granted(before, until, asked_at=request.asked_at)
    save(connection, after)
    events.append(
        connection,
        EventType.EXTENDED,
        about=request.assignment,
        now=now,
        who=who,
        why=request.why,
        detail={"before": before.state, "collect_by": until.isoformat(), "request": request.id},
    )


def _settle(
    connection: Connection,
    request: RequestRecord,
    state: RequestState,
    *,
    now: datetime,
    who: str,
    note: str = "",
    days: int | None = None,
) -> RequestRecord:
    values = {"state": state, "decided_by": who, "decided_at": now, "note": note}
    if days is not None:
        values["days"] = days
    connection.execute(update(requests).where(requests.c.id == request.id).values(**values))
    events.append(
        connection,
        _WHAT[state],
        about=request.assignment,
        now=now,
        who=who,
        why=note or request.why,
        detail={"request": request.id},
    )
    return _find(connection, request.id)


def _record(row: Row[Any]) -> RequestRecord:
    return RequestRecord(**row._mapping)
