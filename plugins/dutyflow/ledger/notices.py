"""The notices (通知): claimed before they are sent, settled afterwards, each at most once.

Whoever gets the claim sends. If it dies before it records what became of the mail, the claim runs
out and the mail goes again under the same Message-ID: one may be repeated, none is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from . import events, mails
from .claims import Changed, Settlement, Turn, claim, event_of, find, record, settle
from .columns import utc
from .database import Database
from .event_types import EventType
from .records import Claim, NewNotice, NoticeRecord, Outcome
from .tables import notices

LEASE_SECONDS = 300


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
        return list(self.take_turn(None, wanted, now=now, lease_seconds=lease_seconds).claims)

    def record(
        self,
        notice_id: int,
        state: Outcome,
        *,
        now: datetime,
        detail: str = "",
        text: bytes = b"",
    ) -> NoticeRecord:
        """Say what became of a claimed notice; `text` is the mail, which is kept with it.

        One that was sent stays sent, whatever a slower worker says. Raises UnknownKey.
        """
        settlement = Settlement(notice_ids=(notice_id,), state=state, detail=detail, text=text)
        return self.take_turn(settlement, (), now=now).settled[0]

    def take_turn(
        self,
        settlement: Settlement | None,
        wanted: Sequence[NewNotice],
        *,
        now: datetime,
        lease_seconds: float = LEASE_SECONDS,
    ) -> Turn:
        """Record what became of one mail and claim the next, in one transaction.

        Whoever sends many mails this way holds a claim on one at a time, the one in flight.
        """
        lease_start = utc(now) - timedelta(seconds=lease_seconds)
        with self._database.writing() as connection:
            settled = settle(connection, settlement, now) if settlement else Changed()
            claimed = claim(connection, wanted, now, lease_start)
            events.append_all(connection, [*settled.events, *claimed.events], now=now)
        return Turn(settled=tuple(settled.found), claims=tuple(claimed.found))

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
                notice = find(connection, notice_id)
                _tell(
                    connection, EventType.NOTICE_DELAYED, notice, now, said=why, report=message_blob
                )

    def by_message_id(self, message_ids: Iterable[str]) -> tuple[NoticeRecord, ...]:
        """The notices that went out in the mails of these Message-IDs."""
        query = select(notices).where(notices.c.message_id.in_(set(message_ids)))
        with self._database.reading() as connection:
            return tuple(map(record, connection.execute(query.order_by(notices.c.id))))

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
            return tuple(map(record, rows))

    def mail(self, message_blob: str) -> bytes:
        """A mail as it went out. Raises UnknownKey, also for one from before the ledger kept
        them: those are in the store."""
        with self._database.reading() as connection:
            return mails.find(connection, message_blob)

    def of(self, *, cycle: str | None = None, about: str | None = None) -> tuple[NoticeRecord, ...]:
        """Notices of a cycle, or about one thing, in the order they were first claimed."""
        query = select(notices).order_by(notices.c.id)
        if cycle is not None:
            query = query.where(notices.c.cycle == cycle)
        if about is not None:
            query = query.where(notices.c.about == about)
        with self._database.reading() as connection:
            return tuple(map(record, connection.execute(query)))

    def get(self, notice_id: int) -> NoticeRecord:
        """Raises UnknownKey."""
        with self._database.reading() as connection:
            return find(connection, notice_id)


# A claim may have ended in a crash after the mail went out.
_GONE_OUT = ("sent", "unknown", "claimed", "bounced")


def _come_back(
    connection: Connection, notice_id: int, now: datetime, why: str, message_blob: str
) -> NoticeRecord | None:
    before = find(connection, notice_id)
    if before.state not in _GONE_OUT or before.state == "bounced":
        return None
    changes = {"state": "bounced", "settled_at": now, "detail": why}
    connection.execute(update(notices).where(notices.c.id == notice_id).values(**changes))
    after = find(connection, notice_id)
    _tell(connection, EventType.NOTICE_BOUNCED, after, now, said=why, report=message_blob)
    return after


def _tell(
    connection: Connection, what: EventType, notice: NoticeRecord, now: datetime, **more: str
) -> None:
    events.append_all(connection, [event_of(what, notice, **more)], now=now)
