"""Forms in the plan file: what is said of their mistakes, and which form a duty asks with."""

from __future__ import annotations

import pytest
import yaml

from dutyflow.infra.plan_files.load import load_plan
from dutyflow.plan.catalogue import FOLDER, shipped_forms
from dutyflow.plan.draft import draft_of
from dutyflow.plan.lint.forms import lint_forms
from tests.plan.conftest import PLAN, edited, mistakes

OWN = """\
forms:
  - id: visits
    name: 拜訪表
    fields:
      - {id: count, title: 戶數, type: number, min: 0, max: 100, required: true}
      - {id: result, title: 結果, type: choice, choices: [良好, 待改善]}
      - {id: why, title: 原因, required_when: {field: result, is: 待改善}}
duties:
"""
FIRST = PLAN[: PLAN.index("duties:\n")].count("\n") + 1  # the line of `forms:`


@pytest.fixture
def write_form(tmp_path):
    """A plan with a form of its own, with edits made to it."""

    def write(*edits):
        path = tmp_path / "107.yaml"
        path.write_text(edited(PLAN.replace("duties:\n", OWN), *edits), encoding="utf-8")
        return path

    return write


def test_a_duty_asks_with_the_plans_own_form_or_one_that_is_shipped(write_form):
    plan = load_plan(write_form(("form: self_assessment", "form: visits"), REPORT))
    assert plan.form_of(plan.duties[0]).name == "拜訪表"
    plan = load_plan(write_form())
    assert plan.form_of(plan.duties[0]) == shipped_forms()["self_assessment"]


def test_the_plans_own_form_wins_over_a_shipped_one_of_the_same_id(write_form):
    plan = load_plan(write_form(("id: visits", "id: self_assessment"), REPORT))
    assert plan.form_of(plan.duties[0]).name == "拜訪表"
    assert [form.name for form in plan.with_all_it_uses().forms] == ["拜訪表"]


def test_the_longest_title_and_code_of_a_question_leave_room_for_its_reason(write_form):
    question = f"{{id: {'a' * 40}, title: {'甲' * 100}, type: yes_no, reason_when: 否}}"
    instead = ("{id: result, title: 結果, type: choice, choices: [良好, 待改善]}", question)
    plan = load_plan(write_form(instead, (", required_when: {field: result, is: 待改善}", "")))
    assert plan.forms[0].asked[2].title == f"{'甲' * 100}：說明"


REPORT = ("report: assessment_summary", "report: plain")
MISTAKES = [
    pytest.param(
        ("type: number", "type: numbr"),
        (4, "type（欄位型態）為「numbr」",
         "text（文字）、number（數字）、date（日期）、choice（選項）、yes_no（是否）或file（檔案）",
         "是不是 number（數字）？"),
        id="no such type",
    ),
    pytest.param(
        ("min: 0, ", ""), (4, "缺少 min（最小值）", "寫出這個欄位", ""), id="a number without range"
    ),
    pytest.param(
        ("min: 0, max: 100", "min: 100, max: 0"),
        (4, "最小值為 100，最大值為 0", "min 小於 max", ""),
        id="range the wrong way round",
    ),
    pytest.param(
        ("field: result,", "field: reslt,"),
        (6, "同一張表沒有其他欄位「reslt」", "count（戶數）、result（結果）",
         "是不是 result（結果）？"),
        id="a condition on nothing",
    ),
    pytest.param(
        ("is: 待改善}", "is: 待改進}"),
        (6, "欄位 result（結果）不會是「待改進」", "良好或待改善", "是不是 待改善？"),
        id="a condition that never holds",
    ),
    pytest.param(
        ("{field: result, is: 待改善}", "{field: result, below: 3}"),
        (6, "below 或 above 所指的欄位 result（結果）不是數字", "type: number 的欄位", ""),
        id="below what is no number",
    ),
    pytest.param(
        ("title: 原因", "title: 戶數"),
        (6, "欄位標題「戶數」重複", "同一張表內每一個欄位標題只用一次", f"另見第 {FIRST + 4} 行"),
        id="one title twice",
    ),
    pytest.param(
        ("title: 原因", "title: 編號"),
        (6, "欄位標題「編號」",
         "其他標題：具體作法、執行策略、填寫說明、填答、無辦理事項、組室、編號、面向、項目"
         "為表單固定欄位所用", ""),
        id="a title that is taken",
    ),
    pytest.param(
        ("[良好, 待改善]", "[待改善, 待改善]"),
        (5, "選項「待改善」重複", "每一個選項只列一次", ""),
        id="one choice twice",
    ),
    pytest.param(
        (", required: true", ""),
        (3, "填報表 visits（拜訪表）沒有必填的欄位",
         "至少一個欄位 required: true，否則空白也算填了", ""),
        id="nothing that must be filled",
    ),
    pytest.param(
        ("name: 拜訪表", "name: 拜訪/表"),
        (2, "name（名稱）為「拜訪/表」", "31 字以內的一行文字，不含 [ ] : * ? / \\ '", ""),
        id="no name for a sheet",
    ),
    pytest.param(
        ("name: 拜訪表", "name: 拜訪表\n    rows: measure"),
        (3, "rows（各列）為「measure」", "once（一次）、measures（具體作法）或sections（組室）",
         "是不是 measures（具體作法）？"),
        id="no such rows",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "expected"), MISTAKES)
def test_a_mistake_in_a_form_is_told_once_with_its_place(write_form, edit, expected):
    offset, *rest = expected
    assert mistakes(write_form(edit)) == [(FIRST + offset, *rest)]


def test_a_form_that_is_not_there_is_told_with_those_that_are(write_form):
    ((line, found, expected, hint),) = mistakes(
        write_form(("form: self_assessment", "form: visit"))
    )
    assert found == "沒有填報表「visit」"
    assert "visits（拜訪表）" in expected
    assert "self_assessment（自評表）" in expected
    assert hint == "是不是 visits（拜訪表）？"
    assert line == FIRST + 16


def test_a_report_that_scores_needs_a_form_with_scores(write_form):
    ((_, found, expected, hint),) = mistakes(write_form(("form: self_assessment", "form: visits")))
    assert found == "考核結果彙整表所用的填報表 visits（拜訪表）不是每項具體作法一列"
    assert "score（數字）" in expected
    assert hint == "不計分者請用 report: plain"


def test_every_form_that_is_shipped_is_in_order():
    written = [
        yaml.safe_load(path.read_text("utf-8"))
        for path in sorted((FOLDER / "forms").glob("*.yaml"))
    ]
    assert [form["id"] for form in written] == [
        p.stem for p in sorted((FOLDER / "forms").glob("*.yaml"))
    ]
    assert list(lint_forms(draft_of({"forms": written}))) == []
    assert len(shipped_forms()) == len(written)
