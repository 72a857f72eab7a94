"""Until when an absence note says that somebody is away."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.mail.inbound.absences import LONGEST, away_until

WRITTEN = date(2018, 6, 27)


@pytest.mark.parametrize(
    ("text", "until"),
    [
        ("我將於107年7月2日至107年7月10日請假", date(2018, 7, 10)),
        ("請假至 7 月 10 日，急事請洽代理人", date(2018, 7, 10)),
        ("休假期間：7/2 ～ 7/10", date(2018, 7, 10)),
        ("休假期間：７／２～７／１０", date(2018, 7, 10)),
        ("出差到中華民國107年7月10日止", date(2018, 7, 10)),
        ("公假 2018/7/2~2018/7/10", date(2018, 7, 10)),
        ("公假至2018-07-10", date(2018, 7, 10)),
        ("I am out of the office until July 10, 2018.", date(2018, 7, 10)),
        ("Away through Tuesday, 10 July 2018", date(2018, 7, 10)),
        ("I will be away till the 10th July", date(2018, 7, 10)),
        ("自動回覆：6/28-7/2 特休，急事請洽代理人", date(2018, 7, 2)),
        ("請假期間107.07.02-107.07.06", date(2018, 7, 6)),
        ("Out of office 2 July - 4 July", date(2018, 7, 4)),
        ("休假中，7/9回來上班", date(2018, 7, 8)),
        ("預計7月9日（一）返回工作崗位", date(2018, 7, 8)),
        ("本人出國，返回日期：2018/7/9", date(2018, 7, 8)),
        ("I will be back in the office on Monday, July 9th", date(2018, 7, 8)),
        ("請假中，分機 08-7552-411，信件 2018-07-09 已收", None),
        ("請假至1月3日", date(2019, 1, 3)),
        ("請假中，急事請洽代理人 08-1234567", None),
        ("7月2日起請假", None),
        ("請假至107年6月1日", None),
        ("請假至2月30日", None),
        ("請假至2058年1月1日", None),
        ("", None),
    ],
)
def test_the_last_day_is_read_where_one_is_named(text, until):
    assert away_until(text, WRITTEN) == until


@given(st.text(alphabet="至到~until 0123456789年月日/-., july", max_size=60))
def test_whatever_it_says_the_day_is_still_to_come(text):
    until = away_until(text, WRITTEN)
    assert until is None or WRITTEN <= until <= WRITTEN + LONGEST
