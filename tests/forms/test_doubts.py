"""What is odd about good answers, and what is different between two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dutyflow.forms.differences import changes
from dutyflow.forms.doubts import Doubt, doubts
from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import AskedRow
from dutyflow.plan.forms import Form
from tests.support.answers import assessed

FORM = Form.model_validate(
    {
        "id": "self",
        "name": "自評表",
        "rows": "measures",
        "fields": [
            {"id": "text", "title": "執行情形", "required": True},
            {
                "id": "score",
                "title": "自評分數",
                "type": "number",
                "min": 0,
                "max": 100,
                "unit": "分",
            },
            {"id": "evidence", "title": "佐證", "wanted": True},
        ],
    }
)
ROWS = tuple(AskedRow(id=f"1.{n}", lead=(f"1.{n}",)) for n in range(1, 8))


def fine(row: str, **said) -> Answer:
    return assessed(row, **{"text": f"辦理 {row}", "score": 90, "evidence": "函", **said})


def said(*answers: Answer, before: tuple[Answer, ...] = ()) -> list[str]:
    return [doubt.said for doubt in doubts(FORM, ROWS, answers, before)]


def test_answers_that_differ_and_are_complete_are_not_doubted() -> None:
    assert said(*(fine(row.id) for row in ROWS)) == []


def test_the_same_text_as_last_time() -> None:
    before = (fine("1.1"), fine("1.2", text="辦理　1.2"))
    assert said(fine("1.1"), fine("1.2"), fine("1.3"), before=before) == [
        "「執行情形」文字與上一期相同：1.1、1.2"
    ]


def test_a_score_far_from_last_time_by_the_default_and_by_the_forms_own_measure() -> None:
    before = (fine("1.1", text="甲", score=60), fine("1.2", text="乙", score=71))
    assert said(fine("1.1", score=80), fine("1.2"), before=before) == [
        "「自評分數」與上一期相差 20 分以上：1.1（60 → 80）"
    ]
    strict = FORM.model_dump()
    strict["fields"][1]["far"] = 5.0
    found = doubts(Form.model_validate(strict), ROWS, [fine("1.2", score=76)], before)
    assert found == (
        Doubt(
            kind="far",
            column="自評分數",
            rows=("1.2",),
            said="「自評分數」與上一期相差 5 分以上：1.2（71 → 76）",
        ),
    )


def test_what_is_wanted_but_left_blank_is_named_and_cut_where_there_are_many() -> None:
    assert said(*(fine(row.id, evidence="") for row in ROWS)) == [
        "「佐證」未填：1.1、1.2、1.3、1.4、1.5 等 7 項"
    ]


def test_one_answer_pasted_into_the_rows() -> None:
    pasted = [fine(f"1.{n}", text="依計畫辦理") for n in (1, 2, 3, 4)]
    assert said(*pasted, fine("1.5")) == ["「執行情形」各列文字相同：1.1、1.2、1.3、1.4"]
    assert said(*pasted[:2]) == [], "two of a kind may well be true"
    assert said(*pasted[:3], fine("1.5"), fine("1.6"), fine("1.7")) == [], "no more than half"


def test_nothing_to_report_is_not_doubted() -> None:
    before = tuple(fine(row.id, score=10) for row in ROWS)
    assert said(*(assessed(row.id, nothing=True) for row in ROWS), before=before) == []


def test_a_form_that_is_filled_once_names_no_row() -> None:
    once = Form.model_validate({**FORM.model_dump(), "rows": "once"})
    row = (AskedRow(id=""),)
    before = [Answer(values={"text": "同上", "score": 10.0})]
    found = doubts(once, row, [Answer(values={"text": "同上", "score": 90.0})], before)
    assert [doubt.said for doubt in found] == [
        "「執行情形」文字與上一期相同",
        "「自評分數」與上一期相差 20 分以上：10 → 90",
        "「佐證」未填",
    ]


def test_each_changed_cell_is_told_with_what_stood_there_and_what_stands_there() -> None:
    before = [fine("1.2"), fine("1.1"), assessed("1.3", nothing=True)]
    after = [fine("1.1", score=85), fine("1.2", evidence=""), fine("1.3")]
    assert [change.sentence for change in changes(FORM, ROWS, before, after)] == [
        "1.1 自評分數：90 → 85",
        "1.2 佐證：函 → （空白）",
        "1.3 執行情形：（空白） → 辦理 1.3",
        "1.3 自評分數：（空白） → 90",
        "1.3 佐證：（空白） → 函",
        "1.3 無辦理事項：✓ → （空白）",
    ]


answers = st.lists(
    st.builds(
        assessed,
        st.sampled_from([row.id for row in ROWS]),
        text=st.text(max_size=8),
        score=st.none() | st.floats(0, 100),
        evidence=st.text(max_size=5),
        nothing=st.booleans(),
    ),
    unique_by=lambda answer: answer.row,
)


@given(answers, answers)
def test_a_difference_is_empty_between_equals_and_turns_with_its_sides(some, others) -> None:
    assert changes(FORM, ROWS, some, some) == ()
    forth, back = changes(FORM, ROWS, some, others), changes(FORM, ROWS, others, some)
    assert [(c.row, c.column, c.after, c.before) for c in forth] == [
        (c.row, c.column, c.before, c.after) for c in back
    ]


@given(answers, answers)
def test_doubts_name_only_rows_that_were_answered(some, others) -> None:
    given_rows = {answer.row for answer in some if not answer.nothing}
    for doubt in doubts(FORM, ROWS, some, others):
        assert doubt.rows
        assert set(doubt.rows) <= given_rows
