"""The first look at a file from outside, and the one way to its members.

Such files come by mail from other offices. Only the few members that hold text are unpacked, each
no further than its bound, whatever the archive says of its sizes.
"""

from __future__ import annotations

import io
import zipfile
import zlib

from dutyflow.errors import DutyflowError

MAX_BYTES = 25 * 2**20
MAX_MEMBERS = 2000
MAX_UNPACKED = 24 * 2**20  # of one member; a plan of a thousand measures has 5 MB

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "請用 Word 或 LibreOffice Writer 開啟，另存為 ODT 或 DOCX 再試一次"
_ODT_TYPES = (
    b"application/vnd.oasis.opendocument.text",
    b"application/vnd.oasis.opendocument.text-template",
)
_BEGINNINGS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "PDF 檔，只有版面、沒有表格結構", "請改用原始的 Word 或 ODT 文件"),
    (b"{\\rtf", "RTF 文件", _SAVE_AS),
    (b"<?xml", "XML 檔（例如 FODT）", _SAVE_AS),
    (b"<", "網頁或 XML 檔", _SAVE_AS),
)


class DocumentRefused(DutyflowError):
    """The file is no document that can be read; the sentence says what to do."""


class Package:
    """A document's archive. `kind` is docx or odt."""

    def __init__(self, data: bytes) -> None:
        """Raises DocumentRefused unless it is an ODT or DOCX that is safe to open."""
        if len(data) > MAX_BYTES:
            raise DocumentRefused(
                f"檔案有 {len(data) / 2**20:.0f} MB，超過 {MAX_BYTES // 2**20} MB；"
                "請刪去圖片後另存為 ODT 或 DOCX"
            )
        if not data.startswith(b"PK\x03\x04"):
            raise _other(data)
        # Counted before it is opened: each entry would cost far more memory than its 46 bytes.
        if data.count(b"PK\x01\x02") > MAX_MEMBERS:
            raise _suspicious("壓縮檔內的項目太多")
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
            raise broken() from None
        self._sizes = {info.filename: info for info in self._archive.infolist()}
        if len(self._sizes) != len(self._archive.infolist()):
            raise _suspicious("壓縮檔內有同名的項目")
        self.kind = self._kind()

    def read(self, name: str) -> bytes:
        """A member's bytes, b"" where there is none. Raises DocumentRefused."""
        info = self._sizes.get(name)
        if info is None:
            return b""
        if info.flag_bits & 1:
            raise _locked()
        if info.file_size > MAX_UNPACKED:
            raise _suspicious("解開後過大")
        try:
            with self._archive.open(info) as member:
                content = member.read(MAX_UNPACKED + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError):
            raise broken() from None
        if len(content) > MAX_UNPACKED:
            raise _suspicious("解開後過大")
        return content

    def _kind(self) -> str:
        if any(name.startswith("word/") for name in self._sizes):
            return "docx"
        if "content.xml" in self._sizes and self.read("mimetype").strip() in _ODT_TYPES:
            if b"encryption-data" in self.read("META-INF/manifest.xml"):
                raise _locked()
            return "odt"
        if "xl/workbook.xml" in self._sizes or "content.xml" in self._sizes:
            raise DocumentRefused(f"這是試算表或簡報，不是文書檔；{_SAVE_AS}")
        raise DocumentRefused("這是壓縮檔，不是 ODT 或 DOCX；請解壓縮後指定其中的計畫文件")


def broken() -> DocumentRefused:
    return DocumentRefused(f"檔案損毀或不完整，無法開啟；{_SAVE_AS}")


def _suspicious(found: str) -> DocumentRefused:
    return DocumentRefused(f"{found}，為安全起見不予開啟；{_SAVE_AS}")


def _locked() -> DocumentRefused:
    return DocumentRefused("這是設有密碼的文件；請先取消密碼，另存為 ODT 或 DOCX")


def _other(data: bytes) -> DocumentRefused:
    if not data:
        return DocumentRefused("這是空的檔案；請確認檔案已存檔")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            return _locked()
        return DocumentRefused(f"這是舊版 Office 檔 (.doc)；{_SAVE_AS}")
    beginning = data[:64].lstrip(b"\xef\xbb\xbf \r\n\t")
    for mark, name, hint in _BEGINNINGS:
        if beginning.startswith(mark):
            return DocumentRefused(f"這是{name}；{hint}")
    return DocumentRefused(f"這不是 ODT 或 DOCX 文件；{_SAVE_AS}")
