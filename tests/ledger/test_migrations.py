from __future__ import annotations

import json
import multiprocessing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from dutyflow.answers import Answer, from_json
from dutyflow.ledger import Ledger
from dutyflow.ledger.migration import VERSION_TABLE, migrate
from dutyflow.ledger.tables import metadata


def test_from_empty_the_migrations_lead_to_the_tables(empty_url: str) -> None:
    migrate(empty_url)
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True}
        )
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrating_again_keeps_what_is_there(empty_url: str, new_cycle) -> None:
    with Ledger(empty_url) as ledger:
        ledger.migrate()
        opened = ledger.cycles.open(
            new_cycle, sections=["business"], now=new_cycle.collect_by, who="", why=""
        )
        ledger.migrate()
        assert ledger.cycles.get(opened.key) == opened


def test_several_may_migrate_at_once(empty_url: str) -> None:
    processes = [
        multiprocessing.get_context("fork").Process(target=migrate, args=(empty_url,))
        for _ in range(4)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0, 0, 0]
    with Ledger(empty_url) as ledger:
        assert ledger.cycles.all() == ()


def test_others_in_the_same_database_are_left_alone(empty_url: str) -> None:
    migrate(empty_url)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(text("INSERT INTO alembic_version VALUES ('theirs')"))
    migrate(empty_url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "theirs"
    assert VERSION_TABLE in inspect(engine).get_table_names()
    engine.dispose()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/ledger"])
def test_what_cannot_be_permanent_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ledger"):
        Ledger(url)


def test_answers_from_before_there_were_other_forms_are_kept(empty_url: str, new_cycle) -> None:
    with Ledger(empty_url) as ledger:
        ledger.migrate()
    engine = create_engine(empty_url)
    old = {"measure": "1.1", "text": "辦理", "score": 90.0, "evidence": "", "nothing": False}
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0001'"))
        connection.execute(
            text(
                "INSERT INTO submissions (within, channel, sender, received_at, recorded_at,"
                " message_id, content_hash, raw_blob, verdict, problems, answers, reason)"
                " VALUES ('', 'mail', '', :at, :at, '', 'x', 'x', 'quarantined', '[]',"
                " :answers, '')"
            ),
            {"at": "2018-07-02 00:00:00", "answers": json.dumps([old])},
        )
    engine.dispose()
    with Ledger(empty_url) as ledger:
        ledger.migrate()
        (kept,) = ledger.submissions.quarantined()
    assert from_json(kept.answers) == (Answer(row="1.1", values={"text": "辦理", "score": 90.0}),)
