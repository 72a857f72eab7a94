"""Connections are kept open, and yet no two processes ever share one."""

from __future__ import annotations

import os
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import psutil
import psycopg2
import pytest

from dutyflow.ledger import Ledger
from tests.support.postgres import PostgresServer

NOW = datetime(2018, 6, 29, 1, tzinfo=UTC)


def note(ledger: Ledger, who: str) -> None:
    ledger.events.add("試寫", about="test", now=NOW, who=who)


def open_files(name: str) -> list[str]:
    paths = [file.path for file in psutil.Process().open_files()]
    return [path for path in paths if Path(path).name.startswith(name)]


def test_a_forked_process_works_beside_its_parent_on_connections_of_its_own(ledger) -> None:
    note(ledger, "parent")
    child = os.fork()
    if child == 0:
        code = 1
        try:
            inherited = open_files("ledger.db")
            note(ledger, "child")
            code = len(inherited)
        finally:
            os._exit(code)
    note(ledger, "parent")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    note(ledger, "parent")
    assert sorted(event.who for event in ledger.events.of("test")) == ["child", *["parent"] * 3]
    assert ledger.events.verify() is None


def test_closing_gives_everything_back(url: str) -> None:
    with Ledger(url) as ledger:
        note(ledger, "one")
    assert open_files("ledger.db") == []


def test_a_server_that_has_forgotten_us_is_asked_again(
    postgres_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dutyflow.ledger.database.IDLE_SECONDS", 0)
    name = postgres_server.new_database()
    url = postgres_server.url(name)
    with Ledger(url) as ledger:
        ledger.migrate()
        note(ledger, "before")
        with closing(psycopg2.connect(url.replace("+psycopg2", ""))) as other, other:
            other.cursor().execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND pid <> pg_backend_pid()",
                (name,),
            )
        note(ledger, "after")
        assert [event.who for event in ledger.events.of("test")] == ["before", "after"]
    postgres_server.drop_database(name)
