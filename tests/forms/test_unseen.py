"""What hides in a workbook under another name, and what a formula is without its value."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dutyflow.forms.evidence import why_unfit
from tests.forms.samples import ANSWERS, judged, member, repacked, said, with_cells, write
from tests.support.archives import docx
from tests.support.hostile_books import SHEET, sheet_of_cells

FILLED = write(ANSWERS)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500
TYPES, BOOK = "[Content_Types].xml", "xl/workbook.xml"


def with_type(data: bytes, part: str, kind: bytes, content: bytes = b"x") -> bytes:
    told = b'<Override PartName="/%s" ContentType="%s"/></Types>' % (part.encode(), kind)
    types = member(data, TYPES).replace(b"</Types>", told).replace(b"<Types/>", b"<Types>" + told)
    return repacked(data, {TYPES: types, part: content})


def macros_by_another_name() -> bytes:
    return with_type(FILLED, "xl/foo.dat", b"application/vnd.ms-office.vbaProject", OLE)


def old_macros() -> bytes:
    return with_type(FILLED, "xl/worksheets/m.xml", b"application/vnd.ms-excel.macrosheet+xml")


def an_object_that_says_it_is_a_picture() -> bytes:
    return repacked(FILLED, {"xl/media/image1.png": OLE})


def a_name_that_starts_a_program() -> bytes:
    book = member(FILLED, BOOK)
    named = b"<definedName name=\"x\">cmd|'/c calc'!A0</definedName>"
    return repacked(FILLED, {BOOK: book.replace(b"<definedNames>", b"<definedNames>" + named)})


def a_rule_that_fetches() -> bytes:
    rule = b'<conditionalFormatting sqref="A1"><cfRule type="expression" priority="1">'
    rule += b'<formula>WEBSERVICE("http://example.com")</formula></cfRule>'
    sheet = member(FILLED, SHEET)
    return repacked(
        FILLED,
        {
            SHEET: sheet.replace(
                b"</sheetData>", b"</sheetData>" + rule + b"</conditionalFormatting>"
            )
        },
    )


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (macros_by_another_name, "檔案含有巨集"),
        (old_macros, "檔案含有巨集"),
        (an_object_that_says_it_is_a_picture, "內嵌了其他檔案或物件"),
        (a_name_that_starts_a_program, "連到檔案之外的公式"),
        (a_rule_that_fetches, "連到檔案之外的公式"),
    ],
)
def test_it_is_refused_whatever_it_is_called(made: Callable[[], bytes], told: str) -> None:
    assert told in said(judged(made()))


@pytest.mark.parametrize(
    "formula",
    [
        "IMAGE(&quot;http://example.com/a.png&quot;)",
        "_xlfn.IMAGE(&quot;http://example.com/a.png&quot;)",
        "GOOGLEFINANCE(&quot;x&quot;)",
        "\\\\server\\share\\[a.xls]S!A1",
        "'\\\\server\\share\\[a.xlsx]S'!A1",
    ],
)
def test_a_formula_that_reaches_out_is_refused(formula: str) -> None:
    row = f'<row r="1"><c r="A1" t="str"><f>{formula}</f><v>x</v></c></row>'
    assert "A1 有連到檔案之外的公式" in said(judged(sheet_of_cells(row.encode())))


def test_entities_are_refused_also_where_nobody_reads_them() -> None:
    declared = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
    assert "DTD" in said(judged(repacked(FILLED, {"docProps/core.xml": declared})))


@pytest.mark.parametrize("address", ["E5", "F5"])
def test_a_formula_that_nobody_has_reckoned_is_told_as_one(address: str) -> None:
    (problem,) = judged(with_cells(FILLED, {address: "=40+50"})).problems
    assert problem.cell == address
    assert "是公式，檔案裡沒有算好的值" in problem.found


def test_macros_by_another_name_are_no_evidence() -> None:
    document = docx("<w:p/>")
    assert why_unfit("a.docx", document) == ""
    hidden = with_type(document, "word/foo.bin", b"application/vnd.ms-office.vbaProject")
    assert "巨集" in why_unfit("a.docx", hidden)


@pytest.mark.parametrize(
    "text",
    [
        "（同上期）",
        "同 上 期",
        "與上期相同",
        "同上期，無變動",
        "〃",
        "同上期填報內容",
        "ditto",
        "同左",
    ],
)
def test_what_points_back_is_asked_for_in_words_of_its_own(text: str) -> None:
    assert "請寫出本期的執行情形" in said(judged(with_cells(FILLED, {"E5": text})))


@pytest.mark.parametrize(
    "text", ["同上期會議決議辦理改善 3 件", "與去年相比增加 2 件", "左側道路已改善"]
)
def test_what_says_something_is_an_answer(text: str) -> None:
    assert judged(with_cells(FILLED, {"E5": text})).accepted


@pytest.mark.parametrize("typed", ["９０", " 90 ", "９０．５", "９０分"])
def test_digits_are_understood_however_wide(typed: str) -> None:
    assert judged(with_cells(FILLED, {"F5": typed})).accepted


@pytest.mark.parametrize(
    "text",
    ["（無）", "無。", "-無-", "本期無", "無 辦 理 事 項", "待補", "【略】", "本期尚無辦理事項"],
)
def test_what_says_nothing_is_asked_about_however_it_is_framed(text: str) -> None:
    told = said(judged(with_cells(FILLED, {"E5": text})))
    assert "沒有辦理，請在「無辦理事項」欄選「無辦理事項」" in told


@pytest.mark.parametrize(
    "text", ["無障礙設施 3 處已改善", "無人受傷", "已補正 2 件", "尚無民眾反映缺失"]
)
def test_what_only_begins_so_is_an_answer(text: str) -> None:
    assert judged(with_cells(FILLED, {"E5": text})).accepted
