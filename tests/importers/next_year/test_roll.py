"""Next year's draft: rules stay, dates move, what is done once goes, and no word is altered."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dutyflow.calendars.roc import ROC_EPOCH
from dutyflow.calendars.working_days import GOVERNMENT
from dutyflow.importers.next_year.mentions import mentions_of_years
from dutyflow.importers.next_year.roll import NotAfter, later, roll
from dutyflow.infra.plan_files.load import plan_of
from dutyflow.plan.cycles import cycles
from dutyflow.plan.dates import chain
from dutyflow.plan.draft import draft_of
from dutyflow.plan.lint.plan import lint_plan
from dutyflow.plan.model import Plan
from dutyflow.plan.office import OfficePlans
from dutyflow.plan.source import parse
from dutyflow.plan.writing import to_yaml
from tests.plan.conftest import PLAN, edited
from tests.support.plans import plans

quick = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
ONCE = """\
  # 只辦一次
  - id: pilot
    name: 試辦調查   # 名稱
    clause: |-
      陸
      試辦

    covers: {measures: ["1.2"]}
    every: once
    # 跨年
    period: {start: 107-11-01, end: 108-02-28}
    opens: {working_days: 0, from: period_start}
    collect_by: {date: 108-02-01}
    report_due: {date: 108-02-28}  # 截止
    form: self_assessment
    report: plain
    deliver_to: [director]
"""
FOLLOWER = """\

  # 接續
  -
    id: pilot_follow
    name: 試辦追蹤
    clause: 陸
    covers: {measures: ["1.2"]}
    every: after
    after: pilot
    opens: {working_days: 1, from: approval}
    collect_by: {working_days: 10, from: opens}
    report_due: {working_days: 12, from: opens}
    form: self_assessment
    report: plain
    deliver_to: [director]
"""
HOLIDAYS = """\

  # 節前
  - id: holidays
    name: 節前檢查
    clause: 陸
    covers: {measures: ["1.2"]}
    every: dates
    dates:
      - {name: 端午前, start: 107-06-01, end: 107-06-17}   # 農曆五月五日
      - name: 春節前
        start: '107-12-15'
        end: 2019-02-03
    opens: {working_days: 0, from: period_start}
    collect_by: {working_days: 5, from: opens}
    report_due: {working_days: 8, from: opens}
    form: self_assessment
    report: plain
    ladder: short
    deliver_to: [director]
# 完
"""
ROLLED_ONCE = """\
  # 只辦一次
  # 115 年度未沿用：試辦調查（pilot），一次性工作（every: once）
"""
ROLLED_FOLLOWER = """\

  # 接續
  # 115 年度未沿用：試辦追蹤（pilot_follow），接續「試辦調查」，該項未沿用
"""
DATES = [
    ("start: 107-06-01, end: 107-06-17", "start: 115-06-01, end: 115-06-17"),
    ("'107-12-15'", "115-12-15"),
    ("2019-02-03", "116-02-03"),
]
YEAR = [("year: 107", "year: 115"), ("effective_from: 107-03-29", "effective_from: 115-01-01")]


def on_one_line(plan):
    """JSON, which is YAML between brackets."""
    return plan.model_dump_json(by_alias=True, exclude_defaults=True)


def between_brackets(plan):
    return json.dumps(json.loads(on_one_line(plan)), ensure_ascii=False, indent=2)


def rolled_text(text, year=115, since=None):
    return roll(
        Plan.model_validate(parse(text.encode(), "").data), parse(text.encode(), ""), year, since
    )


def test_nothing_but_what_has_to_change_is_changed():
    rolled = rolled_text(PLAN + ONCE + FOLLOWER + HOLIDAYS)
    expected = edited(PLAN, *YEAR) + ROLLED_ONCE + ROLLED_FOLLOWER + edited(HOLIDAYS, *DATES)
    assert rolled.text == expected
    assert plan_of(rolled.source, Path("115.yaml")) == rolled.plan
    assert [(each.duty.id, each.because) for each in rolled.dropped] == [
        ("pilot", "一次性工作（every: once）"),
        ("pilot_follow", "接續「試辦調查」，該項未沿用"),
    ]
    assert [duty.id for duty in rolled.moved] == ["holidays"]


def test_line_ends_of_windows_and_rare_characters_stay():
    text = (PLAN + ONCE + HOLIDAYS).replace("業務組", "𠮷務組").replace("\n", "\r\n")
    expected = edited(PLAN, *YEAR) + ROLLED_ONCE + edited(HOLIDAYS, *DATES)
    assert rolled_text(text).text == expected.replace("業務組", "𠮷務組").replace("\n", "\r\n")


def test_dates_that_are_days_of_their_rules_move_too():
    given_days = ("report_due: {working_days: 8, from: opens}", "report_due: {date: 108-03-01}")
    rolled = rolled_text(PLAN + edited(HOLIDAYS, given_days), 109)
    assert "report_due: {date: 110-03-01}" in rolled.text
    assert Plan.model_validate(rolled.source.data) == rolled.plan


def test_a_plan_of_one_off_duties_leaves_a_draft_that_asks_for_others():
    head = PLAN.partition("duties:\n")[0]
    rolled = rolled_text(f"{head}duties:\n{ONCE}")
    assert rolled.source.data["duties"] == []
    assert rolled.source.data["measures"] == parse(PLAN.encode(), "").data["measures"]


@pytest.mark.parametrize(
    ("year", "since", "sentence"),
    [
        (107, None, "最新的計畫是 107 年度，草稿的年度要在其後；請指定 108 以後的民國年度"),
        (106, None, "最新的計畫是 107 年度，草稿的年度要在其後；請指定 108 以後的民國年度"),
        (2026, None, "西元 2026 年是民國 115 年；最新的計畫是 107 年度，"),
        (115, date(2025, 1, 1), "115 年度的計畫自114年1月1日生效"),
        (115, date(2027, 1, 1), "115 年度的計畫不能自116年1月1日生效：生效日應在 114 年或 115 年"),
        (
            108,
            date(2018, 3, 29),
            "108 年度的計畫不能自107年3月29日生效：生效日應在 107 年或 108 年",
        ),
    ],
)
def test_a_draft_comes_after_the_newest_plan(year, since, sentence):
    if since == date(2025, 1, 1):  # the year before is as good
        assert rolled_text(PLAN, year, since).plan.effective_from == since
        return
    with pytest.raises(NotAfter) as refused:
        rolled_text(PLAN, year, since)
    assert str(refused.value).startswith(sentence)


def test_a_leap_day_becomes_the_last_day_of_february():
    assert later(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert later(date(2024, 2, 29), 4) == date(2028, 2, 29)


def test_what_opens_before_the_draft_takes_effect_is_told():
    winter = [("107-06-01", "106-12-20"), ("107-06-17", "107-01-05")]
    plan = edited(PLAN, ("effective_from: 107-03-29", "effective_from: 106-12-01"))
    rolled = rolled_text(plan + edited(HOLIDAYS, *winter), 108)
    assert [cycle.name for cycle in rolled.never_opened(GOVERNMENT)] == ["108D1"]
    early = rolled_text(plan + edited(HOLIDAYS, *winter), 108, date(2018, 12, 1))
    assert not list(early.never_opened(GOVERNMENT))


@pytest.mark.parametrize(
    ("words", "excerpts"),
    [
        ("辦理 107 年度考核", ("辦理 107 年度考核",)),
        ("預定本(107)年辦理", ("預定本(107)年辦理",)),
        ("預定本（１０７）年辦理", ("預定本（１０７）年辦理",)),
        ("於 2018 年辦理", ("於 2018 年辦理",)),
        ("自 107.3.29 起", ("自 107.3.29 起",)),
        ("一百零七年度辦理", ("一百零七年度辦理",)),
        ("保存 10 年以上，共 365 日", ()),
        ("第 1070004952 號函", ()),
        (
            "甲" * 30 + "107年" + "乙" * 30 + "108 年及 109 年" + "丙" * 30,
            (f"…{'甲' * 12}107年{'乙' * 12}…", f"…{'乙' * 12}108 年及 109 年{'丙' * 12}…"),
        ),
    ],
)
def test_texts_that_speak_of_a_year_are_found(words, excerpts):
    text = PLAN.replace("於處理時限內完成。", words)
    found = [
        m for m in mentions_of_years(parse(text.encode(), ""), 107) if m.place[0] == "measures"
    ]
    assert [m.excerpts for m in found] == ([excerpts] if excerpts else [])
    assert [(m.line, m.title) for m in found] == ([(25, "1.1 內容")] if excerpts else [])


@st.composite
def drafts(draw):
    """A plan, however it is written, and the draft of one of the ten years after it."""
    plan = draw(plans())
    write = draw(st.sampled_from([to_yaml, on_one_line, between_brackets]))
    source = parse(write(plan).encode(), "")
    assume(write is to_yaml or source.data == json.loads(on_one_line(plan)))  # 1e-9 is read as text
    return roll(plan, source, plan.year + draw(st.integers(1, 10)))


@quick
@given(rolled=drafts())
def test_the_draft_of_any_plan_reads_as_it_is_meant_and_is_valid(rolled):
    """Or its rules give days in no order in the new years, which only a person can mend."""
    assert not rolled.source.findings
    data = rolled.source.data
    if not rolled.plan.duties:
        assert data["duties"] == []
        return
    read = Plan.model_validate(data)
    assert read == rolled.plan
    assert read.header == rolled.before.header
    assert read.measures == rolled.before.measures
    assert read.forms == rolled.before.forms
    for remark in lint_plan(draft_of(data), GOVERNMENT):
        assert remark.place[0] == "duties"
        assert "開始填報" in remark.found or "填報截止" in remark.found, remark


def cycles_of(office, year):
    start, end = date(year + ROC_EPOCH, 1, 1), date(year + ROC_EPOCH, 12, 31)
    return {cycle.key: cycle for cycle in cycles(office, start, end)}


@quick
@given(rolled=drafts())
def test_its_cycles_are_those_that_the_old_rules_give_for_the_new_year(rolled):
    old = OfficePlans(
        office=rolled.plan.office.id, plans=(rolled.before,), closures=(), folder=Path()
    )
    both = replace(old, plans=(rolled.before, rolled.plan))
    before, after = cycles_of(old, rolled.plan.year), cycles_of(both, rolled.plan.year)
    regular = {
        duty.id
        for duty in rolled.plan.duties
        if chain(duty, rolled.plan.duties_by_id)[-1].is_regular
    }
    wanted = {key: cycle for key, cycle in before.items() if cycle.duty in regular}
    found = {key: cycle for key, cycle in after.items() if cycle.duty in regular}
    assert {k: replace(c, plan_year=0) for k, c in found.items()} == {
        k: replace(c, plan_year=0) for k, c in wanted.items()
    }
    for duty in rolled.moved:
        spans = [(later(s.start, rolled.years), later(s.end, rolled.years))
                 for s in rolled.before.duty(duty.id).dates]  # fmt: skip
        own = [c for c in after.values() if (c.duty, c.plan_year) == (duty.id, rolled.plan.year)]
        assert {(c.period_start, c.period_end) for c in own} <= set(spans)
