"""Closures (停班、補班) as people keep them: a small CSV file with a row for each day."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Literal

from dutyflow.calendars.roc import format_roc, parse_date
from dutyflow.calendars.working_days import Closure
from dutyflow.errors import Finding

from .explain import DATE_EXPECTED, NO_SUCH_DAY
from .limits import MAX_BYTES
from .texts import shown
from .words import CHOICE_TITLES, did_you_mean, listed, titled

COLUMNS = ("date", "kind", "reason", "source")
KINDS = ("off", "work")
_HEADER = ",".join(COLUMNS)
_KINDS_EXPECTED = listed([titled(kind, CHOICE_TITLES) for kind in KINDS], "或")


_MARKED = re.compile(r"'+[=+\-@]")
_LIKE_A_FORMULA = re.compile(r"'*[=+\-@]")


def quoted(text: str) -> str:
    """A text for a CSV file, marked with ' where Excel would take it for a formula."""
    return f"'{text}" if _LIKE_A_FORMULA.match(text) else text


def unquoted(cell: str) -> str:
    """The text that was meant: `quoted` undone."""
    return cell[1:] if _MARKED.match(cell) else cell


def parse_closures(content: bytes, name: str) -> tuple[tuple[Closure, ...], tuple[Finding, ...]]:
    """The closures in a CSV file and the mistakes in it. Raises nothing.

    UTF-8, or Big5 as Excel saves it in Taiwan.
    """
    judged = _JudgedFile(name)
    closures = tuple(judged.read(content))
    return closures, tuple(judged.findings)


class JudgedClosures:
    """Rows of closures, judged one after another; `findings` tell what is wrong with them.

    Rows are known by numbers, from 1; a subclass says where a person finds them.
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._first: dict[date, int] = {}

    def where(self, number: int, column: str) -> str:
        raise NotImplementedError

    def elsewhere(self, number: int) -> str:
        raise NotImplementedError

    def row(self, number: int, written: str, kind: str, reason: str, source: str) -> Closure | None:
        """None where something is wrong with it."""
        day = self._day(number, written)
        if kind not in KINDS:
            hint = did_you_mean(kind, KINDS, CHOICE_TITLES)
            self.wrong(number, "kind", f"kind 為{shown(kind)}", _KINDS_EXPECTED, hint)
        if not reason:
            expected = "原因，例如 颱風停止上班"
            self.wrong(number, "reason", "沒有寫 reason（原因）", expected)
        if day is None or kind not in KINDS or not reason:
            return None
        closed: Literal["off", "work"] = "work" if kind == "work" else "off"
        return Closure(day=day, kind=closed, reason=reason, source=source)

    def _day(self, number: int, written: str) -> date | None:
        try:
            day = parse_date(written)
        except ValueError as error:
            hint = NO_SUCH_DAY if NO_SUCH_DAY in str(error) else ""
            self.wrong(number, "date", f"date 為{shown(written)}", DATE_EXPECTED, hint)
            return None
        if day in self._first:
            hint = f"另見{self.elsewhere(self._first[day])}"
            self.wrong(number, "date", f"{format_roc(day)}重複", "每一天只列一次", hint)
        self._first.setdefault(day, number)
        return day

    def wrong(self, number: int, column: str, found: str, expected: str, hint: str = "") -> None:
        where = self.where(number, column)
        self.findings.append(Finding(where=where, found=found, expected=expected, hint=hint))


class _JudgedFile(JudgedClosures):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def where(self, number: int, column: str) -> str:
        del column
        return f"{self.name}:{number}"

    def elsewhere(self, number: int) -> str:
        return f"第 {number} 行"

    def read(self, content: bytes) -> Iterator[Closure]:
        if len(content) > MAX_BYTES:
            self.wrong(1, "", "檔案超過 2 MB", "2 MB 以內的 CSV 檔")
            return
        rows = csv.reader(io.StringIO(_decoded(content), newline=""))
        try:
            header = [cell.strip() for cell in next(rows, [])]
            if tuple(header) != COLUMNS:
                self.wrong(1, "", f"第一列為{shown(','.join(header))}", _HEADER)
                return
            for row in rows:
                if any(cell.strip() for cell in row):
                    cells = [unquoted(cell.strip()) for cell in row]
                    yield from self._cells(cells, rows.line_num)
        except csv.Error as error:
            self.wrong(rows.line_num, "", f"看不懂的 CSV（{error}）", _HEADER)

    def _cells(self, row: list[str], line: int) -> Iterator[Closure]:
        if not 3 <= len(row) <= len(COLUMNS):
            self.wrong(line, "", f"{len(row)} 欄", f"{len(COLUMNS)} 欄：{_HEADER}")
            return
        written, kind, reason, *source = row
        closure = self.row(line, written, kind, reason, "".join(source))
        if closure is not None:
            yield closure


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp950", errors="replace")
