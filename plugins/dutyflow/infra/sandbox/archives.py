"""Job: the files in a zip that somebody made to send several at once."""

from __future__ import annotations

import io
import zipfile

TYPE_CHECKING = False  # typing would cost a third of the start
if TYPE_CHECKING:
    from typing import Any

MEMBERS_LIMIT = 200
FILES_LIMIT = 50 * 2**20  # bytes, unpacked
_ENTRY = b"PK\x01\x02"
_LEFT_BEHIND = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")
_UTF8, _ENCRYPTED = 0x800, 0x1
# Members that make a zip a document of its own.
_OF_DOCUMENTS = {"[content_types].xml", "mimetype", "meta-inf/manifest.xml", "index.zip"}


def may_be_plain(data: bytes) -> bool:
    """Whether a zip may be such an archive, by its table of contents alone. Most that come are
    documents, which are zips, too: the child need not be asked about them."""
    if data.count(_ENTRY) > MEMBERS_LIMIT:
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return not _is_document(archive)
    except Exception:  # zipfile raises whatever comes to its mind over a damaged file
        return False


def read(data: bytes) -> tuple[list[dict[str, Any]] | None, list[bytes]]:
    """The files' names, their bytes in hexadecimal digits, and sizes; their contents apart.

    Windows writes names in its own charset and does not say in which. None where it is no plain
    archive, or one that is damaged, locked or larger than anybody needs.
    """
    if data.count(_ENTRY) > MEMBERS_LIMIT:
        return None, []
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _files(archive)
    except Exception:  # zipfile raises whatever comes to its mind over a damaged file
        return None, []


def _files(archive: zipfile.ZipFile) -> tuple[list[dict[str, Any]] | None, list[bytes]]:
    members = [member for member in archive.infolist() if _is_somebodys(member)]
    locked = any(member.flag_bits & _ENCRYPTED for member in members)
    if locked or not members or _is_document(archive):
        return None, []
    files: list[dict[str, Any]] = []
    contents: list[bytes] = []
    room = FILES_LIMIT
    for member in members:
        with archive.open(member) as file:
            content = file.read(room + 1)
        room -= len(content)
        if room < 0:
            return None, []
        files.append({"name": _name(member).hex(), "size": len(content)})
        contents.append(content)
    return files, contents


def _is_document(archive: zipfile.ZipFile) -> bool:
    names = {member.filename.lower() for member in archive.infolist()}
    return bool(names & _OF_DOCUMENTS) or any(name.endswith(".iwa") for name in names)


def _name(member: zipfile.ZipInfo) -> bytes:
    """As it is written: zipfile takes everything for cp437 that is not marked as UTF-8."""
    if member.flag_bits & _UTF8:
        return member.filename.encode("utf-8", "replace")
    try:
        return member.filename.encode("cp437")
    except UnicodeEncodeError:
        return member.filename.encode("utf-8", "replace")


def _is_somebodys(member: zipfile.ZipInfo) -> bool:
    return not member.is_dir() and not any(word in member.filename for word in _LEFT_BEHIND)
