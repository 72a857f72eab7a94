"""Error values (#N/A, #REF!) in the cells of a workbook, made readable: the text that people
see, behind a mark.

Our reader of workbooks takes them for empty cells; who sees `#N/A` would be told of a blank.
"""

from __future__ import annotations

import io
import re
import zipfile

_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml|content\.xml", re.IGNORECASE)
MARK = "\ue00e"  # of private use: tells an error from a text that somebody typed
_HINTS_IN_XLSX = (b't="e"', b"t='e'")
_HINTS_IN_ODS = (b'="error"', b"='error'")
_IN_XLSX = re.compile(
    rb"""(<(?:\w+:)?c\s[^>]*?\bt=)["']e["']((?:[^>]*[^/>])?>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>)""",
    re.DOTALL,
)
_FORMULA = re.compile(rb"f(?<=[<:]f)[\s/>]")  # a part has few "f": found faster than by its "<"
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>[^<]")
_TYPE = re.compile(rb"""\bt=(?:"[^"]*"|'[^']*')""")
_CELL = re.compile(
    rb"<((?:\w+:)?)c\s([^>]*[^/>])>((?:(?!</(?:\w+:)?c>).)*)</(?:\w+:)?c>", re.DOTALL
)
_IN_ODS = re.compile(
    rb"""office:string-value=["']["']([^>]*calcext:value-type=["']error["'][^>]*>\s*<text:p>)"""
)


def may_hold_errors(name: str, content: bytes) -> bool:
    """Of one part: errors, or formulas that nobody has reckoned. To tell them takes longer, and few
    forms have any."""
    if not _SHEET.fullmatch(name):
        return False
    if name.lower() == "content.xml":
        return any(hint in content for hint in _HINTS_IN_ODS)
    told = b"#" in content and any(hint in content for hint in _HINTS_IN_XLSX)
    return told or _FORMULA.search(content) is not None


def with_errors_told(data: bytes) -> bytes:
    """The workbook, its error values as texts; itself where it is damaged."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            changed = {
                name: told
                for name in archive.namelist()
                if _SHEET.fullmatch(name)
                and (told := _told(name, content := archive.read(name))) != content
            }
            return _repacked(archive, changed) if changed else data
    except MemoryError:
        raise
    except Exception:  # zipfile raises whatever comes to its mind over a damaged file
        return data


def _told(name: str, content: bytes) -> bytes:
    if name.lower() == "content.xml":
        return _IN_ODS.sub(rb"\1" + MARK.encode(), content)
    if _FORMULA.search(content):
        content = _CELL.sub(_without_value, content)
    return _IN_XLSX.sub(rb'\1"str"\2' + MARK.encode(), content)


def _without_value(cell: re.Match[bytes]) -> bytes:
    """A formula that nobody has reckoned yet, as programs write it that only write: the mark."""
    prefix, attributes, inside = cell.groups()
    if not _FORMULA.search(inside) or _VALUE.search(inside):
        return cell[0]
    kept = _TYPE.sub(b"", attributes)
    return b'<%sc %s t="str"><%sv>%s</%sv></%sc>' % (
        prefix,
        kept,
        prefix,
        MARK.encode(),
        prefix,
        prefix,
    )


def _repacked(archive: zipfile.ZipFile, changed: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as target:
        for name in archive.namelist():
            target.writestr(name, changed.get(name) or archive.read(name))
    return packed.getvalue()
