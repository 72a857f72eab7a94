"""Excel files as bytes: the same workbook gives the same bytes, and text stays text.

Used by everything that writes a workbook: the forms that go out and the reports.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Hashable
from copy import copy
from datetime import datetime
from typing import cast
from weakref import WeakKeyDictionary

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Font
from openpyxl.styles.cell_style import StyleArray
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter
from openpyxl.xml.constants import ARC_CORE
from openpyxl.xml.functions import tostring

from dutyflow.plan.texts import CELL_LIMIT, units

# The unit of a column's width is a digit of the workbook's default font. This one is equally wide
# (7 px at 96 dpi) in Excel, in LibreOffice and in the fonts that stand in for it on a bare server;
# openpyxl's own, Calibri of the theme, is another font in a Chinese Excel.
RULER = Font(name="Courier New", size=9)
PIXELS_PER_WIDTH = 7

_MADE = datetime(2018, 1, 1)  # noqa: DTZ001  Excel's property has no zone; a constant, not a time
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")

_drawn: WeakKeyDictionary[Workbook, dict[Hashable, StyleArray]] = WeakKeyDictionary()


def measure_columns(workbook: Workbook) -> None:
    """Make the ruler the workbook's default font."""
    workbook._named_styles["Normal"].font = RULER  # type: ignore[attr-defined]  # no public way


def save(workbook: Workbook) -> bytes:
    """The workbook as .xlsx. Says nothing of when it was made: same content, same bytes."""
    loose = io.BytesIO()
    with zipfile.ZipFile(loose, "w", zipfile.ZIP_STORED) as archive:
        ExcelWriter(workbook, archive).save()
    packed = io.BytesIO()
    with zipfile.ZipFile(loose) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            content = _timeless(workbook) if name == ARC_CORE else source.read(name)
            target.writestr(_member(name), content)
    return packed.getvalue()


def _member(name: str) -> zipfile.ZipInfo:
    member = zipfile.ZipInfo(name, date_time=_ZIP_DATE)
    member.compress_type = zipfile.ZIP_DEFLATED
    member.create_system = 3  # else it tells on which system it was made
    member.external_attr = 0o600 << 16
    return member


def _timeless(workbook: Workbook) -> str | bytes:
    kept = workbook.properties
    properties = DocumentProperties(
        title=kept.title, subject=kept.subject, creator=kept.creator, created=_MADE, modified=_MADE
    )
    return tostring(properties.to_tree())


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """The cell itself: openpyxl's stubs allow for a merged one, which nothing can be put into."""
    return cast("Cell", sheet.cell(row, column))


def style(cell: Cell, look: Hashable, draw: Callable[[Cell], None]) -> None:
    """Give a cell a look, which `draw` draws on the first cell of a workbook that has it.

    The others get a copy: openpyxl compares each font, fill and border that a cell is given with
    all those before, which took half the time that it takes to write a form.
    """
    if cell.has_style:
        draw(cell)
        return
    known = _drawn.setdefault(cast("Workbook", cell.parent.parent), {})
    if look in known:
        cell._style = copy(known[look])  # type: ignore[attr-defined]  # no public way
    else:
        draw(cell)
        known[look] = copy(cell._style)  # type: ignore[attr-defined]


def clean(text: str) -> str:
    """The text without what a workbook cannot hold (control characters), lines ended by `\\n`."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def put_text(cell: Cell, text: str) -> None:
    """Write text that stays text: never a formula, a number or an escape, whatever it begins with.

    Call it after the cell's style is set. What Excel cannot hold is dropped: control characters,
    and all beyond 32,767 characters (marked with …).
    """
    written = _LOOKS_ESCAPED.sub("_x005F_", _shortened(clean(text)))
    cell.value = written or None
    if written:
        cell.data_type = "s"
    if written.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True


def put_number(cell: Cell, number: float) -> None:
    """Write a number with all its digits (openpyxl by itself rounds to 16)."""
    cell.value = str(int(number)) if float(number).is_integer() else repr(number)
    cell.data_type = "n"


def _shortened(text: str) -> str:
    if units(text) <= CELL_LIMIT:
        return text
    kept = text.encode("utf-16-le")[: 2 * (CELL_LIMIT - 1)]
    return kept.decode("utf-16-le", "ignore") + "…"
