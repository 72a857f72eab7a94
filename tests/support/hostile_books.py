"""Workbooks that nobody makes by accident, by script: from a filled form, parts of it replaced."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable

from tests.forms.samples import ANSWERS, member, repacked, write

FILLED = write(ANSWERS)
SHEET = "xl/worksheets/sheet1.xml"
_NAMESPACE = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def lying(data: bytes, name: str, size: int) -> bytes:
    """The zip, saying of one member that it unpacks to so few bytes."""
    changed = bytearray(data)
    for signature, sizes, names in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        start = data.index(signature)
        while data[start + names : start + names + len(name)] != name.encode():
            start = data.index(signature, start + 4)
        struct.pack_into("<I", changed, start + sizes, size)
    return bytes(changed)


def with_shared_strings(strings: bytes) -> bytes:
    types = member(FILLED, "[Content_Types].xml")
    relations = member(FILLED, "xl/_rels/workbook.xml.rels")
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    return repacked(
        FILLED,
        {
            "[Content_Types].xml": types.replace(
                b"</Types>",
                b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
                b'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
            ),
            "xl/_rels/workbook.xml.rels": relations.replace(
                b"</Relationships>",
                b'<Relationship Id="rId99" Type="%s" Target="sharedStrings.xml"/></Relationships>'
                % kind,
            ),
            "xl/sharedStrings.xml": strings,
        },
    )


def strings(text: bytes, count: int) -> bytes:
    items = (b"<si><t>%s</t></si>" % text if text else b"<si/>") * count
    return b"<sst %s>%s</sst>" % (_NAMESPACE, items)


def sheet_of_cells(cells: bytes) -> bytes:
    return repacked(
        FILLED,
        {
            SHEET: b'<worksheet %s><dimension ref="A1:XFD1048576"/><sheetData>%s</sheetData>'
            b"</worksheet>" % (_NAMESPACE, cells)
        },
    )


FIRST = b'<row r="1"><c r="A1"><v>1</v></c></row>'
LAST = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


LAUGHS = b"<!DOCTYPE x [<!ENTITY a 'ha'>" + b"".join(
    b"<!ENTITY %c '%s'>" % (letter, b"&%c;" % (letter - 1) * 10) for letter in b"bcdefghij"
)


def ods(content: bytes, manifest: bytes = b"<manifest/>") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return packed.getvalue()


_TABLE = b'<table:table table:name="x"><table:table-row table:number-rows-repeated="1048576">'
_CELL = b'<table:table-cell office:value-type="string" table:number-columns-repeated="16384">'
REPEATED = (
    b'<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    b' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    b' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body>'
    b"<office:spreadsheet>" + _TABLE + _CELL + b"<text:p>x</text:p></table:table-cell>"
    b"</table:table-row></table:table></office:spreadsheet></office:body>"
    b"</office:document-content>"
)


def overlapping() -> bytes:
    """Its first member says that it holds the whole file."""
    directory = FILLED.index(b"PK\x01\x02")
    swollen = bytearray(FILLED)
    packed = struct.unpack_from("<I", FILLED, directory + 20)[0]
    struct.pack_into("<I", swollen, directory + 20, packed + len(FILLED))
    return bytes(swollen)


def nested_bomb() -> bytes:
    """42.zip in small: zips within a zip, each of which unpacks to much."""
    inner = repacked(FILLED, {"zeros": b"\0" * (20 * 2**20)})
    return repacked(FILLED, {f"xl/media/{number}.zip": inner for number in range(50)})


BOMBS: dict[str, Callable[[], bytes]] = {
    "a flat bomb": lambda: repacked(FILLED, {"xl/media/1.png": b"\0" * (120 * 2**20)}),
    "a bomb that lies": lambda: lying(
        with_shared_strings(strings(b"", 2_000_000)), "xl/sharedStrings.xml", 1000
    ),
    "members that overlap": overlapping,
    "1,200 members": lambda: repacked(FILLED, {f"xl/{n}.png": b"" for n in range(1200)}),
    "billion laughs": lambda: repacked(FILLED, {SHEET: LAUGHS + b"]><x>&j;</x>"}),
    "A1:XFD1048576": lambda: sheet_of_cells(FIRST + LAST),
    "a row beyond any sheet": lambda: sheet_of_cells(
        b'<row r="2147483648"><c r="A2147483648"><v>1</v></c></row>'
    ),
    "an ods of 17 billion cells": lambda: ods(REPEATED),
    "a formula that starts a program": lambda: sheet_of_cells(
        b'<row r="5"><c r="E5" t="str"><f>cmd|\'/c calc\'!A0</f><v>x</v></c></row>'
    ),
}
