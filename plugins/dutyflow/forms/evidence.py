"""Decide which files may serve as evidence (佐證), by their content and not by their names.

Nothing is opened here beyond a table of contents. A file that may not serve is kept all the same,
with the reason.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePath

from .file_types import UNPACK, USE_OURS, describe_file, describe_zip, is_zip
from .guard import MAX_MEMBERS, carries_macros

WANTED = "PDF、照片（JPEG、PNG、HEIC、WebP、TIFF）、Word、Excel、ODF 或純文字檔"
_NOT_OPENED = "系統無法自動解開（例如檔案太多或太大、裡面還有壓縮檔）；請解壓縮後，改附裡面的檔案"
_RESEND = f"佐證請改附{WANTED}"

_FIT = frozenset(
    {
        "PDF 檔",
        "PNG 圖檔",
        "JPEG 圖檔",
        "TIFF 圖檔",
        "WebP 圖檔",
        "手機照片 (HEIC)",
        "純文字或 CSV 檔",
    }
)
_DOCUMENTS = frozenset({"xl/workbook.xml", "word/document.xml", "content.xml"})
_RUNS = frozenset(
    {
        "exe", "com", "scr", "pif", "msi", "bat", "cmd", "ps1", "vbs", "vbe", "js", "jse", "wsf",
        "wsh", "hta", "lnk", "reg", "url", "jar", "apk", "sh", "dll", "cpl",
    }
)  # fmt: skip
_ENTRY = b"PK\x01\x02"


def why_unfit(name: str, data: bytes) -> str:
    """Why a file cannot serve as evidence, in words for the section; "" where it can.

    A script is known by its name alone, since its content is text like any other.
    """
    if PurePath(name).suffix.lower().removeprefix(".") in _RUNS:
        return f"這是可以執行的檔案；{_RESEND}"
    if is_zip(data):
        return _why_unfit_zip(data)
    what, hint = describe_file(data)
    return "" if what in _FIT else _told(what, hint)


def _why_unfit_zip(data: bytes) -> str:
    """The same for a zip, which a document is too: by the names of its members.

    Archives that are safe to open have been opened before.
    """
    if data.count(_ENTRY) > MAX_MEMBERS:
        return f"壓縮檔內的項目太多；{_RESEND}"
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            macros = carries_macros(archive)
            locked = any(member.flag_bits & 1 for member in archive.infolist())
    except Exception:  # zipfile raises whatever comes to its mind over a damaged file
        return "檔案損毀或不完整，無法開啟；請重新存檔後再寄"
    if locked:
        return f"這是設有密碼的壓縮檔，無法開啟；請取消密碼再寄，或直接附上{WANTED}"
    if macros:
        return "檔案含有巨集；請另存為不含巨集的檔案再寄"
    return _told(*describe_zip(names)) if _DOCUMENTS.isdisjoint(names) else ""


def _told(what: str, hint: str) -> str:
    if hint == UNPACK:
        return f"這是{what}，{_NOT_OPENED}"
    return f"這是{what}；{_RESEND if hint == USE_OURS else hint}"
