"""A 稽催紀錄 that was handed out earlier, next to the ledger: which of its cells differ."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl.utils import get_column_letter

from dutyflow.forms.problems import FormRejected
from dutyflow.forms.reader import Rows, read_sheets
from dutyflow.reports.paper import printable
from dutyflow.reports.proof import Proof
from dutyflow.reports.proof_sheet import COLUMNS, cells_of, ends_of

from .common import Refused

WANTED = "應為 dutyflow proof 所寫的 .xlsx 或 .ods"
Kept = Mapping[str, tuple[str, ...]]  # an event's number: its cells, as the ledger has them


def differences(path: Path, proofs: Iterable[Proof]) -> tuple[int, list[str]]:
    """How many events of a file stand in the ledger as well; and where the two differ, in words.

    The file may be older than the ledger: what has happened since is no difference. How sections
    stood when it was made is not compared. Raises Refused for what is no such file.
    """
    kept: dict[str, tuple[str, ...]] = {}
    ends: set[str] = set()
    for proof in proofs:
        zone = ZoneInfo(proof.zone)
        rows = [*proof.whole, *(row for section in proof.sections for row in section.rows)]
        kept |= {str(row.number): cells_of(row, zone) for row in rows}
        ends |= {row.hash for row in rows}
    found: list[str] = []
    compared: set[str] = set()
    for name, cells in _sheets(path).items():
        found += _of_sheet(name, cells, kept, compared)
        found += _of_ends(name, cells, ends)
    if not compared:
        raise Refused(f"{path.name}：沒有這一期的事件；{WANTED}")
    last = max(map(int, compared))
    gone = [number for number in kept if int(number) < last and number not in compared]
    found += [f"少了第 {number} 號事件（{kept[number][2]}）" for number in gone]
    return len(compared), found


def _sheets(path: Path) -> dict[str, Rows]:
    try:
        return {name: sheet.rows for name, sheet in read_sheets(path.read_bytes()).items()}
    except OSError as error:
        raise Refused(f"無法讀取 {path}：{error.strerror}") from None
    except FormRejected:
        raise Refused(f"{path.name}：無法讀取；{WANTED}") from None


def _of_sheet(name: str, rows: Rows, kept: Kept, compared: set[str]) -> Iterator[str]:
    for place, row in enumerate(rows, 1):
        number = _text(row[0]) if row else ""
        if not number.isdecimal():
            continue
        if number not in kept:
            yield f"「{name}」工作表 A{place}：帳本的這一期沒有第 {number} 號事件"
            continue
        compared.add(number)
        cells = [*map(_text, row), *[""] * len(COLUMNS)]
        for column, (cell, own) in enumerate(zip(cells, kept[number], strict=False), 1):
            if cell != _text(printable(own)):
                where = f"「{name}」工作表 {get_column_letter(column)}{place}"
                yield f"{where}：檔案為「{cell}」，帳本為「{_text(own)}」（第 {number} 號事件）"


def _of_ends(name: str, rows: Rows, hashes: set[str]) -> Iterator[str]:
    """The first and the last event, which the heading gives with their whole hashes."""
    for place, row in enumerate(rows, 1):
        for end in ends_of(_text(row[0]) if row else ""):
            if end not in hashes:
                yield f"「{name}」工作表 A{place}：帳本的這一期沒有雜湊為 {end} 的事件"


def _text(cell: Any) -> str:
    """As it is compared: white space is no difference between the formats."""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return " ".join(str(cell).split())
