"""Workbooks as other programs save them: the traits by which each is known, made by script."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import openpyxl
import pytest

from tests.forms.samples import ANSWERS, judged, member, repacked, said, write
from tests.support.archives import zipped

FILLED = write(ANSWERS)
SHEET, BOOK, RELATIONS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
TYPES, STYLES = "[Content_Types].xml", "xl/styles.xml"
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def strict() -> bytes:
    """Excel's "Strict Open XML": the same elements in ISO's own namespaces."""
    iso = b"http://purl.oclc.org/ooxml/"
    return repacked(
        FILLED,
        {
            name: content.replace(_MAIN, iso + b"spreadsheetml/main").replace(
                _OFFICE, iso + b"officeDocument/relationships"
            )
            for name, content in members(FILLED).items()
        },
    )


def wps() -> bytes:
    """WPS Office: says so in app.xml, alternatives for other programs, shared strings."""
    app = (
        b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'extended-properties"><Application>WPS \xe8\xa1\xa8\xe6\xa0\xbc</Application></Properties>'
    )
    choice = (
        b'<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/'
        b'2006"><mc:Choice Requires="x14"><controls/></mc:Choice><mc:Fallback/>'
        b"</mc:AlternateContent></worksheet>"
    )
    sheet = member(shared(), SHEET).replace(b"</worksheet>", choice)
    return repacked(shared(), {"docProps/app.xml": app, SHEET: sheet})


def shared() -> bytes:
    """Excel: all texts in one table, some of them with a piece in bold and a reading beside."""
    texts: list[bytes] = []

    def put(match: re.Match[bytes]) -> bytes:
        texts.append(match[2])
        return b'<c %st="s"><v>%d</v></c>' % (match[1], len(texts) - 1)

    sheet = re.sub(
        rb'<c ([^>]*)t="inlineStr"><is><t[^>]*>([^<]*)</t></is></c>', put, member(FILLED, SHEET)
    )
    items = b"".join(
        b"<si><r><rPr><b/></rPr><t/></r><r><t>%s</t></r>"
        b'<rPh sb="0" eb="1"><t>reading</t></rPh></si>' % text
        for text in texts
    )
    kind = b"officedocument.spreadsheetml.sharedStrings+xml"
    return repacked(
        FILLED,
        {
            SHEET: sheet,
            "xl/sharedStrings.xml": b'<sst xmlns="%s">%s</sst>' % (_MAIN, items),
            TYPES: member(FILLED, TYPES).replace(
                b"</Types>",
                b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
                b'vnd.openxmlformats-%s"/></Types>' % kind,
            ),
            RELATIONS: member(FILLED, RELATIONS).replace(
                b"</Relationships>",
                b'<Relationship Id="rId9" Type="%s/sharedStrings" Target="sharedStrings.xml"/>'
                b"</Relationships>" % _OFFICE,
            ),
        },
    )


def google() -> bytes:
    """Google Sheets: nothing hidden, no defined names; every empty cell of a row is there."""
    book = re.sub(rb' state="\w+"|<definedNames>.*</definedNames>', b"", member(FILLED, BOOK))
    sheet = member(FILLED, SHEET).replace(b"</row>", b'<c r="Z99" s="1"/></row>')
    sheet = re.sub(rb'r="Z99"', b"", sheet)
    return repacked(FILLED, {BOOK: book, SHEET: sheet, "docProps/app.xml": None})


def bare() -> bytes:
    """Written by a script: no styles, cells that do not say where they are."""
    sheet = re.sub(rb' s="\d+"', b"", member(FILLED, SHEET))
    sheet = re.sub(rb'(<c|<row) r="\w+"', rb"\1", sheet)
    relations = re.sub(rb"<Relationship [^>]*styles[^>]*>", b"", member(FILLED, RELATIONS))
    types = re.sub(rb"<Override [^>]*styles[^>]*>", b"", member(FILLED, TYPES))
    return repacked(FILLED, {SHEET: sheet, STYLES: None, RELATIONS: relations, TYPES: types})


def renamed_members() -> bytes:
    relations = member(FILLED, RELATIONS).replace(b"/xl/worksheets/sheet1", b"worksheets/Blatt_A")
    types = member(FILLED, TYPES).replace(b"sheet1", b"Blatt_A")
    renamed = {"xl/worksheets/Blatt_A.xml": member(FILLED, SHEET), SHEET: None}
    return repacked(FILLED, {**renamed, RELATIONS: relations, TYPES: types})


def prefixed() -> bytes:
    """Every element with a prefix, as some libraries write."""
    changed = {}
    for name in (SHEET, BOOK):
        content = re.sub(rb"<(/?)(\w+)(?=[ />])", rb"<\1x:\2", member(FILLED, name))
        changed[name] = content.replace(b'xmlns="', b'xmlns:x="')
    return repacked(FILLED, changed)


def streamed() -> bytes:
    """Sizes after the contents, folders as members of their own, 64-bit fields."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/", b"")
        for name, content in members(FILLED).items():
            with archive.open(name, "w", force_zip64=True) as file:
                file.write(content)
    return packed.getvalue()


def worked_on() -> bytes:
    """Rows hidden and filtered, cells merged, a picture of columns moved far to the right."""
    workbook = openpyxl.load_workbook(io.BytesIO(FILLED))
    sheet = workbook.worksheets[0]
    sheet.row_dimensions[6].hidden = sheet.column_dimensions["F"].hidden = True
    sheet.auto_filter.ref = "A4:H8"
    sheet.auto_filter.add_filter_column(0, ["1.1.1"])
    sheet.merge_cells("B5:B8")
    sheet["XA1"] = "備註"
    sheet.conditional_formatting.add(
        "F5:F8", openpyxl.formatting.rule.CellIsRule(operator="lessThan", formula=["90"])
    )
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


@pytest.mark.parametrize(
    "saved", [strict, wps, shared, google, bare, renamed_members, prefixed, streamed, worked_on]
)
def test_it_is_read_whichever_program_saved_it(saved: Callable[[], bytes]) -> None:
    verdict = judged(saved())
    assert verdict.accepted, said(verdict)
    assert verdict.answers == ANSWERS


def ods(*, after: str = "") -> bytes:
    """As LibreOffice saves it: repeated cells, and rows to the end of the sheet."""
    rows = openpyxl.load_workbook(io.BytesIO(FILLED)).worksheets
    tables = "".join(_table(sheet, after) for sheet in rows)
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces}><office:body>'
        f"<office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content,
            "META-INF/manifest.xml": "<manifest/>",
        }
    )


def _table(sheet: openpyxl.worksheet.worksheet.Worksheet, after: str) -> str:
    lines = "".join(
        f"<table:table-row>{''.join(_cell(cell.value) for cell in row)}"
        '<table:table-cell table:number-columns-repeated="16376"/></table:table-row>'
        for row in sheet.iter_rows()
    )
    rest = '<table:table-row table:number-rows-repeated="1048568"><table:table-cell '
    rest += 'table:number-columns-repeated="16384"/></table:table-row>'
    return f'<table:table table:name="{sheet.title}">{lines}{after}{rest}</table:table>'


def _cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, int | float):
        return (
            f'<table:table-cell office:value-type="float" office:value="{value}">'
            f"<text:p>{value}</text:p></table:table-cell>"
        )
    lines = "".join(f"<text:p>{line}</text:p>" for line in str(value).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def test_an_ods_to_the_end_of_its_sheet() -> None:
    verdict = judged(ods())
    assert verdict.accepted, said(verdict)
    assert verdict.answers == ANSWERS


def test_an_ods_with_a_formula_that_only_reckons() -> None:
    row = '<table:table-row><table:table-cell table:number-columns-repeated="5"/>'
    row += '<table:table-cell table:formula="of:=SUM([.F5:.F8])" '
    row += 'office:value-type="float" office:value="182.5"/></table:table-row>'
    assert judged(ods(after=row)).accepted


@pytest.mark.parametrize(
    "formula",
    [
        "of:=DDE(&quot;cmd&quot;;&quot;/c calc&quot;;&quot;a&quot;)",
        "of:=WEBSERVICE(&quot;https://example.tw&quot;)",
        "of:=HYPERLINK(&quot;https://example.tw&quot;)",
    ],
)
def test_an_ods_with_a_formula_that_reaches_out(formula: str) -> None:
    row = f'<table:table-row><table:table-cell table:formula="{formula}"/></table:table-row>'
    assert "連到檔案之外" in said(judged(ods(after=row)))
