"""Files that come by mail from anywhere: refused with a sentence, before they can do harm."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dutyflow.importers.document.drafting import document_of, draft_of_document
from dutyflow.importers.document.guard import MAX_BYTES, DocumentRefused
from dutyflow.importers.document.parts import Table
from tests.support.archives import docx, odt, zipped

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
PARAGRAPH = "<w:p><w:r><w:t>計畫</w:t></w:r></w:p>"
BOMB = '<!DOCTYPE d [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
)
LOCKED_ODT = zipped(
    {
        "mimetype": "application/vnd.oasis.opendocument.text",
        "content.xml": b"\x00\x01\x02",
        "META-INF/manifest.xml": "<manifest:encryption-data/>",
    }
)


def refusal(data: bytes) -> str:
    with pytest.raises(DocumentRefused) as refused:
        draft_of_document(document_of(data))
    sentence = str(refused.value)
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "空的檔案"),
        (b"%PDF-1.7 ...", "PDF"),
        (OLE, "舊版 Office 檔 (.doc)"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "設有密碼"),
        (LOCKED_ODT, "設有密碼"),
        (b"{\\rtf1 ...}", "RTF"),
        (b"<?xml version='1.0'?><office:document/>", "FODT"),
        (b"<html></html>", "網頁"),
        ("面向,執行策略".encode(), "不是 ODT 或 DOCX"),
        (zipped({"a.txt": "x"}), "壓縮檔"),
        (zipped({"xl/workbook.xml": "<x/>"}), "試算表"),
        (zipped({"word/document.xml": "<w:document"}), "損毀"),
        (zipped({"word/document.xml": b"\xff\xfe<\x00"}), "損毀"),
        (zipped({"word/settings.xml": "<x/>"}), "損毀"),
        (docx(PARAGRAPH), "找不到「執行策略及具體作法」的表格"),
        (odt("<text:p>計畫</text:p>"), "找不到「執行策略及具體作法」的表格"),
    ],
)
def test_what_is_no_plan_is_refused_with_what_to_do(data: bytes, said: str) -> None:
    sentence = refusal(data)
    assert said in sentence
    assert "請" in sentence


def test_a_file_that_is_too_big_is_not_looked_into() -> None:
    assert "超過 25 MB" in refusal(b"PK\x03\x04" + bytes(MAX_BYTES))


@pytest.mark.parametrize("make", [docx, odt])
def test_no_entity_is_expanded(make: Callable[..., bytes], tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    for declared in (
        f"{BOMB}]>",
        f'<!DOCTYPE d [<!ENTITY x SYSTEM "{secret.as_uri()}">]>',
        '<!DOCTYPE d SYSTEM "http://127.0.0.1:9/x.dtd">',
    ):
        assert "實體宣告" in refusal(make("", before=declared))


@pytest.mark.parametrize("name", ["word/document.xml", "content.xml"])
def test_a_zip_bomb_is_not_unpacked(name: str) -> None:
    kind = {"mimetype": "application/vnd.oasis.opendocument.text"}
    bomb = zipped({**kind, name: b"<a>" + bytes(100 * 2**20)})
    assert len(bomb) < 2**20
    tracemalloc.start()
    assert "解開後過大" in refusal(bomb)
    assert tracemalloc.get_traced_memory()[1] < 64 * 2**20
    tracemalloc.stop()


def test_a_zip_that_lies_about_its_sizes_is_refused() -> None:
    bomb = bytearray(zipped({"word/document.xml": b" " * (60 * 2**20)}))
    at = bomb.rindex(b"PK\x01\x02")
    bomb[at + 24 : at + 28] = struct.pack("<I", 100)
    assert "損毀" in refusal(bytes(bomb))


def test_too_many_members_and_members_of_one_name_are_refused() -> None:
    assert "項目太多" in refusal(zipped({f"{n}": "" for n in range(2500)}))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<a/>")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("word/document.xml", "<b/>")
    assert "同名" in refusal(buffer.getvalue())


def test_what_is_nested_too_deep_or_too_large_is_refused() -> None:
    assert "過於龐大" in refusal(docx("<w:sdt>" * 5000 + "</w:sdt>" * 5000))
    assert "過於龐大" in refusal(docx("<w:p/>" * 600_001))
    assert "列" in refusal(docx(f"<w:tbl>{'<w:tr/>' * 1001}</w:tbl>"))
    wide = '<w:tc><w:tcPr><w:gridSpan w:val="99999"/></w:tcPr></w:tc>'
    assert "欄" in refusal(docx(f"<w:tbl><w:tr>{wide}</w:tr></w:tbl>"))
    many = '<table:table-row table:number-rows-repeated="999999999"><table:table-cell/>'
    assert "列" in refusal(odt(f"<table:table>{many}</table:table-row></table:table>"))


def test_tables_within_tables_are_read_once_each() -> None:
    inner = PARAGRAPH
    for _ in range(30):
        inner = f"<w:tbl><w:tr><w:tc>{inner}</w:tc></w:tr></w:tbl>"
    (table,) = document_of(docx(inner)).blocks
    assert isinstance(table, Table)
    assert table.cells[0].passage.text == "計畫"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.99])
def test_a_file_cut_short_is_refused(keep: float) -> None:
    whole = docx(PARAGRAPH * 200)
    assert "損毀" in refusal(whole[: int(len(whole) * keep)])
