"""What a section is told about the form that it sent."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.forms import BadStamp, judge, read, sign, unsign
from dutyflow.forms.placeholders import is_placeholder, refers_back
from dutyflow.forms.texts import plain
from dutyflow.plan.answers import Answer
from tests.forms.samples import (
    ANSWERS,
    ASSIGNMENT,
    MEASURES,
    ROWS,
    SECRET,
    SELF_ASSESSMENT,
    STAMP,
    edited,
    judged,
    member,
    repacked,
    said,
    with_cells,
    write,
)
from tests.support.answers import assessed, without

FILLED = write(ANSWERS)


def test_a_well_filled_form_is_accepted() -> None:
    verdict = judged(FILLED)
    assert verdict.accepted
    assert verdict.answers == ANSWERS
    assert verdict.stamp == STAMP


_TEXTS = st.text(max_size=80).map(plain)
_FILLED = _TEXTS.filter(lambda text: bool(text) and not (is_placeholder(text) or refers_back(text)))
_SCORES = st.floats(0, 100) | st.integers(0, 100).map(float)


@st.composite
def _answers(draw: st.DrawFn) -> tuple[Answer, ...]:
    def one(measure: str) -> Answer:
        if draw(st.booleans()):
            return assessed(measure=measure, nothing=True, evidence=draw(_TEXTS))
        return assessed(
            measure=measure, text=draw(_FILLED), score=draw(_SCORES), evidence=draw(_TEXTS)
        )

    return tuple(one(measure.id) for measure in MEASURES)


@settings(deadline=None, max_examples=150)
@given(_answers())
def test_whatever_is_written_is_read_back_equal(answers: tuple[Answer, ...]) -> None:
    verdict = judged(write(answers))
    assert verdict.accepted, said(verdict)
    assert verdict.answers == answers


@pytest.mark.parametrize(
    "text",
    ["_x0041_", "_x000D_", "=1+1", "\u200b字\u200b", "a\r\nb\rc", "\x0b垂直", "𠮷" * 9000, "#N/A"],
)
def test_awkward_texts_come_back_as_they_were_seen(text: str) -> None:
    answers = [
        replace(answer, values={**answer.values, "text": text}) if answer.values else answer
        for answer in ANSWERS
    ]
    read = judged(write(answers)).answers
    assert [answer.text("text") for answer in read if answer.values] == [plain(text)] * 3


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        (0, 0.0),
        (100, 100.0),
        (87.5, 87.5),
        ("90", 90.0),
        (" 90 ", 90.0),
        ("９０", 90.0),
        ("８７．５", 87.5),
        ("90分", 90.0),
        ("90.", 90.0),
    ],
)
def test_a_score_is_understood_however_it_is_typed(typed: object, meant: float) -> None:
    verdict = judged(with_cells(FILLED, {"F5": typed}))
    assert verdict.accepted, said(verdict)
    assert verdict.answers[0].number("score") == meant


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        (101, "「101」"),
        (100.001, "「100.001」"),
        (-1, "「-1」"),
        ("-0.5", "「-0.5」"),
        ("九十", "「九十」"),
        ("很好", "「很好」"),
        ("NaN", "「NaN」"),
        ("inf", "「inf」"),
        ("1e1", "「1e1」"),
        ("9_0", "「9_0」"),
        ("٩٠", "「٩٠」"),
        (True, "「TRUE」"),
        (date(2018, 9, 5), "「2018-09-05"),
        ("9" * 400, "999…」"),
        ("好\x00\u202e\n壞", "「好 壞」"),
    ],
)
def test_a_score_that_is_none_is_told_with_its_cell(typed: object, told: str) -> None:
    if isinstance(typed, str):
        typed = typed.replace("\x00", "\x7f")
    verdict = judged(with_cells(FILLED, {"F5": typed}))
    (problem,) = verdict.problems
    assert (problem.sheet, problem.cell) == ("自評表", "F5")
    assert (problem.row, problem.column) == ("1.1.1", "自評分數")
    assert told in problem.found
    assert str(problem).startswith("「自評表」工作表 F5：")
    assert "0 到 100 的數字" in str(problem)
    assert str(problem).isprintable()
    kept = without(ANSWERS[0], "score")
    assert verdict.answers == (kept, *ANSWERS[1:])


def test_a_number_that_is_not_a_number_is_refused() -> None:
    name = "xl/worksheets/sheet1.xml"
    for value in (b"NaN", b"inf", b"-inf"):
        data = repacked(
            FILLED, {name: member(FILLED, name).replace(b"<v>95</v>", b"<v>%s</v>" % value)}
        )
        (problem,) = judged(data).problems
        assert problem.cell == "F5"


def test_every_problem_is_told_at_once() -> None:
    verdict = judged(
        with_cells(
            FILLED, {"F5": 101, "E6": None, "H7": "沒有", "E8": None, "F8": None, "G8": None}
        )
    )
    assert [(p.cell, p.row) for p in verdict.problems] == [
        ("F5", "1.1.1"),
        ("E6", "1.1.2.1"),
        ("H7", "1.1.2.2"),
        ("E8", "1.10"),
    ]
    assert "「執行情形」與「自評分數」都是空白" in said(verdict)
    assert "空白或「無辦理事項」" in said(verdict)
    assert verdict.answers == (
        without(ANSWERS[0], "score"),
        without(ANSWERS[1], "text"),
    )


def test_an_empty_form_has_a_problem_for_each_row() -> None:
    verdict = judged(write())
    assert [problem.cell for problem in verdict.problems] == ["E5", "E6", "E7", "E8"]
    assert verdict.answers == ()


@pytest.mark.parametrize("blank", ["", "   ", "\u3000", "\u200b", "\n\t"])
def test_what_only_looks_filled_is_empty(blank: str) -> None:
    verdict = judged(with_cells(FILLED, {"E5": blank}))
    assert [problem.cell for problem in verdict.problems] == ["E5"]


@pytest.mark.parametrize(
    "typed", ["無", "N/A", "－", "/", "略", "同上期", "如前期所述", "見上表。"]
)
def test_a_filler_where_words_are_asked_for_is_no_answer(typed: str) -> None:
    """Not even for the last cycle's: nobody guesses what a section has done."""
    (problem,) = judged(with_cells(FILLED, {"E5": typed})).problems
    assert problem.cell == "E5"
    assert f"「{typed}」" in problem.found
    assert "請寫出本期的執行情形；沒有辦理，請在「無辦理事項」欄選「無辦理事項」" in problem.hint


@pytest.mark.parametrize("typed", ["無逾期案件", "同仁均已參訓", "如期完成", "見附件 3 之會議紀錄"])
def test_what_says_something_is_an_answer(typed: str) -> None:
    assert judged(with_cells(FILLED, {"E5": typed})).accepted


def test_a_dash_beside_the_confirmation_contradicts_nothing() -> None:
    assert judged(with_cells(FILLED, {"E7": "無", "F7": "-"})).answers == ANSWERS
    (problem,) = judged(with_cells(FILLED, {"E7": "同上期"})).problems
    assert "兩者擇一" in str(problem)


@pytest.mark.parametrize("tick", ["V", "ｖ", "✓", "■", True])
def test_a_tick_in_the_box_is_the_confirmation(tick: object) -> None:
    assert judged(with_cells(FILLED, {"H7": tick})).answers == ANSWERS


def test_nothing_done_and_something_done_says_which_to_clear() -> None:
    (problem,) = judged(with_cells(FILLED, {"H5": "無辦理事項"})).problems
    assert problem.cell == "H5"
    assert "有辦理請清除「無辦理事項」；沒有辦理請清除「執行情形」、「自評分數」" in str(problem)
    (problem,) = judged(with_cells(FILLED, {"F7": 0})).problems
    assert "有辦理請清除「無辦理事項」；沒有辦理請清除「自評分數」" in str(problem)


def test_nothing_done_may_still_have_evidence() -> None:
    verdict = judged(with_cells(FILLED, {"G7": "會議紀錄", "H7": " 無辦理事項 "}))
    assert verdict.accepted
    assert verdict.answers[2] == assessed(measure="1.1.2.2", evidence="會議紀錄", nothing=True)


def test_what_is_locked_is_not_read() -> None:
    changed = {"B5": "別的面向", "D5": "=1/0", "A1": None, "D6": None}
    assert judged(with_cells(FILLED, changed)).answers == ANSWERS


class TestRows:
    def test_missing(self) -> None:
        verdict = judged(edited(FILLED, lambda sheet: sheet.delete_rows(6)))
        (problem,) = verdict.problems
        assert "缺少編號 1.1.2.1" in str(problem)
        assert "「自評表」工作表" in str(problem)
        assert [a.row for a in verdict.answers] == ["1.1.1", "1.1.2.2", "1.10"]

    def test_duplicate(self) -> None:
        def copy_first(sheet: Worksheet) -> None:
            sheet.append([cell.value for cell in sheet[5]])

        verdict = judged(edited(FILLED, copy_first))
        (problem,) = verdict.problems
        assert problem.cell == "A9"
        assert "編號 1.1.1 有 2 列（第 5、9 列）" in str(problem)
        assert verdict.answers == ANSWERS

    def test_of_duplicates_the_filled_one_is_kept(self) -> None:
        def move_answer(sheet: Worksheet) -> None:
            sheet.append([cell.value for cell in sheet[5]])
            for cell in sheet[5][4:]:
                cell.value = None

        verdict = judged(edited(FILLED, move_answer))
        assert [problem.cell for problem in verdict.problems] == ["A5"]
        assert verdict.answers == ANSWERS

    def test_a_changed_number_is_one_missing_and_one_unknown(self) -> None:
        verdict = judged(with_cells(FILLED, {"A6": "7.7.7"}))
        assert "缺少編號 1.1.2.1" in said(verdict)
        assert "A6：編號「7.7.7」不在表單內" in said(verdict)
        assert len(verdict.problems) == 2

    def test_an_inserted_line_of_text_must_not_get_lost(self) -> None:
        def insert(sheet: Worksheet) -> None:
            sheet.insert_rows(6)
            sheet["E6"] = "續上：另辦理說明會 3 場"

        (problem,) = judged(edited(FILLED, insert)).problems
        assert problem.cell == "A6"
        assert "沒有編號" in str(problem)

    def test_notes_below_empty_rows_and_repeated_titles_are_nobodys_business(self) -> None:
        def sign(sheet: Worksheet) -> None:
            sheet.insert_rows(6)
            sheet.insert_rows(8)
            for cell in sheet[4]:
                sheet.cell(8, cell.column, cell.value)
            sheet.append([])
            sheet.append(["備註", None, None, None, "以上"])
            sheet.append([None, None, None, "平均", None, 90])
            sheet.append([None, None, None, None, "承辦人：　　組長：　　"])

        verdict = judged(edited(FILLED, sign))
        assert verdict.accepted, said(verdict)

    def test_a_thousand_strange_rows_are_told_in_a_few_lines(self) -> None:
        def append(sheet: Worksheet) -> None:
            for number in range(1000):
                sheet.append([f"8.{number}", *[None] * 3, "x", 1])
                sheet.append(["1.1.1"])

        verdict = judged(edited(FILLED, append))
        assert len(verdict.problems) < 20
        assert "共有 1000 列" in said(verdict)
        assert len(said(verdict)) < 3000


class TestMovedAbout:
    def test_renamed_sheet_moved_table_and_other_columns_are_understood(self) -> None:
        def rearrange(sheet: Worksheet) -> None:
            sheet.title = "業務組_最終版"
            sheet.unmerge_cells("A1:H1")
            sheet.insert_rows(1, 3)
            sheet.insert_cols(1, 2)
            sheet["C7"] = " 編 號 "

        verdict = judged(edited(FILLED, rearrange))
        assert verdict.accepted, said(verdict)
        assert verdict.answers == ANSWERS

    def test_columns_in_another_order(self) -> None:
        def swap(sheet: Worksheet) -> None:
            for row in sheet.iter_rows(min_row=4):
                row[4].value, row[7].value = row[7].value, row[4].value
            sheet["E5"], sheet["H8"] = "沒有", "已辦理"

        (problem,) = judged(edited(FILLED, swap)).problems
        assert (problem.cell, problem.column) == ("E5", "無辦理事項")

    def test_sheets_before_and_after(self) -> None:
        workbook = openpyxl.load_workbook(io.BytesIO(FILLED))
        workbook.create_sheet("附件清單", 0)["A1"] = "編號"
        workbook.create_sheet("照片")["B2"] = "x"
        saved = io.BytesIO()
        workbook.save(saved)
        assert judged(saved.getvalue()).answers == ANSWERS

    def test_a_filled_copy_of_the_sheet_is_found(self) -> None:
        workbook = openpyxl.load_workbook(io.BytesIO(FILLED))
        workbook.copy_worksheet(workbook["自評表"]).title = "填好的"
        for row in workbook["自評表"].iter_rows(min_row=5, min_col=5):
            for cell in row:
                cell.value = None
        saved = io.BytesIO()
        workbook.save(saved)
        assert judged(saved.getvalue()).answers == ANSWERS

    def test_two_filled_sheets_are_one_too_many(self) -> None:
        workbook = openpyxl.load_workbook(io.BytesIO(FILLED))
        workbook.copy_worksheet(workbook["自評表"]).title = "另一份"
        saved = io.BytesIO()
        workbook.save(saved)
        (problem,) = judged(saved.getvalue()).problems
        assert "「自評表」、「另一份」" in str(problem)

    def test_a_missing_column_is_told_once(self) -> None:
        verdict = judged(edited(FILLED, lambda sheet: sheet.delete_cols(6)))
        (problem,) = verdict.problems
        assert "找不到欄位「自評分數」" in str(problem)
        assert verdict.answers[0].text("text") == ANSWERS[0].text("text")

    def test_no_form_at_all(self) -> None:
        (problem,) = judged(edited(FILLED, lambda sheet: sheet.delete_rows(4))).problems
        assert "找不到填報的表格" in str(problem)


class TestStamps:
    def test_of_another_assignment(self) -> None:
        other = replace(STAMP, assignment="pingtung/self_assessment/106H2/design")
        verdict = judged(write(ANSWERS, stamp=other))
        (problem,) = verdict.problems
        assert "106年下半年、組室代號 design" in problem.found
        assert "107年上半年、組室代號 business" in problem.expected
        assert verdict.stamp == other
        assert verdict.answers == ()

    def test_of_an_older_plan(self) -> None:
        old = write(ANSWERS, rows=ROWS[1:], stamp=replace(STAMP, plan_hash="f" * 64))
        verdict = judged(old)
        (problem,) = verdict.problems
        assert "舊版的表單" in str(problem)
        assert "請改填新表單" in str(problem)
        assert verdict.answers == ANSWERS[1:]

    def test_of_an_older_version_of_the_form(self) -> None:
        verdict = judged(write(ANSWERS, stamp=replace(STAMP, form_version=0)))
        assert "舊版的表單" in said(verdict)

    def test_signed_by_somebody_else(self) -> None:
        verdict = judge(
            read(FILLED),
            form=SELF_ASSESSMENT,
            rows=ROWS,
            secret=b"another secret" * 3,
            assignment=ASSIGNMENT,
            plan_hash=STAMP.plan_hash,
        )
        (problem,) = verdict.problems
        assert "識別資料不正確或被改過" in str(problem)
        assert verdict.stamp is None
        assert verdict.answers == ANSWERS

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "x",
            "a.b",
            "e30.x",
            None,
            5,
            "x" * 30_000,
            "\udcff.é".encode("utf-8", "ignore").decode(),
        ],
    )
    def test_altered(self, text: object) -> None:
        workbook = openpyxl.load_workbook(io.BytesIO(FILLED))
        workbook["_dutyflow"]["B1"] = text
        saved = io.BytesIO()
        workbook.save(saved)
        verdict = judged(saved.getvalue())
        assert len(verdict.problems) == 1
        assert "識別資料" in said(verdict)

    def test_missing(self) -> None:
        workbook = openpyxl.load_workbook(io.BytesIO(FILLED))
        del workbook["_dutyflow"]
        saved = io.BytesIO()
        workbook.save(saved)
        verdict = judged(saved.getvalue())
        assert "找不到表單的識別資料" in said(verdict)
        assert verdict.stamp is None

    @settings(deadline=None)
    @given(st.integers(0, 10_000))
    def test_no_changed_character_goes_unnoticed(self, flipped: int) -> None:
        text = sign(STAMP, SECRET)
        place = flipped % len(text)
        other = "A" if text[place] != "A" else "B"
        changed = text[:place] + other + text[place + 1 :]
        try:
            assert unsign(changed, SECRET) == STAMP  # base64's last character has spare bits
        except BadStamp:
            return
        assert place == len(text) - 1
