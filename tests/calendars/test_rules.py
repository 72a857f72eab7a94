"""Deadlines as rules."""

from datetime import date

import pytest
from pydantic import ValidationError

from dutyflow.calendars.periods import period_named
from dutyflow.calendars.rules import DateRule
from dutyflow.calendars.working_days import WorkingDays


def rule(working_days, anchor="period_end"):
    return DateRule.model_validate({"working_days": working_days, "from": anchor})


@pytest.mark.parametrize(
    ("days", "anchor", "expected", "words"),
    [
        (5, "period_end", date(2018, 7, 6), "期末後第5個工作天"),
        (3, "period_end", date(2018, 7, 4), "期末後第3個工作天"),
        (-10, "period_end", date(2018, 6, 15), "期末前第10個工作天"),
        (1, "period_start", date(2018, 1, 2), "期初後第1個工作天"),
        (-1, "period_start", date(2017, 12, 29), "期初前第1個工作天"),
        (0, "period_end", date(2018, 7, 2), "期末當日（遇假日順延）"),
        (0, "period_start", date(2018, 1, 2), "期初當日（遇假日順延）"),
    ],
)
def test_a_rule_gives_a_day_and_says_itself_in_words(days, anchor, expected, words):
    assert rule(days, anchor).resolve(period_named("107H1"), WorkingDays()) == expected
    assert str(rule(days, anchor)) == words


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
    ],
)
def test_rules_that_make_no_sense(written):
    with pytest.raises(ValidationError):
        DateRule.model_validate(written)
