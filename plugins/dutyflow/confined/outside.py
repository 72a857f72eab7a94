"""What in a workbook reaches beyond it: formulas that fetch or start something, declared entities.

The cells' values are all that is ever read of a form, so that none of this could run here. But the
file is kept, and somebody may open it.
"""

from __future__ import annotations

import io
import re
import zipfile

TYPE_CHECKING = False  # typing would cost a third of the start
if TYPE_CHECKING:
    from collections.abc import Iterator

ENTITIES = "entities"

_XML = re.compile(r"(?!docProps/|xl/theme/).*\.(?:xml|rels)", re.IGNORECASE)
_CELLS = re.compile(r"xl/(?:worksheets|chartsheets)/[^/]+\.xml|content\.xml", re.IGNORECASE)
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY")
_HINTS = (b"<f>", b"<f ", b":f>", b":f ", b":formula=")  # found faster than by the patterns below
_IN_XLSX = re.compile(
    rb"""<(?:\w+:)?c\s(?:[^>]*?\s)?r="([A-Z]{1,3}\d{1,7})"[^>]*>\s*<(?:\w+:)?f[^>]*>([^<]*)<"""
)
_IN_ODS = re.compile(rb"""()\btable:formula=["']([^"']*)["']""")
_TEXT = re.compile(rb'"[^"]*"|&quot;.*?&quot;')
_REACHES = re.compile(
    rb"\b(WEBSERVICE|HYPERLINK|IMPORT(?:XML|DATA|HTML|RANGE|FEED)|DDE|RTD|CALL|EXEC|SQL\.REQUEST"
    rb"|REGISTER(?:\.ID)?)\s*\(|([\w.]+\s*\|\s*')|(\[\d+\]|'(?:file|https?|ftp):)",
    re.IGNORECASE,
)


def what_reaches_out(data: bytes) -> tuple[str, str] | None:
    """ENTITIES, or the name of a function with its cell; each "" where it is not known.

    None where there is nothing, also of what is no zip at all.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return next(_found(archive), None)
    except MemoryError:
        raise
    except Exception:  # zipfile raises whatever comes to its mind over a damaged file
        return None


def _found(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    for name in archive.namelist():
        if not _XML.fullmatch(name):
            continue
        content = archive.read(name)
        if any(declared in content for declared in _DECLARED):
            yield ENTITIES, ""
        if _CELLS.fullmatch(name) and any(hint in content for hint in _HINTS):
            yield from _formulas(content, _IN_ODS if name == "content.xml" else _IN_XLSX)


def _formulas(content: bytes, pattern: re.Pattern[bytes]) -> Iterator[tuple[str, str]]:
    for formula in pattern.finditer(content):
        reaching = _REACHES.search(_TEXT.sub(b"", formula[2]))
        if reaching:
            yield (reaching[1] or b"").decode().upper(), formula[1].decode()
