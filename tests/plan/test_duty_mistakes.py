"""Mistakes in a duty's periods and days. Each is told once, where it stands."""

import pytest

from dutyflow.errors import PlanError
from dutyflow.infra.plan_files.load import load_plan
from tests.plan.conftest import mistakes

COVERS = "covers: {frequency: [ongoing, yearly]}"
EVERY = "every: half_year"
LADDER = ("ladder: short", "ladder: standard")
OPENS = "opens: {working_days: -10, from: period_end}"
COLLECT_BY = "collect_by: {working_days: 3, from: period_end}"
REPORT_DUE = "report_due: {working_days: 5, from: period_end}"
SECOND = """\
  - id: survey
    name: 滿意度調查
    clause: 肆
    covers: {measures: ["1.2"]}
    every: year
    opens: {working_days: -20, from: period_end}
    collect_by: {working_days: -5, from: period_end}
    report_due: {working_days: 5, from: period_end}
    form: self_assessment
    report: assessment_summary
    deliver_to: [head_office]
  - id: follow_up
    name: 調查後改善
    clause: 肆
    covers: {measures: ["1.2"]}
    every: after
    after: survey
    opens: {working_days: 1, from: approval}
    collect_by: {working_days: 10, from: opens}
    report_due: {working_days: 2, from: collect_by}
    form: self_assessment
    report: assessment_summary
    deliver_to: [head_office]
"""
DATES = """\
every: dates
    dates:
      - {name: 春節前, start: 107-11-01, end: 108-01-31}
      - {name: 端午前, start: 107-06-01, end: 107-06-17}"""


@pytest.fixture
def write_more(write_plan):
    """The good plan with two more duties: a yearly one, and one that comes after it."""

    def write(*edits):
        path = write_plan()
        text = path.read_text(encoding="utf-8") + SECOND
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")
        return path

    return write


PERIODS = [
    pytest.param(
        "every: once",
        (47, "週期為 once（一次），沒有寫 period（期間）", "寫出 period（期間）", ""),
        id="once, but when",
    ),
    pytest.param(
        "every: dates",
        (47, "週期為 dates（指定期間），沒有寫 dates（各期起迄）", "寫出 dates（各期起迄）", ""),
        id="no dates",
    ),
    pytest.param(
        "every: after",
        (47, "週期為 after（接續），沒有寫 after（接續的工作）", "寫出 after（接續的工作）", ""),
        id="after what",
    ),
    pytest.param(
        "every: month\n    period: {start: 107-01-01, end: 107-12-31}",
        (
            48,
            "週期為 month（每月），卻寫了 period（期間）",
            "period（期間） 只用於 every: once",
            "",
        ),
        id="a period for every month",
    ),
    pytest.param(
        "every: once\n    perid: {start: 107-01-01, end: 107-06-30}",
        (48, "「perid」不是定期工作的欄位", None, "是不是 period（期間）？"),
        id="misspelt period",
    ),
    pytest.param(
        "every: once\n    period: {start: 107-06-30, end: 107-01-01}",
        (48, "起訖為107年6月30日至107年1月1日", "起日不晚於迄日", ""),
        id="ends before it starts",
    ),
    pytest.param(
        "every: once\n    period: {start: 106-01-01, end: 106-12-31}",
        (
            48,
            "107 年度計畫的期間為106年1月1日至106年12月31日",
            "與 107 年重疊，且在 106 年至 108 年之內的期間",
            "",
        ),
        id="left over from last year",
    ),
    pytest.param(
        "every: once\n    period: {start: 107-01-01, end: 9999-12-31}",
        (
            48,
            "107 年度計畫的期間為107年1月1日至8088年12月31日",
            "與 107 年重疊，且在 106 年至 108 年之內的期間",
            "",
        ),
        id="for ever",
    ),
    pytest.param(
        "every: once\n    period: {start: 107-01-01, end: 107-02-28}",
        (
            48,
            "各期都在計畫生效（107年3月29日）之前開始填報，永不開辦",
            "至少一期在生效日以後開始填報",
            "",
        ),
        id="over before the plan begins",
    ),
    pytest.param(
        DATES.replace("end: 107-06-17", "end: 107-11-01"),
        (49, "107年11月1日至107年11月1日同時在兩期之內", "各期不重疊", "另見第 50 行"),
        id="overlapping",
    ),
    pytest.param(
        DATES.replace("端午前", "春節前"),
        (50, "各期名稱「春節前」重複", "各期名稱不同", "另見第 49 行"),
        id="two of one name",
    ),
    pytest.param(
        "every: fortnight",
        (
            47,
            "every（週期）為「fortnight」",
            "month（每月）、quarter（每季）、half_year（每半年）、year（每年）、once（一次）、"
            "dates（指定期間）或after（接續）",
            "",
        ),
        id="no such rhythm",
    ),
]


@pytest.mark.parametrize(("every", "expected"), PERIODS)
def test_a_duty_whose_periods_cannot_be(write_plan, every, expected):
    ((line, found, wanted, hint),) = mistakes(write_plan((EVERY, every)))
    assert (line, found, hint) == (expected[0], expected[1], expected[3])
    assert wanted == (expected[2] or wanted)


def test_dates_that_are_in_order_are_good(write_plan):
    plan = load_plan(write_plan((EVERY, DATES)))
    assert [each.name for each in plan.duties[0].dates] == ["春節前", "端午前"]


def test_a_date_of_another_decade(write_plan):
    path = write_plan(
        (EVERY, "every: once\n    period: {start: 107-01-01, end: 107-06-30}"),
        (REPORT_DUE, "report_due: {date: 9999-12-31}"),
    )
    assert mistakes(path) == [
        (
            51,
            "107 年度計畫的彙整表期限（report_due）為8088年12月31日",
            "106 年至 108 年的日期",
            "",
        )
    ]


AFTER = [
    pytest.param(
        ("after: survey", "after: surve"),
        (
            71,
            "沒有定期工作「surve」",
            "self_assessment（半年自行考核）、survey（滿意度調查）、follow_up（調查後改善）",
            "是不是 survey（滿意度調查）？",
        ),
        id="misspelt",
    ),
    pytest.param(
        ("after: survey", "after: follow_up"),
        (71, "follow_up 接續 follow_up", "不互相接續", ""),
        id="itself",
    ),
    pytest.param(
        ("from: approval}", "from: period_end}"),
        (
            72,
            "107年的開始填報（opens）是108年1月2日（三），"
            "所接續之 survey 預定108年1月8日（二）核定",
            "開始填報不早於核定",
            "",
        ),
        id="too early",
    ),
    pytest.param(
        ("    opens: {working_days: 1, from: approval}\n", "    unannounced: {}\n"),
        (
            72,
            "接續另一項工作，卻寫了 unannounced（不預告）",
            "接續者於前項核定後開始，無從不預告",
            "",
        ),
        id="not announced",
    ),
    pytest.param(
        ("collect_by: {working_days: -5", "collect_by: {working_days: -25"),
        (
            60,
            "107年的開始填報（opens）是107年12月4日（二），"
            "填報截止（collect_by）是107年11月27日（二）",
            "開始填報早於填報截止",
            "",
        ),
        id="what is wrong with the first is told of the first only",
    ),
]


@pytest.mark.parametrize(("edit", "expected"), AFTER)
def test_a_duty_that_cannot_come_after_another(write_more, edit, expected):
    assert mistakes(write_more(edit)) == [expected]


def test_duties_that_wait_for_each_other(write_more):
    path = write_more(
        ("every: year\n    opens: {working_days: -20, from: period_end}", "every: after\n"
         "    after: follow_up\n    opens: {working_days: 1, from: approval}"),
    )  # fmt: skip
    assert mistakes(path) == [
        (60, "survey 接續 follow_up，follow_up 接續 survey", "不互相接續", "")
    ]


OPENING = [
    pytest.param(
        (OPENS + "\n    ", ""), (43, "缺少 opens（開始填報）", "寫出這個欄位", ""), id="no opening"
    ),
    pytest.param(
        (OPENS, f"{OPENS}\n    unannounced: {{}}"),
        (
            49,
            "既寫了 opens（開始填報），又寫了 unannounced（不預告）",
            "只寫其中一個：不預告者的開始填報日由抽籤決定",
            "",
        ),
        id="announced and not",
    ),
    pytest.param(
        (OPENS, "unannounced: {sead: 1}"),
        (48, "「sead」不是不預告的欄位", "seed", "是不是 seed（抽籤種子）？"),
        id="misspelt seed",
    ),
    pytest.param(
        (OPENS, "opens: {working_days: -2, from: collect_by}"),
        None,
        id="counting backwards is good",
    ),
    pytest.param(
        (
            f"{OPENS}\n    {COLLECT_BY}",
            "opens: {working_days: -2, from: collect_by}\n"
            "    collect_by: {working_days: 2, from: opens}",
        ),
        (
            48,
            "開始填報（opens）由填報截止起算，填報截止（collect_by）由開始填報起算",
            "不互相起算",
            "",
        ),
        id="in a circle",
    ),
    pytest.param(
        (
            f"{OPENS}\n    {COLLECT_BY}",
            "opens: {month: 6, day: 29}\n    collect_by: {month: 6, day: 30}",
        ),
        (
            49,
            "107年上半年的開始填報（opens）是107年6月29日（五），"
            "填報截止（collect_by）是107年6月30日（六），其間有 0 個工作天",
            "至少 1 個工作天：short（簡短階段）的第一次稽催在截止前 1 個工作天",
            "",
        ),
        id="no time for the ladder",
    ),
]


def test_a_ladder_longer_than_the_time_there_is(write_plan):
    path = write_plan((OPENS, "opens: {working_days: -2, from: period_end}"), LADDER)
    found = (
        "107年上半年的開始填報（opens）是107年6月28日（四），"
        "填報截止（collect_by）是107年7月4日（三），其間有 4 個工作天"
    )
    expected = "至少 10 個工作天：standard（標準階段）的第一次稽催在截止前 10 個工作天"
    assert mistakes(path) == [(49, found, expected, "")]


@pytest.mark.parametrize(("edit", "expected"), OPENING)
def test_how_a_duty_opens(write_plan, edit, expected):
    path = write_plan(edit)
    if expected is None:
        assert load_plan(path).duties[0].opening == "填報截止前第2個工作天"
    else:
        assert mistakes(path) == [expected]


def test_an_unannounced_day_may_be_any_of_the_period(write_plan):
    """Though the day drawn may do, another would come too late; and none is told."""
    path = write_plan((EVERY, "every: month"), (OPENS, "unannounced: {seed: x}"))
    path.write_text(path.read_text().replace("{working_days: 3,", "{working_days: -3,"))
    ((line, found, expected, _),) = mistakes(path)
    assert (line, expected) == (48, "開始填報早於填報截止")
    assert found.startswith("107年1月的開始填報（opens）是107年1月26日")  # the first of all


def test_an_unannounced_duty_needs_a_day_to_draw(write_plan):
    path = write_plan(
        (EVERY, "every: once\n    period: {start: 107-06-30, end: 107-07-01}"),
        (OPENS, "unannounced: {}"),
    )
    assert mistakes(path) == [(49, "107年的期間內沒有工作天", "至少一個工作天可抽", "")]


def test_the_years_after_the_plans_own_are_tried_too(write_plan):
    """In 108 the first days of February are 春節, in 107 they are not."""
    path = write_plan(
        (EVERY, "every: year"),
        (OPENS, "opens: {month: 2, day: 1}"),
        (COLLECT_BY, "collect_by: {working_days: 1, from: opens}"),
        (REPORT_DUE, "report_due: {month: 2, day: 8, roll: previous}"),
    )
    ((line, found, _, _),) = mistakes(path)
    assert line == 50
    assert found == (
        "108年的填報截止（collect_by）是108年2月11日（一），"
        "彙整表期限（report_due）是108年2月1日（五）"
    )


def test_all_is_told_at_once(write_more):
    path = write_more(
        (COVERS, "covers: {measures: ['1.11']}"),
        ("after: survey", "after: surve"),
        ("collect_by: {working_days: -5", "collect_by: {working_days: -25"),
        (REPORT_DUE, "report_due: {working_days: 2, from: period_end}"),
        ("report_due: {working_days: 5", "report_due: {workng_days: 5"),
    )
    with pytest.raises(PlanError) as refused:
        load_plan(path)
    assert len(refused.value.findings) == 4
