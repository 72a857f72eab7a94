"""Connections and transactions, alike on SQLite and PostgreSQL.

All writers of one ledger take turns: on SQLite by BEGIN IMMEDIATE, on PostgreSQL by an advisory
lock taken first in the transaction. The chain of events needs that, and it makes every
read-then-write in this package safe without row locks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakSet

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.exc import InterfaceError, OperationalError

from .errors import LedgerAway

BUSY_SECONDS = 30
WRITERS_LOCK = 0x64757479666C6F77  # "dutyflow" in ASCII
_WRITES = "dutyflow_writes"

_pooled: WeakSet[Engine] = WeakSet()


def _forget_inherited_connections() -> None:
    for engine in _pooled:
        engine.dispose(close=False)


# Airflow forks for each task; two processes on one connection would garble each other.
os.register_at_fork(after_in_child=_forget_inherited_connections)


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
                connection.execute(select(func.pg_advisory_xact_lock(WRITERS_LOCK)))
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
    engine = create_engine(url, isolation_level="READ COMMITTED", pool_pre_ping=True)
    _pooled.add(engine)
    return engine


def _sqlite(url: URL) -> Engine:
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY_SECONDS})
    event.listen(engine, "connect", _on_sqlite_connect)
    event.listen(engine, "begin", _on_sqlite_begin)
    return engine


def _on_sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours to say, see below
    connection.execute("PRAGMA foreign_keys = ON")


def _on_sqlite_begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
