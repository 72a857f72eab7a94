"""Mistakes in date rules and in what a duty covers: told once, and of the kind that was meant."""

import pytest

from tests.plan.conftest import mistakes

COVERS = "covers: {frequency: [ongoing, yearly]}"
COLLECT_BY = "collect_by: {working_days: 3, from: period_end}"
KINDS = (
    "下列寫法之一：working_days＋from、calendar_days＋from、month＋day、on、weekday＋nth＋of、date"
)
ANCHORS = (
    "period_start（期初）、period_end（期末）、opens（開始填報）、collect_by（填報截止）"
    "或approval（核定）"
)


RULES = [
    pytest.param(
        "{workng_days: 3, from: period_end}",
        (
            "「workng_days」不是填報截止的欄位",
            "working_days、from",
            "是不是 working_days（工作天數）？",
        ),
        id="misspelt kind",
    ),
    pytest.param(
        "{日曆天數: 3, from: period_end}",
        ("「日曆天數」不是填報截止的欄位", "calendar_days、from、roll", "應寫 calendar_days"),
        id="kind in Chinese",
    ),
    pytest.param(
        "{month: 7, dya: 6}",
        ("「dya」不是填報截止的欄位", "month、day、year_offset、roll", "是不是 day（日）？"),
        id="misspelt field",
    ),
    pytest.param(
        "{weekday: friday, nth: 1, from: period_end}",
        ("「from」不是填報截止的欄位", "weekday、nth、of、roll", "是不是 of（所在月份）？"),
        id="from for of",
    ),
    pytest.param(
        "{working_days: 3, from: period_end, roll: next}",
        ("「roll」不是填報截止的欄位", "working_days、from", ""),
        id="working days need no roll",
    ),
    pytest.param(
        "{working_days: 3, calendar_days: 3, from: period_end}",
        ("collect_by（填報截止）寫了 working_days、calendar_days、from", KINDS, ""),
        id="two kinds at once",
    ),
    pytest.param(
        "{from: period_end}", ("collect_by（填報截止）寫了 from", KINDS, ""), id="no kind"
    ),
    pytest.param("{}", ("collect_by（填報截止）沒有寫任何欄位", KINDS, ""), id="nothing"),
    pytest.param(
        "{calendar_days: 3}", ("缺少 from（起算點）", "寫出這個欄位", ""), id="from nowhere"
    ),
    pytest.param(
        "{calendar_days: 3, from: period_ned}",
        ("from（起算點）為「period_ned」", ANCHORS, "是不是 period_end（期末）？"),
        id="misspelt anchor",
    ),
    pytest.param(
        "{calendar_days: 3, from: period_end, roll: 順延}",
        (
            "roll（遇假日）為「順延」",
            "none（不調整）、next（順延）或previous（提前）",
            "應寫 next",
        ),
        id="roll in Chinese",
    ),
    pytest.param(
        "{month: 6, day: 31}", ("day（日）為「31」", "6 月有的日子：1 到 30", ""), id="no such day"
    ),
    pytest.param(
        "{on: [{month: 1, day: 5}, {month: 2, day: 30}]}",
        ("day（日）為「30」", "2 月有的日子：1 到 29", ""),
        id="no such day of several",
    ),
    pytest.param(
        "{weekday: friday, nth: 5, of: period_end}",
        ("nth（第幾個）為「5」", "1 到 4，或 -4 到 -1（-1 為最後一個）", ""),
        id="not every month has a fifth",
    ),
    pytest.param(
        "{date: 107-02-30}",
        (
            "date（日期）為「107-02-30」",
            "民國年-月-日，例如 107-07-06",
            "沒有這一天，請檢查月份與日期",
        ),
        id="no such date",
    ),
    pytest.param(
        "{date: 107-07-04}",
        (
            "填報截止（collect_by）每一期都是107年7月4日",
            "date 只用於 every: once 或 dates；其他請寫 month、day 等規則",
            "",
        ),
        id="one date for every half-year",
    ),
    pytest.param(
        "{working_days: 1, from: collect_by}",
        ("填報截止（collect_by）由填報截止起算", "不互相起算", ""),
        id="counts from itself",
    ),
    pytest.param(
        "{working_days: 1, from: approval}",
        ("填報截止（collect_by）由 approval（核定）起算", "approval 只用於 every: after", ""),
        id="no approval to count from",
    ),
]


@pytest.mark.parametrize(("rule", "expected"), RULES)
def test_a_wrong_rule_is_told_once_and_of_the_kind_that_was_meant(write_plan, rule, expected):
    assert mistakes(write_plan((COLLECT_BY, f"collect_by: {rule}"))) == [(49, *expected)]


COVERED = [
    ("{measures: ['1.11']}", ("沒有具體作法「1.11」", "measures 中的編號", "是不是 1.1？")),
    ("{measures: ['9.9.9']}", ("沒有具體作法「9.9.9」", "measures 中的編號", "")),
    ("{measures: ['1.1', '1.1']}", ("具體作法「1.1」重複", "每一項只列一次", "")),
    (
        "{measures: [1.1]}",
        ("measures（具體作法）第 1 項為「1.1」", "文字", '請加引號："1.1"'),
    ),
    (
        "{measure: ['1.1']}",
        ("「measure」不是涵蓋範圍的欄位", "measures", "是不是 measures（具體作法）？"),
    ),
    (
        "{measures: ['1.1'], frequency: [yearly]}",
        ("covers（涵蓋範圍）寫了 measures、frequency", "下列寫法之一：frequency、measures", ""),
    ),
    (
        "{frequency: [weekly]}",
        (
            "frequency（執行期間）第 1 項為「weekly」",
            "ongoing（隨時辦理）或yearly（每年一次）",
            "",
        ),
    ),
]


@pytest.mark.parametrize(("covers", "expected"), COVERED)
def test_what_a_duty_cannot_cover(write_plan, covers, expected):
    told = mistakes(write_plan((COVERS, f"covers: {covers}")))
    assert [(line, found, wanted) for line, found, wanted, _ in told] == [(46, *expected[:2])]
    assert told[0][3] in (expected[2], "是不是 yearly（每年一次）？")
