"""Whatever form a plan describes: written, filled, read back, and its mistakes told."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyflow.forms import FormStamp, Heading, Verdict, judge, read, write_form
from dutyflow.forms.placeholders import is_placeholder, refers_back
from dutyflow.forms.texts import file_key, plain
from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import AskedRow
from dutyflow.plan.catalogue import shipped_forms
from dutyflow.plan.field_types import (
    ChoiceField,
    DateField,
    FileField,
    FormField,
    NumberField,
    YesNoField,
)
from dutyflow.plan.forms import Form
from tests.support.filling import fill

SECRET = b"a secret that only tests know, 32+ bytes"
KEY, HASH = "pingtung/any/107/business", "0123456789abcdef" * 4
HEADING = Heading(
    office="屏東區營業處",
    section="業務組",
    duty="任何工作",
    period="107年",
    deadline="107年7月4日（三）前",
    reply_to="plan+token@example.tw",
    coordinator="承辦人",
)


@pytest.mark.parametrize("filler", ["無", "-", "N/A", "－", "不適用"])
def test_a_filler_in_a_field_that_may_stay_empty_is_empty(filler: str) -> None:
    fields = ({"type": "number", "min": 0, "max": 9}, {"type": "date"}, {"type": "file"})
    form = a_form(
        {"id": "done", "title": "辦理情形", "required": True},
        {"id": "wishes", "title": "用戶意見", "required": True},
        *({"id": f"f{n}", "title": f"欄{n}", **field} for n, field in enumerate(fields)),
    )
    said = {"done": "已辦理", "wishes": filler, "f0": filler, "f1": filler, "f2": filler}
    verdict = judged(form, fill(written(form), form, said))
    assert verdict.accepted, verdict.problems
    assert verdict.answers[0].values == {"done": "已辦理", "wishes": filler}


patient = settings(deadline=None, suppress_health_check=list(HealthCheck))


def rows_of(form: Form) -> tuple[AskedRow, ...]:
    if not form.is_table:
        return (AskedRow(id=""),)
    names = ("甲組", "乙組") if form.rows == "sections" else form.rows
    return tuple(AskedRow(id=str(n), lead=(str(n), name)) for n, name in enumerate(names, 1))


def written(form: Form, answers: tuple[Answer, ...] = (), **more: Any) -> bytes:
    stamp = FormStamp(assignment=KEY, form=form.id, form_version=form.version, plan_hash=HASH)
    return write_form(
        form=form,
        stamp=stamp,
        secret=SECRET,
        heading=HEADING,
        rows=rows_of(form),
        answers=answers,
        **more,
    )


def judged(form: Form, data: bytes, attached: tuple[str, ...] = ()) -> Verdict:
    return judge(
        read(data),
        form=form,
        rows=rows_of(form),
        secret=SECRET,
        assignment=KEY,
        plan_hash=HASH,
        attached={file_key(name) for name in attached},
    )


def a_form(*fields: dict[str, Any], **more: Any) -> Form:
    return Form.model_validate({"id": "any", "name": "任何表", "fields": list(fields), **more})


TEXTS = (
    st.text(max_size=30)
    .map(plain)
    .filter(lambda text: bool(text) and not (is_placeholder(text) or refers_back(text)))
)
TITLES = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=8)


@st.composite
def fields(draw: st.DrawFn, number: int) -> dict[str, Any]:
    kind = draw(st.sampled_from(["text", "number", "date", "choice", "yes_no", "file"]))
    field = {"id": f"f{number}", "title": f"{draw(TITLES)}{number}", "type": kind}
    if number == 0 or draw(st.booleans()):
        field["required"] = True
    if kind == "number":
        low = draw(st.integers(-1000, 1000))
        whole = draw(st.booleans())
        field |= {"min": low, "max": low + draw(st.integers(1, 2000)), "whole": whole}
    if kind == "choice":
        field["choices"] = draw(st.lists(TITLES, min_size=1, max_size=4, unique=True))
    if kind == "yes_no":
        field |= draw(st.sampled_from([{}, {"reason_when": "是"}, {"reason_when": "否"}]))
    return field


@st.composite
def forms(draw: st.DrawFn) -> Form:
    rows = draw(st.sampled_from(["once", "sections", ["愛心鈴", "無障礙坡道", "=1+1"]]))
    count = draw(st.integers(1, 5))
    return a_form(*(draw(fields(n)) for n in range(count)), rows=rows, nothing=draw(st.booleans()))


def values(field: FormField) -> st.SearchStrategy[Any]:
    match field:
        case NumberField(whole=True):
            return st.integers(int(field.min), int(field.max)).map(float)
        case NumberField():
            return st.floats(field.min, field.max)
        case DateField():
            return st.dates(date(2000, 1, 1), date(2090, 12, 31)).map(date.isoformat)
        case ChoiceField():
            return st.sampled_from(field.choices)
        case YesNoField():
            return st.sampled_from(["是", "否"])
        case FileField():
            return st.just("報告.pdf")
    return TEXTS


@st.composite
def filled_forms(draw: st.DrawFn) -> tuple[Form, tuple[Answer, ...]]:
    form = draw(forms())
    answers = []
    for row in rows_of(form):
        if form.nothing and draw(st.booleans()):
            answers.append(Answer(row=row.id, nothing=True))
            continue
        said = {f.id: draw(values(f)) for f in form.asked if f.required or draw(st.booleans())}
        for field in form.fields:
            for reason in field.beside():
                if reason.required_when and reason.required_when.holds(said.get(field.id)):
                    said.setdefault(reason.id, draw(TEXTS))
        in_order = {f.id: said[f.id] for f in form.asked if f.id in said}
        answers.append(Answer(row=row.id, values=in_order))
    return form, tuple(answers)


@settings(patient, max_examples=80)
@given(filled_forms())
def test_whatever_is_written_is_read_back_equal(case: tuple[Form, tuple[Answer, ...]]) -> None:
    form, answers = case
    verdict = judged(form, written(form, answers), attached=("報告.pdf",))
    assert verdict.accepted, [str(problem) for problem in verdict.problems]
    assert verdict.answers == answers


@settings(patient, max_examples=40)
@given(forms())
def test_an_empty_form_is_not_taken_for_an_answer(form: Form) -> None:
    verdict = judged(form, written(form))
    assert not verdict.accepted
    assert verdict.answers == ()
    assert {problem.row for problem in verdict.problems} == {row.id for row in rows_of(form)}


@pytest.mark.parametrize("form", shipped_forms().values(), ids=lambda form: form.id)
def test_every_form_that_is_shipped_can_be_filled(form: Form) -> None:
    if form.rows == "measures":
        form = form.model_copy(update={"rows": ("甲", "乙")})
    verdict = judged(form, fill(written(form), form))
    assert verdict.accepted, [str(problem) for problem in verdict.problems]


DATE = a_form({"id": "day", "title": "日期", "type": "date", "required": True})


@pytest.mark.parametrize(
    "typed",
    [
        "107/7/6",
        "107-07-06",
        "107.7.6",
        "１０７／７／６",
        "107年7月6日",
        "民國107年7月6日",
        "1070706",
        "2018/7/6",
        "2018-07-06",
        date(2018, 7, 6),
        datetime(2018, 7, 6, 10, 30),  # noqa: DTZ001  a cell has no zone
        43287,
        "43287",
        1070706,
        "20180706",
        "107/7/6（五）",
        "107年7月6日 星期五",
        "2018/7/6 上午 8:30",
        "一百零七年七月六日",
        "民國一〇七年七月六日",
    ],
)
def test_a_day_is_understood_however_it_is_typed(typed: Any) -> None:
    verdict = judged(DATE, fill(written(DATE), DATE, {"day": typed}))
    assert verdict.accepted, [str(problem) for problem in verdict.problems]
    assert verdict.answers[0].values == {"day": "2018-07-06"}


@pytest.mark.parametrize("typed", ["107/13/1", "七月六日", "7/6", 12, True, "107/2/29", "18/7/6"])
def test_a_day_that_is_none_is_told_with_its_cell(typed: Any) -> None:
    (problem,) = judged(DATE, fill(written(DATE), DATE, {"day": typed})).problems
    assert problem.cell.startswith("C")
    assert (problem.row, problem.column) == ("", "日期")
    assert problem.expected == "民國年月日，例如 107/7/6"


NUMBERS = a_form(
    {"id": "n", "title": "戶數", "type": "number", "min": 0, "max": 2_000_000, "whole": True,
     "required": True, "unit": "戶"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "meant"), [("1,284", 1284), ("1,284 戶", 1284), ("１２", 12), (3, 3), ("12.0", 12)]
)
def test_a_number_is_understood_however_it_is_typed(typed: Any, meant: float) -> None:
    verdict = judged(NUMBERS, fill(written(NUMBERS), NUMBERS, {"n": typed}))
    assert verdict.answers[0].values == {"n": meant}


@pytest.mark.parametrize("typed", ["8,5", "12.5", "12 件", "-1", "很多", "2,000,001", "1,2345"])
def test_a_number_that_is_none_is_told(typed: Any) -> None:
    (problem,) = judged(NUMBERS, fill(written(NUMBERS), NUMBERS, {"n": typed})).problems
    assert problem.expected == "0 到 2,000,000 的整數"
    assert f"「{typed}」" in problem.found


def test_yes_and_no_are_understood_in_other_words_and_a_reason_is_asked_for() -> None:
    form = a_form(
        {"id": "ok", "title": "連結有效", "type": "yes_no", "required": True, "reason_when": "否"},
        rows=["首頁", "下載"],
    )
    said = {"1": {"ok": "Yes"}, "2": {"ok": "否"}}
    verdict = judged(form, fill(written(form), form, lambda row: said[row]))
    (problem,) = verdict.problems
    assert verdict.answers[0].values == {"ok": "是"}
    assert problem.found == "「連結有效」為「否」（填的是 否），而「連結有效：說明」空白"
    assert problem.cell == "D6"
    said["2"]["ok_reason"] = "（樣本）三處失效，已修正"
    assert judged(form, fill(written(form), form, lambda row: said[row])).accepted


@pytest.mark.parametrize(
    ("when", "holding", "sparing"),
    [
        ({"field": "n", "below": 90}, 89.5, 90),
        ({"field": "n", "above": 0}, 1, 0),
    ],
)
def test_what_is_asked_for_besides(when: dict[str, Any], holding: float, sparing: float) -> None:
    form = a_form(
        {"id": "n", "title": "分數", "type": "number", "min": 0, "max": 100, "required": True},
        {"id": "why", "title": "改善", "required_when": when},
    )
    assert judged(form, fill(written(form), form, {"n": sparing})).accepted
    (problem,) = judged(form, fill(written(form), form, {"n": holding})).problems
    assert problem.column == "改善"
    assert judged(form, fill(written(form), form, {"n": holding, "why": "已改善"})).accepted


FILES = a_form({"id": "report", "title": "報告", "type": "file", "required": True})


@pytest.mark.parametrize(
    ("named", "attached", "lacking"),
    [
        ("報告.pdf", ("報告.pdf",), ""),
        ("報告.PDF", (" 報告.pdf",), ""),
        ("https://example.tw/報告.pdf", (), ""),
        ("甲.pdf、乙.pdf\nhttps://example.tw/1", ("甲.pdf", "乙.pdf"), ""),
        ("甲.pdf、乙.pdf", ("甲.pdf",), "「乙.pdf」"),
        ("如附件", (), "「如附件」"),
    ],
)
def test_a_file_must_have_come(named: str, attached: tuple[str, ...], lacking: str) -> None:
    verdict = judged(FILES, fill(written(FILES), FILES, {"report": named}), attached)
    told = "".join(str(problem) for problem in verdict.problems)
    assert (f"沒有附上{lacking}" in told) if lacking else verdict.accepted


def test_a_form_filled_once_goes_back_with_its_bad_cells_marked() -> None:
    form = a_form(
        {"id": "n", "title": "分數", "type": "number", "min": 0, "max": 100, "required": True},
        {"id": "why", "title": "說明", "required": True},
    )
    verdict = judged(form, fill(written(form), form, {"n": 101, "why": "（樣本）"}))
    again = written(form, verdict.answers, problems=verdict.problems)
    sheet = openpyxl.load_workbook(io.BytesIO(again)).worksheets[0]
    commented = [cell for row in sheet.iter_rows() for cell in row if cell.comment]
    assert len(commented) == 1
    assert "「101」" in commented[0].comment.text
    assert sheet.cell(commented[0].row + 1, commented[0].column).value == "（樣本）"


def test_a_row_of_a_form_filled_once_that_is_gone_is_told() -> None:
    form = a_form({"id": "a", "title": "甲", "required": True}, {"id": "b", "title": "乙"})
    workbook = openpyxl.load_workbook(io.BytesIO(fill(written(form), form, {"a": "好"})))
    sheet = workbook.worksheets[0]
    number = next(row[0].row for row in sheet.iter_rows() if row[0].value == "2")
    sheet.delete_rows(number)
    out = io.BytesIO()
    workbook.save(out)
    verdict = judged(form, out.getvalue())
    assert "缺少編號 2 這一列" in str(verdict.problems[0])
    assert verdict.answers[0].values == {"a": "好"}


def test_a_form_is_told_apart_from_one_with_other_fields() -> None:
    other = a_form({"id": "a", "title": "甲", "required": True}, rows=["一"])
    once = a_form({"id": "a", "title": "甲", "required": True})
    assert "找不到填報的表格" in str(judged(once, written(other)).problems[0])
