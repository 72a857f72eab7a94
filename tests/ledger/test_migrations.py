from __future__ import annotations

import json
import multiprocessing
from datetime import date

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine, inspect, text

from dutyflow.ledger import Ledger
from dutyflow.ledger.migration import VERSION_TABLE, migrate
from dutyflow.ledger.tables import metadata
from dutyflow.plan.answers import Answer, from_json
from tests.support.old_ledgers import as_of


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


def test_answers_from_before_there_were_other_forms_are_kept(empty_url: str) -> None:
    engine = as_of(empty_url, "0001")
    old = {"measure": "1.1", "text": "辦理", "score": 90.0, "evidence": "", "nothing": False}
    with engine.begin() as connection:
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


def test_automatic_answers_of_before_wait_for_nobody(empty_url: str) -> None:
    engine = as_of(empty_url, "0009")
    with engine.begin() as connection:
        for reason in ("自動回覆信，不計為填報", "找不到對應的應辦事項"):
            connection.execute(
                text(
                    "INSERT INTO submissions (within, channel, sender, received_at, recorded_at,"
                    " message_id, content_hash, raw_blob, verdict, problems, answers, reason)"
                    " VALUES ('', 'mail', '', :at, :at, '', :reason, 'x', 'quarantined', '[]',"
                    " '[]', :reason)"
                ),
                {"at": "2018-07-02 00:00:00", "reason": reason},
            )
    engine.dispose()
    with Ledger(empty_url) as ledger:
        ledger.migrate()
        (waits,) = ledger.arrivals.waiting("pingtung", limit=9)
    assert waits.reason == "找不到對應的應辦事項"


OLD_CYCLE = """INSERT INTO cycles VALUES (:key, 'pingtung', 'self_assessment', :key, '', 'abc',
    '2018-01-01', '2018-06-30', '2018-07-04 16:00:00', '2018-07-06', 'open',
    '2018-06-15 00:30:00', NULL)"""
OLD_ASSIGNMENT = """INSERT INTO assignments VALUES (:key, :cycle, 'design', 0, :key, 'open',
    '2018-07-04 16:00:00', '2018-07-04 16:00:00', NULL, '', 0, NULL)"""
OLD_EVENT = """INSERT INTO events VALUES (:id, '2018-06-15 00:30:00', :who, :what, :about, '', '{}',
    '')"""


def test_what_was_opened_before_closures_could_move_it(empty_url: str) -> None:
    """A person's days stay; who was extended keeps the cut-off; the rest may move."""
    engine = as_of(empty_url, "0002")
    with engine.begin() as connection:
        for number, (key, who) in enumerate([("a", "排程"), ("b", "計畫承辦人")]):
            connection.execute(text(OLD_CYCLE), {"key": key})
            connection.execute(text(OLD_ASSIGNMENT), {"key": f"{key}/design", "cycle": key})
            opened = {"id": number, "who": who, "what": "開啟期別", "about": key}
            connection.execute(text(OLD_EVENT), opened)
        extended = {"id": 9, "who": "計畫承辦人", "what": "展期", "about": "b/design"}
        connection.execute(text(OLD_EVENT), extended)
    engine.dispose()

    migrate(empty_url)

    with Ledger(empty_url) as ledger:
        a, b = ledger.cycles.get("a"), ledger.cycles.get("b")
        assert (a.collect_by_given, a.report_due_given) == (False, False)
        assert (b.collect_by_given, b.report_due_given) == (True, True)
        assert a.opens == b.opens == date(2018, 6, 15)
        assert a.closures == b.closures == ()
        assert not ledger.assignments.get("a/design").own_cut_off
        assert ledger.assignments.get("b/design").own_cut_off
