"""Files that are no forms, or mean harm."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyflow.forms import FormRejected
from dutyflow.forms.guard import MAX_BYTES, check
from dutyflow.forms.reader import LIMITS, read_sheets
from tests.forms.samples import ANSWERS, judged, member, repacked, said
from tests.support.archives import named
from tests.support.hostile_books import (
    BOMBS,
    FILLED,
    FIRST,
    LAST,
    LAUGHS,
    REPEATED,
    SHEET,
    lying,
    nested_bomb,
    ods,
    overlapping,
    sheet_of_cells,
    strings,
    with_shared_strings,
)


@pytest.fixture(autouse=True)
def the_next_form_is_judged_all_the_same() -> Iterator[None]:
    yield
    assert judged(FILLED).accepted


def _zip(*names: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    return packed.getvalue()


def _container(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "空的檔案"),
        (b"%PDF-1.7\n...", "PDF 檔"),
        (b"\n\n%PDF-1.7\n...", "PDF 檔"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG 圖檔"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG 圖檔"),
        (b"\0\0\0\x18ftypheic", "手機照片"),
        (_container("EncryptedPackage"), "設有密碼的 Excel 檔"),
        (_container("Workbook"), "舊版 Excel 檔 (.xls)"),
        (_container("WordDocument"), "舊版 Word 檔 (.doc)"),
        (_zip("[Content_Types].xml", "word/document.xml"), "Word 檔 (.docx)"),
        (_zip("[Content_Types].xml", "xl/workbook.bin"), "Excel 二進位檔 (.xlsb)"),
        (_zip("自評表.xlsx"), "壓縮檔 (.zip)"),
        ("編號,執行情形\n1.1.1,完成\n".encode(), "純文字或 CSV 檔"),
        ("編號,執行情形\n1.1.1,完成\n".encode("cp950"), "純文字或 CSV 檔"),
        ("編號\t執行情形".encode("utf-16"), "純文字或 CSV 檔"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "網頁檔"),
        (bytes(range(256)), "無法辨識的檔案"),
        (FILLED[: len(FILLED) // 2], "損毀或不完整"),
    ],
    ids=named,
)
def test_people_are_told_what_they_sent_instead(data: bytes, told: str) -> None:
    verdict = judged(data)
    (problem,) = verdict.problems
    assert told in problem.found
    assert ".xlsx" in problem.expected
    assert problem.hint
    assert verdict.answers == ()


@pytest.mark.parametrize(
    ("added", "told"),
    [
        ("xl/vbaProject.bin", "巨集"),
        ("xl/VBAPROJECT.BIN", "巨集"),
        ("xl/macrosheets/sheet1.xml", "巨集"),
        ("xl/externalLinks/externalLink1.xml", "連結到其他檔案"),
        ("xl/embeddings/oleObject1.bin", "內嵌了其他檔案"),
        ("xl/embeddings/Microsoft_Word_Document.docx", "內嵌了其他檔案"),
        ("xl/connections.xml", "連結到其他檔案"),
        ("../../etc/passwd", "不正常的路徑"),
        ("/etc/passwd", "不正常的路徑"),
        ("xl/../../x", "不正常的路徑"),
        ("C:\\x", "不正常的路徑"),
    ],
)
def test_members_that_have_no_business_in_a_form(added: str, told: str) -> None:
    renamed = added.replace("\\", "/")
    data = repacked(FILLED, {renamed: b"x"})
    data = data.replace(renamed.encode(), added.encode())  # zipfile itself would tidy the name
    assert told in said(judged(data))


def test_too_many_members() -> None:
    data = repacked(FILLED, {f"xl/media/{number}.png": b"" for number in range(1200)})
    assert "項目太多" in said(judged(data))


def test_too_large_a_file() -> None:
    assert "26 MB" in said(judged(b"PK\x03\x04" + b"\0" * (MAX_BYTES + 2**20)))


def test_a_bomb_that_is_honest_about_its_size() -> None:
    bomb = repacked(FILLED, {"xl/media/image1.png": b"\0" * (120 * 2**20)})
    assert len(bomb) < 200_000
    assert "解開後過大" in said(judged(bomb))
    smaller = repacked(FILLED, {"xl/media/image1.png": b"\0" * (12 * 2**20)})
    assert "解開後過大" in said(judged(smaller))


def test_members_that_share_their_bytes() -> None:
    assert "重疊" in said(judged(overlapping()))


@pytest.mark.parametrize("name", BOMBS)
def test_what_is_built_to_wear_us_out_is_refused_in_words(name: str) -> None:
    verdict = judged(BOMBS[name]())
    assert verdict.answers == ()
    assert re.search("[\u4e00-\u9fff]；應為", said(verdict))


def test_a_zip_within_the_form_is_never_opened() -> None:
    assert not judged(nested_bomb()).problems or "解開後" in said(judged(nested_bomb()))


def test_two_members_of_one_name() -> None:
    packed = io.BytesIO(FILLED)
    with zipfile.ZipFile(packed, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<x/>")
    assert "同名" in said(judged(packed.getvalue()))


def test_a_bomb_that_lies_about_its_size() -> None:
    bomb = lying(with_shared_strings(strings(b"", 2_000_000)), "xl/sharedStrings.xml", 1000)
    check(bomb)  # the guard cannot know
    assert "太大" in said(judged(bomb))


READ_AND_MEASURE = """
import resource, sys
from pathlib import Path
from dutyflow.forms.problems import FormRejected
from dutyflow.infra.sandbox.runner import Limits, _end_all
from dutyflow.forms.reader import read_sheets
try:
    read_sheets(Path(sys.argv[1]).read_bytes(), limits=Limits(seconds=10, memory=128 * 2**20))
except FormRejected as refusal:
    print(refusal)
_end_all()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_a_file_that_swells_while_it_is_read_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    swelling = tmp_path / "swelling.xlsx"  # 40 MB, 200 in memory
    swelling.write_bytes(with_shared_strings(strings(b"", 8_000_000)))
    done = subprocess.run(  # a small process: what a child is said to have held counts its parent
        [sys.executable, "-c", READ_AND_MEASURE, swelling],
        capture_output=True,
        text=True,
        check=True,
    )
    refusal, held = done.stdout.splitlines()
    assert "太大" in refusal
    assert int(held) * 1024 <= 128 * 2**20


def test_memory_is_limited_to_what_is_given() -> None:
    heavy = with_shared_strings(strings(b"x" * 1000, 80_000))
    assert read_sheets(heavy)
    with pytest.raises(FormRejected, match="太大"):
        read_sheets(heavy, limits=replace(LIMITS, memory=64 * 2**20))
    assert read_sheets(heavy)


def test_time_is_limited_to_what_is_given() -> None:
    with pytest.raises(FormRejected, match="太大"):
        read_sheets(
            with_shared_strings(strings(b"x" * 1000, 80_000)),
            limits=replace(LIMITS, seconds=0.001),
        )


@pytest.mark.parametrize("cells", [FIRST, LAST, FIRST + LAST, b""])
def test_a_sheet_that_says_it_is_as_large_as_can_be(cells: bytes) -> None:
    verdict = judged(sheet_of_cells(cells))
    assert len(verdict.problems) == 1
    assert verdict.answers == ()


@pytest.mark.parametrize("cells", [b'<row r="2147483648"><c r="A2147483648"><v>1</v></c></row>'])
def test_a_row_that_no_sheet_can_have(cells: bytes) -> None:
    assert not judged(sheet_of_cells(cells)).accepted


@pytest.mark.parametrize(
    "declared",
    [
        LAUGHS + b"]>",
        b"<!DOCTYPE x [<!ENTITY a '" + b"ha" * 50_000 + b"'>]>",
        b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        b"<!DOCTYPE x SYSTEM 'http://127.0.0.1:1/evil.dtd'>",
    ],
    ids=["billion laughs", "quadratic", "a file of ours", "a document elsewhere"],
)
@pytest.mark.parametrize("name", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
def test_declared_entities_are_refused(declared: bytes, name: str) -> None:
    content = member(FILLED, name)
    body = content[content.index(b"?>") + 2 :] if content.startswith(b"<?xml") else content
    text = body.replace(b"12 ", b"&a;" * 1000)
    assert "DTD" in said(judged(repacked(FILLED, {name: declared + text})))


@pytest.mark.parametrize(
    ("formula", "told"),
    [
        (b"cmd|'/c calc'!A0", "E5 有連到檔案之外的公式"),
        (b"HYPERLINK(&quot;https://example.tw&quot;,&quot;x&quot;)", "（HYPERLINK）"),
        (
            b'IFERROR(__xludf.DUMMYFUNCTION("""x"""),IMPORTXML("https://example.tw","//a"))',
            "IMPORTXML",
        ),
        (b"WEBSERVICE(A1)", "（WEBSERVICE）"),
        (b"[1]Sheet1!A1", "連到檔案之外"),
        (b"RTD(&quot;x&quot;,,&quot;y&quot;)", "（RTD）"),
    ],
)
def test_a_formula_that_reaches_out_is_refused_with_its_cell(formula: bytes, told: str) -> None:
    cell = b'<row r="5"><c r="E5" s="6" t="str"><f>%s</f><v>x</v></c></row>' % formula
    assert told in said(judged(sheet_of_cells(cell)))


@pytest.mark.parametrize(
    "cell",
    [
        b"<c><f>WEBSERVICE(A1)</f></c>",
        b"<c r='E5'><f>WEBSERVICE(A1)</f></c>",
        b'<c r="E5"><f\tca="1">WEBSERVICE(A1)</f></c>',
        b'<x:c xmlns:x="y" r="E5"><x:f>WEBSERVICE(A1)</x:f></x:c>',
        b'<c r="E5"><!-- --><f>WEBSERVICE(A1)</f></c>',
        b'<c r="E5"><f>WEB<!-- -->SERVICE(A1)</f></c>',
        b'<c r="E5"><f><![CDATA[WEBSERVICE(A1)]]></f></c>',
        b'<c r="E5"><f>&#87;EBSERVICE(A1)</f></c>',
        b'<c r="E5"><f>cmd&#124;&#x27;/c calc\'!A0</f></c>',
    ],
)
def test_a_formula_that_reaches_out_is_found_however_it_is_written(cell: bytes) -> None:
    assert "連到檔案之外" in said(judged(sheet_of_cells(b'<row r="5">%s</row>' % cell)))


@pytest.mark.parametrize(
    "formula",
    [
        b"\"of:=cmd|'/c calc'!A0\"",
        b"'of:=WEBSERVICE(&quot;https://example.tw&quot;)'",
        b"\"of:='file:///etc/passwd'#$Sheet1.A1\"",
    ],
)
def test_a_formula_that_reaches_out_of_an_ods(formula: bytes) -> None:
    cell = b"<x:table-cell x:formula=%s/>" % formula
    assert "連到檔案之外" in said(judged(ods(cell)))


def test_a_damaged_member_hides_nothing_in_the_others() -> None:
    reaching = member(
        sheet_of_cells(b'<row r="5"><c r="E5"><f>WEBSERVICE(A1)</f></c></row>'), SHEET
    )
    form = bytearray(repacked(FILLED, {"a.xml": b"<x/>" * 90, SHEET: reaching}))
    packed = form.index(b"a.xml") + len(b"a.xml")
    form[packed : packed + 4] = b"\xff\xff\xff\xff"
    assert "（WEBSERVICE）" in said(judged(bytes(form)))


def test_a_formula_that_only_reckons_is_read_for_its_value() -> None:
    sheet = member(FILLED, SHEET)
    summed = sheet.replace(b"<v>95</v>", b'<f>IF(A1="cmd|x",SUM(90,5))</f><v>95</v>')
    assert judged(repacked(FILLED, {SHEET: summed})).answers == ANSWERS


def test_an_ods_that_repeats_its_cells_without_end() -> None:
    assert "太大" in said(judged(ods(REPEATED)))


def test_an_ods_with_a_password_or_links() -> None:
    assert "密碼" in said(judged(ods(b"\x8f", b"<manifest:encryption-data/>")))
    linked = b'<table:table-source xlink:href="file:///etc/passwd"/>'
    assert "連結到其他檔案" in said(judged(ods(linked)))


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=3000), st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", b"%PDF-"]))
def test_no_bytes_make_it_raise(data: bytes, beginning: bytes) -> None:
    verdict = judged(beginning + data)
    assert not verdict.accepted
    assert said(verdict)


@settings(deadline=None, max_examples=300)
@given(st.data())
def test_no_damage_makes_it_raise(data: st.DataObject) -> None:
    damaged = bytearray(FILLED)
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    judged(bytes(damaged[: data.draw(st.integers(len(damaged) // 2, len(damaged)))]))


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_no_damage_inside_its_members_makes_it_raise(data: st.DataObject) -> None:
    names = ["xl/workbook.xml", SHEET, "xl/worksheets/sheet2.xml", "xl/styles.xml"]
    name = data.draw(st.sampled_from([*names, "xl/_rels/workbook.xml.rels"]))
    content = bytearray(member(FILLED, name))
    start = data.draw(st.integers(0, len(content) - 1))
    content[start : start + data.draw(st.integers(0, 30))] = data.draw(
        st.binary(max_size=8) | st.sampled_from([b"1e999", b"\xff", b"<v>", b"-1", b"99999999999"])
    )
    judged(repacked(FILLED, {name: bytes(content)}))


MEMBERS = zipfile.ZipFile(io.BytesIO(FILLED)).namelist()


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.sampled_from(MEMBERS), st.sampled_from(MEMBERS)), max_size=4))
def test_no_exchange_of_its_members_makes_it_raise(swaps: list[tuple[str, str]]) -> None:
    contents = {name: member(FILLED, name) for name in MEMBERS}
    for one, other in swaps:
        contents[one], contents[other] = contents[other], contents[one]
    verdict = judged(repacked(FILLED, contents))
    assert verdict.accepted or said(verdict)


def test_several_threads_and_a_fork_can_judge_at_once() -> None:
    accepted: list[bool] = []

    def work() -> None:
        accepted.extend(judged(FILLED).accepted for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert accepted == [True] * 20
    child = os.fork()
    if child == 0:
        os._exit(0 if judged(FILLED).answers == ANSWERS else 1)
    assert judged(FILLED).answers == ANSWERS
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
