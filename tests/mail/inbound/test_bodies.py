"""What a person wrote in a reply: new text, a wish for more time, a decision, or nothing at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.calendars.roc import format_roc, roc_year
from dutyflow.mail.inbound.bodies import decision_in, new_text, says_nothing, wish_in

TODAY = date(2018, 6, 27)
NAMES = ("王小美", "業務組")


@pytest.mark.parametrize(
    "quote",
    [
        "> 展期 107/7/31",
        "-----Original Message-----\n展期 107/7/31",
        "-----原始郵件-----\n展期 107/7/31",
        "執行計畫填報信箱 <plan@example.tw> 於 2018年6月15日 週五 上午8:30寫道：\n\n展期 107/7/31",
        "On Fri, Jun 15, 2018 at 8:30 AM plan <plan@example.tw> wrote:\n展期 107/7/31",
        "寄件者：執行計畫填報信箱\n收件者：王小美\n展期 107/7/31",
        "From: plan@example.tw\nSent: Friday\n展期 107/7/31",
        "________________________________\n展期 107/7/31",
        "--\n展期 107/7/31",
    ],
)
def test_what_is_quoted_was_not_written(quote: str) -> None:
    assert new_text(f"您好\r\n請查照\n\n{quote}") == "您好\n請查照"
    assert wish_in(new_text(f"請查照\n{quote}"), today=TODAY) is None


@pytest.mark.parametrize(
    ("text", "until", "days", "why"),
    [
        ("展期 107/7/20 原因：資料未齊", date(2018, 7, 20), None, "資料未齊"),
        ("申請展期至 7月20日，因為承辦人公出", date(2018, 7, 20), None, "承辦人公出"),
        (
            "您好，本組擬申請展延至民國107年7月20日（五）止，事由：關帳。",
            date(2018, 7, 20),
            None,
            "關帳",
        ),
        ("展期 5 個工作天 原因：關帳", None, 5, "關帳"),
        ("本組因人力不足，申請展期五個工作天", None, 5, "人力不足"),
        ("因颱風，請展期至7月20日", date(2018, 7, 20), None, "颱風"),
        ("因業務繁忙擬展延至7月20日", date(2018, 7, 20), None, "業務繁忙"),
        ("可否展期至七月二十日？", date(2018, 7, 20), None, ""),
        ("想請問能不能延到7/20，因關帳", date(2018, 7, 20), None, "關帳"),
        ("請求寬限至7月20日前繳交", date(2018, 7, 20), None, ""),
        ("請准予展期十五個工作天，因系統更新", None, 15, "系統更新"),
        ("展期到 2018-07-20\n原因：關帳", date(2018, 7, 20), None, "關帳"),
        ("展期 １０７／７／２０", date(2018, 7, 20), None, ""),
        ("長官好：\n\n展期 1/5", date(2019, 1, 5), None, ""),
        ("展期 107/2/30", None, None, ""),
        ("展期，拜託", None, None, ""),
    ],
)
def test_a_wish_is_read(text: str, until: date | None, days: int | None, why: str) -> None:
    wish = wish_in(text, today=TODAY)
    assert wish is not None
    assert (wish.until, wish.working_days, wish.why) == (until, days, why)


@pytest.mark.parametrize(
    "text",
    [
        "如附件",
        "不需展期",
        "是否可以不用展期？",
        "因資料已齊備不需展期",
        "因資料已齊，無須展期",
        "上次的展期通知已收到",
        "期限 107/7/20",
        "",
    ],
)
def test_other_words_are_no_wish(text: str) -> None:
    assert wish_in(text, today=TODAY) is None


@given(st.dates(date(2018, 6, 28), date(2019, 2, 28)), st.booleans())
def test_any_day_is_read_in_any_way_of_writing(day: date, with_year: bool) -> None:
    short = f"{day.month}月{day.day}日"
    for written in (
        (format_roc(day), f"{roc_year(day)}/{day.month}/{day.day}")
        if with_year
        else (
            short,
            f"{day.month}/{day.day}",
        )
    ):
        wish = wish_in(f"展期至{written} 原因：樣本", today=TODAY)
        assert wish is not None
        assert (wish.until, wish.why) == (day, "樣本")


@given(st.text())
def test_any_text_can_be_read(text: str) -> None:
    new = new_text(text)
    wish_in(new, today=TODAY)
    decision_in(new)
    says_nothing(new, names=NAMES)


@pytest.mark.parametrize(
    ("text", "agrees", "why"),
    [
        ("同意", True, ""),
        ("您好：\n同意展期，謝謝。\n謝麗珠", True, ""),
        ("不同意 原因：已到彙整期限", False, "已到彙整期限"),
        ("不同意\n理由：太晚", False, "太晚"),
        ("不同意", False, ""),
        ("不同意太晚了", False, "太晚了"),
        ("歉難同意，已到彙整期限", False, "已到彙整期限"),
        ("不行", False, ""),
        ("OK~謝謝", True, ""),
        ("好的", True, ""),
        ("核可", True, ""),
    ],
)
def test_a_decision_is_read(text: str, agrees: bool, why: str) -> None:
    decision = decision_in(text)
    assert decision is not None
    assert (decision.agrees, decision.why) == (agrees, why)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "同意展至 7/10 就好",
        "同意，但請於月底前完成",
        "收到",
        "我不知道",
        "可以再說",
        "否則請另議",
    ],
)
def test_a_condition_is_no_decision(text: str) -> None:
    assert decision_in(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "無辦理事項",
        "您好：\n本組本期無辦理事項。\n謝謝！\n業務組 王小美 敬上",
        "本月無辦理事項，謝謝",
    ],
)
def test_nothing_is_said(text: str) -> None:
    assert says_nothing(text, names=NAMES)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "無",
        "無辦理事項，但 1.1.2 有辦",
        "1.1.2 無辦理事項",
        "是否要填無辦理事項？",
        "並非無辦理事項",
        "無辦理事項\n另請寄新的表單",
    ],
)
def test_more_than_nothing_is_said(text: str) -> None:
    assert not says_nothing(text, names=NAMES)
