# ruff: noqa: E501 - sentences are told whole
"""Every slip is told by sheet and cell, with what was found, what is expected and what was meant.

Those of one sheet are in the files beside this one.
"""

from pathlib import Path

import pytest

from tests.importers.workbook import (
    test_mistakes_in_duties,
    test_mistakes_in_forms,
    test_mistakes_in_people,
    test_mistakes_in_plan,
)
from tests.importers.workbook.samples import changed, put, told

ALL = [
    *test_mistakes_in_plan.SLIPS,
    *test_mistakes_in_duties.SLIPS,
    *test_mistakes_in_forms.SLIPS,
    *test_mistakes_in_people.SLIPS,
]


def test_the_workbook_that_the_slips_are_made_in_is_good(made: bytes, folder: Path) -> None:
    assert told(made, folder) == []


def test_all_slips_are_told_at_once_in_the_order_of_the_sheets(made: bytes, folder: Path) -> None:
    slips = [
        put("休假補班", "C4", None),
        put("聯絡人", "D5", "wang"),
        put("定期工作", "I5", "月底"),
        put("計畫", "B7", "一〇七"),
        put("具體作法", "I4", "隨時"),
    ]
    cells = [sentence.partition("：")[0] for sentence in told(changed(made, *slips), folder)]
    assert cells == [
        "「計畫」工作表 B7",
        "「具體作法」工作表 I4",
        "「定期工作」工作表 I5",
        "「聯絡人」工作表 D5",
        "「休假補班」工作表 C4",
    ]


def test_a_sheet_that_is_gone_or_renamed(made: bytes, folder: Path) -> None:
    def rename(workbook) -> None:
        workbook["定期工作"].title = "定期工作表"

    assert told(changed(made, rename), folder)[0].endswith(
        "找不到工作表「定期工作」；應為：每一張工作表都在，名稱不變（是不是改名成了「定期工作表」？）"
    )


def test_a_section_without_a_column_and_a_column_without_a_section(
    made: bytes, folder: Path
) -> None:
    sentences = told(changed(made, put("具體作法", "G3", "業務科")), folder)
    assert (
        "「具體作法」工作表 A3：找不到欄位「業務組」；應為：每一欄都在，標題不變（是不是改名成了「業務科」？）"
        in sentences
    )


def test_no_sentence_speaks_of_codes_that_the_workbook_does_not_show(
    made: bytes, folder: Path
) -> None:
    for sheet, cell, value, sentences in ALL:
        for sentence in sentences:
            for code in ("owners", "frequency", "every", "period", "opens", "required"):
                assert code not in sentence, (sheet, cell, value)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "空的檔案"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"office: {id: penghu}\n", "純文字"),
        (b"PK\x03\x04" + b"x" * 100, "損毀"),
    ],
)
def test_what_is_no_workbook(folder: Path, content: bytes, found: str) -> None:
    (sentence,) = told(content, folder)
    assert sentence.startswith("計畫.xlsx：")
    assert found in sentence
    assert "dutyflow plan to-xlsx" in sentence
