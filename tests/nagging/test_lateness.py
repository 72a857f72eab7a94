"""When an answer counts as late: the one table that says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from dutyflow.nagging.lateness import has_ended, is_late, is_on_time, is_over
from dutyflow.nagging.states import SETTLED, STATE_TITLES, AssignmentState

CUT_OFF = datetime(2018, 7, 4, 16, tzinfo=UTC)  # the day's end in Taipei
MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "over", "on_time"),
    [
        (CUT_OFF - MOMENT, False, True),
        (CUT_OFF, True, True),  # waited for no more; what came at this very moment is in time
        (CUT_OFF + MOMENT, True, False),
    ],
)
def test_around_the_cut_off(now: datetime, over: bool, on_time: bool) -> None:
    assert is_over(CUT_OFF, now) is over
    assert is_on_time(now, CUT_OFF) is on_time


@pytest.mark.parametrize("state", get_args(AssignmentState))
def test_only_what_is_still_waited_for_is_late(state: AssignmentState) -> None:
    assert state in STATE_TITLES
    assert is_late(state, CUT_OFF, CUT_OFF) is (state not in SETTLED)
    assert not is_late(state, CUT_OFF, CUT_OFF - MOMENT)


def test_what_is_on_record_as_late_is_not_collected_before_it_begins_again() -> None:
    assert has_ended("late", CUT_OFF, CUT_OFF - MOMENT)
    assert not has_ended("open", CUT_OFF, CUT_OFF - MOMENT)
    assert has_ended("returned", CUT_OFF, CUT_OFF)
