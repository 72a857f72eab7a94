from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import create_engine, text

from dutyflow.ledger import Ledger
from tests.support.racing import at_once

NOW = datetime(2018, 7, 4, 1, tzinfo=UTC)


@pytest.fixture
def filled(ledger: Ledger) -> Ledger:
    for number in range(5):
        ledger.events.add(
            "電話催繳", about="pingtung/a/107", now=NOW, who="王大明", detail={"次": number}
        )
    return ledger


def alter(url: str, statement: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def test_events_are_numbered_and_kept_as_told(filled) -> None:
    assert [it.id for it in filled.events.of()] == [1, 2, 3, 4, 5]
    added = filled.events.add(
        "更正", about="pingtung/b/107", now=NOW, who="王大明", why="筆誤", detail={"x": [1, None]}
    )
    assert filled.events.of("pingtung/b/107") == (added,)
    assert filled.events.verify() is None


@pytest.mark.parametrize(
    ("statement", "noticed"),
    [
        ("UPDATE events SET who = '李小華' WHERE id = 3", 3),
        ("UPDATE events SET why = '颱風' WHERE id = 5", 5),
        ("UPDATE events SET at = '2018-07-01 00:00:00.000000' WHERE id = 2", 2),
        ("UPDATE events SET detail = 'no json' WHERE id = 4", 4),
        ("UPDATE events SET hash = 'x' WHERE id = 1", 1),
        ("DELETE FROM events WHERE id = 1", 2),
        ("DELETE FROM events WHERE id = 3", 4),
        ("INSERT INTO events SELECT 6, at, who, what, about, why, detail, hash FROM events"
         " WHERE id = 5", 6),
    ],
)  # fmt: skip
def test_what_was_changed_afterwards_is_noticed(url, filled, statement, noticed) -> None:
    assert filled.events.verify() is None
    alter(url, statement)
    assert filled.events.verify() == noticed


def test_a_moment_that_cannot_be_read_is_noticed(url, filled) -> None:
    alter(url, "UPDATE events SET at = 'infinity' WHERE id = 2")
    assert filled.events.verify() == 2


def test_many_who_write_at_once_make_one_chain(url: str, ledger) -> None:
    def write(number: int) -> None:
        with Ledger(url) as mine:
            for _ in range(5):
                mine.events.add("測試", about="pingtung", now=NOW, who=str(number))

    at_once(write)
    assert [it.id for it in ledger.events.of()] == list(range(1, 21))
    assert ledger.events.verify() is None


def test_asking_about_a_key_gives_what_lies_under_it_and_nothing_beside(ledger) -> None:
    for about in (
        "pt/review",
        "pt/review/107",
        "pt/review/107H1",
        "pt/review_all/107",
        "PT/review",
    ):
        ledger.events.add("測試", about=about, now=NOW, who="")
    assert [it.about for it in ledger.events.of("pt/review")] == [
        "pt/review",
        "pt/review/107",
        "pt/review/107H1",
    ]
    assert [it.about for it in ledger.events.of("pt/review/107")] == ["pt/review/107"]
    assert len(ledger.events.of()) == 5


def test_a_change_that_fails_leaves_no_event(ledger, cycle, new_cycle) -> None:
    with pytest.raises(ValueError, match="JSON"):
        ledger.reports.add(
            cycle.key,
            plan_hash="",
            content={"total": float("nan")},
            files=[],
            now=NOW + timedelta(days=1),
            who="",
        )
    other = replace(new_cycle, name="108H1")
    with pytest.raises(ValueError, match="business"):
        ledger.cycles.open(other, sections=["business", "business"], now=NOW, who="", why="")
    assert [it.key for it in ledger.cycles.all()] == [cycle.key]
    assert [it.what for it in ledger.events.of()] == ["開啟期別"]
