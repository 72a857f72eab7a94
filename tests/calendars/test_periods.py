"""The stretches of time that duties cover, and their names."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.calendars.periods import MONTHS, period_named, period_of, periods

rhythms = st.sampled_from(list(MONTHS))
days = st.dates(date(1912, 1, 1), date(2910, 12, 31))


@pytest.mark.parametrize(
    ("name", "title", "start", "end"),
    [
        ("107", "107年", "2018-01-01", "2018-12-31"),
        ("107H1", "107年上半年", "2018-01-01", "2018-06-30"),
        ("107H2", "107年下半年", "2018-07-01", "2018-12-31"),
        ("107Q1", "107年第1季", "2018-01-01", "2018-03-31"),
        ("107Q4", "107年第4季", "2018-10-01", "2018-12-31"),
        ("107M02", "107年2月", "2018-02-01", "2018-02-28"),
        ("109M02", "109年2月", "2020-02-01", "2020-02-29"),
        ("107M12", "107年12月", "2018-12-01", "2018-12-31"),
        ("99H1", "99年上半年", "2010-01-01", "2010-06-30"),
    ],
)
def test_periods_by_name(name, title, start, end):
    period = period_named(name)
    assert (period.name, period.title) == (name, title)
    assert (period.start.isoformat(), period.end.isoformat()) == (start, end)


@pytest.mark.parametrize(
    "name",
    ["", "107H3", "107H0", "107Q5", "107M13", "107M00", "107M5", "107h1", "0107", "0", "上半年"],
)
def test_what_is_no_period(name):
    with pytest.raises(ValueError, match="不是期別"):
        period_named(name)


@given(rhythms, days)
def test_a_period_holds_its_day_and_is_known_by_its_name(every, day):
    period = period_of(every, day)
    assert period.start <= day <= period.end
    assert period_named(period.name) == period


@given(rhythms, days, st.integers(0, 1000))
def test_periods_follow_each_other_without_gap_and_share_a_day_with_the_range(every, start, length):
    end = min(start + timedelta(days=length), date(2910, 12, 31))
    found = list(periods(every, start, end))
    assert found[0].start <= start
    assert found[-1].end >= end
    assert all(p.start <= end and p.end >= start for p in found)
    assert all(b.start - a.end == timedelta(days=1) for a, b in pairwise(found))


def test_a_range_that_ends_before_it_begins_holds_nothing():
    assert list(periods("month", date(2018, 7, 1), date(2018, 6, 30))) == []
