"""Read a workbook from outside: the cells of its sheets, by a child that is confined."""

from __future__ import annotations

from dutyflow.confined.room import Limits, Overrun, run

from .guard import WANTED
from .problems import FormRejected, rejected
from .texts import Cell

Rows = list[list[Cell]]

LIMITS = Limits(seconds=2, memory=300 * 2**20)


def read_sheets(data: bytes, *, limits: Limits = LIMITS) -> dict[str, Rows]:
    """Every sheet's rows by its name, from cell A1 on; an empty cell is "".

    Raises FormRejected for what is no workbook or would take more than the limits. Let the guard
    check the data first.
    """
    try:
        sheets = run("dutyflow.confined.sheets:read", data, limits).value
    except Overrun:
        raise _too_much() from None
    if sheets is None:
        raise _too_much()
    return dict(sheets)


def _too_much() -> FormRejected:
    return rejected(
        "檔案損毀，或內容太大而無法安全讀取",
        WANTED,
        "請改填原信所附的表單；多餘的工作表與資料請刪除",
    )
