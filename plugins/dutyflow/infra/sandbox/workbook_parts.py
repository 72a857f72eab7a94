"""The parts of a workbook, each unpacked once for all that looks at them."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

TYPE_CHECKING = False  # typing would cost a third of the start
if TYPE_CHECKING:
    from collections.abc import Iterator

_XML = re.compile(r"(?!xl/theme/).*\.(?:xml|rels)", re.IGNORECASE)


def xml_parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and content of each that matters; none of what is no zip at all."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except MemoryError:
        raise
    except Exception:  # zipfile raises whatever comes to its mind over a damaged file
        return
    for member in archive.infolist():
        if _XML.fullmatch(member.filename):
            yield member.filename, _unpacked(data, member)


def _unpacked(data: bytes, member: zipfile.ZipInfo) -> bytes:
    """All that a member holds, also beyond the size that it says; b"" where it is damaged.

    zipfile takes twice as long: it checks sums, which are the reader's affair.
    """
    try:
        name, extra = struct.unpack_from("<HH", data, member.header_offset + 26)
        begin = member.header_offset + 30 + name + extra
        packed = data[begin : begin + member.compress_size]
        if member.compress_type == zipfile.ZIP_STORED:
            return packed
        return zlib.decompress(packed, -zlib.MAX_WBITS, max(member.file_size, 1))
    except (struct.error, zlib.error):
        return b""
