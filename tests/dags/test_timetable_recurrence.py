"""One run for each cycle, however the duty recurs, and across the replacement of plans."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace

import pendulum
import pytest
import time_machine
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import DataInterval, TimeRestriction

from dutyflow.calendars.roc import TAIPEI, format_roc
from dutyflow.orchestration.duty_dag import duty_dags
from dutyflow.orchestration.plans import office_named
from dutyflow.orchestration.timetable import DutyTimetable
from dutyflow.plan.cycles import cycles
from tests.plan.conftest import CONTACTS, PLAN, edited

EVERY = "every: half_year"
OPENS = "opens: {working_days: -10, from: period_end}"
COLLECT_BY = "collect_by: {working_days: 3, from: period_end}"
REPORT_DUE = "report_due: {working_days: 5, from: period_end}"
FOLLOW_UP = """\
  - id: follow_up
    name: 改善追蹤
    clause: 陸
    assumption: 原計畫未訂期限
    covers: {measures: ["1.2"]}
    every: after
    after: self_assessment
    opens: {working_days: 1, from: approval}
    collect_by: {working_days: 10, from: opens}
    report_due: {working_days: 1, from: collect_by}
    form: self_assessment
    report: assessment_summary
    deliver_to: [head_office]
"""
Edits = tuple[str, str]
Write = Callable[..., Path]
DUTY = DutyTimetable("penghu", "self_assessment")


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write the plan of a year with edits; Airflow then reads it."""
    monkeypatch.setenv("DUTYFLOW_PLANS", str(tmp_path / "plan"))
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path / "home"))
    folder = tmp_path / "plan" / "penghu"
    folder.mkdir(parents=True)
    (folder / "contacts.yaml").write_text(CONTACTS, encoding="utf-8")

    def write(*edits: Edits, year: int = 107, start: str = "107-03-29", more: str = "") -> Path:
        text = edited(
            PLAN, *edits, ("year: 107", f"year: {year}"), ("from: 107-03-29", f"from: {start}")
        )
        path = folder / f"{year}.yaml"
        path.write_text(text + more, encoding="utf-8")
        return path

    return write


def at(*moment: int) -> pendulum.DateTime:
    return pendulum.instance(datetime(*moment, tzinfo=TAIPEI))


NOW = at(2018, 4, 2)


def ask(last: DataInterval | None, *, now: datetime = NOW, duty: DutyTimetable = DUTY):
    restriction = TimeRestriction(earliest=at(2017, 1, 1), latest=None, catchup=False)
    with time_machine.travel(now, tick=False):
        return duty.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)


def name_of(interval: DataInterval) -> str:
    return DUTY.generate_run_id(
        run_type=SimpleNamespace(
            value="scheduled", generate_run_id=lambda suffix: f"scheduled__{suffix}"
        ),
        run_after=interval.end,
        data_interval=interval,
    )


def runs(count: int) -> list[str]:
    """The names of the first runs, one after another."""
    last, found = None, []
    for _ in range(count):
        info = ask(last)
        if info is None:
            break
        assert info.data_interval.start <= info.run_after
        last = info.data_interval
        found.append(name_of(last).removeprefix("scheduled__"))
    return found


def test_a_duty_that_comes_once_runs_once(plan: Write) -> None:
    plan((EVERY, "every: once\n    period: {start: 107-11-01, end: 108-02-28}"))
    assert runs(3) == ["107"]


def test_given_dates_run_one_after_another(plan: Write) -> None:
    plan(
        (
            EVERY,
            "every: dates\n    dates:\n"
            "      - {name: 春節前, start: 107-12-15, end: 108-02-03}\n"
            "      - {name: 端午前, start: 107-06-01, end: 107-06-17}",
        )
    )
    assert runs(5) == ["107D2", "107D1"]


def test_months_run_on_over_the_new_year(plan: Write) -> None:
    plan((EVERY, "every: month"))
    assert runs(14) == [
        *(f"107M{month:02}" for month in range(4, 13)),
        *(f"108M{month:02}" for month in range(1, 6)),
    ]


def test_cycles_that_open_before_their_period_have_a_run_each(plan: Write) -> None:
    """Some months open before they begin and some after, in one and the same duty."""
    plan((EVERY, "every: month"), (OPENS, "opens: {working_days: -20, from: period_end}"))
    found = runs(24)
    assert found[:3] == ["107M04", "107M05", "107M06"]
    assert len(set(found)) == 24
    opened = ask(None, now=at(2019, 1, 15))
    assert name_of(opened.data_interval) == "scheduled__108M01"


def test_a_run_is_known_by_its_interval_even_when_its_opening_has_moved(plan: Write) -> None:
    early = (OPENS, "opens: {working_days: -140, from: period_end}")
    plan(early)
    info = ask(None, now=at(2018, 11, 1))
    assert name_of(info.data_interval) == "scheduled__107H2"
    closures = plan(early).parent.parent / "closures.csv"
    closures.write_text(
        "date,kind,reason,source\n107-07-03,off,颱風,\n107-06-15,off,颱風,\n", encoding="utf-8"
    )
    assert name_of(info.data_interval) == "scheduled__107H2"
    following = ask(info.data_interval, now=at(2018, 11, 1))
    assert name_of(following.data_interval) == "scheduled__108H1"


def test_the_last_cycle_of_a_year_runs_though_the_next_plan_is_on_file(plan: Write) -> None:
    plan()
    plan(year=108, start="108-01-01")
    assert runs(4) == ["107H1", "107H2", "108H1", "108H2"]


def test_a_duty_that_the_next_plan_drops_still_has_its_dag(plan: Write) -> None:
    plan()
    plan(("id: self_assessment", "id: review"), year=108, start="108-01-01")
    dags = {dag.dag_id: dag for dag in duty_dags()}
    assert set(dags) == {"penghu__self_assessment", "penghu__review"}
    assert runs(4) == ["107H1", "107H2"]


def test_two_periods_that_start_on_one_day_have_a_run_each(plan: Write) -> None:
    """January, opened in December by the old plan; the first quarter, opened by the new one."""
    plan((OPENS, "opens: {working_days: -2, from: period_start}"), (EVERY, "every: month"))
    later = (OPENS, "opens: {working_days: 5, from: period_start}")
    plan(later, (EVERY, "every: quarter"), year=108, start="108-01-01")
    found = runs(13)
    assert found[-4:] == ["108M01", "108Q1", "108Q2", "108Q3"]
    assert len(set(found)) == len(found)


def test_a_plan_of_every_year_starts_with_the_cycle_before_it(plan: Write) -> None:
    """The report on year 106 is collected in 107, under the plan of 107."""
    plan(
        (EVERY, "every: year"),
        (OPENS, "opens: {working_days: 70, from: period_end}"),
        (COLLECT_BY, "collect_by: {working_days: 80, from: period_end}"),
        (REPORT_DUE, "report_due: {working_days: 85, from: period_end}"),
    )
    assert runs(2) == ["106", "107"]
    (dag,) = duty_dags()
    assert dag.start_date <= at(2017, 1, 1)


# after another duty


def test_a_duty_that_comes_after_another_has_no_runs_of_its_own_accord(plan: Write) -> None:
    plan(more=FOLLOW_UP)
    dag = next(dag for dag in duty_dags() if dag.dag_id == "penghu__follow_up")
    assert ask(None, duty=DutyTimetable("penghu", "follow_up")) is None
    assert dag.timetable.summary == "「半年自行考核」核定後，填報截止後第1個工作天前報出"
    assert "假設**：原計畫未訂期限" in dag.doc_md
    assert "核定後第1個工作天" in dag.doc_md


UNANNOUNCED = (
    (EVERY, "every: month"),
    (OPENS, "unannounced: {seed: x}"),
    (COLLECT_BY, "collect_by: {working_days: 2, from: opens}"),
    (REPORT_DUE, "report_due: {working_days: 1, from: collect_by}"),
)


def test_an_unannounced_duty_opens_on_the_day_drawn(plan: Write) -> None:
    plan(*UNANNOUNCED)
    office = office_named("penghu")
    drawn = {each.name: each for each in cycles(office, date(2018, 3, 1), date(2018, 12, 31))}
    last, seen = None, 0
    for _ in range(8):
        info = ask(last)
        last = info.data_interval
        cycle = drawn[name_of(last).removeprefix("scheduled__")]
        assert info.run_after == at(cycle.opens.year, cycle.opens.month, cycle.opens.day, 8, 30)
        assert office.calendar.is_working(cycle.opens)
        seen += cycle.period_start < cycle.opens < cycle.period_end
    assert seen >= 6, "drawn from the whole of the month"


def test_an_unannounced_day_is_in_no_words_of_the_dag(plan: Write) -> None:
    plan(*UNANNOUNCED)
    with time_machine.travel(NOW, tick=False):
        (dag,) = duty_dags()
    assert dag.timetable.summary == "每月，不預告，填報截止後第1個工作天前報出"
    assert "- 開啟：期間內不預告抽定的一個工作天" in dag.doc_md
    assert "| 107年5月（107M05） | 不預告 | 不預告 | 不預告 |" in dag.doc_md
    told = json.dumps(DagSerialization.to_dict(dag), ensure_ascii=False, default=str)
    for cycle in cycles(office_named("penghu"), NOW.date(), date(2018, 12, 31)):
        for day in (cycle.opens, cycle.collect_by, cycle.report_due):
            assert day.isoformat() not in told
            assert format_roc(day) not in told


def test_a_run_whose_cycle_is_gone_ends_no_scheduler(plan: Write) -> None:
    plan()
    info = ask(None)
    plan(("id: self_assessment", "id: review"))
    assert name_of(info.data_interval).startswith("scheduled__2018-")
