"""The form that goes out."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import openpyxl

from dutyflow.forms import Problem
from dutyflow.forms.row_heights import MAX_HEIGHT, row_height, wrapped_lines
from dutyflow.plan.asking import measure_row
from tests.forms.samples import (
    ANSWERS,
    FIRST_ROW,
    MEASURES,
    STAMP,
    judged,
    measure,
    sheet_of,
    with_cells,
    write,
)

TITLES = ["編號", "面向", "執行策略", "具體作法", "執行情形", "自評分數", "佐證", "無辦理事項"]
LAST_ROW = FIRST_ROW + len(MEASURES) - 1


def test_has_one_row_for_each_measure_under_its_titles() -> None:
    sheet = sheet_of(write())
    assert sheet.title == "自評表"
    assert [cell.value for cell in sheet[FIRST_ROW - 1]] == TITLES
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=FIRST_ROW)]
    assert [row[0] for row in rows] == [each.id for each in MEASURES]
    assert rows[1][1:4] == [
        "基礎服務",
        "服務一致及正確性",
        "【提升服務及時性】\n提升申辦案件的處理效率，確保於處理時限內完成。",
    ]
    assert rows[0][3] == MEASURES[0].text


def test_says_on_top_whose_it_is_and_how_to_send_it_back() -> None:
    sheet = sheet_of(write())
    heading = "\n".join(str(sheet.cell(row, 1).value) for row in range(1, FIRST_ROW - 1))
    for words in (
        "台灣電力公司屏東區營業處",
        "半年自行考核",
        "107年上半年",
        "業務組",
        "107年7月4日（三）",
        "王小明",
        "填妥後直接回覆原信並附上本檔",
        "plan+aaaabbbbccccdddd2222@example.gov.tw",
    ):
        assert words in heading


def test_only_the_answers_can_be_edited_and_rows_can_be_made_higher() -> None:
    sheet = sheet_of(write())
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert not sheet.protection.formatRows  # False: not forbidden
    for row in sheet.iter_rows(min_row=FIRST_ROW, max_row=LAST_ROW):
        assert [cell.protection.locked for cell in row] == [True] * 4 + [False] * 4
        locked, unlocked = ({cell.fill.fgColor.rgb for cell in part} for part in (row[:4], row[4:]))
        assert not locked & unlocked
    assert all(cell.protection.locked for row in sheet.iter_rows(max_row=4) for cell in row)


def test_excel_itself_asks_for_what_the_judge_wants() -> None:
    rules = {str(rule.sqref): rule for rule in sheet_of(write()).data_validations.dataValidation}
    score = rules[f"F{FIRST_ROW}:F{LAST_ROW}"]
    assert (score.type, score.formula1, score.formula2) == ("decimal", "0", "100")
    choice = rules[f"H{FIRST_ROW}:H{LAST_ROW}"]
    assert (choice.type, choice.formula1) == ("list", '"無辦理事項"')
    for rule in rules.values():
        assert rule.showInputMessage
        assert rule.showErrorMessage
        assert rule.prompt
        assert rule.error.startswith("應為：")
        assert len(rule.prompt) <= 255
        assert len(rule.promptTitle) <= 32


def test_is_laid_out_for_a4_paper_and_a_small_screen() -> None:
    sheet = sheet_of(write())
    page = sheet.page_setup
    assert (page.orientation, page.paperSize) == ("landscape", 9)
    assert (page.fitToWidth, page.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == f"${FIRST_ROW - 1}:${FIRST_ROW - 1}"
    assert sheet.print_area == f"'自評表'!$A$1:$H${LAST_ROW}"
    assert sheet.freeze_panes == f"B{FIRST_ROW}"
    assert sheet.oddFooter.center.text == "第 &P 頁，共 &N 頁"
    assert all(cell.alignment.wrap_text for row in sheet.iter_rows() for cell in row if cell.value)


def test_a_row_may_still_grow_while_it_is_filled() -> None:
    with zipfile.ZipFile(io.BytesIO(write())) as archive:
        xml = archive.read("xl/worksheets/sheet1.xml").decode()
    row = xml[xml.index(f'<row r="{FIRST_ROW}"') :]
    assert ' ht="' in row[: row.index(">")]
    assert "customHeight" not in row[: row.index(">")]


def test_text_that_looks_like_a_formula_stays_text() -> None:
    dangerous = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|' /C calc'!A0", "#N/A", "1.10")
    rows = [measure(f"9.{place}", text) for place, text in enumerate(dangerous)]
    sheet = sheet_of(write(rows=tuple(map(measure_row, rows))))
    for number, text in enumerate(dangerous, FIRST_ROW):
        cell = sheet.cell(number, 4)
        assert (cell.value, cell.data_type) == (text, "s")
        assert bool(cell.quotePrefix) == text.startswith(("=", "+", "-", "@", "\t"))
        assert sheet.cell(number, 1).data_type == "s"  # 9.0 is no number, nor 9.10 the same as 9.1


def test_the_same_form_is_the_same_bytes_in_another_process() -> None:
    script = (
        "import sys; from tests.forms.samples import *;"
        "sys.stdout.buffer.write(write(ANSWERS, [BAD]))"
    ).replace("BAD", repr(BAD))
    there = subprocess.run(
        [sys.executable, "-c", "from dutyflow.forms import Problem;" + script],
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONPATH": "plugins:.", "PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo"},
    ).stdout
    assert there == write(ANSWERS, [BAD])
    with zipfile.ZipFile(io.BytesIO(there)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


BAD = Problem(
    sheet="改過的名字",
    cell="Z99",
    found="「自評分數」填的是「九十」",
    expected="0 到 100 的數字",
    row="1.1.2.1",
    column="自評分數",
)


def test_the_hidden_sheet_carries_the_stamp() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(write()))
    hidden = workbook["_dutyflow"]
    assert hidden.sheet_state == "hidden"
    facts = dict(hidden.iter_rows(values_only=True))
    assert facts["form_version"] == "1"
    assert facts["plan_hash"] == STAMP.plan_hash
    assert judged(write()).stamp == STAMP


def test_a_form_that_goes_back_keeps_the_good_and_marks_the_bad() -> None:
    spoilt = with_cells(write(ANSWERS), {"F6": "九十"})
    verdict = judged(spoilt)
    sheet = sheet_of(write(verdict.answers, verdict.problems))
    row = sheet.max_row - len(MEASURES) + 2
    assert sheet.cell(row, 1).value == "1.1.2.1"
    assert sheet.cell(row, 5).value == ANSWERS[1].text("text")
    bad = sheet.cell(row, 6)
    assert bad.value is None
    assert "「九十」" in bad.comment.text
    assert "0 到 100 的數字" in bad.comment.text
    assert f"「自評表」工作表 {bad.coordinate}：" in bad.comment.text
    colours = {cell.fill.fgColor.rgb for each in sheet.iter_rows(min_row=row - 1) for cell in each}
    assert bad.fill.fgColor.rgb in colours
    marked = [c for each in sheet.iter_rows() for c in each if c.fill == bad.fill or c.comment]
    assert marked == [bad]
    assert "退回補正" in "".join(str(sheet.cell(line, 1).value) for line in range(1, row))


def test_a_form_that_goes_back_can_be_corrected_and_is_then_accepted() -> None:
    verdict = judged(with_cells(write(ANSWERS), {"F6": 101, "H5": "無辦理事項"}))
    again = write(verdict.answers, verdict.problems)
    sheet = sheet_of(again)
    (empty,) = (
        c.coordinate for row in sheet.iter_rows() for c in row if c.comment and c.column == 6
    )
    corrected = judged(with_cells(again, {empty: 87.5}))
    assert corrected.accepted
    assert corrected.answers == ANSWERS


def test_problems_of_no_cell_are_told_above_the_table() -> None:
    verdict = judged(with_cells(write(ANSWERS), {"A6": "9.9"}))
    sheet = sheet_of(write(verdict.answers, verdict.problems))
    top = "".join(str(sheet.cell(line, 1).value) for line in range(1, 6))
    assert "編號「9.9」不在表單內" in top
    comments = [c.comment.text for row in sheet.iter_rows() for c in row if c.comment]
    assert len(comments) == 1
    assert "缺少編號 1.1.2.1" in comments[0]


class TestRowHeights:
    def test_a_full_width_character_takes_the_room_of_two_digits(self) -> None:
        assert wrapped_lines("字" * 20, 44, size=11) == 1
        assert wrapped_lines("字" * 40, 44, size=11) == 2
        assert wrapped_lines("5" * 40, 44, size=11) <= 2

    def test_line_breaks_and_long_words_count(self) -> None:
        assert wrapped_lines("一\n\n二", 44, size=11) == 3
        assert wrapped_lines("https://example.gov.tw/" + "a" * 200, 20, size=11) > 8

    def test_a_closing_mark_is_not_left_alone_on_a_line(self) -> None:
        fits = next(n for n in range(1, 99) if wrapped_lines("字" * (n + 1), 44, size=11) == 2)
        assert wrapped_lines("字" * fits + "。" + "字" * (fits - 1), 44, size=11) == 3

    def test_never_beyond_what_excel_takes(self) -> None:
        assert row_height([("字" * 30_000, 44.0)], size=11) == MAX_HEIGHT

    def test_a_long_answer_is_written_smaller_rather_than_cut_off(self) -> None:
        text = "辦理情形" * 200
        long = replace(ANSWERS[0], values={**ANSWERS[0].values, "text": text})
        sheet = sheet_of(write([long, *ANSWERS[1:]]))
        cell, other = sheet.cell(FIRST_ROW, 5), sheet.cell(FIRST_ROW + 1, 5)
        assert cell.font.sz < other.font.sz
        width = sheet.column_dimensions["E"].width
        height = row_height([(text, width)], size=cell.font.sz)
        assert height < sheet.row_dimensions[FIRST_ROW].height == MAX_HEIGHT
