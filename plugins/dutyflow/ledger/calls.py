"""What people asked for on the page that a mail has to bring, and what no mail has told yet.

The page takes in without a mail server. Whatever has to be told is read from here until a notice
of it is settled.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, func, insert, or_, select

from . import events
from .claims import UNKNOWNS_ALLOWED
from .database import Database
from .event_types import EventType
from .records import CallRecord, NewCall
from .tables import assignments, calls, cycles, notices, requests, submissions

RUNG_DIGITS = 16  # of a blob's hash, in the rung of an answer
_WHAT = {
    "link": EventType.LINK_ASKED,
    "resend": EventType.LINK_RESENT,
    "deputy": EventType.DEPUTY_NAMED,
}


class Calls:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, call: NewCall, *, now: datetime, who: str = "") -> CallRecord:
        """Somebody asks for new links, or says who acts for them; `who`, where it is another."""
        with self._database.writing() as connection:
            key = connection.execute(insert(calls).values(**vars(call), at=now))
            row = connection.execute(
                select(calls).where(calls.c.id == key.inserted_primary_key[0])  # type: ignore[index]
            ).one()
            events.append(
                connection,
                _WHAT[call.kind],
                about=call.assignment or call.email,
                now=now,
                who=who or call.email,
                detail={
                    "call": row.id,
                    "email": call.email,
                    "deputy": call.deputy_email,
                    "until": str(call.until or ""),
                },
            )
            return CallRecord(**row._mapping)

    def last(self, email: str, kind: str) -> datetime | None:
        """When an address asked for something last."""
        query = select(func.max(calls.c.at)).where(calls.c.email == email, calls.c.kind == kind)
        with self._database.reading() as connection:
            moment: datetime | None = connection.execute(query).scalar()
            return moment

    def untold(self, office: str, since: datetime) -> tuple[CallRecord, ...]:
        """An office's calls that no mail has answered yet."""
        query = select(calls).where(calls.c.office == office, _calls_untold(since))
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(calls.c.id))
            return tuple(CallRecord(**row._mapping) for row in rows)

    def receipts_untold(self, office: str, since: datetime) -> tuple[int, ...]:
        """The accepted submissions from the page whose receipt has not gone out, by number."""
        query = _of_office(select(submissions.c.id), submissions, office)
        return self._numbers(query.where(_receipts_untold(since)).order_by(submissions.c.id))

    def requests_untold(self, office: str, since: datetime) -> tuple[int, ...]:
        """The pending requests that whoever decides has not been sent, by number."""
        query = _of_office(select(requests.c.id), requests, office)
        return self._numbers(query.where(_requests_untold(since)).order_by(requests.c.id))

    def offices_untold(self, since: datetime) -> set[str]:
        """The offices with anything of these that is still to be told."""
        of_assignments = select(cycles.c.office).join(
            assignments, assignments.c.cycle == cycles.c.key
        )
        queries: list[Select[Any]] = [
            select(calls.c.office).where(_calls_untold(since)),
            of_assignments.join(submissions, submissions.c.assignment == assignments.c.key).where(
                _receipts_untold(since)
            ),
            of_assignments.join(requests, requests.c.assignment == assignments.c.key).where(
                _requests_untold(since)
            ),
        ]
        with self._database.reading() as connection:
            return {office for query in queries for office in connection.execute(query).scalars()}

    def _numbers(self, query: Select[Any]) -> tuple[int, ...]:
        with self._database.reading() as connection:
            return tuple(connection.execute(query).scalars())


def _of_office(query: Select[Any], table: Any, office: str) -> Select[Any]:
    return (
        query.join(assignments, assignments.c.key == table.c.assignment)
        .join(cycles, cycles.c.key == assignments.c.cycle)
        .where(cycles.c.office == office)
    )


def _receipts_untold(since: datetime) -> ColumnElement[bool]:
    rung = "answer:" + func.substr(submissions.c.raw_blob, 1, RUNG_DIGITS)
    return and_(
        submissions.c.channel == "upload",
        submissions.c.verdict == "accepted",
        submissions.c.recorded_at > since,
        ~_told(submissions.c.assignment, rung),
    )


def _requests_untold(since: datetime) -> ColumnElement[bool]:
    rung = "request:" + cast(requests.c.id, String) + ":ask"
    return and_(
        requests.c.state == "pending",
        requests.c.asked_at > since,
        ~_told(requests.c.assignment, rung),
    )


def _calls_untold(since: datetime) -> ColumnElement[bool]:
    about = calls.c.office + "/calls"
    return and_(calls.c.at > since, ~_told(about, "call:" + cast(calls.c.id, String)))


def _told(about: ColumnElement[Any], rung: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whether a notice went out, or never will: what is deferred is still to be told."""
    settled = or_(
        notices.c.state.in_(("sent", "refused", "bounced")),
        and_(notices.c.state == "unknown", notices.c.unknowns >= UNKNOWNS_ALLOWED),
    )
    return (
        select(notices.c.id)
        .where(notices.c.about == about, notices.c.rung == rung, settled)
        .exists()
    )
