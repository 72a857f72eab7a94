"""Recognise types of files by their first bytes, to say what was sent instead of a form."""

from __future__ import annotations

from collections.abc import Iterable

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_SAVE_AS = "請在 Excel 選「另存新檔」，存成「Excel 活頁簿 (*.xlsx)」後再寄"
USE_OURS = "請填寫原信所附的表單，直接回覆原信並附上"

UNPACK = "請解壓縮後，只附上填好的表單"
_EXPORT = "請在 Numbers 或 Pages 選「檔案＞輸出至」，存成 Excel 或 PDF 檔後再寄"
_PLAIN_TEXT = "請在 Outlook 把信件格式改成「HTML」或「純文字」（不是 RTF），再寄一次"

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"MZ", "程式檔"),
    (b"\x7fELF", "程式檔"),
    (b"\xcf\xfa\xed\xfe", "程式檔"),
    (b"\xca\xfe\xba\xbe", "程式檔"),
    (b"#!", "程式檔"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "捷徑"),
    (b"%PDF-", "PDF 檔"),
    (b"\x89PNG\r\n\x1a\n", "PNG 圖檔"),
    (b"\xff\xd8\xff", "JPEG 圖檔"),
    (b"GIF8", "GIF 圖檔"),
    (b"BM", "BMP 圖檔"),
    (b"II*\x00", "TIFF 圖檔"),
    (b"MM\x00*", "TIFF 圖檔"),
    (b"{\\rtf", "RTF 文件"),
    (b"Rar!", "RAR 壓縮檔"),
    (b"7z\xbc\xaf\x27\x1c", "7z 壓縮檔"),
    (b"\x1f\x8b", "gzip 壓縮檔"),
    (b"-----BEGIN PGP MESSAGE-----", "PGP 加密檔，系統沒有解密的金鑰"),
)
_HEIC = (b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1")
_OLE_STREAMS: tuple[tuple[str, str, str], ...] = (
    ("EncryptedPackage", "設有密碼的 Excel 檔", "請先取消開啟密碼再寄"),
    ("Workbook", "舊版 Excel 檔 (.xls)", _SAVE_AS),
    ("Book", "舊版 Excel 檔 (.xls)", _SAVE_AS),
    ("WordDocument", "舊版 Word 檔 (.doc)", USE_OURS),
    ("__properties_version1.0", "Outlook 郵件檔 (.msg)", "請把郵件裡的檔案直接附上"),
    ("PowerPoint Document", "舊版 PowerPoint 檔 (.ppt)", USE_OURS),
)
_ZIP_MEMBERS: tuple[tuple[str, str, str], ...] = (
    ("xl/workbook.bin", "Excel 二進位檔 (.xlsb)", _SAVE_AS),
    ("word/document.xml", "Word 檔 (.docx)", USE_OURS),
    ("ppt/presentation.xml", "PowerPoint 檔 (.pptx)", USE_OURS),
)


def describe_file(data: bytes) -> tuple[str, str]:
    """What kind of file this is (`PDF 檔`) that is no zip, and what the sender can do.

    Only bytes are compared; nothing is parsed.
    """
    if not data:
        return "空的檔案 (0 位元組)", "請確認檔案已存檔，再重新附上"
    if data.startswith(_OLE):
        return _what_container(data)
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WebP 圖檔", USE_OURS
    if data[4:8] == b"ftyp":
        return ("手機照片 (HEIC)" if data[8:12] in _HEIC else "影片或聲音檔"), USE_OURS
    if data.startswith(b"\x78\x9f\x3e\x22"):
        return "Outlook 專用格式 (winmail.dat)", _PLAIN_TEXT
    for beginning, name in _BEGINNINGS:
        if data.startswith(beginning):
            return name, USE_OURS
    if b"%PDF-" in data[:1024]:
        return "PDF 檔", USE_OURS
    return _what_text(data)


def describe_zip(names: Iterable[str]) -> tuple[str, str]:
    """What kind of zip this is that is no workbook, by its members' names, and what to do."""
    kept = set(names)
    if "Index.zip" in kept or any(name.endswith(".iwa") for name in kept):
        return "Apple 的 Numbers 或 Pages 檔", _EXPORT
    for member, name, hint in _ZIP_MEMBERS:
        if member in kept:
            return name, hint
    if "content.xml" in kept:
        return "OpenDocument 文件，但不是試算表", USE_OURS
    return "壓縮檔 (.zip)", UNPACK


def is_zip(data: bytes) -> bool:
    return data.startswith(_ZIP)


def _what_container(data: bytes) -> tuple[str, str]:
    for stream, name, hint in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            return name, hint
    return "舊版 Office 檔", _SAVE_AS


def _what_text(data: bytes) -> tuple[str, str]:
    beginning = data[:4096]
    if beginning.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "純文字或 CSV 檔", USE_OURS
    if any(byte < 9 or 13 < byte < 27 for byte in beginning):
        return "無法辨識的檔案", USE_OURS
    lowered = beginning.lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if lowered.startswith((b"<html", b"<!doctype html")):
        return "網頁檔 (HTML)", USE_OURS
    if b"<svg" in lowered:
        return "SVG 圖檔", USE_OURS
    if lowered.startswith(b"<"):
        return "XML 檔", _SAVE_AS
    for encoding in ("utf-8", "cp950"):
        if _decodes(beginning, encoding):
            return "純文字或 CSV 檔", USE_OURS
    return "無法辨識的檔案", USE_OURS


def _decodes(beginning: bytes, encoding: str) -> bool:
    for cut in range(4):  # the last character may be cut in two
        try:
            beginning[: len(beginning) - cut].decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False
