"""Refuse unsafe files before they are parsed, by size, first bytes and a zip's table of contents.

Nothing is unpacked here but two small members of an .ods. A zip may lie about its sizes; against
that the reader has a child process with limits.
"""

from __future__ import annotations

import io
import re
import zipfile

from .file_types import describe_file, describe_zip, is_zip
from .problems import FormRejected, rejected

__all__ = ["FormRejected", "check"]

MAX_BYTES = 25 * 2**20
MAX_MEMBERS = 1000
MAX_UNPACKED = 100 * 2**20
MAX_RATIO = 150  # unpacked : packed; only asked of what unpacks to more than:
RATIO_MATTERS = 10 * 2**20

WANTED = "本次寄出的 Excel 表單 (.xlsx) 或 LibreOffice 試算表 (.ods)"
_ENTRY = b"PK\x01\x02"
_WORKBOOKS = frozenset({"xl/workbook.xml", "xl/workbook.bin"})
RESEND = "請重新存檔後再寄；仍不行請改填原信所附的表單"
_ODS_TYPES = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.spreadsheet-template",
)
_MACROS = re.compile(
    r"(.*/)?vbaProject\.bin|(xl|word|ppt)/(vba|macrosheets|activeX)[^/]*/.*|(Basic|Scripts)/.+",
    re.IGNORECASE,
)
_TYPES = "[Content_Types].xml"
_MACRO_TYPES = re.compile(rb"vbaProject|macroEnabled|macrosheet", re.IGNORECASE)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # what Office objects are kept in
_OUTSIDE = re.compile(r"xl/externalLinks/.+|xl/connections\.xml", re.IGNORECASE)
_EMBEDDED = re.compile(r"xl/embeddings/.+|Object \d+", re.IGNORECASE)
_ODS_OUTSIDE = (b"table:table-source", b"office:dde-source", b"table:database-source")
_ODS_ENCRYPTED = b"encryption-data"


def check(data: bytes) -> None:
    """Raise FormRejected unless the file looks like an .xlsx or .ods that is safe to open."""
    if len(data) > MAX_BYTES:
        raise rejected(
            f"檔案有 {len(data) / 2**20:.0f} MB",
            f"{MAX_BYTES // 2**20} MB 以內的表單",
            "請把照片等佐證另外附上，表單內只填文字",
        )
    if not is_zip(data):
        name, hint = describe_file(data)
        raise rejected(f"這是{name}", WANTED, hint)
    # Counted before it is opened: each entry would cost far more memory than its 46 bytes.
    if data.count(_ENTRY) > MAX_MEMBERS:
        raise _suspicious("壓縮檔內的項目太多")
    _check_members(data)


def is_workbook(data: bytes) -> bool:
    """Whether it is a zip with the members of a workbook, harmless or not."""
    if not is_zip(data) or data.count(_ENTRY) > MAX_MEMBERS:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            ods = "content.xml" in names and _read(archive, "mimetype").strip() in _ODS_TYPES
    except Exception:  # zipfile raises whatever comes to its mind over a damaged file
        return True  # it may be a form that was damaged on its way
    return ods or not _WORKBOOKS.isdisjoint(names)


def _check_members(data: bytes) -> None:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except Exception:
        raise _broken() from None
    members = archive.infolist()
    _check_sizes(members, len(data))
    names = [member.filename for member in members]
    _check_names(names)
    _check_contents(archive, members)
    if "xl/workbook.xml" in names and "[Content_Types].xml" in names:
        return
    if "content.xml" in names and _read(archive, "mimetype").strip() in _ODS_TYPES:
        _check_ods(archive)
        return
    name, hint = describe_zip(names)
    raise rejected(f"這是{name}", WANTED, hint)


def _check_sizes(members: list[zipfile.ZipInfo], size: int) -> None:
    unpacked = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MAX_MEMBERS:
        raise _suspicious("壓縮檔內的項目太多")
    if packed > size:  # members that share bytes: only a bomb does that
        raise _suspicious("壓縮檔的內容互相重疊")
    if unpacked > MAX_UNPACKED or (unpacked > RATIO_MATTERS and unpacked > MAX_RATIO * packed):
        raise _suspicious("解開後過大")
    if any(member.flag_bits & 1 for member in members):
        raise rejected("這是設有密碼的檔案", WANTED, "請先取消密碼再寄")


def carries_macros(archive: zipfile.ZipFile) -> bool:
    """By the names of its members, or by what it says that they are: a name says nothing."""
    names = archive.namelist()
    told = _read(archive, _TYPES) if _TYPES in names else b""
    return any(map(_MACROS.fullmatch, names)) or _MACRO_TYPES.search(told) is not None


def _check_names(names: list[str]) -> None:
    if len(set(names)) != len(names):
        raise _suspicious("壓縮檔內有同名的項目")
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise _suspicious("壓縮檔內有不正常的路徑")
        if _OUTSIDE.fullmatch(name):
            raise _linked()
        if _EMBEDDED.fullmatch(name):
            raise _embedded()


def _check_contents(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    if carries_macros(archive):
        raise rejected("檔案含有巨集", "不含巨集的表單", "請另存為 .xlsx（不是 .xlsm）後再寄")
    if any(_begins(archive, member, _OLE) for member in members if not _is_xml(member)):
        raise _embedded()


def _is_xml(member: zipfile.ZipInfo) -> bool:
    return member.filename.lower().endswith((".xml", ".rels", "/"))


def _begins(archive: zipfile.ZipFile, member: zipfile.ZipInfo, beginning: bytes) -> bool:
    try:
        with archive.open(member) as file:
            return file.read(len(beginning)) == beginning
    except Exception:
        raise _broken() from None


def _embedded() -> FormRejected:
    return rejected(
        "檔案內嵌了其他檔案或物件", "只有文字與數字的表單", "請把內嵌的檔案另外附在信中"
    )


def _check_ods(archive: zipfile.ZipFile) -> None:
    if _ODS_ENCRYPTED in _read(archive, "META-INF/manifest.xml"):
        raise rejected("這是設有密碼的檔案", WANTED, "請先取消密碼再寄")
    content = _read(archive, "content.xml")
    if any(mark in content for mark in _ODS_OUTSIDE):
        raise _linked()


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member's content, never more than the size that was checked; b"" where there is none."""
    if name not in archive.namelist():
        return b""
    try:
        return archive.read(name)
    except Exception:
        raise _broken() from None


def _broken() -> FormRejected:
    return rejected("檔案損毀或不完整，無法開啟", WANTED, RESEND)


def _linked() -> FormRejected:
    return rejected(
        "檔案連結到其他檔案或資料來源", "不含外部連結的表單", "請改填原信所附的表單，內容貼成文字"
    )


def _suspicious(found: str) -> FormRejected:
    return rejected(f"{found}，為安全起見不予開啟", WANTED, RESEND)
