"""Rules in words: what they say reads back, and people may say it in other words too."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from dutyflow.calendars.rules import DateRule
from dutyflow.calendars.spoken import EXAMPLES, heard, spoken

RULE = TypeAdapter(DateRule)
anchors = st.sampled_from(["period_start", "period_end", "opens", "collect_by", "approval"])
rolls = st.sampled_from(["none", "next", "previous"])
month_days = st.fixed_dictionaries({"month": st.integers(1, 12), "day": st.integers(1, 28)})
rules = st.one_of(
    st.fixed_dictionaries({"working_days": st.integers(-250, 250), "from": anchors}),
    st.fixed_dictionaries(
        {"calendar_days": st.integers(-366, 366), "from": anchors, "roll": rolls}
    ),
    st.builds(
        lambda day, offset, roll: {**day, "year_offset": offset, "roll": roll},
        month_days,
        st.integers(-1, 1),
        rolls,
    ),
    st.fixed_dictionaries(
        {"on": st.lists(month_days, min_size=1, max_size=4), "from": anchors, "roll": rolls}
    ),
    st.fixed_dictionaries(
        {
            "weekday": st.sampled_from(["monday", "wednesday", "sunday"]),
            "nth": st.sampled_from([-4, -3, -2, -1, 1, 2, 3, 4]),
            "of": anchors,
            "roll": rolls,
        }
    ),
    st.fixed_dictionaries({"date": st.dates(date(1921, 1, 1), date(2900, 1, 1)), "roll": rolls}),
)


@given(rules)
def test_every_rule_reads_back_from_its_words(written):
    rule = RULE.validate_python(written)
    assert RULE.validate_python(heard(spoken(rule))) == rule


@given(st.text("期初末後前第個工作天日曆月年星五0123（）()遇假順延提、或起最近的當倒數一十 \n"))
def test_any_words_are_a_rule_or_not_understood(words):
    heard(words)


@pytest.mark.parametrize("words", EXAMPLES)
def test_the_examples_are_understood(words):
    RULE.validate_python(heard(words))


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("期末後５個工作日", {"working_days": 5, "from": "period_end"}),
        ("期末之後 第十二個 工作天", {"working_days": 12, "from": "period_end"}),
        ("期末後第5個工作天（遇假日順延）", {"working_days": 5, "from": "period_end"}),
        ("核定日後第1個工作天", {"working_days": 1, "from": "approval"}),
        ("period_end後第5個工作天", {"working_days": 5, "from": "period_end"}),
        ("填報截止後3天，遇例假日順延", {"calendar_days": 3, "from": "collect_by", "roll": "next"}),
        ("期末當天", {"calendar_days": 0, "from": "period_end"}),
        ("6月20日", {"month": 6, "day": 20}),
        ("隔年1月8日順延", {"month": 1, "day": 8, "year_offset": 1, "roll": "next"}),
        (
            "期初起最近的6月20日、12月20日",
            {"on": [{"month": 6, "day": 20}, {"month": 12, "day": 20}], "from": "period_start"},
        ),
        ("期末當月第二個週五", {"weekday": "friday", "nth": 2, "of": "period_end"}),
        ("期末當月最後星期天", {"weekday": "sunday", "nth": -1, "of": "period_end"}),
        ("107-06-30", {"date": date(2018, 6, 30)}),
        ("2018/6/30（六）", {"date": date(2018, 6, 30)}),
    ],
)
def test_other_words_for_the_same(words, rule):
    assert heard(words) == rule


@pytest.mark.parametrize(
    "words",
    [
        "",
        "月底",
        "期末",
        "期末後工作天",
        "2月30日以前",
        "107年2月30日",
    ],
)
def test_what_is_not_understood(words):
    assert heard(words) is None
