"""Job: what stands in the cells of a workbook."""

from __future__ import annotations

import io

from python_calamine import CalamineError, CalamineWorkbook, load_workbook

from .cell_errors import may_hold_errors, with_errors_told
from .external_content import what_reaches_out
from .workbook_parts import xml_parts

TYPE_CHECKING = False  # typing would cost a third of the start
if TYPE_CHECKING:
    from typing import Any

MAX_CELLS = 200_000
MAX_MERGED = 1000  # of a sheet, that are told


def read(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """`sheets`: a list of (sheet's name, rows), None for what is no workbook or too large.
    `merged`: by the sheet's name, the first and the last cell of what is merged, each (row, column)
    from 0, where the format tells. `reaches`: what in it reaches beyond it; it is not read then.

    A cell is text, a number, a boolean, a date or "".
    """
    spoilt = False
    for name, content in xml_parts(data):
        reaches = what_reaches_out(name, content)
        if reaches is not None:
            return {"sheets": None, "reaches": reaches}, []
        spoilt = spoilt or may_hold_errors(name, content)
    try:
        with load_workbook(io.BytesIO(with_errors_told(data) if spoilt else data)) as workbook:
            return _sheets(workbook), []
    except CalamineError:
        return {"sheets": None, "reaches": None}, []


def _sheets(workbook: CalamineWorkbook) -> dict[str, Any]:
    cells, sheets, merged = 0, [], {}
    for position, name in enumerate(workbook.sheet_names):
        sheet = workbook.get_sheet_by_index(position)
        if sheet.end is None:
            continue
        cells += (sheet.end[0] + 1) * (sheet.end[1] + 1)
        if cells > MAX_CELLS:
            return {"sheets": None, "reaches": None}
        sheets.append((name, sheet.to_python(skip_empty_area=False)))
        if ranges := sheet.merged_cell_ranges:
            merged[name] = ranges[:MAX_MERGED]
    return {"sheets": sheets, "merged": merged, "reaches": None}
