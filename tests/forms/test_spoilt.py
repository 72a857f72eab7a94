"""What stands in a cell and is no answer: error values of formulas, cells merged with others."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from tests.forms.samples import ANSWERS, edited, judged, said, with_cells, write
from tests.support.libreoffice import LibreOffice

FILLED = write(ANSWERS)
ERRORS = {
    "#N/A": "查不到資料",
    "#REF!": "公式所指的儲存格已經不在",
    "#VALUE!": "公式用到不能計算的內容",
    "#DIV/0!": "除數是零或空白",
    "#NAME?": "公式裡的名稱無法辨識",
}


def with_error(address: str, error: str) -> bytes:
    def put(sheet) -> None:
        sheet[address] = error
        sheet[address].data_type = "e"

    return edited(FILLED, put)


@pytest.mark.parametrize("address", ["E5", "F5", "G5"])
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_value_is_told_as_what_it_is(address: str, error: str) -> None:
    verdict = judged(with_error(address, error))
    (problem,) = verdict.problems
    assert problem.cell == address
    assert f"是公式的錯誤值「{error}」（{ERRORS[error]}）" in problem.found
    assert "不要用公式" in problem.hint


def test_the_same_as_a_text_is_a_text() -> None:
    assert "「自評分數」填的是「#N/A」" in said(judged(with_cells(FILLED, {"F5": "#N/A "})))


@pytest.mark.parametrize("suffix", ["ods", "xlsx"])
def test_libreoffice_reckons_an_error(soffice: LibreOffice, tmp_path: Path, suffix: str) -> None:
    book = tmp_path / "form.xlsx"
    book.write_bytes(with_cells(FILLED, {"F5": "=NA()", "F6": "=1/0"}))
    data = soffice.convert(book, suffix).read_bytes()
    found = [problem.found for problem in judged(data).problems]
    assert ["錯誤值「#N/A」" in found[0], "錯誤值「#DIV/0!」" in found[1]] == [True, True]
    assert len(found) == 2


def test_an_error_outside_the_answers_is_nobodys_business() -> None:
    assert judged(with_error("K2", "#N/A")).accepted


def test_of_merged_answers_only_the_first_counts_and_that_is_told() -> None:
    merged = edited(write(ANSWERS), lambda sheet: sheet.merge_cells("E5:F6"))
    problems = judged(merged).problems
    assert [problem.cell for problem in problems] == ["F5", "E6"]
    for problem in problems:
        assert "E5:F6 是合併儲存格，只有第一格算數" in problem.hint


def test_merged_cells_that_are_no_answers_are_left_alone() -> None:
    assert judged(edited(FILLED, lambda sheet: sheet.merge_cells("B5:B8"))).accepted


def test_the_sheet_is_as_it_was_but_for_its_errors() -> None:
    before = openpyxl.load_workbook(io.BytesIO(FILLED)).worksheets[0]
    verdict = judged(with_error("F5", "#N/A"))
    assert {answer.row for answer in verdict.answers} == {answer.row for answer in ANSWERS}
    assert before["F5"].value == 95
