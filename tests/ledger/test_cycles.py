from __future__ import annotations

import multiprocessing
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dutyflow.errors import DutyflowError
from dutyflow.ledger import Ledger, NewCycle, UnknownKey, What
from tests.support.racing import at_once

NOW = datetime(2018, 6, 15, 1, tzinfo=UTC)
TAIPEI = timezone(timedelta(hours=8))
SECTIONS = ["business", "design", "safety"]


def test_opening_gives_every_section_its_assignment_in_the_plans_order(ledger, cycle) -> None:
    found = ledger.assignments.of(cycle.key)
    assert [it.key for it in found] == [f"{cycle.key}/{section}" for section in SECTIONS]
    assert [it.position for it in found] == [0, 1, 2]
    assert {(it.state, it.collect_by, it.on_time) for it in found} == {
        ("open", cycle.collect_by, None)
    }


def test_tokens_are_fit_for_an_address_and_found_in_any_case(ledger, cycle) -> None:
    found = ledger.assignments.of(cycle.key)
    assert len({it.token for it in found}) == len(SECTIONS)
    for assignment in found:
        assert re.fullmatch("[a-z2-7]{20}", assignment.token)
        assert ledger.assignments.by_token(assignment.token.upper()) == assignment
    assert ledger.assignments.by_token("nobody\x00's") is None


def test_an_opened_cycle_is_found_as_it_stands(ledger, cycle, new_cycle) -> None:
    ledger.cycles.close(cycle.key, now=NOW, who="承辦人", why="已送出")
    before = ledger.assignments.of(cycle.key)
    again = ledger.cycles.open(
        replace(new_cycle, title="別的"), sections=["other"], now=NOW, who="", why=""
    )
    assert (again.title, again.state) == (cycle.title, "closed")
    assert ledger.assignments.of(cycle.key) == before


def test_two_who_open_the_same_cycle_get_one(url: str, new_cycle: NewCycle) -> None:
    def open_it(number: int):
        with Ledger(url) as mine:
            opened = mine.cycles.open(
                new_cycle, sections=SECTIONS, now=NOW, who=str(number), why=""
            )
            return opened, mine.assignments.of(opened.key)

    first, *others = at_once(open_it)
    assert all(other == first for other in others)
    with Ledger(url) as ledger:
        opened = [it for it in ledger.events.of() if it.what == What.OPENED]
        assert len(opened) == 1
        assert ledger.events.verify() is None


def test_closing_and_reopening_are_each_done_once(ledger, cycle) -> None:
    for _ in range(2):
        closed = ledger.cycles.close(cycle.key, now=NOW, who="承辦人", why="已送出")
        assert (closed.state, closed.closed_at) == ("closed", NOW)
    for _ in range(2):
        reopened = ledger.cycles.reopen(cycle.key, now=NOW, who="承辦人", why="逾期補報")
        assert (reopened.state, reopened.closed_at) == ("open", None)
    said = [it.what for it in ledger.events.of(cycle.key)]
    assert said == ["開啟期別", "結案", "重啟期別"]


def test_cycles_are_listed_by_period_and_chosen_by_what_they_are(ledger, cycle, new_cycle) -> None:
    earlier = replace(
        new_cycle, name="106H2", period_start=date(2017, 7, 1), period_end=date(2017, 12, 31)
    )
    survey = replace(new_cycle, duty="survey", name="107")
    for each in (survey, earlier):
        ledger.cycles.open(each, sections=["business"], now=NOW, who="", why="")
    ledger.cycles.close(earlier.key, now=NOW, who="", why="")

    def keys(**wanted) -> list[str]:
        return [it.key for it in ledger.cycles.all(**wanted)]

    assert keys() == [earlier.key, cycle.key, survey.key]
    assert keys(duty="survey") == [survey.key]
    assert keys(office="pingtung", state="closed") == [earlier.key]
    assert keys(office="elsewhere") == []


def test_an_unknown_cycle_is_named_in_the_error(ledger) -> None:
    for ask in (
        lambda: ledger.cycles.get("pingtung/none/107"),
        lambda: ledger.cycles.close("pingtung/none/107", now=NOW, who="", why=""),
        lambda: ledger.assignments.get("pingtung/none/107/business"),
    ):
        with pytest.raises(UnknownKey, match="pingtung/none/107") as caught:
            ask()
        assert isinstance(caught.value, DutyflowError)


def test_moments_come_back_the_same_in_utc(ledger, new_cycle) -> None:
    local = datetime(2018, 7, 4, 17, 0, 0, 123456, tzinfo=TAIPEI)
    opened = ledger.cycles.open(
        replace(new_cycle, collect_by=local),
        sections=[],
        now=NOW.astimezone(TAIPEI),
        who="",
        why="",
    )
    assert opened.collect_by == local
    assert opened.opened_at == NOW
    assert opened.collect_by.utcoffset() == opened.opened_at.utcoffset() == timedelta(0)


def test_moments_without_a_zone_are_refused(ledger, cycle, new_cycle) -> None:
    naive = datetime(2018, 7, 4, 17)  # noqa: DTZ001
    with pytest.raises(ValueError, match="time zone"):
        replace(new_cycle, collect_by=naive)
    with pytest.raises(ValueError, match="time zone"):
        ledger.cycles.close(cycle.key, now=naive, who="", why="")
    assert ledger.cycles.get(cycle.key) == cycle


def test_a_plan_is_kept_once_word_for_word(ledger) -> None:
    for _ in range(2):
        ledger.plans.keep("abc", office="pingtung", year=107, document='{"年": 107}', now=NOW)
    assert ledger.plans.document("abc") == '{"年": 107}'
    assert [it.what for it in ledger.events.of("pingtung/107")] == ["收存計畫"]
    with pytest.raises(UnknownKey, match="xyz"):
        ledger.plans.document("xyz")


def _close_in_child(ledger: Ledger, key: str) -> None:
    ledger.cycles.close(key, now=NOW, who="child", why="")


def test_a_ledger_in_use_survives_a_fork(ledger, cycle) -> None:
    child = multiprocessing.get_context("fork").Process(
        target=_close_in_child, args=(ledger, cycle.key)
    )
    child.start()
    assert ledger.cycles.get(cycle.key).key == cycle.key
    child.join(30)
    assert child.exitcode == 0
    assert ledger.cycles.get(cycle.key).state == "closed"
