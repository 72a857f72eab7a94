"""Read a workbook from outside: the cells of its sheets, by a child that is confined."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from dutyflow.infra.sandbox.external_content import ENTITIES
from dutyflow.infra.sandbox.runner import Limits, Overrun, Reply, run

from . import guard
from .guard import RESEND, WANTED
from .problems import FormRejected, Problem, rejected
from .texts import Cell

Rows = list[list[Cell]]
Spot = Sequence[int]  # row and column, from 0


class Sheet(NamedTuple):
    """The rows from cell A1 on, an empty cell is ""; and of what is merged the first and last."""

    rows: Rows
    merged: Sequence[tuple[Spot, Spot]] = ()


class Workbook(NamedTuple):
    """A file from outside as it was read, once: its sheets by name, or why it cannot be a form.

    `size` is how many bytes there were of its cells.
    """

    sheets: Mapping[str, Sheet]
    refusal: Problem | None = None
    size: int = 0


LIMITS = Limits(seconds=2, memory=300 * 2**20)


def read(data: bytes) -> Workbook:
    """Read a file that a stranger sent as a workbook: checked first, then parsed by the child.

    Raises nothing: whatever is wrong with the file is the workbook's `refusal`.
    """
    try:
        guard.check(data)
        reply = _parsed(data, LIMITS)
        return Workbook(_sheets(reply), size=reply.size)
    except FormRejected as refused:
        return Workbook({}, refusal=refused.problem)


def read_sheets(data: bytes, *, limits: Limits = LIMITS) -> dict[str, Sheet]:
    """Every sheet by its name.

    Raises FormRejected for what is no workbook or would take more than the limits. Let the guard
    check the data first.
    """
    return _sheets(_parsed(data, limits))


def _parsed(data: bytes, limits: Limits) -> Reply:
    try:
        return run("dutyflow.infra.sandbox.sheets:read", data, limits)
    except Overrun:
        raise _too_much() from None


def _sheets(reply: Reply) -> dict[str, Sheet]:
    found = reply.value
    if found["reaches"] is not None:
        raise _reaching(*found["reaches"])
    if found["sheets"] is None:
        raise _too_much()
    merged = found["merged"]
    return {name: Sheet(rows, merged.get(name, ())) for name, rows in found["sheets"]}


def _reaching(what: str, cell: str) -> FormRejected:
    if what == ENTITIES:
        return rejected("檔案內有不該有的定義（DTD），為安全起見不予讀取", WANTED, RESEND)
    function = f"（{what}）" if what else ""
    return rejected(
        f"{cell + ' ' if cell else ''}有連到檔案之外的公式{function}，為安全起見不予讀取",
        "只有文字與數字的表單",
        "請複製這些儲存格，以「貼上值」換成文字或數字，存檔後再寄",
    )


def _too_much() -> FormRejected:
    return rejected(
        "檔案損毀，或內容太大而無法安全讀取",
        WANTED,
        "請改填原信所附的表單；多餘的工作表與資料請刪除",
    )
