"""The two changes that sending makes to a notice: it is claimed, and it is settled.

Both happen within a writer's transaction, which no other writer overlaps. They run for each mail of
a round, so their statements are made once, and nothing is read again that was just written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    and_,
    bindparam,
    func,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.sql.dml import ReturningInsert

from . import mails
from .columns import utc
from .errors import UnknownKey
from .event_types import SYSTEM, EventType
from .events import NewEvent
from .records import Claim, NewNotice, NoticeRecord, Outcome
from .tables import notices, undeliverable

UNKNOWNS_ALLOWED = 2  # an ambiguous outcome is tried once more, then shown to the coordinator
ATTEMPTS_AFTER_BOUNCES = 3  # what comes back each time is not sent for ever

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Settlement:
    """What became of the claimed notices that went out in one mail.

    `detail` is a sentence, `text` the mail itself, where there was one.
    """

    notice_ids: tuple[int, ...]
    state: Outcome
    detail: str = ""
    text: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """What one step of sending put on record: how the mail before went, what may go next."""

    settled: tuple[NoticeRecord, ...]
    claims: tuple[Claim, ...]


@dataclass(kw_only=True)
class Changed(Generic[T]):
    """What was found or done, and the events that tell of it."""

    found: list[T] = field(default_factory=list)
    events: list[NewEvent] = field(default_factory=list)


def claim(
    connection: Connection, wanted: Sequence[NewNotice], now: datetime, lease_start: datetime
) -> Changed[Claim]:
    """Ask to send notices; see `Notices.claim`. Raises UnknownKey for a cycle that is not there."""
    changed: Changed[Claim] = Changed()
    for notice in wanted:
        granted = _add(connection, notice, now)
        if granted is None:
            found = _look_up(connection, notice)
            granted = _take_over(connection, found.id, notice, now, lease_start)
        if granted is not None:
            found = granted
            changed.events.append(event_of(EventType.NOTICE_CLAIMED, granted))
        changed.found.append(
            Claim(
                notice_id=found.id,
                granted=granted is not None,
                state=found.state,
                message_id=found.message_id,
            )
        )
    return changed


def settle(connection: Connection, settlement: Settlement, now: datetime) -> Changed[NoticeRecord]:
    """Record what became of claimed notices; those that were sent stay so. Raises UnknownKey."""
    changed: Changed[NoticeRecord] = Changed()
    values = {
        "new_state": settlement.state,
        "more_unknowns": int(settlement.state == "unknown"),
        "new_settled_at": now,
        "new_detail": settlement.detail,
        "new_blob": mails.keep(connection, settlement.text) if settlement.text else "",
    }
    for notice_id in settlement.notice_ids:
        row = connection.execute(_SETTLE, {"the_id": notice_id, **values}).first()
        if row is None:
            changed.found.append(find(connection, notice_id))
            continue
        changed.found.append(record(row))
        changed.events.append(event_of(_SAID[settlement.state], changed.found[-1]))
    return changed


def find(connection: Connection, notice_id: int) -> NoticeRecord:
    """Raises UnknownKey."""
    row = connection.execute(select(notices).where(notices.c.id == notice_id)).first()
    if row is None:
        raise UnknownKey("通知", notice_id)
    return record(row)


def record(row: Row[Any]) -> NoticeRecord:
    return NoticeRecord(**row._mapping)


def event_of(what: EventType, notice: NoticeRecord, **more: str) -> NewEvent:
    return NewEvent(
        what=what,
        about=notice.about,
        who=SYSTEM,
        why=notice.reason,
        detail={
            "notice": notice.id,
            "rung": notice.rung,
            "recipient": notice.recipient,
            "recipient_name": notice.recipient_name,
            "acting_for": notice.acting_for,
            "subject": notice.subject,
            "message_id": notice.message_id,
            "attempt": notice.attempts,
            "detail": notice.detail,
            **more,
        },
    )


_SAID: dict[Outcome, EventType] = {
    "sent": EventType.NOTICE_SENT,
    "deferred": EventType.NOTICE_DEFERRED,
    "refused": EventType.NOTICE_REFUSED,
    "unknown": EventType.NOTICE_UNKNOWN,
}


def _claimable() -> ColumnElement[bool]:
    return or_(
        notices.c.state == "deferred",
        and_(notices.c.state == "unknown", notices.c.unknowns < UNKNOWNS_ALLOWED),
        and_(notices.c.state == "claimed", notices.c.claimed_at <= bindparam("lease_start")),
        and_(
            notices.c.state == "bounced",
            notices.c.attempts < ATTEMPTS_AFTER_BOUNCES,
            func.lower(notices.c.recipient).not_in(select(undeliverable.c.email)),
        ),
    )


_LOOK_UP = select(notices).where(
    notices.c.about == bindparam("the_about"),
    notices.c.rung == bindparam("the_rung"),
    notices.c.recipient == bindparam("the_recipient"),
)
_KEY = ("about", "rung", "recipient")
_ADD: dict[str, ReturningInsert[Any]] = {
    "sqlite": sqlite.insert(notices)
    .on_conflict_do_nothing(index_elements=_KEY)
    .returning(notices.c.id),
    "postgresql": postgresql.insert(notices)
    .on_conflict_do_nothing(index_elements=_KEY)
    .returning(notices.c.id),
}
_TAKE_OVER = (
    update(notices)
    .where(notices.c.id == bindparam("the_id"), _claimable())
    .values(
        state="claimed",
        claimed_at=bindparam("new_claimed_at"),
        attempts=notices.c.attempts + 1,
        recipient_name=bindparam("new_name"),
        subject=bindparam("new_subject"),
        reason=bindparam("new_reason"),
        reason_code=bindparam("new_code"),
        reason_parameters=bindparam("new_parameters"),
        acting_for=bindparam("new_acting_for"),
    )
    .returning(*notices.c)
)
_SETTLE = (
    update(notices)
    .where(notices.c.id == bindparam("the_id"), notices.c.state.not_in(("sent", "bounced")))
    .values(
        state=bindparam("new_state"),
        unknowns=notices.c.unknowns + bindparam("more_unknowns"),
        settled_at=bindparam("new_settled_at"),
        detail=bindparam("new_detail"),
        message_blob=bindparam("new_blob"),
    )
    .returning(*notices.c)
)


def _look_up(connection: Connection, notice: NewNotice) -> NoticeRecord:
    key = {
        "the_about": notice.about,
        "the_rung": notice.rung,
        "the_recipient": notice.recipient,
    }
    return record(connection.execute(_LOOK_UP, key).one())


def _add(connection: Connection, notice: NewNotice, now: datetime) -> NoticeRecord | None:
    """The notice, if there was none of its key."""
    values: dict[str, Any] = {
        **notice.row,
        "state": "claimed",
        "attempts": 1,
        "unknowns": 0,
        "claimed_at": utc(now),
        "settled_at": None,
        "detail": "",
        "message_blob": "",
    }
    try:
        number = connection.execute(_ADD[connection.dialect.name], values).scalar()
    except IntegrityError as error:
        raise UnknownKey("期別", notice.cycle) from error  # it refers to nothing else
    return None if number is None else NoticeRecord(id=number, **values)


def _take_over(
    connection: Connection,
    notice_id: int,
    notice: NewNotice,
    now: datetime,
    lease_start: datetime,
) -> NoticeRecord | None:
    """What goes out is the mail as it is composed now, hence its subject and reason."""
    values = {
        "the_id": notice_id,
        "lease_start": lease_start,
        "new_claimed_at": now,
        "new_name": notice.recipient_name,
        "new_subject": notice.subject,
        "new_reason": notice.reason,
        "new_code": notice.why.code.value,
        "new_parameters": notice.why.plain,
        "new_acting_for": notice.acting_for,
    }
    row = connection.execute(_TAKE_OVER, values).first()
    return record(row) if row else None
