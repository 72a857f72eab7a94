"""Every kind of mistake in a plan file: where it is, what was found and expected, what to do."""

import pytest

from dutyflow.errors import PlanError
from dutyflow.infra.plan_files.load import load_plan
from tests.plan.conftest import mistakes

SECTIONS = "business（業務組）、design（設計組）"
MEASURE_FIELDS = "id、aspect、strategy、item、text、owners、frequency"
FREQUENCIES = "ongoing（隨時辦理）或yearly（每年一次）"


def test_the_plan_that_the_mistakes_are_made_in_is_good(write_plan):
    assert load_plan(write_plan()).office.id == "penghu"


STRUCTURE = [
    # fields
    pytest.param(
        ("frequency: ongoing", "frequncy: ongoing"),
        (27, "「frequncy」不是具體作法的欄位", MEASURE_FIELDS, "是不是 frequency（執行期間）？"),
        id="misspelt field",
    ),
    pytest.param(
        ("owners: [business]", "承辦部門: [business]"),
        (26, "「承辦部門」不是具體作法的欄位", MEASURE_FIELDS, "應寫 owners"),
        id="field named in Chinese",
    ),
    pytest.param(
        ("name: 業務組}", "name: 業務組, boss: 王}"),
        (15, "「boss」不是組室的欄位", "id、name", ""),
        id="unknown field",
    ),
    pytest.param(
        ("    frequency: ongoing\n", ""),
        (21, "缺少 frequency（執行期間）", "寫出這個欄位", ""),
        id="missing field",
    ),
    pytest.param(
        ("year: 107\n", ""), (1, "缺少 year（年度）", "寫出這個欄位", ""), id="missing at the top"
    ),
    pytest.param(
        ("\nduties:", "\nduty:"),
        (
            42,
            "「duty」不是本檔的欄位",
            "office、year、effective_from、header、sections、scoring、measures、forms、ladders、"
            "extensions、duties",
            "是不是 duties（定期工作）？",
        ),
        id="misspelt at the top",
    ),
    # types
    pytest.param(
        ('id: "1.2"', "id: 1.20"),
        (28, "id（代碼）為「1.20」", "文字", '請加引號："1.20"'),
        id="number without quotes",
    ),
    pytest.param(
        ("year: 107", "year: 一〇七"), (2, "year（年度）為「一〇七」", "整數", ""), id="no number"
    ),
    pytest.param(
        ("year: 107", "year: true"), (2, "year（年度）為「true」", "整數", ""), id="true is no 1"
    ),
    pytest.param(
        ("year: 107", "year: 2018"),
        (2, "year（年度）為「2018」", "999 以下", "西元 2018 年是民國 107 年"),
        id="Western year",
    ),
    pytest.param(
        ("{frequency: [ongoing, yearly]}", "{frequency: ongoing}"),
        (46, "frequency（執行期間）為「ongoing」", "清單", "請寫成清單：[ongoing]"),
        id="word for a list",
    ),
    pytest.param(
        ("[ongoing, yearly]", "[]"),
        (46, "frequency（執行期間）為空的清單", "至少 1 項", ""),
        id="empty list",
    ),
    pytest.param(
        ("{working_days: 3, from: period_end}", "3"),
        (49, "collect_by（填報截止）為「3」", "一組「欄位: 值」", ""),
        id="number for fields",
    ),
    pytest.param(
        ("working_days: 3", "working_days: 三"),
        (49, "working_days（工作天數）為「三」", "整數", ""),
        id="working days in words",
    ),
    pytest.param(
        ("working_days: 3", "working_days: 2.5"),
        (49, "working_days（工作天數）為「2.5」", "整數", ""),
        id="half a day",
    ),
    pytest.param(
        ("    text: 於處理時限內完成。", "    text:"),
        (25, "text（內容）為空白", "文字", ""),
        id="empty field",
    ),
    pytest.param(
        ("    text: 於處理時限內完成。", '    text: " "'),
        (25, "text（內容）為「」", "不可空白，不含控制字元", ""),
        id="blank text",
    ),
    pytest.param(
        ("name: 業務組", 'name: "業務組\\nBcc: all@example.tw"'),
        (
            15,
            "name（名稱）為「業務組 Bcc: all@example.tw」",
            "100 字以內的一行文字，開頭不留空白",
            "",
        ),
        id="line break in a name",
    ),
    pytest.param(
        ("deliver_to: [head_office]", "deliver_to: [head_office]\n    publish: 也許"),
        (54, "publish（對外公開）為「也許」", "true 或 false", ""),
        id="maybe",
    ),
    # choices, codes, dates
    pytest.param(
        ("frequency: yearly", "frequency: 每年一次"),
        (34, "frequency（執行期間）為「每年一次」", FREQUENCIES, "應寫 yearly"),
        id="choice in Chinese",
    ),
    pytest.param(
        ("frequency: yearly", "frequency: yearley"),
        (34, "frequency（執行期間）為「yearley」", FREQUENCIES, "是不是 yearly（每年一次）？"),
        id="misspelt choice",
    ),
    pytest.param(
        ("every: half_year", "every: decade"),
        (
            47,
            "every（週期）為「decade」",
            "month（每月）、quarter（每季）、half_year（每半年）、year（每年）、once（一次）、"
            "dates（指定期間）或after（接續）",
            "",
        ),
        id="no such choice",
    ),
    pytest.param(
        ("working_days: 3, from: period_end", "working_days: 3, from: 期末"),
        (
            49,
            "from（起算點）為「期末」",
            "period_start（期初）、period_end（期末）、opens（開始填報）、collect_by（填報截止）"
            "或approval（核定）",
            "應寫 period_end",
        ),
        id="anchor in Chinese",
    ),
    pytest.param(
        ("id: design", "id: Design-1"),
        (
            16,
            "id（代碼）為「Design-1」",
            "代碼：小寫英文字母開頭，只含小寫英文字母、數字與底線，40 字以內",
            "",
        ),
        id="not a code",
    ),
    pytest.param(
        ('id: "1.2"', 'id: "一.2"'),
        (28, "id（代碼）為「一.2」", '計畫所印編號，數字以點相連，例如 "1.1.2.3"', ""),
        id="not a number of the plan",
    ),
    pytest.param(
        ("effective_from: 107-03-29", "effective_from: 107-02-30"),
        (
            3,
            "effective_from（生效日）為「107-02-30」",
            "民國年-月-日，例如 107-07-06",
            "沒有這一天，請檢查月份與日期",
        ),
        id="no such day",
    ),
    pytest.param(
        ("effective_from: 107-03-29", "effective_from: 三月底"),
        (3, "effective_from（生效日）為「三月底」", "民國年-月-日，例如 107-07-06", ""),
        id="no date",
    ),
    pytest.param(
        ("Asia/Taipei", "Asia/Taibei"),
        (1, "timezone（時區）為「Asia/Taibei」", "時區名稱，例如 Asia/Taipei", ""),
        id="no such time zone",
    ),
    pytest.param(
        ("服務量能: 40", "服務量能: 0"),
        (19, "權重「服務量能」為「0」", "大於 0", ""),
        id="weight of nothing",
    ),
    pytest.param(
        ("[0, 100]", "[0]"),
        (18, "缺少 range（分數範圍）第 2 項", "寫出這一項", ""),
        id="half a range",
    ),
    # owners
    pytest.param(
        ("owners: [business]", "owners: business"),
        (
            26,
            "owners（承辦部門）為「business」",
            "組室代碼的清單，或 all（各部門）",
            "請寫成清單：[business]",
        ),
        id="owner without brackets",
    ),
    pytest.param(
        ("owners: all", "owners: 各部門"),
        (40, "owners（承辦部門）為「各部門」", "組室代碼的清單，或 all（各部門）", "應寫 all"),
        id="every section in Chinese",
    ),
    pytest.param(
        ("owners: [business]", "owners: []"),
        (26, "owners（承辦部門）為空的清單", "至少 1 項", ""),
        id="no owner",
    ),
]

MEANING = [
    pytest.param(
        ("owners: [business]", "owners: [業務組]"),
        (26, "沒有組室「業務組」", SECTIONS, "應寫 business"),
        id="owner in Chinese",
    ),
    pytest.param(
        ("owners: [business]", "owners: [業務課]"),
        (26, "沒有組室「業務課」", SECTIONS, "是不是 business（業務組）？"),
        id="misspelt owner in Chinese",
    ),
    pytest.param(
        ("owners: [design, business]", "owners:\n      - design\n      - busines"),
        (35, "沒有組室「busines」", SECTIONS, "是不是 business（業務組）？"),
        id="misspelt owner",
    ),
    pytest.param(
        ("owners: [business]", "owners: [xyz]"), (26, "沒有組室「xyz」", SECTIONS, ""), id="owner"
    ),
    pytest.param(
        ("owners: [business]", "owners: [all, business]"),
        (
            26,
            "清單中的「all」",
            "組室代碼的清單，或單獨一個 all（各部門）",
            "各部門請寫 owners: all，不用括號",
        ),
        id="all in a list",
    ),
    pytest.param(
        ("owners: [design, business]", "owners: [design, design]"),
        (33, "承辦部門「design」重複", "每一個組室只列一次", ""),
        id="owner twice",
    ),
    pytest.param(
        ('id: "3.1"', 'id: "1.1"'),
        (35, "代碼「1.1」重複", "每一個代碼只用一次", "另見第 21 行"),
        id="measure twice",
    ),
    pytest.param(
        (
            "  - {id: design, name: 設計組}",
            "  - {id: design, name: 設計組}\n  - {id: design, name: 規劃組}",
        ),
        (17, "代碼「design」重複", "每一個代碼只用一次", "另見第 16 行"),
        id="section twice",
    ),
    pytest.param(
        ("name: 設計組", "name: 業務組"),
        (16, "組室名稱「業務組」重複", "每一個組室名稱只用一次", "另見第 15 行"),
        id="two sections of one name",
    ),
    pytest.param(
        (
            "  - {id: design, name: 設計組}",
            "  - {id: design, name: 設計組}\n  - {id: all, name: 大家}",
        ),
        (17, "組室代碼「all」", "其他代碼：all 用來表示各部門", ""),
        id="section called all",
    ),
    pytest.param(
        ("服務量能: 40", "服務量能: 30, 開放創新: 10"),
        (19, "沒有面向「開放創新」", "基礎服務、服務量能", ""),
        id="weight of no aspect",
    ),
    pytest.param(
        ("服務量能: 40", "服務能量: 40"),
        (19, "沒有面向「服務能量」", "基礎服務、服務量能", "是不是 服務量能？"),
        id="weight of a misspelt aspect",
    ),
    pytest.param(
        (", 服務量能: 40", ""),
        (19, "面向「服務量能」沒有權重", "每一個面向都有權重", ""),
        id="aspect without weight",
    ),
    pytest.param(
        ("[0, 100]", "[100, 0]"),
        (18, "分數範圍為 [100, 0]", "[最低分, 最高分]，最低分在前", "是不是 [0, 100]？"),
        id="range reversed",
    ),
    pytest.param(
        ("effective_from: 107-03-29", "effective_from: 170-03-29"),
        (3, "107 年度的計畫自170年3月29日生效", "106 年或 107 年的日期", ""),
        id="in force in another life",
    ),
    pytest.param(
        ("year: 107", "year: 106"),
        (2, "檔名為 107.yaml，year 為 106", "檔名與年度相同", "請改檔名為 106.yaml，或改正 year"),
        id="year of another file",
    ),
    pytest.param(
        ("opens: {working_days: -10", "opens: {working_days: 3"),
        (
            48,
            "107年上半年的開始填報（opens）是107年7月4日（三），"
            "填報截止（collect_by）是107年7月4日（三）",
            "開始填報早於填報截止",
            "",
        ),
        id="closed when it opens",
    ),
    pytest.param(
        ("report_due: {working_days: 5", "report_due: {working_days: 2"),
        (
            50,
            "107年上半年的填報截止（collect_by）是107年7月4日（三），"
            "彙整表期限（report_due）是107年7月3日（二）",
            "填報截止不晚於彙整表期限",
            "",
        ),
        id="due before it is collected",
    ),
]


@pytest.mark.parametrize(("edit", "expected"), STRUCTURE + MEANING)
def test_a_mistake_is_told_once_with_its_place(write_plan, edit, expected):
    path = write_plan(edit)
    told = mistakes(path)
    if edit[0] == "year: 107" and "106" in edit[1]:
        told = told[:1]  # then the plan also comes into force a year late
    assert told == [expected]


def test_a_duty_that_covers_no_measure(write_plan):
    edits = [("frequency: yearly", "frequency: ongoing"), ("[ongoing, yearly]", "[yearly]")]
    assert mistakes(write_plan(*edits)) == [
        (46, "沒有任何具體作法的執行期間是 yearly（每年一次）", "定期工作至少涵蓋一項具體作法", "")
    ]


def test_duties_of_one_id(write_plan):
    duty = "  - id: self_assessment\n    name: 再一次\n    clause: 陸\n"
    rest = (
        "    covers: {frequency: [ongoing]}\n    every: year\n"
        "    opens: {working_days: 1, from: period_end}\n"
        "    collect_by: {working_days: 3, from: period_end}\n"
        "    report_due: {working_days: 3, from: period_end}\n"
        "    form: self_assessment\n    report: assessment_summary\n    deliver_to: [head_office]\n"
        "    ladder: short\n"
    )
    path = write_plan(("\nduties:\n", f"\nduties:\n{duty}{rest}"))
    assert mistakes(path) == [
        (55, "代碼「self_assessment」重複", "每一個代碼只用一次", "另見第 43 行")
    ]


def test_the_dates_are_tried_on_every_cycle_of_the_year(write_plan):
    """The second half of 107 has more working days than the first, too many for this deadline."""
    from_start = "{working_days: 115, from: period_start}"
    path = write_plan(("{working_days: 3, from: period_end}", from_start))
    ((line, found, expected, _),) = mistakes(path)
    assert (line, expected) == (48, "開始填報早於填報截止")
    assert found.startswith("107年下半年")


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file(write_plan):
    """Mistakes in form do not hide those in meaning, not even in the same list."""
    path = write_plan(
        ("effective_from: 107-03-29", "effective_from: 107-13-01"),
        ("[0, 100]", "[100, 0]"),
        ("frequency: ongoing", "frequency: sometimes"),
        ("owners: [design, business]", "owners: [設計組, business]"),
        ("    form: self_assessment\n", ""),
    )
    assert [(line, found) for line, found, _, _ in mistakes(path)] == [
        (3, "effective_from（生效日）為「107-13-01」"),
        (18, "分數範圍為 [100, 0]"),
        (27, "frequency（執行期間）為「sometimes」"),
        (33, "沒有組室「設計組」"),
        (43, "缺少 form（填報表）"),
    ]


def test_one_wrong_field_does_not_hide_another_of_the_same_measure(write_plan):
    path = write_plan(
        ("owners: [business]", "owners: [busines]"), ("frequency: ongoing", "frequency: allways")
    )
    assert [found for _, found, _, _ in mistakes(path)] == [
        "沒有組室「busines」",
        "frequency（執行期間）為「allways」",
    ]


def test_a_section_that_is_wrong_itself_is_not_unknown_to_its_measures(write_plan):
    told = mistakes(write_plan(("name: 設計組", "nam: 設計組")))
    assert [found for _, found, _, _ in told] == ["「nam」不是組室的欄位"]
    told = mistakes(write_plan(("id: design, name", "id: Design, name")))
    assert [found for _, found, _, _ in told] == ["id（代碼）為「Design」"]


@pytest.mark.parametrize("content", ["- a\n- b\n", "just words\n", "5\n"])
def test_a_file_that_is_no_plan_at_all(write_plan, content):
    path = write_plan()
    path.write_text(content, encoding="utf-8")
    ((line, found, expected, _),) = mistakes(path)
    assert (line, expected) == (1, "一組「欄位: 值」")
    assert found.startswith("整個檔案")


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(PlanError) as refused:
        load_plan(tmp_path / "108.yaml")
    (finding,) = refused.value.findings
    assert (finding.where, finding.found) == (str(tmp_path / "108.yaml"), "找不到")


def test_what_a_person_wrote_is_quoted_on_one_line_and_not_at_length(write_plan):
    path = write_plan(("frequency: yearly", 'frequency: "' + "很長" * 500 + '\\n換行"'))
    ((_, found, _, _),) = mistakes(path)
    assert len(found) < 100
    assert "\n" not in found


def test_the_error_reads_as_one_sentence_for_each_mistake(write_plan):
    path = write_plan(("owners: [business]", "owners: [業務組]"))
    with pytest.raises(PlanError) as refused:
        load_plan(path)
    assert str(refused.value) == f"{path}:26：沒有組室「業務組」；應為：{SECTIONS}（應寫 business）"
