"""When a duty's runs begin, told by the timetable that Airflow's scheduler asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pendulum
import pytest
import time_machine
from airflow.timetables.base import DataInterval, TimeRestriction

from dutyflow.calendars.roc import TAIPEI
from dutyflow.orchestration.timetable import DutyTimetable

DUTY = DutyTimetable("pingtung", "self_assessment")


def at(*moment: int) -> pendulum.DateTime:
    return pendulum.instance(datetime(*moment, tzinfo=TAIPEI))


def ask(now: datetime, last: DataInterval | None = None, *, catchup: bool = False, **limits):
    restriction = TimeRestriction(
        earliest=limits.get("earliest", at(2018, 1, 1)),
        latest=limits.get("latest"),
        catchup=catchup,
    )
    with time_machine.travel(now, tick=False):
        return DUTY.next_dagrun_info(last_automated_data_interval=last, restriction=restriction)


def name_of(info) -> str:
    return DUTY.generate_run_id(
        run_type=SimpleNamespace(value="scheduled"),
        run_after=info.run_after,
        data_interval=info.data_interval,
    )


@pytest.mark.parametrize(
    ("now", "opens", "name"),
    [
        (at(2018, 4, 2), at(2018, 6, 15, 8, 30), "scheduled__107H1"),
        (at(2018, 6, 29), at(2018, 6, 15, 8, 30), "scheduled__107H1"),  # late, but still of use
        (at(2018, 7, 4, 23, 59), at(2018, 6, 15, 8, 30), "scheduled__107H1"),
        (at(2018, 7, 5), at(2018, 12, 18, 8, 30), "scheduled__107H2"),  # the cut-off has passed
        (at(2026, 11, 23), at(2026, 12, 16, 8, 30), "scheduled__115H2"),
    ],
)
def test_the_first_run_is_the_earliest_cycle_that_can_still_be_answered(now, opens, name) -> None:
    info = ask(now)
    assert info.run_after == opens
    assert name_of(info) == name


def test_each_cycle_follows_the_one_before_over_the_years() -> None:
    last, names = None, []
    for _ in range(8):
        info = ask(at(2018, 4, 2), last)
        names.append(name_of(info))
        last = info.data_interval
    assert names == [
        f"scheduled__{year}H{half}" for year in (107, 108, 109, 110) for half in (1, 2)
    ]


def test_a_cycle_whose_opening_moved_after_its_run_is_not_run_again() -> None:
    info = ask(at(2018, 6, 1))
    moved = DataInterval(start=info.data_interval.start, end=info.run_after.subtract(days=4))
    assert name_of(ask(at(2018, 6, 16), moved)) == "scheduled__107H2"


def test_a_backfill_takes_the_cycles_of_the_dates_it_names() -> None:
    first = ask(at(2026, 1, 1), catchup=True, latest=at(2018, 12, 31))
    second = ask(at(2026, 1, 1), first.data_interval, catchup=True, latest=at(2018, 12, 31))
    third = ask(at(2026, 1, 1), second.data_interval, catchup=True, latest=at(2018, 12, 31))
    assert [name_of(first), name_of(second), third] == [
        "scheduled__107H1",
        "scheduled__107H2",
        None,
    ]


def test_a_backfill_means_the_offices_days() -> None:
    """The command line's midnights are in UTC, eight hours after the office's."""
    info, names = None, []
    while info := ask(
        at(2026, 1, 1),
        info and info.data_interval,
        catchup=True,
        earliest=pendulum.datetime(2018, 1, 1),
        latest=pendulum.datetime(2018, 7, 1),
    ):
        names.append(name_of(info))
    assert names == ["scheduled__107H1", "scheduled__107H2"]


def test_it_survives_being_stored() -> None:
    timetable = DutyTimetable("pingtung", "self_assessment", "每半年", "期末前第10個工作天開啟")
    stored = DutyTimetable.deserialize(timetable.serialize())
    assert stored.serialize() == timetable.serialize()
    assert (stored.summary, stored.description) == ("每半年", "期末前第10個工作天開啟")


def test_one_that_was_stored_before_it_had_words_is_still_read() -> None:
    told = {"office": "pingtung", "duty": "self_assessment", "summary": "每半年"}
    assert DutyTimetable.deserialize(told).summary == "每半年"


def test_a_plan_that_cannot_be_read_ends_no_scheduler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUTYFLOW_PLANS", str(tmp_path))
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path / "home"))
    assert ask(at(2018, 4, 2)) is None


def test_a_manual_run_keeps_a_name_of_its_own() -> None:
    name = DUTY.generate_run_id(
        run_type=SimpleNamespace(
            value="manual", generate_run_id=lambda suffix: f"manual__{suffix}"
        ),
        run_after=at(2018, 6, 15),
        data_interval=DataInterval.exact(at(2018, 6, 15)),
    )
    assert name.startswith("manual__")


def test_looking_ahead_never_takes_long_enough_to_matter() -> None:
    far = ask(at(2018, 4, 2) + timedelta(days=20 * 365), earliest=at(2018, 1, 1))
    assert name_of(far).startswith("scheduled__12")
