"""On which mornings the round goes, as Airflow asks: named days, the calendar of Taiwan."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pendulum
import pytest
import time_machine
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.serialization.serialized_objects import DagSerialization
from airflow.timetables.base import DataInterval, TimeRestriction

from dutyflow.calendars.roc import TAIPEI
from dutyflow.orchestration.nag_dag import nag_dag
from dutyflow.orchestration.working_mornings import WorkingMornings
from tests.support.invented import write_office


@pytest.fixture
def plans(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DUTYFLOW_PLANS", str(tmp_path / "plan"))
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path / "home"))
    return write_office(tmp_path / "plan").parent


def at(text: str) -> pendulum.DateTime:
    return pendulum.instance(datetime.fromisoformat(text).replace(tzinfo=TAIPEI))


def next_after(last: str | None, *, now: str, catchup: bool = False, latest: str | None = None):
    interval = DataInterval.exact(at(last)) if last else None
    restriction = TimeRestriction(
        earliest=at("2018-01-01"), latest=at(latest) if latest else None, catchup=catchup
    )
    with time_machine.travel(at(now), tick=False):
        found = WorkingMornings().next_dagrun_info(
            last_automated_data_interval=interval, restriction=restriction
        )
    return found and found.run_after.in_tz("Asia/Taipei").format("YYYY-MM-DD HH:mm")


@pytest.mark.usefixtures("plans")
@pytest.mark.parametrize(
    ("last", "comes"),
    [
        ("2018-07-03 08:30", "2018-07-04 08:30"),
        ("2018-07-06 08:30", "2018-07-09 08:30"),  # over a weekend
        ("2018-02-14 08:30", "2018-02-21 08:30"),  # over the lunar new year
        ("2018-03-30 08:30", "2018-03-31 08:30"),  # a Saturday that is made up for
    ],
)
def test_it_goes_on_each_working_day(last: str, comes: str) -> None:
    assert next_after(last, now=last) == comes


@pytest.mark.usefixtures("plans")
def test_after_an_outage_the_last_missed_morning_comes_and_no_other() -> None:
    assert next_after("2018-07-02 08:30", now="2018-07-05 23:00") == "2018-07-05 08:30"
    assert next_after("2018-07-05 08:30", now="2018-07-05 23:00") == "2018-07-06 08:30"
    assert next_after(None, now="2018-07-08 12:00") == "2018-07-06 08:30"


@pytest.mark.usefixtures("plans")
def test_with_catch_up_every_morning_comes_until_the_last() -> None:
    later = "2018-07-05 23:00"
    assert next_after(None, now=later, catchup=True) == "2018-01-02 08:30"
    assert next_after("2018-07-02 08:30", now=later, catchup=True) == "2018-07-03 08:30"
    assert next_after("2018-07-05 08:30", now=later, latest="2018-07-05") is None


def test_a_closure_of_the_only_office_is_a_day_without_a_run(plans: Path) -> None:
    (plans.parent / "closures.csv").write_text(
        "date,kind,reason,source\n2018-07-04,off,颱風（樣本）,\n2018-07-07,work,補班（樣本）,\n"
    )
    assert next_after("2018-07-03 08:30", now="2018-07-03 09:00") == "2018-07-05 08:30"
    assert next_after("2018-07-06 08:30", now="2018-07-06 09:00") == "2018-07-07 08:30"


def test_without_any_plan_the_government_s_days_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUTYFLOW_PLANS", str(tmp_path / "nowhere"))
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path / "home"))
    assert next_after("2018-07-06 08:30", now="2018-07-06 09:00") == "2018-07-09 08:30"


def test_whatever_goes_wrong_the_scheduler_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    from dutyflow.orchestration import plans as module

    def broken() -> None:
        raise RuntimeError("the disk is gone")

    monkeypatch.setattr(module, "working_day_of_any_office", broken)
    assert next_after("2018-07-06 08:30", now="2018-07-06 09:00") is None


@pytest.mark.usefixtures("plans")
def test_it_is_stored_and_read_as_airflow_does() -> None:
    dag = nag_dag()
    stored = DagSerialization.from_dict(DagSerialization.to_dict(dag))
    assert isinstance(stored.timetable, WorkingMornings)
    assert stored.timetable.summary == "每個工作天 08:30"
    assert coerce_to_core_timetable(dag.timetable).summary == "每個工作天 08:30"
