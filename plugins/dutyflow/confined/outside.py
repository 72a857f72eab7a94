"""What in a workbook reaches beyond it: formulas that fetch or start something, declared entities.

The cells' values are all that is ever read of a form, so that none of this could run here. But the
file is kept, and somebody may open it.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib

TYPE_CHECKING = False  # typing would cost a third of the start
if TYPE_CHECKING:
    from collections.abc import Iterator

ENTITIES = "entities"

_XML = re.compile(r"(?!xl/theme/).*\.(?:xml|rels)", re.IGNORECASE)
_CELLS = re.compile(r"xl/(?:worksheets|chartsheets)/[^/]+\.xml|content\.xml", re.IGNORECASE)
# A part has many "<" but few "!" and "f": what a pattern begins with is searched for much faster.
_DECLARED = re.compile(rb"!(?<=<!)(?:DOCTYPE|ENTITY)")
_FORMULA = re.compile(rb"f(?<=[<:]f)(?:[\s/>]|ormula\s*=)")
_IN_XLSX = re.compile(rb"<(?:\w+:)?f(?:\s[^<>]*)?>(?P<formula>[^<]*(?:<[!?][^<]*)*)")
# What a cell may hold, how it is shown, and what has a name can be reckoned, too.
_BESIDE = re.compile(rb"ormula[12]?>(?P<formula>[^<]+)<")
_NAMED = re.compile(rb"definedName\s[^<>]*>(?P<formula>[^<]+)<")
_IN_ODS = re.compile(rb""":formula\s*=\s*(["'])(?P<formula>.*?)\1""", re.DOTALL)
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3}\d{1,7})["']""")
_NEAR = 300  # bytes before a formula, in which its cell is named
_TEXT = re.compile(r'"[^"]*"')
_REACHES = re.compile(
    r"\b(WEBSERVICE|HYPERLINK|IMPORT(?:XML|DATA|HTML|RANGE|FEED)|DDE|RTD|CALL|EXEC|SQL\.REQUEST|IMAGE"
    r"|REGISTER(?:\.ID)?|STOCKHISTORY|GOOGLEFINANCE)\s*\(|[\w.]+\s*\|\s*'|\[\d+\]"
    r"|'(?:file|https?|ftp):|\[[^\[\]]{1,200}\.(?:xl\w{1,2}|ods|csv)\]|\\\\[\w.$-]+\\"
    r"|<[!?]",  # a comment, or the like, that would hide any of them
    re.IGNORECASE | re.ASCII,
)


def what_reaches_out(data: bytes) -> tuple[str, str] | None:
    """ENTITIES, or the name of a function with its cell; each "" where it is not known.

    None where there is nothing, also of what is no zip at all.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except MemoryError:
        raise
    except Exception:  # zipfile raises whatever comes to its mind over a damaged file
        return None
    return next(_found(data, archive.infolist()), None)


def _found(data: bytes, members: list[zipfile.ZipInfo]) -> Iterator[tuple[str, str]]:
    for member in members:
        if not _XML.fullmatch(member.filename):
            continue
        content = _unpacked(data, member)
        if _DECLARED.search(content):
            yield ENTITIES, ""
        if _CELLS.fullmatch(member.filename) and _FORMULA.search(content):
            pattern = _IN_ODS if member.filename == "content.xml" else _IN_XLSX
            yield from _formulas(content, pattern)
        if _CELLS.fullmatch(member.filename):
            yield from _formulas(content, _BESIDE)
        if member.filename == "xl/workbook.xml":
            yield from _formulas(content, _NAMED)


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


def _formulas(content: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[str, str]]:
    from html import unescape  # slow to import, and few forms have a formula

    for formula in pattern.finditer(content):
        text = unescape(formula["formula"].decode("utf-8", "replace"))
        reaching = _REACHES.search(_TEXT.sub("", text))
        if reaching:
            yield (reaching[1] or "").upper(), _cell(content, formula.start())


def _cell(content: bytes, formula: int) -> str:
    named = _CELL.findall(content, max(formula - _NEAR, 0), formula)
    return named[-1].decode() if named else ""
