"""Working days by named day, as the government printed them (政府行政機關辦公日曆表)."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyflow.calendars.working_days import (
    GAZETTED_UNTIL,
    GOVERNMENT,
    Closure,
    WorkingDays,
    days_from,
)

OFFICIAL = Path(__file__).with_name("data") / "office_calendar_2017_2026.txt"
days = st.dates(date(2012, 1, 1), date(2027, 12, 31))
counts = st.integers(1, 60)
closures = st.lists(
    st.builds(
        lambda day, kind: Closure(day=day, kind=kind, reason="試"),
        st.dates(date(2018, 1, 1), date(2018, 12, 31)),
        st.sampled_from(["off", "work"]),
    ),
    max_size=40,
)


@pytest.mark.parametrize(
    "saturday",
    [
        "2018-03-31", "2018-12-22", "2019-01-19", "2019-02-23", "2019-10-05",
        "2020-02-15", "2020-06-20", "2020-09-26", "2021-02-20", "2021-09-11",
        "2022-01-22", "2023-01-07", "2023-02-04", "2023-02-18", "2023-03-25",
        "2023-06-17", "2023-09-23", "2024-02-17", "2025-02-08",
    ],
)  # fmt: skip
def test_make_up_saturdays_are_worked(saturday):
    day = date.fromisoformat(saturday)
    assert day.weekday() == 5
    assert GOVERNMENT.is_working(day)
    assert not GOVERNMENT.is_working(day + timedelta(days=1))


@pytest.mark.parametrize(
    ("day", "working"),
    [
        ("2018-01-01", False),  # Monday, 元旦
        ("2018-02-14", True),  # Wednesday before 春節
        ("2018-02-15", False),  # Thursday, 除夕
        ("2018-02-20", False),  # Tuesday, 春節 補假
        ("2018-02-21", True),
        ("2018-02-28", False),  # Wednesday, 和平紀念日
        ("2018-04-04", False),  # Wednesday, 兒童節
        ("2018-04-05", False),  # Thursday, 清明節
        ("2018-04-06", False),  # Friday, made up for on 2018-03-31
        ("2018-05-01", True),  # Tuesday: 勞動節 was no holiday of the government's before 115
        ("2018-06-18", False),  # Monday, 端午節
        ("2018-06-29", True),  # Friday
        ("2018-06-30", False),  # Saturday
        ("2018-07-02", True),
        ("2018-09-24", False),  # Monday, 中秋節
        ("2018-10-10", False),  # Wednesday, 國慶日
        ("2018-12-24", True),
        ("2018-12-31", False),  # Monday, made up for on 2018-12-22
        ("2019-01-01", False),
        ("2019-01-02", True),
        ("2019-02-04", False),  # Monday, 除夕
        ("2019-02-08", False),  # Friday, made up for
        ("2019-10-11", False),  # Friday, made up for on 2019-10-05
        ("2020-01-23", False),  # Thursday, made up for on 2020-02-15
        ("2021-12-31", False),  # Friday, for 元旦 on a Saturday
        ("2023-01-20", False),  # Friday before 除夕, made up for on 2023-01-07
        ("2024-02-08", False),  # Thursday, made up for on 2024-02-17
        ("2025-01-27", False),  # Monday, made up for on 2025-02-08
        ("2026-05-01", False),  # Friday, 勞動節 under the law of 2025
    ],
)
def test_days_of_the_governments_calendar(day, working):
    assert GOVERNMENT.is_working(date.fromisoformat(day)) is working


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        ("2018-06-30", 5, "2018-07-06"),  # 107H1: a Saturday, then Monday is the first
        ("2018-12-31", 5, "2019-01-08"),  # 107H2: 元旦 is skipped
        ("2018-06-30", -10, "2018-06-15"),  # across 端午節
        ("2018-12-21", 5, "2018-12-27"),  # with the make-up Saturday; without it the 28th
        ("2025-02-03", 5, "2025-02-08"),  # itself a make-up Saturday
        ("2018-07-06", 1, "2018-07-09"),  # Friday to Monday
        ("2018-07-09", -1, "2018-07-06"),
        ("2018-07-06", 0, "2018-07-06"),
        ("2018-07-07", 0, "2018-07-09"),  # a day off: the next that is worked
        ("2018-12-22", 0, "2018-12-22"),
    ],
)
def test_counting_in_working_days(day, count, expected):
    assert GOVERNMENT.shift(date.fromisoformat(day), count) == date.fromisoformat(expected)


@pytest.mark.parametrize(
    ("start", "end", "left"),
    [
        ("2018-07-02", "2018-07-06", 4),
        ("2018-07-06", "2018-07-06", 0),
        ("2018-07-07", "2018-07-06", 0),  # Saturday after Friday: no working day has passed
        ("2018-07-09", "2018-07-06", -1),
        ("2018-07-11", "2018-07-06", -3),
        ("2018-12-21", "2018-12-24", 2),  # the make-up Saturday counts
        ("2018-12-28", "2019-01-02", 1),
    ],
)
def test_days_left_and_days_late(start, end, left):
    assert GOVERNMENT.between(date.fromisoformat(start), date.fromisoformat(end)) == left


def test_closures_override_the_government_both_ways():
    typhoon, saturday, make_up = date(2018, 7, 10), date(2018, 7, 14), date(2018, 12, 22)
    office = WorkingDays(
        [
            Closure(day=typhoon, kind="off", reason="颱風停止上班"),
            Closure(day=saturday, kind="work", reason="補行上班"),
            Closure(day=make_up, kind="off", reason="本處調移"),
        ]
    )
    assert not office.is_working(typhoon)
    assert office.is_working(saturday)
    assert not office.is_working(make_up)
    assert office.shift(date(2018, 7, 9), 1) == date(2018, 7, 11)
    assert office.shift(date(2018, 7, 13), 1) == saturday
    assert GOVERNMENT.is_working(typhoon)  # one office's closures are its own


def test_of_two_closures_on_one_day_the_later_counts():
    day = date(2018, 7, 10)
    shared = Closure(day=day, kind="off", reason="颱風")
    own = Closure(day=day, kind="work", reason="本處照常")
    assert WorkingDays([shared, own]).is_working(day)
    assert not WorkingDays([own, shared]).is_working(day)


def official_days() -> tuple[set[date], set[date]]:
    """The weekdays that were not worked and the weekend days that were, 2017 to 2026."""
    exceptions: dict[str, set[date]] = {"off": set(), "work": set()}
    for line in OFFICIAL.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            year, kind, *listed = line.split()
            exceptions[kind] |= {date.fromisoformat(f"{year}-{day}") for day in listed}
    return exceptions["off"], exceptions["work"]


def test_ten_years_day_by_day_as_the_government_announced_them():
    off, work = official_days()
    wrong = [
        day
        for day in days_from(date(2017, 1, 1), date(2026, 12, 31))
        if GOVERNMENT.is_working(day) != (day in work or (day.weekday() < 5 and day not in off))
    ]
    assert wrong == []
    assert all(day.weekday() >= 5 for day in work)
    assert all(day.weekday() < 5 for day in off)


@pytest.mark.parametrize(
    ("day", "how", "expected"),
    [
        ("2018-06-30", "none", "2018-06-30"),
        ("2018-06-30", "next", "2018-07-02"),
        ("2018-06-30", "previous", "2018-06-29"),
        ("2018-02-17", "next", "2018-02-21"),  # over 春節
        ("2018-02-17", "previous", "2018-02-14"),
        ("2018-12-22", "next", "2018-12-22"),  # a make-up Saturday stays
        ("2018-07-06", "previous", "2018-07-06"),
    ],
)
def test_a_day_off_gives_way(day, how, expected):
    assert GOVERNMENT.roll(date.fromisoformat(day), how) == date.fromisoformat(expected)


@given(day=days, count=counts, closed=closures)
def test_shift_and_between_are_inverse(day, count, closed):
    calendar = WorkingDays(closed)
    later = calendar.shift(day, count)
    assert calendar.between(day, later) == count
    assert calendar.is_working(later)
    worked = calendar.shift(day, 0)
    assert calendar.shift(calendar.shift(worked, count), -count) == worked
    assert calendar.between(worked, calendar.shift(worked, -count)) == -count


def counted_on_the_fingers(calendar, day, count):
    step = timedelta(days=1 if count > 0 else -1)
    while count:
        day += step
        if calendar.is_working(day):
            count -= step.days
    return day


@given(day=days, count=st.integers(-600, 600).filter(bool), closed=closures)
def test_counting_is_that_of_the_fingers_across_years_and_closures(day, count, closed):
    calendar = WorkingDays(closed)
    assert calendar.shift(day, count) == counted_on_the_fingers(calendar, day, count)


def test_a_year_without_a_single_working_day_is_passed_over():
    year = days_from(date(2018, 1, 1), date(2018, 12, 31))
    calendar = WorkingDays(Closure(day=day, kind="off", reason="停班") for day in year)
    assert calendar.shift(date(2017, 12, 29), 1) == date(2019, 1, 2)
    assert calendar.shift(date(2018, 7, 1), -1) == date(2017, 12, 29)
    assert calendar.between(date(2017, 12, 29), date(2019, 1, 2)) == 1


@given(day=days, other=days, count=counts)
def test_shift_keeps_the_order_of_days(day, other, count):
    first, second = sorted([day, other])
    assert GOVERNMENT.shift(first, count) <= GOVERNMENT.shift(second, count)
    assert GOVERNMENT.shift(first, -count) <= GOVERNMENT.shift(second, -count)
    assert GOVERNMENT.shift(day, count) < GOVERNMENT.shift(day, count + 1)
    assert GOVERNMENT.shift(day, -count) < day < GOVERNMENT.shift(day, count)


@settings(max_examples=25)
@given(three=st.tuples(days, days, days).map(sorted))
def test_stretches_of_time_add_up(three):
    start, middle, end = three
    whole = GOVERNMENT.between(start, end)
    assert whole == GOVERNMENT.between(start, middle) + GOVERNMENT.between(middle, end)
    assert GOVERNMENT.between(end, start) == -whole


@given(year=st.integers(2018, GAZETTED_UNTIL.year))
def test_a_year_has_about_250_working_days(year):
    assert 242 <= GOVERNMENT.between(date(year - 1, 12, 31), date(year, 12, 31)) <= 252
