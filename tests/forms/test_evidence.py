"""佐證: what may stand as evidence is seen by its content."""

from __future__ import annotations

import pytest

from dutyflow.forms.evidence import why_unfit
from tests.forms.samples import ANSWERS, repacked, write
from tests.support.archives import docx, named, odt, zipped

FORM = write(ANSWERS)
HEIC = b"\0\0\0\x18ftypheic"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("紀錄.pdf", b"%PDF-1.7\n"),
        ("照片.jpg", b"\xff\xd8\xff\xe0\0\x10JFIF"),
        ("照片.png", b"\x89PNG\r\n\x1a\n"),
        ("照片.heic", HEIC),
        ("照片.webp", b"RIFF\x10\0\0\0WEBP"),
        ("掃描.tif", b"II*\x00"),
        ("紀錄.docx", docx("<w:p/>")),
        ("紀錄.odt", odt("<text:p/>")),
        ("清單.xlsx", FORM),
        ("備註.txt", "會議紀錄".encode("cp950")),
        ("沒有副檔名", b"%PDF-1.4"),
        ("改過名字.exe.pdf", b"%PDF-1.4"),
    ],
    ids=named,
)
def test_what_offices_send_is_fit(name: str, data: bytes) -> None:
    assert why_unfit(name, data) == ""


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("會議紀錄.pdf", b"MZ\x90\0", "這是程式檔"),
        ("會議紀錄.pdf", b"\x7fELF\2", "這是程式檔"),
        ("會議紀錄.pdf", b"MZ" + b"\0" * 50 + b"%PDF-1.7", "這是程式檔"),
        ("a.vbs", b'MsgBox "x"', "可以執行"),
        ("a.PDF.JS", b"alert(1)", "可以執行"),
        (
            "舊.doc",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"),
            ".doc",
        ),
        ("a.docx", zipped({"word/document.xml": "<x/>", "word/vbaProject.bin": b""}), "巨集"),
        ("a.zip", zipped({"a.txt": "x"}), "壓縮檔"),
        ("a.numbers", zipped({"Index/Document.iwa": "x"}), "輸出至"),
        ("a.docx", docx("<w:p/>")[:-40], "損毀"),
        ("a.html", b"<!DOCTYPE html><script>", "網頁檔"),
        ("空.pdf", b"", "空的檔案"),
        ("a.bin", bytes(range(256)), "無法辨識"),
        ("a.mp4", b"\0\0\0\x18ftypisom", "影片"),
        ("winmail.dat", b"\x78\x9f\x3e\x22\0\0", "Outlook"),
    ],
    ids=named,
)
def test_what_cannot_count_is_told_with_what_can(name: str, data: bytes, told: str) -> None:
    why = why_unfit(name, data)
    assert told in why
    assert "請" in why


def test_a_thousand_members_are_too_many() -> None:
    many = repacked(FORM, {f"x/{number}": b"" for number in range(1200)})
    assert "項目太多" in why_unfit("a.xlsx", many)
