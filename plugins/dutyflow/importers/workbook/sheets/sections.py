"""組室: the sections, in the plan's order."""

from __future__ import annotations

from typing import Any

from dutyflow.importers.workbook.book import Book, Table
from dutyflow.importers.workbook.codecs import Code
from dutyflow.importers.workbook.grids import Column, Grid, line, values_of
from dutyflow.plan.model import Plan
from dutyflow.plan.source import Place

SHEET = "組室"
COLUMNS = (
    Column("id", "代碼", 24, "小寫英文代碼，例如 business", codec=Code(), required=True),
    Column("name", "名稱", 40, "組室名稱，例如 業務組", required=True),
)
EMPTY = Grid(
    sheet=SHEET,
    columns=COLUMNS,
    note="一列一個組室。新增組室後，請在「具體作法」也增加一欄，以組室名稱為標題。",
    spare=8,
)


def grid(plan: Plan) -> Grid:
    lines = tuple(
        line(COLUMNS, each.id, each.name, values_of(each, COLUMNS)) for each in plan.sections
    )
    return Grid(**{**vars(EMPTY), "lines": lines})


def read(book: Book, table: Table | None, place: Place) -> list[dict[str, Any]]:
    rows = table.rows if table is not None else ()
    return [book.item(row, COLUMNS, (*place, number)) for number, row in enumerate(rows)]
