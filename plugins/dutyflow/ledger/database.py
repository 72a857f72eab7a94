"""Connections and transactions, alike on SQLite and PostgreSQL.

All writers of one ledger take turns: on SQLite by BEGIN IMMEDIATE, on PostgreSQL by an advisory
lock taken first in the transaction. The chain of events needs that, and it makes every
read-then-write in this package safe without row locks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    Select,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import DisconnectionError, InterfaceError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from .errors import LedgerAway

BUSY_SECONDS = 30
VALUES_PER_QUERY = 10_000  # SQLite takes 32,766 parameters
WRITERS_LOCK = 0x64757479666C6F77  # "dutyflow" in ASCII
_WRITES = "dutyflow_writes"
_TAKE_THE_LOCK = select(func.pg_advisory_xact_lock(WRITERS_LOCK))
IDLE_SECONDS = 1  # a connection that was used just now needs no test before it is used again
_LAST_USED = "dutyflow_last_used"

_engines: WeakSet[Engine] = WeakSet()


def _close_files() -> None:
    """SQLite's connections must neither be used nor closed across a fork (sqlite.org/howtocorrupt
    .html, 2.6): what is idle is closed before one, and opened again when it is wanted."""
    for engine in list(_engines):
        if engine.dialect.name == "sqlite":
            engine.dispose()


def _forget_inherited_connections() -> None:
    for engine in list(_engines):
        engine.dispose(close=False)


# Airflow forks for each task; two processes on one connection would garble each other.
os.register_at_fork(before=_close_files, after_in_child=_forget_inherited_connections)


class Database:
    """Where the ledger is kept. Connects on first use."""

    def __init__(self, url: str) -> None:
        self.url = _with_driver(make_url(url))
        self._engine = _sqlite(self.url) if self.is_sqlite else _postgresql(self.url)
        self._writer = self._engine.execution_options(**{_WRITES: True})

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    def has_tables(self) -> bool:
        if self.is_sqlite and not Path(self.url.database or "").is_file():
            return False  # connecting would make an empty one
        return "events" in inspect(self._engine).get_table_names()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Raises LedgerAway."""
        with _within_reach(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that no other writer overlaps. Raises LedgerAway."""
        with _within_reach(), self._writer.begin() as connection:
            if not self.is_sqlite:
                connection.execute(_TAKE_THE_LOCK)
            yield connection

    def prepare(self) -> None:
        """Make the SQLite file and its folder if need be, and let readers go on beside a writer."""
        if not self.is_sqlite:
            return
        Path(str(self.url.database)).parent.mkdir(parents=True, exist_ok=True)
        raw = self._engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA journal_mode = WAL")  # kept in the file itself
        finally:
            raw.close()

    def close(self) -> None:
        self._engine.dispose()


@contextmanager
def _within_reach() -> Iterator[None]:
    """What goes wrong with the database itself, and not with what it was asked, is LedgerAway."""
    try:
        yield
    except (OperationalError, InterfaceError) as trouble:
        said = " ".join(str(trouble.orig).split())
        raise LedgerAway(f"帳本的資料庫目前無法使用（{said}）；稍後自動重試") from trouble


def in_parts(
    query: Select[Any], column: ColumnElement[Any], values: Collection[str] | None
) -> Iterator[Select[Any]]:
    """The query for these values of a column alone, as often as so many take; None: for all."""
    if values is None:
        yield query
        return
    wanted = sorted(values)
    for start in range(0, len(wanted), VALUES_PER_QUERY):
        yield query.where(column.in_(wanted[start : start + VALUES_PER_QUERY]))


def _with_driver(url: URL) -> URL:
    """The URL with our driver named, where it names none."""
    if url.drivername in {"postgres", "postgresql"}:
        return url.set(drivername="postgresql+psycopg2")
    backend = url.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise ValueError(f"the ledger is kept in SQLite or PostgreSQL, not {backend}")
    if backend == "sqlite" and url.database in {None, "", ":memory:"}:
        raise ValueError("the ledger needs a file: sqlite:///path/to/ledger.db")
    return url


def _postgresql(url: URL) -> Engine:
    # READ COMMITTED: what a writer reads after waiting for its turn must be what is there then.
    # In batches: a statement for each of several rows would be a journey for each.
    engine = create_engine(
        url, isolation_level="READ COMMITTED", executemany_mode="values_plus_batch"
    )
    event.listen(engine, "checkin", _on_give_back)
    event.listen(engine, "checkout", _on_take_out)
    _engines.add(engine)
    return engine


def _on_give_back(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[_LAST_USED] = time.monotonic()


def _on_take_out(connection: Any, record: ConnectionPoolEntry, _proxy: object) -> None:
    """A server that was started again has forgotten our connections: then the pool makes others."""
    last_used = record.info.get(_LAST_USED)
    if last_used is None or time.monotonic() - last_used < IDLE_SECONDS:
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except connection.Error as error:
        raise DisconnectionError from error


def _sqlite(url: URL) -> Engine:
    # Opening a file costs more than a transaction does, and closing the last connection copies the
    # whole log into it: so connections are kept, one for each thread that works at a time.
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    _engines.add(engine)
    return engine


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say, see below
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")  # in WAL mode: on the disk when it is committed


def _on_sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
