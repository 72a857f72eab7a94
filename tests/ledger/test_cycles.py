from __future__ import annotations

import multiprocessing
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from dutyflow.calendars.working_days import Closure
from dutyflow.errors import DutyflowError
from dutyflow.ledger import Account, EventType, Ledger, NewCycle, NewDays, UnknownKey
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
        opened = [it for it in ledger.events.of() if it.what == EventType.OPENED]
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


TYPHOON = Closure(day=date(2018, 7, 3), kind="off", reason="颱風", source="縣政府")
LATER = NewDays(
    collect_by=datetime(2018, 7, 5, 9, tzinfo=UTC),
    report_due=date(2018, 7, 9),
    closures=(TYPHOON,),
    story=Account(why="期別改期", detail={"days": 2}),
    followers_story=Account(why="收件期限改期", detail={"days": 1}),
)


def test_a_cycle_moves_with_those_that_have_no_cut_off_of_their_own(ledger, cycle) -> None:
    of_its_own = datetime(2018, 7, 10, tzinfo=UTC)
    key = f"{cycle.key}/design"
    ledger.assignments.extend(key, of_its_own, now=NOW, who="承辦人", why="人力不足")

    moved = ledger.cycles.move(cycle, LATER, now=NOW, who="排程")

    assert (moved.collect_by, moved.report_due) == (LATER.collect_by, LATER.report_due)
    assert moved.closures == (TYPHOON,)
    found = {it.section: (it.collect_by, it.due_by) for it in ledger.assignments.of(cycle.key)}
    assert found["business"] == found["safety"] == (LATER.collect_by, LATER.collect_by)
    assert found["design"] == (of_its_own, of_its_own)
    said = [(it.what, it.about, it.why) for it in ledger.events.of(cycle.key) if "改期" in it.what]
    assert said == [
        ("改期", cycle.key, "期別改期"),
        ("隨期別改期", f"{cycle.key}/business", "收件期限改期"),
        ("隨期別改期", f"{cycle.key}/safety", "收件期限改期"),
    ]


def test_one_that_is_waived_goes_along_for_it_may_answer_after_all(ledger, cycle) -> None:
    key = f"{cycle.key}/design"
    ledger.assignments.waive(key, now=NOW, who="承辦人", why="無此業務")
    ledger.cycles.move(cycle, LATER, now=NOW, who="排程")
    assert ledger.assignments.get(key).due_by == LATER.collect_by


def test_where_only_the_report_moves_the_assignments_stay(ledger, cycle) -> None:
    before = ledger.assignments.of(cycle.key)
    days = replace(LATER, collect_by=cycle.collect_by)
    ledger.cycles.move(cycle, days, now=NOW, who="排程")
    assert ledger.cycles.get(cycle.key).report_due == LATER.report_due
    assert ledger.assignments.of(cycle.key) == before


def test_a_closed_cycle_does_not_move(ledger, cycle) -> None:
    closed = ledger.cycles.close(cycle.key, now=NOW, who="承辦人", why="已送出")
    assert ledger.cycles.move(closed, LATER, now=NOW, who="排程") == closed


def test_of_several_who_move_a_cycle_one_does(url: str, new_cycle: NewCycle) -> None:
    with Ledger(url) as ledger:
        seen = ledger.cycles.open(new_cycle, SECTIONS, now=NOW, who="", why="")

        def move_it(number: int):
            with Ledger(url) as mine:
                return mine.cycles.move(seen, LATER, now=NOW, who=str(number))

        first, *others = at_once(move_it)

        assert all(other == first for other in others)
        assert len(ledger.events.of(seen.key, EventType.MOVED)) == 1
        assert ledger.events.verify() is None
