"""Every test here runs on SQLite and on PostgreSQL, each time on a ledger of its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg2
import pytest

from dutyflow.ledger import CycleRecord, Ledger, NewCycle
from dutyflow.ledger.migration import migrate
from dutyflow.ledger.tables import metadata
from tests.support.postgres import PostgresServer, postgres_server

__all__ = ["postgres_server"]

DATABASES = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ledger") / "migrated.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_database(postgres_server: PostgresServer) -> str:
    url = postgres_server.url(postgres_server.new_database())
    migrate(url)
    return url


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A place where no ledger is yet."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/new/ledger.db"
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    name = server.new_database()
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A ledger with its tables and nothing in them."""
    if request.param == "sqlite":
        path = tmp_path / "ledger.db"
        shutil.copy(request.getfixturevalue("migrated_file"), path)
        yield f"sqlite:///{path}"
        return
    migrated: str = request.getfixturevalue("migrated_database")
    yield migrated
    with closing(psycopg2.connect(migrated.replace("+psycopg2", ""))) as connection, connection:
        # Emptying is ten times faster than a database for each test.
        connection.cursor().execute(f"TRUNCATE {', '.join(metadata.tables)}")


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    with Ledger(url) as opened:
        yield opened


@pytest.fixture
def new_cycle() -> NewCycle:
    """The first half of 107, collected until the evening of 4 July in Taipei."""
    return NewCycle(
        office="pingtung",
        duty="self_assessment",
        name="107H1",
        title="107年上半年自行考核",
        plan_hash="abc",
        period_start=date(2018, 1, 1),
        period_end=date(2018, 6, 30),
        opens=date(2018, 6, 15),
        collect_by=datetime(2018, 7, 4, 9, tzinfo=UTC),
        report_due=date(2018, 7, 6),
    )


@pytest.fixture
def cycle(ledger: Ledger, new_cycle: NewCycle) -> CycleRecord:
    return ledger.cycles.open(
        new_cycle,
        sections=["business", "design", "safety"],
        now=datetime(2018, 6, 15, 1, tzinfo=UTC),
        who="系統",
        why="期末前10個工作天",
    )
