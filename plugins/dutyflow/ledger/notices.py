"""The notices (通知): claimed before they are sent, settled afterwards, each at most once.

Whoever gets the claim sends. If it dies before it records what became of the mail, the claim runs
out and the mail goes again under the same Message-ID: one may be repeated, none is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from . import cycles, events
from .columns import utc
from .database import Database
from .errors import UnknownKey
from .records import Claim, NewNotice, NoticeRecord, Outcome
from .tables import notices, undeliverable
from .what import SYSTEM, What

LEASE_SECONDS = 300
UNKNOWNS_ALLOWED = 2  # an ambiguous outcome is tried once more, then shown to the coordinator
ATTEMPTS_AFTER_BOUNCES = 3  # what comes back each time is not sent for ever

_SAID: dict[Outcome, What] = {
    "sent": What.NOTICE_SENT,
    "deferred": What.NOTICE_DEFERRED,
    "refused": What.NOTICE_REFUSED,
    "unknown": What.NOTICE_UNKNOWN,
}


class Notices:
    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(
        self, notice: NewNotice, *, now: datetime, lease_seconds: float = LEASE_SECONDS
    ) -> Claim:
        """Ask to send a notice; of several who ask one is granted it.

        Granted when it is new, was deferred, had an unknown outcome once, came back from an address
        that is not (or no longer) known as undeliverable, or was claimed at least `lease_seconds`
        ago by someone who never said what became of it. A repeat keeps the first Message-ID. Raises
        UnknownKey for a cycle that is not there.
        """
        return self.claim_all([notice], now=now, lease_seconds=lease_seconds)[0]

    def claim_all(
        self,
        wanted: Sequence[NewNotice],
        *,
        now: datetime,
        lease_seconds: float = LEASE_SECONDS,
    ) -> list[Claim]:
        """The same for several notices at once, such as those that go out in one mail."""
        lease_start = utc(now) - timedelta(seconds=lease_seconds)
        with self._database.writing() as connection:
            return [_claim(connection, notice, now, lease_start) for notice in wanted]

    def record(
        self,
        notice_id: int,
        state: Outcome,
        *,
        now: datetime,
        detail: str = "",
        message_blob: str = "",
    ) -> NoticeRecord:
        """Say what became of a claimed notice; `message_blob` is where the store keeps the mail.

        One that was sent stays sent, whatever a slower worker says. Raises UnknownKey.
        """
        outcome = _Outcome(state=state, detail=detail, message_blob=message_blob)
        with self._database.writing() as connection:
            return _settle(connection, notice_id, outcome, now)

    def record_all(
        self,
        notice_ids: Iterable[int],
        state: Outcome,
        *,
        now: datetime,
        detail: str = "",
        message_blob: str = "",
    ) -> None:
        """The same for the notices that went out in one mail."""
        outcome = _Outcome(state=state, detail=detail, message_blob=message_blob)
        with self._database.writing() as connection:
            for notice_id in notice_ids:
                _settle(connection, notice_id, outcome, now)

    def bounced(
        self, notice_ids: Iterable[int], *, now: datetime, why: str, message_blob: str
    ) -> tuple[NoticeRecord, ...]:
        """Mail that had gone out came back; `message_blob` is where the store keeps the report.

        Gives those for which it is news: one that came back before, or was never sent, stays as it
        is. Raises UnknownKey.
        """
        with self._database.writing() as connection:
            found = (
                _come_back(connection, notice_id, now, why, message_blob)
                for notice_id in notice_ids
            )
            return tuple(notice for notice in found if notice is not None)

    def delayed(
        self, notice_ids: Iterable[int], *, now: datetime, why: str, message_blob: str
    ) -> None:
        """A server says that it still tries: nothing changes, but the record knows."""
        with self._database.writing() as connection:
            for notice_id in notice_ids:
                notice = _find(connection, notice_id)
                _tell(connection, What.NOTICE_DELAYED, notice, now, said=why, report=message_blob)

    def by_message_id(self, message_ids: Iterable[str]) -> tuple[NoticeRecord, ...]:
        """The notices that went out in the mails of these Message-IDs."""
        query = select(notices).where(notices.c.message_id.in_(set(message_ids)))
        with self._database.reading() as connection:
            return tuple(map(_record, connection.execute(query.order_by(notices.c.id))))

    def last_sent_to(self, email: str, *, since: datetime) -> tuple[NoticeRecord, ...]:
        """The notices of the last mail that went to an address, if any did since a moment."""
        sent = select(notices).where(
            func.lower(notices.c.recipient) == email.lower(),
            notices.c.state.in_(_GONE_OUT),
            notices.c.settled_at >= since,
        )
        with self._database.reading() as connection:
            last = connection.execute(
                sent.order_by(notices.c.settled_at.desc(), notices.c.id.desc())
            ).first()
            if last is None:
                return ()
            rows = connection.execute(sent.where(notices.c.message_id == last.message_id))
            return tuple(map(_record, rows))

    def of(self, *, cycle: str | None = None, about: str | None = None) -> tuple[NoticeRecord, ...]:
        """Notices of a cycle, or about one thing, in the order they were first claimed."""
        query = select(notices).order_by(notices.c.id)
        if cycle is not None:
            query = query.where(notices.c.cycle == cycle)
        if about is not None:
            query = query.where(notices.c.about == about)
        with self._database.reading() as connection:
            return tuple(map(_record, connection.execute(query)))

    def get(self, notice_id: int) -> NoticeRecord:
        """Raises UnknownKey."""
        with self._database.reading() as connection:
            return _find(connection, notice_id)


# A claim may have ended in a crash after the mail went out.
_GONE_OUT = ("sent", "unknown", "claimed", "bounced")


@dataclass(frozen=True, kw_only=True)
class _Outcome:
    state: Outcome
    detail: str
    message_blob: str


def _claim(
    connection: Connection, notice: NewNotice, now: datetime, lease_start: datetime
) -> Claim:
    found = _look_up(connection, notice)
    if found is None:
        granted, found = True, _add(connection, notice, now)
    else:
        granted = _take_over(connection, found, notice, now, lease_start)
    if granted:
        _tell(connection, What.NOTICE_CLAIMED, _find(connection, found.id), now)
    return Claim(
        notice_id=found.id,
        granted=granted,
        state="claimed" if granted else found.state,
        message_id=found.message_id,
    )


def _settle(
    connection: Connection, notice_id: int, outcome: _Outcome, now: datetime
) -> NoticeRecord:
    before = _find(connection, notice_id)
    if before.state in ("sent", "bounced"):
        return before
    changes = {
        "state": outcome.state,
        "unknowns": before.unknowns + (outcome.state == "unknown"),
        "settled_at": now,
        "detail": outcome.detail,
        "message_blob": outcome.message_blob,
    }
    connection.execute(update(notices).where(notices.c.id == notice_id).values(**changes))
    after = _find(connection, notice_id)
    _tell(connection, _SAID[outcome.state], after, now)
    return after


def _come_back(
    connection: Connection, notice_id: int, now: datetime, why: str, message_blob: str
) -> NoticeRecord | None:
    before = _find(connection, notice_id)
    if before.state not in _GONE_OUT or before.state == "bounced":
        return None
    changes = {"state": "bounced", "settled_at": now, "detail": why}
    connection.execute(update(notices).where(notices.c.id == notice_id).values(**changes))
    after = _find(connection, notice_id)
    _tell(connection, What.NOTICE_BOUNCED, after, now, said=why, report=message_blob)
    return after


def _claimable(lease_start: datetime) -> ColumnElement[bool]:
    return or_(
        notices.c.state == "deferred",
        and_(notices.c.state == "unknown", notices.c.unknowns < UNKNOWNS_ALLOWED),
        and_(notices.c.state == "claimed", notices.c.claimed_at <= lease_start),
        and_(
            notices.c.state == "bounced",
            notices.c.attempts < ATTEMPTS_AFTER_BOUNCES,
            func.lower(notices.c.recipient).not_in(select(undeliverable.c.email)),
        ),
    )


def _add(connection: Connection, notice: NewNotice, now: datetime) -> NoticeRecord:
    if notice.cycle is not None:
        cycles.find(connection, notice.cycle)
    result = connection.execute(
        insert(notices).values(
            **asdict(notice),
            state="claimed",
            attempts=1,
            unknowns=0,
            claimed_at=now,
            settled_at=None,
            detail="",
            message_blob="",
        )
    )
    return _find(connection, _new_id(result.inserted_primary_key))


def _take_over(
    connection: Connection,
    found: NoticeRecord,
    notice: NewNotice,
    now: datetime,
    lease_start: datetime,
) -> bool:
    """What goes out is the mail as it is composed now, hence its subject and reason."""
    taken = connection.execute(
        update(notices)
        .where(notices.c.id == found.id, _claimable(lease_start))
        .values(
            state="claimed",
            claimed_at=now,
            attempts=notices.c.attempts + 1,
            recipient_name=notice.recipient_name,
            subject=notice.subject,
            reason=notice.reason,
            acting_for=notice.acting_for,
        )
    )
    return taken.rowcount == 1


def _tell(
    connection: Connection, what: What, notice: NoticeRecord, now: datetime, **more: str
) -> None:
    events.append(
        connection,
        what,
        about=notice.about,
        now=now,
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


def _look_up(connection: Connection, notice: NewNotice) -> NoticeRecord | None:
    row = connection.execute(
        select(notices).where(
            notices.c.about == notice.about,
            notices.c.rung == notice.rung,
            notices.c.recipient == notice.recipient,
        )
    ).first()
    return _record(row) if row else None


def _find(connection: Connection, notice_id: int) -> NoticeRecord:
    row = connection.execute(select(notices).where(notices.c.id == notice_id)).first()
    if row is None:
        raise UnknownKey("通知", notice_id)
    return _record(row)


def _new_id(primary_key: Row[Any] | None) -> int:
    assert primary_key is not None  # noqa: S101 - one row was inserted
    return int(primary_key[0])


def _record(row: Row[Any]) -> NoticeRecord:
    return NoticeRecord(**row._mapping)
