"""When a deadline's day is over, and when an office's day begins."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from dutyflow.calendars.cycles import cut_off, opening_moment
from dutyflow.calendars.roc import TAIPEI

DAY = date(2018, 7, 4)


def test_the_last_day_counts_to_its_end():
    """民法第121條第1項: what arrives at 23:59:59 is in time, what arrives at midnight is not."""
    end = cut_off(DAY, TAIPEI)
    assert end == datetime(2018, 7, 5, tzinfo=TAIPEI)
    assert end == datetime(2018, 7, 4, 16, tzinfo=UTC)
    assert datetime(2018, 7, 4, 23, 59, 59, 999999, tzinfo=TAIPEI) < end


def test_the_day_begins_at_half_past_eight():
    assert opening_moment(DAY, TAIPEI) == datetime(2018, 7, 4, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2018, 3, 11), date(2018, 11, 4)])
def test_a_day_of_23_or_25_hours_ends_at_its_midnight_too(day):
    zone = ZoneInfo("America/New_York")
    end = cut_off(day, zone)
    assert (end.date().day, end.hour) == (day.day + 1, 0)


def test_summer_time_in_taipei_long_ago():
    assert cut_off(date(1975, 6, 30), TAIPEI).utcoffset().total_seconds() == 9 * 3600
