"""Ledgers as earlier versions of dutyflow left them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from typing import Any

from alembic import command
from sqlalchemy import Engine, MetaData, Table, create_engine, func, select

from dutyflow.ledger.database import Database
from dutyflow.ledger.migration import VERSION_TABLE, _config


def as_of(url: str, revision: str) -> Engine:
    """A ledger with the tables of an earlier version, and nothing in them."""
    database = Database(url)
    database.prepare()
    with database.writing() as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    database.close()
    return create_engine(url)


def restored(url: str, dump: str, revision: str) -> None:
    """A ledger from what SQLite's `.dump` wrote of it at that revision, on either database."""
    is_file = url.startswith("sqlite:///")
    with closing(sqlite3.connect(url.removeprefix("sqlite:///") if is_file else ":memory:")) as old:
        old.executescript(dump)
        if not is_file:
            engine = as_of(url, revision)
            _copy(old, engine)
            engine.dispose()


def _copy(source: sqlite3.Connection, engine: Engine) -> None:
    source.row_factory = sqlite3.Row
    tables = MetaData()
    tables.reflect(engine)
    with engine.begin() as connection:
        for table in tables.sorted_tables:
            rows = [] if table.name == VERSION_TABLE else list(_rows(source, table))
            if rows:
                connection.execute(table.insert(), rows)
            if rows and table.c[0].autoincrement is True:
                sequence = func.pg_get_serial_sequence(table.name, table.c[0].name)
                connection.execute(
                    select(func.setval(sequence, max(r[table.c[0].name] for r in rows)))
                )


def _rows(source: sqlite3.Connection, table: Table) -> Iterator[dict[str, Any]]:
    for row in source.execute(f'SELECT * FROM "{table.name}"'):
        kept = dict(row)
        yield {name: _value(said, table.c[name].type.python_type) for name, said in kept.items()}


def _value(kept: Any, kind: type) -> Any:
    """What SQLite keeps as text or a number, as PostgreSQL takes it."""
    if kept is None:
        return None
    if kind is datetime:
        return datetime.fromisoformat(kept).replace(tzinfo=UTC)
    if kind is date:
        return date.fromisoformat(kept)
    return bool(kept) if kind is bool else kept
