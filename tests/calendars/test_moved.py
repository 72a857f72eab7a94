"""What a closure that is added today does to a cycle: only what has not happened moves."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.calendars.cycles import Cycle, cut_off, moved, opening_moment
from dutyflow.calendars.roc import TAIPEI

BEFORE = Cycle(
    office="penghu",
    duty="self_assessment",
    name="107H1",
    title="107年上半年",
    period_start=date(2018, 1, 1),
    period_end=date(2018, 6, 30),
    opens=date(2018, 6, 15),
    collect_by=date(2018, 7, 4),
    report_due=date(2018, 7, 6),
    plan_year=107,
)
AFTER = replace(
    BEFORE, opens=date(2018, 6, 19), collect_by=date(2018, 7, 9), report_due=date(2018, 7, 11)
)


def at(*moment):
    return datetime(*moment, tzinfo=TAIPEI)


def days(cycle):
    return (cycle.opens, cycle.collect_by, cycle.report_due)


@pytest.mark.parametrize(
    ("now", "how_many_move"),
    [
        (at(2018, 6, 15, 8, 29), 3),
        (at(2018, 6, 15, 8, 30), 2),  # it is open
        (at(2018, 7, 4, 23, 59), 2),
        (at(2018, 7, 5, 0, 0), 1),  # the cut-off has passed
        (at(2018, 7, 6, 23, 59), 1),
        (at(2018, 7, 7, 0, 0), 0),
    ],
)
def test_what_has_happened_stays(now, how_many_move):
    found = moved(BEFORE, AFTER, now=now, zone=TAIPEI)
    kept = 3 - how_many_move
    assert days(found) == days(BEFORE)[:kept] + days(AFTER)[kept:]


def test_nothing_moves_into_the_past():
    """A Saturday declared a working day only afterwards."""
    now = datetime(2018, 7, 5, 12, tzinfo=TAIPEI)
    late = replace(BEFORE, collect_by=date(2018, 7, 6))
    assert moved(late, BEFORE, now=now, zone=TAIPEI).collect_by == date(2018, 7, 6)


steps = st.integers(0, 12)


@st.composite
def cycles(draw):
    opens = date(2018, 6, 10) + timedelta(days=draw(steps))
    collect_by = opens + timedelta(days=1 + draw(steps))
    return replace(
        BEFORE,
        opens=opens,
        collect_by=collect_by,
        report_due=collect_by + timedelta(days=draw(steps)),
    )


@given(before=cycles(), after=cycles(), hours=st.integers(0, 60 * 24))
def test_whatever_moves_the_days_stay_in_order_and_the_past_as_it_was(before, after, hours):
    now = datetime(2018, 6, 1, tzinfo=TAIPEI) + timedelta(hours=hours)
    found = moved(before, after, now=now, zone=TAIPEI)
    assert found.opens < found.collect_by <= found.report_due
    happens = (opening_moment, cut_off, cut_off)
    for moment, was, becomes, wanted in zip(
        happens, days(before), days(found), days(after), strict=True
    ):
        assert becomes in (was, wanted)
        if moment(was, TAIPEI) <= now:
            assert becomes == was
        elif becomes != was:
            assert now < moment(becomes, TAIPEI)
    assert moved(before, before, now=now, zone=TAIPEI) == before
