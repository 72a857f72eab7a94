"""Which cycle a run opens: told by its name, its interval or its parameters, never by today."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from airflow.sdk.api.datamodels._generated import DagRunType
from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException, TaskDeferred

from dutyflow.calendars.roc import TAIPEI
from dutyflow.ledger import Ledger
from dutyflow.orchestration.open_cycle import OpenCycle
from dutyflow.services.workspace import Workspace
from tests.support.invented import FOLLOW_UP, OFFICE, duty, write_office

# Looks back: the review of a year is opened in the year after it.
LOOKING_BACK = duty(
    "review",
    "年度檢討",
    every="year",
    opens="{working_days: 5, from: period_end}",
    collect_by="{working_days: 15, from: period_end}",
    report_due="{working_days: 20, from: period_end}",
)
Open = Callable[..., list[dict[str, str]]]


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=TAIPEI)


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    write_office(tmp_path / "plan", [LOOKING_BACK, FOLLOW_UP])
    monkeypatch.setenv("DUTYFLOW_PLANS", str(tmp_path / "plan"))
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path / "home"))
    workspace = Workspace.from_environment()
    workspace.ledger.migrate()
    yield workspace.ledger
    workspace.close()


def start(
    run_id: str, kind: DagRunType, *, of: str, now: datetime, interval: Any = None, **params: Any
) -> list[dict[str, str]]:
    """Execute `open` in a run of that name and type."""
    context = {
        "dag_run": SimpleNamespace(run_id=run_id, run_type=kind, data_interval_start=interval),
        "params": {"cycle": None, "collect_by": None, "report_due": None, **params},
        "ti": SimpleNamespace(xcom_push=lambda key, value: None),
    }
    task = OpenCycle(task_id="open", office=OFFICE, duty=of)
    with time_machine.travel(now, tick=False):
        return task.execute(context)


def keys(ledger: Ledger) -> list[str]:
    return [cycle.key for cycle in ledger.cycles.all()]


def test_a_scheduled_run_opens_the_cycle_of_its_name_not_that_of_today(ledger: Ledger) -> None:
    start("scheduled__107", DagRunType.SCHEDULED, of="review", now=at(2019, 1, 8, 8, 31))
    assert keys(ledger) == ["penghu/review/107"]
    assert ledger.events.of("penghu/review/107")[0].who == "排程"


def test_a_run_by_hand_opens_the_cycle_of_today_or_the_one_it_names(ledger: Ledger) -> None:
    now = at(2019, 1, 8, 8, 31)
    start("x", DagRunType.MANUAL, of="self_assessment", now=now)
    start("y", DagRunType.MANUAL, of="review", now=now, cycle="107")
    assert keys(ledger) == ["penghu/review/107", "penghu/self_assessment/108H1"]
    assert ledger.events.of("penghu/review/107")[0].who == "計畫承辦人"


def test_a_backfilled_run_opens_the_cycle_of_its_interval_with_new_days(ledger: Ledger) -> None:
    opened = start(
        "backfill__2019-01-08T00:30:00+00:00",
        DagRunType.BACKFILL,
        of="review",
        now=at(2019, 6, 3, 9),
        interval=at(2018, 1, 1),
    )
    assert [each["section_name"] for each in opened] == ["業務組", "設計組"]
    (cycle,) = ledger.cycles.all()
    assert cycle.key == "penghu/review/107"
    assert cycle.collect_by == at(2019, 6, 7), "three working days: until the 6th"
    assert str(cycle.report_due) == "2019-06-06"


def test_a_backfilled_run_in_time_has_the_days_of_the_plan(ledger: Ledger) -> None:
    now, interval = at(2019, 1, 9, 9), at(2018, 1, 1)
    start("backfill__x", DagRunType.BACKFILL, of="review", now=now, interval=interval)
    (cycle,) = ledger.cycles.all()
    assert cycle.collect_by == at(2019, 1, 22), "15 working days, a make-up Saturday among them"


def test_a_backfill_of_a_cycle_that_is_complete_is_skipped(ledger: Ledger) -> None:
    start("scheduled__107", DagRunType.SCHEDULED, of="review", now=at(2019, 1, 8, 8, 31))
    for assignment in ledger.assignments.of("penghu/review/107"):
        ledger.assignments.waive(assignment.key, now=at(2019, 1, 9), who="測試", why="測試")
    ledger.cycles.close("penghu/review/107", now=at(2019, 1, 9), who="測試", why="測試")
    with pytest.raises(AirflowSkipException, match="無須補辦"):
        start(
            "scheduled__107",
            DagRunType.BACKFILL,
            of="review",
            now=at(2019, 6, 3, 9),
            interval=at(2018, 1, 1),
        )


def test_a_backfill_of_a_cycle_that_lacks_answers_reopens_it(ledger: Ledger) -> None:
    start("scheduled__107", DagRunType.SCHEDULED, of="review", now=at(2019, 1, 8, 8, 31))
    ledger.cycles.close("penghu/review/107", now=at(2019, 1, 9), who="測試", why="測試")
    start(
        "scheduled__107",
        DagRunType.BACKFILL,
        of="review",
        now=at(2019, 6, 3, 9),
        interval=at(2018, 1, 1),
    )
    assert ledger.cycles.get("penghu/review/107").state == "open"


def test_a_backfill_of_a_period_that_the_plan_no_longer_has_says_so(ledger: Ledger) -> None:
    with pytest.raises(AirflowFailException, match="計畫中已沒有"):
        start(
            "backfill__x",
            DagRunType.BACKFILL,
            of="review",
            now=at(2019, 6, 3, 9),
            interval=at(2018, 5, 1),
        )


def test_a_scheduled_run_that_finds_its_cycle_closed_is_skipped(ledger: Ledger) -> None:
    start("x", DagRunType.MANUAL, of="review", now=at(2019, 1, 8, 8), cycle="107")
    ledger.cycles.close("penghu/review/107", now=at(2019, 1, 8, 8, 20), who="測試", why="測試")
    with pytest.raises(AirflowSkipException, match="結案"):
        start("scheduled__107", DagRunType.SCHEDULED, of="review", now=at(2019, 1, 8, 8, 31))


# started by an approval


def approve(ledger: Ledger, when: datetime) -> None:
    now = at(2018, 6, 15, 8, 31)
    start("scheduled__107H1", DagRunType.SCHEDULED, of="self_assessment", now=now)
    key = "penghu/self_assessment/107H1"
    plan_hash = ledger.cycles.get(key).plan_hash
    ledger.reports.add(key, plan_hash=plan_hash, content={}, files=[], now=when, who="測試")
    ledger.reports.decide(key, 1, decision="approved", now=when, who="測試")


def test_a_run_started_by_an_approval_waits_for_its_day(ledger: Ledger) -> None:
    approve(ledger, at(2018, 7, 13, 15))
    with pytest.raises(TaskDeferred) as waits:
        start(
            "approved__107H1",
            DagRunType.OPERATOR_TRIGGERED,
            of="follow_up",
            now=at(2018, 7, 13, 15, 1),
        )
    assert waits.value.trigger.moment == at(2018, 7, 16, 8, 30)

    now = at(2018, 7, 16, 8, 30)
    start("approved__107H1", DagRunType.OPERATOR_TRIGGERED, of="follow_up", now=now)
    assert "penghu/follow_up/107H1" in keys(ledger)


def test_it_is_skipped_where_the_approval_was_taken_back(ledger: Ledger) -> None:
    approve(ledger, at(2018, 7, 13, 15))
    key = "penghu/self_assessment/107H1"
    now = at(2018, 7, 13, 16)
    ledger.reports.decide(key, 1, decision="withheld", now=now, who="測試")
    with pytest.raises(AirflowSkipException, match="改變了決定"):
        start("approved__107H1", DagRunType.OPERATOR_TRIGGERED, of="follow_up", now=now)


def test_a_run_that_comes_weeks_too_late_says_so_in_plain_words(ledger: Ledger) -> None:
    approve(ledger, at(2018, 7, 13, 15))
    with pytest.raises(AirflowFailException, match="收件期限 107年7月30日（一） 已過"):
        start(
            "approved__107H1",
            DagRunType.OPERATOR_TRIGGERED,
            of="follow_up",
            now=at(2018, 9, 3, 9),
        )
