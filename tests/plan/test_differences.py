"""What is different between two plans: every field that is, nothing that is not, in words."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dutyflow.plan.diff.changes import differences
from dutyflow.plan.diff.matching import called
from dutyflow.plan.diff.redline import redlined
from dutyflow.plan.model import Plan
from dutyflow.plan.source import parse
from tests.importers.next_year.test_roll import HOLIDAYS
from tests.plan.conftest import PLAN, edited
from tests.support.plans import plans

quick = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
FORM = """\
forms:
  - id: survey
    name: 調查表
    fields:
      - {id: count, title: 份數, type: number, min: 0, max: 100}
      - {id: rest, title: 備註}
"""
LADDER = """\
ladders:
  - id: gentle
    name: 溫和階段
    rungs:
      - {working_days: -2, to: [owner]}
      - {working_days: 1, to: [owner, head], tone: firm, daily: true}
    gives_up_after: 3
"""
EXTENSIONS = """\
extensions:
  levels: [{working_days: 5, by: head}, {by: director}]
"""
BASE = PLAN + HOLIDAYS.replace("# 完\n", "") + FORM + LADDER + EXTENSIONS
AND_MORE = """\
  - id: "1.3"
    aspect: 基礎服務
    strategy: 服務友善性
    item: ""
    text: 新增之作法。
    owners: [design]
    frequency: ongoing
"""
FIRST = """\
  - id: "1.1"
    aspect: 基礎服務
    strategy: 服務友善性
    item: 提升服務及時性
    text: 於處理時限內完成。
    owners: [business]
    frequency: ongoing
"""


def plan_of(text):
    return Plan.model_validate(parse(text.encode(), "").data)


def told(*edits):
    found = differences(plan_of(BASE), plan_of(edited(BASE, *edits)))
    return [(each.part, each.kind, each.id, each.field, each.sentence) for each in found]


def test_a_plan_is_no_different_from_itself():
    assert told() == []


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        (("year: 107", "year: 108"), ("plan", "changed", "", "year", "年度：107 → 108")),
        (
            ("from: 107-03-29", "from: 107-04-01"),
            ("plan", "changed", "", "effective_from", "生效日：107年3月29日 → 107年4月1日"),
        ),
        (
            ("title: 107 年度", "title: 108 年度"),
            ("header", "changed", "", "title", "標題：〔107→108〕 年度提升服務效能執行計畫"),
        ),
        (
            ("    - 政府服務躍升方案\n", "    - 政府服務躍升方案\n    - 評獎實施計畫\n"),
            ("header", "changed", "", "basis",
             "計畫依據：政府服務躍升方案 → 政府服務躍升方案、評獎實施計畫"),
        ),
        (
            ("{id: design, name: 設計組}", "{id: design, name: 規劃組}"),
            ("sections", "changed", "design", "name", "名稱：設計組 → 規劃組"),
        ),
        (
            ("{基礎服務: 60, 服務量能: 40}", "{基礎服務: 50.5, 服務量能: 40}"),
            ("scoring", "changed", "", "weights",
             "權重：基礎服務 60、服務量能 40 → 基礎服務 50.5、服務量能 40"),
        ),
        (
            ("owners: [business]", "owners: all"),
            ("measures", "changed", "1.1", "owners", "承辦部門：業務組 → 各部門"),
        ),
        (
            ("frequency: ongoing", "frequency: yearly"),
            ("measures", "changed", "1.1", "frequency", "執行期間：隨時辦理 → 每年一次"),
        ),
        (
            (FIRST, ""),
            ("measures", "removed", "1.1", "", "刪除：於處理時限內完成。（業務組；隨時辦理）"),
        ),
        (
            ("duties:", AND_MORE + "duties:"),
            ("measures", "added", "1.3", "", "新增：新增之作法。（設計組；隨時辦理）"),
        ),
        (
            ("every: half_year", "every: quarter"),
            ("duties", "changed", "self_assessment", "every", "週期：每半年 → 每季"),
        ),
        (
            ("opens: {working_days: -10, from: period_end}", "unannounced: {seed: 甲}"),
            None,
        ),
        (
            ("{working_days: 3, from: period_end}", "{month: 7, day: 5, roll: next}"),
            ("duties", "changed", "self_assessment", "collect_by",
             "填報截止：期末後第3個工作天 → 每年7月5日（遇假日順延）"),
        ),
        (
            ("covers: {frequency: [ongoing, yearly]}", 'covers: {measures: ["1.1"]}'),
            ("duties", "changed", "self_assessment", "covers",
             "涵蓋範圍：執行期間為隨時辦理、每年一次者 → 具體作法 1.1"),
        ),
        (
            ("form: self_assessment", "form: survey"),
            ("duties", "changed", "self_assessment", "form",
             "填報表：自評表 → 調查表"),
        ),
        (
            ("ladder: short", "ladder: short\n    publish: true"),
            ("duties", "changed", "self_assessment", "publish", "對外公開：否 → 是"),
        ),
        (
            ("deliver_to: [head_office]", "deliver_to: [head_office, director]"),
            ("duties", "changed", "self_assessment", "deliver_to",
             "送交對象：業務處 → 業務處、處長"),
        ),
        (
            ("end: 107-06-17", "end: 107-06-18"),
            ("duties", "changed", "holidays", "dates",
             "各期起迄：…（107年6月1日至107年6月〔17→18〕日）、春節前（107年12月15…"),
        ),
        (
            ("max: 100", "max: 200"),
            ("forms", "changed", "survey", "fields.count.max", "欄位「份數」最大值：100 → 200"),
        ),
        (
            ("      - {id: rest, title: 備註}\n", ""),
            ("forms", "removed", "survey", "fields.rest", "欄位「備註」刪除：備註"),
        ),
        (
            ("    name: 調查表", "    name: 調查表\n    rows: sections"),
            ("forms", "changed", "survey", "rows", "各列：每組室一份 → 每個組室一列"),
        ),
        (
            ("gives_up_after: 3", "gives_up_after: 3\n    min_gap: 2"),
            ("ladders", "changed", "gentle", "min_gap", "最短間隔：0 → 2"),
        ),
        (
            ("gives_up_after: 3", "gives_up_after: 3\n    max_per_day: 2"),
            ("ladders", "changed", "gentle", "max_per_day", "每日上限：1 → 2"),
        ),
        (
            ("to: [owner]}", "to: [owner], any_hour: true}"),
            ("ladders", "changed", "gentle", "rungs.-2.any_hour",
             "「截止前 2 個工作天」不限辦公時間：否 → 是"),
        ),
        (
            ("to: [owner, head], tone: firm", "to: [owner, director], tone: urgent"),
            None,
        ),
        (
            ("      - {working_days: -2, to: [owner]}\n",
             "      - {working_days: -2, to: [owner]}\n"
             "      - {working_days: 0, to: [owner, deputy]}\n"),
            ("ladders", "added", "gentle", "rungs.0",
             "新增階段：截止當日（承辦人、代理人）"),
        ),
        (
            ("      - {working_days: -2, to: [owner]}\n", ""),
            ("ladders", "removed", "gentle", "rungs.-2",
             "刪除階段：截止前 2 個工作天（承辦人）"),
        ),
        (
            (LADDER, ""),
            ("ladders", "removed", "gentle", "",
             "刪除：截止前 2 個工作天（承辦人）、逾期 1 個工作天起每日（承辦人、組長）"),
        ),
        (
            ("    ladder: short\n", "    ladder: gentle\n"),
            ("duties", "changed", "self_assessment", "ladder", "稽催階段：簡短階段 → 溫和階段"),
        ),
        (
            ("{working_days: 5, by: head}", "{working_days: 9, by: head}"),
            ("extensions", "changed", "", "levels",
             "各級：組長 〔5→9〕 個工作天、處長 不限"),
        ),
    ],
)  # fmt: skip
def test_each_kind_of_difference_is_told_in_words(edit, expected):
    found = told(edit)
    if expected is None and found[0][0] == "ladders":
        assert [each[4] for each in found] == [
            "「逾期 1 個工作天起每日」收件人：承辦人、組長 → 承辦人、處長",
            "「逾期 1 個工作天起每日」語氣：提醒 → 緊急",
        ]
    elif expected is None:
        assert [each[3] for each in found] == ["opens", "unannounced"]
        assert found[0][4] == "開始填報：期末前第10個工作天 → （無）"
        assert found[1][4] == ("不預告：（無） → 期間內不預告抽定的一個工作天（抽籤種子「甲」）")
    else:
        assert found == [expected]


def test_a_measure_put_in_renumbers_the_others_but_does_not_change_them():
    put_in = AND_MORE.replace("1.3", "1.1") + FIRST.replace("1.1", "1.2")
    later = ('- id: "1.2"\n    aspect', '- id: "1.3"\n    aspect')
    after = plan_of(edited(BASE, later, (FIRST, put_in)))
    found = differences(plan_of(BASE), after)
    assert [(each.kind, each.id, each.sentence) for each in found if each.part == "measures"] == [
        ("added", "1.1", "新增：新增之作法。（設計組；隨時辦理）"),
        ("changed", "1.2", "代碼：1.1 → 1.2"),
        ("changed", "1.3", "代碼：1.2 → 1.3"),
    ]


def test_a_measure_that_is_numbered_and_worded_anew_is_still_the_same():
    found = told((FIRST, FIRST.replace("1.1", "1.9").replace("內完成", "內儘速完成")))
    assert [each[1:4] for each in found] == [("changed", "1.9", "id"), ("changed", "1.9", "text")]
    assert found[1][4] == "內容：於處理時限內完成。 → 於處理時限內儘速完成。"


def test_another_order_is_told_by_as_few_moves_as_explain_it():
    second = FIRST.replace("1.1", "1.9").replace("於處理時限內完成", "再一項作法")
    text = BASE.replace("duties:", AND_MORE + second + "duties:", 1)
    before, after = (
        plan_of(text),
        plan_of(text.replace(AND_MORE, "").replace(FIRST, AND_MORE + FIRST)),
    )
    (move,) = differences(before, after)
    assert (move.kind, move.id, move.sentence) == ("moved", "1.3", "順序：移到最前面")
    (back,) = differences(after, before)
    assert (back.kind, back.id, back.sentence) == ("moved", "1.3", "順序：移到「3.1」之後")


@pytest.mark.parametrize(
    ("was", "becomes", "line"),
    [
        ("提升申辦案件的處理效率", "提升受理案件的處理效率", "提升〔申辦→受理〕案件的處理效率"),
        ("甲乙丙丁", "甲乙丁", "甲乙〔刪：丙〕丁"),
        ("甲乙丁", "甲乙丙丁", "甲乙〔增：丙〕丁"),
        ("於107年7月6日前", "於115年7月7日前", "於〔107→115〕年7月〔6→7〕日前"),
        ("甲乙丙丁", "戊己庚辛", "「甲乙丙丁」→「戊己庚辛」"),
        ("甲\n乙丙丁戊", "甲乙丙丁戊", "甲〔刪：↵〕乙丙丁戊"),
        (
            "一二三四五六七八九十一二三四五六七八九十甲",
            "一二三四五六七八九十一二三四五六七八九十乙",
            "…九十一二三四五六七八九十〔甲→乙〕",
        ),
    ],
)
def test_a_wording_is_told_by_what_changed_in_it(was, becomes, line):
    assert redlined(was, becomes) == line


@quick
@given(plan=plans())
def test_any_plan_is_no_different_from_itself(plan):
    assert differences(plan, Plan.model_validate_json(plan.model_dump_json(by_alias=True))) == ()


@quick
@given(data=st.data())
def test_every_field_that_a_random_edit_changes_is_named(data):
    """A field of one plan put into another."""
    plan, other = data.draw(plans()), data.draw(plans())
    part = data.draw(
        st.sampled_from(["header", "scoring", "sections", "measures", "ladders", "duties"])
    )
    mine, theirs = getattr(plan, part), getattr(other, part)
    assume(mine != () and theirs != ())
    place = data.draw(st.integers(0, len(mine) - 1)) if isinstance(mine, tuple) else None
    old = mine if place is None else mine[place]
    new = theirs if place is None else theirs[data.draw(st.integers(0, len(theirs) - 1))]
    field = data.draw(st.sampled_from(list(type(old).model_fields)))
    assume(getattr(old, field) != getattr(new, field))
    changed = old.model_copy(update={field: getattr(new, field)})
    if place is None:
        after = changed
    else:
        after = (*mine[:place], changed, *mine[place + 1 :])
        assume(len({each.id for each in after}) == len({called(e) for e in after}) == len(mine))
    assume(len(mine) == len({called(each) for each in mine}) if place is not None else True)
    found = differences(plan, plan.model_copy(update={part: after}))
    fields = {(each.part, each.field.partition(".")[0]) for each in found}
    assert fields == {(part, field)}
    assert all(each.was != each.becomes and each.sentence for each in found)
