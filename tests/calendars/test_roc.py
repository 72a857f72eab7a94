"""Dates as people in Taiwan write and read them."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dutyflow.calendars.roc import (
    TAIPEI,
    RocDate,
    format_roc,
    format_roc_moment,
    in_zone,
    parse_date,
    roc_year,
)

DEADLINE = date(2018, 7, 6)


@pytest.mark.parametrize(
    "written",
    [
        "107-07-06",
        "107-7-6",
        "107.7.6",
        "107/07/06",
        "107年7月6日",
        "107 年 7 月 6 日",
        "民國107年7月6日",
        "中華民國107年7月6日",
        " 107-07-06 ",
        "2018-07-06",
        "2018/7/6",
        date(2018, 7, 6),
        datetime(2018, 7, 6, 8, 30),  # noqa: DTZ001
    ],
)
def test_ways_to_write_a_day(written):
    assert parse_date(written) == DEADLINE


@pytest.mark.parametrize(
    "written", ["107-02-30", "107-13-01", "107-00-10", "106-02-29", "2018-6-31"]
)
def test_days_that_do_not_exist(written):
    with pytest.raises(ValueError, match="沒有這一天"):
        parse_date(written)


@pytest.mark.parametrize(
    "written", ["", "明天", "107", "107-07", "1070706", "107-07-06T08", "7-6", "7年7月6日", None]
)
def test_what_is_no_date(written):
    with pytest.raises(ValueError, match="不是日期；請寫成 107-07-06"):
        parse_date(written)


def test_how_days_and_moments_are_shown():
    assert format_roc(DEADLINE) == "107年7月6日"
    assert format_roc(DEADLINE, weekday=True) == "107年7月6日（五）"
    assert format_roc(date(2018, 7, 8), weekday=True) == "107年7月8日（日）"
    moment = datetime(2018, 7, 6, 0, 30, tzinfo=UTC)
    assert format_roc_moment(moment) == "107年7月6日（五）08:30"
    assert format_roc_moment(moment, ZoneInfo("America/New_York")) == "107年7月5日（四）20:30"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        in_zone(datetime(2018, 7, 6, 8, 30))  # noqa: DTZ001
    assert in_zone(datetime(2018, 7, 6, tzinfo=UTC)).tzinfo is TAIPEI


@given(st.dates(date(1921, 1, 1), date(2910, 12, 31)))
def test_what_is_shown_can_be_read_again(day):
    assert parse_date(format_roc(day)) == day
    assert parse_date(day.isoformat()) == day
    assert roc_year(day) == day.year - 1911


def test_as_a_field_it_reads_roc_and_writes_iso():
    field = TypeAdapter(RocDate)
    assert field.validate_python("107-07-06") == DEADLINE
    assert field.dump_json(DEADLINE) == b'"2018-07-06"'
    assert field.validate_json(b'"2018-07-06"') == DEADLINE
    with pytest.raises(ValidationError, match="沒有這一天"):
        field.validate_python("107-02-30")
