"""Deadlines as rules."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from dutyflow.calendars.periods import period_named, period_of
from dutyflow.calendars.rules import DateRule, Unannounced, in_order, resolve_all
from dutyflow.calendars.working_days import GOVERNMENT, Closure, WorkingDays, days_from

RULE = TypeAdapter(DateRule)


def resolved(written, period="107H1", calendar=GOVERNMENT, **known):
    stretch = period_named(period)
    days = {"period_start": stretch.start, "period_end": stretch.end, **known}
    return RULE.validate_python(written).resolve(days, calendar)


@pytest.mark.parametrize(
    ("written", "expected", "words"),
    [
        ({"working_days": 5, "from": "period_end"}, "2018-07-06", "期末後第5個工作天"),
        ({"working_days": 3, "from": "period_end"}, "2018-07-04", "期末後第3個工作天"),
        ({"working_days": -10, "from": "period_end"}, "2018-06-15", "期末前第10個工作天"),
        ({"working_days": 1, "from": "period_start"}, "2018-01-02", "期初後第1個工作天"),
        ({"working_days": -1, "from": "period_start"}, "2017-12-29", "期初前第1個工作天"),
        ({"working_days": 0, "from": "period_end"}, "2018-07-02", "期末當日（遇假日順延）"),
        ({"working_days": 2, "from": "opens"}, "2018-06-20", "開始填報後第2個工作天"),
        ({"working_days": 1, "from": "collect_by"}, "2018-07-05", "填報截止後第1個工作天"),
        ({"working_days": 1, "from": "approval"}, "2018-07-09", "核定後第1個工作天"),
        ({"calendar_days": 15, "from": "period_end"}, "2018-07-15", "期末後15個日曆天"),
        (
            {"calendar_days": 15, "from": "period_end", "roll": "next"},
            "2018-07-16",
            "期末後15個日曆天（遇假日順延）",
        ),
        (
            {"calendar_days": -7, "from": "period_end", "roll": "previous"},
            "2018-06-22",
            "期末前7個日曆天（遇假日提前）",
        ),
        ({"calendar_days": 0, "from": "period_end"}, "2018-06-30", "期末當日"),
        ({"month": 6, "day": 20}, "2018-06-20", "每年6月20日"),
        ({"month": 6, "day": 17, "roll": "previous"}, "2018-06-15", "每年6月17日（遇假日提前）"),
        ({"month": 1, "day": 20, "year_offset": 1, "roll": "next"}, "2019-01-21", None),
        ({"month": 1, "day": 20, "year_offset": 1}, "2019-01-20", "次年1月20日"),
        ({"month": 12, "day": 1, "year_offset": -1}, "2017-12-01", "前一年12月1日"),
        ({"month": 2, "day": 29}, "2018-02-28", "每年2月29日"),
        (
            {"on": [{"month": 6, "day": 20}, {"month": 12, "day": 20}]},
            "2018-06-20",
            "期初起最近的6月20日或12月20日",
        ),
        (
            {"on": [{"month": 7, "day": 14}, {"month": 1, "day": 15}], "from": "period_end"},
            "2018-07-14",
            "期末起最近的7月14日或1月15日",
        ),
        (
            {"weekday": "friday", "nth": 2, "of": "period_end"},
            "2018-06-08",
            "期末當月第2個星期五",
        ),
        (
            {"weekday": "monday", "nth": -1, "of": "period_start", "roll": "next"},
            "2018-01-29",
            "期初當月最後一個星期一（遇假日順延）",
        ),
        (
            {"weekday": "monday", "nth": -2, "of": "period_end", "roll": "previous"},
            "2018-06-15",  # the 18th is 端午節
            "期末當月倒數第2個星期一（遇假日提前）",
        ),
        ({"date": "107-06-30"}, "2018-06-30", "107年6月30日（六）"),
        (
            {"date": "107-06-30", "roll": "next"},
            "2018-07-02",
            "107年6月30日（六）（遇假日順延）",
        ),
    ],
)
def test_a_rule_gives_a_day_and_says_itself_in_words(written, expected, words):
    known = {
        "opens": date(2018, 6, 15),
        "collect_by": date(2018, 7, 4),
        "approval": date(2018, 7, 6),
    }
    assert resolved(written, **known) == date.fromisoformat(expected)
    if words is not None:
        assert str(RULE.validate_python(written)) == words


@pytest.mark.parametrize(
    ("period", "expected"),
    [("107H1", "2018-06-20"), ("107H2", "2018-12-20"), ("108H1", "2019-06-20")],
)
def test_of_several_days_a_year_each_half_has_its_own(period, expected):
    days = [{"month": 12, "day": 20}, {"month": 6, "day": 20}]
    assert resolved({"on": days}, period) == date.fromisoformat(expected)


@pytest.mark.parametrize(("period", "last"), [("108M02", 28), ("109M02", 29)])
def test_the_29th_of_february_is_the_28th_in_a_common_year(period, last):
    assert resolved({"month": 2, "day": 29}, period).day == last
    assert resolved({"on": [{"month": 2, "day": 29}]}, period).day == last


@pytest.mark.parametrize(
    ("cycle", "due"), [("107H1", date(2018, 7, 6)), ("107H2", date(2019, 1, 8))]
)
def test_the_fifth_working_day_after_the_half_year_is_the_plans_deadline(cycle, due):
    assert resolved({"working_days": 5, "from": "period_end"}, cycle) == due


@pytest.mark.parametrize(
    "written",
    [
        {"working_days": 3},
        {"from": "period_end"},
        {"working_days": 251, "from": "period_end"},
        {"working_days": -251, "from": "period_end"},
        {"working_days": True, "from": "period_end"},
        {"working_days": 3, "from": "today"},
        {"working_days": 3, "from": "period_end", "days": 1},
        {"working_days": 3, "from": "period_end", "roll": "next"},
        {"working_days": 3, "calendar_days": 3, "from": "period_end"},
        {"calendar_days": 367, "from": "period_end"},
        {"calendar_days": 3, "from": "period_end", "roll": "nearest"},
        {"month": 6},
        {"month": 13, "day": 1},
        {"month": 4, "day": 31},
        {"month": 2, "day": 30},
        {"month": 6, "day": 20, "year_offset": 2},
        {"on": []},
        {"on": [{"month": 6}]},
        {"weekday": "friday", "nth": 0, "of": "period_end"},
        {"weekday": "friday", "nth": 5, "of": "period_end"},
        {"weekday": "holiday", "nth": 1, "of": "period_end"},
        {"date": "107-06-31"},
        {},
        [],
        3,
    ],
)
def test_rules_that_make_no_sense(written):
    with pytest.raises(ValidationError) as refused:
        RULE.validate_python(written)
    assert len({error["loc"][:1] for error in refused.value.errors()}) == 1  # of one kind only


def test_rules_are_resolved_after_what_they_count_from():
    rules = {
        name: RULE.validate_python({"working_days": days, "from": anchor})
        for name, days, anchor in [
            ("opens", -5, "collect_by"),
            ("collect_by", 3, "period_end"),
            ("report_due", 2, "collect_by"),
        ]
    }
    assert in_order(rules, ["period_end"]) == ["collect_by", "opens", "report_due"]
    days = resolve_all(rules, {"period_end": date(2018, 6, 30)}, GOVERNMENT)
    assert days["opens"] == date(2018, 6, 27)
    assert days["report_due"] == date(2018, 7, 6)


def test_rules_that_count_from_each_other_have_no_order():
    rules = {
        "opens": RULE.validate_python({"working_days": -5, "from": "collect_by"}),
        "collect_by": RULE.validate_python({"working_days": 5, "from": "opens"}),
    }
    assert in_order(rules, ["period_start", "period_end"]) == []


# unannounced

months = st.dates(date(2018, 1, 1), date(2037, 12, 31)).map(lambda day: period_of("month", day))
keys = st.text("abcdef/", min_size=1, max_size=10)


def drawn(key, month, calendar=GOVERNMENT, seed=""):
    return Unannounced(seed=seed).draw(key, month.start, month.end, calendar)


@given(key=keys, month=months)
def test_the_drawn_day_is_a_working_day_of_the_period_and_always_the_same(key, month):
    day = drawn(key, month)
    assert month.start <= day <= month.end
    assert GOVERNMENT.is_working(day)
    assert drawn(key, month, WorkingDays()) == day


@given(key=keys, month=months, data=st.data())
def test_a_closure_on_another_day_leaves_the_drawn_day_where_it_is(key, month, data):
    day = drawn(key, month)
    others = [other for other in days_from(month.start, month.end) if other != day]
    closed = Closure(day=data.draw(st.sampled_from(others)), kind="off", reason="颱風")
    assert drawn(key, month, WorkingDays([closed])) == day


@given(key=keys, month=months)
def test_a_closure_on_the_drawn_day_moves_it_on_within_its_period(key, month):
    """Not to any other day: that may have gone by when the typhoon comes."""
    day = drawn(key, month)
    calendar = WorkingDays([Closure(day=day, kind="off", reason="颱風")])
    later = drawn(key, month, calendar)
    if GOVERNMENT.shift(day, 1) <= month.end:
        assert later == GOVERNMENT.shift(day, 1)
    else:
        assert later == GOVERNMENT.shift(day, -1)


def test_the_draw_differs_by_duty_cycle_and_seed_and_reaches_every_day():
    month = period_named("107M05")
    days = {drawn(f"penghu/spot_checks/{n}", month) for n in range(500)}
    assert days == {d for d in days_from(month.start, month.end) if GOVERNMENT.is_working(d)}
    assert len({drawn("a", month, seed=str(n)) for n in range(100)}) > 10


def test_a_period_without_a_working_day_draws_the_next():
    assert Unannounced().draw("a", date(2018, 6, 30), date(2018, 7, 1), GOVERNMENT) == date(
        2018, 7, 2
    )


def test_its_words_name_no_day():
    assert str(Unannounced(seed="abc")) == "期間內不預告抽定的一個工作天"
