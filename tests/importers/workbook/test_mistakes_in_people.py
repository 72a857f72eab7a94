# ruff: noqa: E501 - sentences are told whole
"""Slips on the sheets of people and of days off, told by their cell."""

from pathlib import Path

import pytest

from tests.importers.workbook.samples import changed, put, told

SLIPS = [
    (
        "聯絡人",
        "A4",
        "信箱",
        [
            "「聯絡人」工作表 A4：沒有身分「信箱」；應為：收發信箱、承辦人、代理人、組長、計畫承辦人、處長、業務處（是不是收發信箱？）",
        ],
    ),
    (
        "聯絡人",
        "D5",
        "wang",
        [
            "「聯絡人」工作表 D5：電子郵件為「wang」；應為：電子郵件地址，例如 name@example.tw",
        ],
    ),
    (
        "聯絡人",
        "B5",
        "業務",
        [
            "「聯絡人」工作表 B5：沒有組室「業務」；應為：業務組、設計組（是不是業務組？）",
        ],
    ),
    (
        "聯絡人",
        "B5",
        None,
        [
            "「聯絡人」工作表 B5：承辦人沒有寫組室；應為：組室的名稱",
        ],
    ),
    (
        "聯絡人",
        "B10",
        "業務組",
        [
            "「聯絡人」工作表 B10：處長寫了組室；應為：空白：這個身分屬於全機關",
        ],
    ),
    (
        "聯絡人",
        "C6",
        None,
        [
            "「聯絡人」工作表 C6：姓名空白；應為：姓名；收發信箱填信箱的名稱",
        ],
    ),
    (
        "聯絡人",
        "A6",
        "代理人",
        [
            "「聯絡人」工作表 B5：業務組沒有組長；應為：每個組室至少一位承辦人，並有一位組長",
        ],
    ),
    (
        "聯絡人",
        "A9",
        "承辦人",
        [
            "「聯絡人」工作表 B9：承辦人沒有寫組室；應為：組室的名稱",
        ],
    ),
    (
        "聯絡人",
        "E5",
        "七月",
        [
            "「聯絡人」工作表 E5：請假為「七月」；應為：起日～迄日，例如 107-07-02～107-07-06；一段一行",
        ],
    ),
    (
        "休假補班",
        "A4",
        "107-02-30",
        [
            "「休假補班」工作表 A4：日期為「107-02-30」；應為：民國年-月-日，例如 107-07-06（沒有這一天）",
        ],
    ),
    (
        "休假補班",
        "B4",
        "休息",
        [
            "「休假補班」工作表 B4：放假或上班為「休息」；應為：放假或上班",
        ],
    ),
    (
        "休假補班",
        "C4",
        None,
        [
            "「休假補班」工作表 C4：沒有寫原因；應為：原因，例如颱風停止上班",
        ],
    ),
]


@pytest.mark.parametrize(("sheet", "cell", "value", "sentences"), SLIPS)
def test_a_slip_is_told_by_its_cell(
    made: bytes, folder: Path, sheet: str, cell: str, value: object, sentences: list[str]
) -> None:
    assert told(changed(made, put(sheet, cell, value)), folder) == sentences


def test_a_day_that_is_closed_twice(made: bytes, folder: Path) -> None:
    again = [put("休假補班", c, v) for c, v in (("A5", "107/7/11"), ("B5", "off"), ("C5", "颱風"))]
    assert told(changed(made, *again), folder) == [
        "「休假補班」工作表 A5：107年7月11日重複；應為：每一天只列一次（另見「休假補班」工作表 A4）"
    ]


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


def test_a_domain_and_another_address_are_told_by_their_cell(made: bytes, folder: Path) -> None:
    shared = changed(made, put("聯絡人", "G6", "penghu.example.tw"))
    assert told(shared, folder) == [
        "「聯絡人」工作表 G6：網域「penghu.example.tw」也是劉家豪的信箱所用；應為："
        "只供這個組室使用的網域；各組室共用者不寫，改列各人的其他信箱（另見「聯絡人」工作表 A7）"
    ]
    twice = changed(made, put("聯絡人", "G5", "liu@penghu.example.tw"))
    (sentence,) = told(twice, folder)
    assert sentence.startswith("「聯絡人」工作表 G5：王小美的其他信箱「liu@penghu.example.tw」也是")
