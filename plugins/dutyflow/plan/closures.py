"""Closures (停班、補班) as people keep them: a small CSV file with a row for each day."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from dutyflow.calendars.roc import format_roc, parse_date
from dutyflow.calendars.working_days import Closure
from dutyflow.errors import Finding

from .explain import DATE_EXPECTED, NO_SUCH_DAY
from .folder import MAX_BYTES
from .source import shown
from .words import CHOICE_TITLES, did_you_mean, listed, titled

COLUMNS = ("date", "kind", "reason", "source")
KINDS = ("off", "work")
_HEADER = ",".join(COLUMNS)
_KINDS_EXPECTED = listed([titled(kind, CHOICE_TITLES) for kind in KINDS], "或")


def parse_closures(content: bytes, name: str) -> tuple[tuple[Closure, ...], tuple[Finding, ...]]:
    """The closures in a CSV file and the mistakes in it. Raises nothing.

    UTF-8, or Big5 as Excel saves it in Taiwan.
    """
    reader = _Reader(name)
    closures = tuple(reader.read(content))
    return closures, tuple(reader.findings)


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self._first: dict[date, int] = {}

    def read(self, content: bytes) -> Iterator[Closure]:
        if len(content) > MAX_BYTES:
            self._wrong(1, "檔案超過 2 MB", "2 MB 以內的 CSV 檔")
            return
        rows = csv.reader(io.StringIO(_decoded(content), newline=""))
        try:
            header = [cell.strip() for cell in next(rows, [])]
            if tuple(header) != COLUMNS:
                self._wrong(1, f"第一列為{shown(','.join(header))}", _HEADER)
                return
            for row in rows:
                if any(cell.strip() for cell in row):
                    yield from self._row([cell.strip() for cell in row], rows.line_num)
        except csv.Error as error:
            self._wrong(rows.line_num, f"看不懂的 CSV（{error}）", _HEADER)

    def _row(self, row: list[str], line: int) -> Iterator[Closure]:
        if not 3 <= len(row) <= len(COLUMNS):
            self._wrong(line, f"{len(row)} 欄", f"{len(COLUMNS)} 欄：{_HEADER}")
            return
        written, kind, reason, *source = row
        day = self._day(written, line)
        if kind not in KINDS:
            hint = did_you_mean(kind, KINDS, CHOICE_TITLES)
            self._wrong(line, f"kind 為{shown(kind)}", _KINDS_EXPECTED, hint)
        if not reason:
            self._wrong(line, "沒有寫 reason（原因）", "原因，例如 颱風停止上班")
        if day is not None and kind in KINDS and reason:
            yield Closure(
                day=day,
                kind="work" if kind == "work" else "off",
                reason=reason,
                source="".join(source),
            )

    def _day(self, written: str, line: int) -> date | None:
        try:
            day = parse_date(written)
        except ValueError as error:
            hint = NO_SUCH_DAY if NO_SUCH_DAY in str(error) else ""
            self._wrong(line, f"date 為{shown(written)}", DATE_EXPECTED, hint)
            return None
        if day in self._first:
            hint = f"另見第 {self._first[day]} 行"
            self._wrong(line, f"{format_roc(day)}重複", "每一天只列一次", hint)
        self._first.setdefault(day, line)
        return day

    def _wrong(self, line: int, found: str, expected: str, hint: str = "") -> None:
        finding = Finding(where=f"{self.name}:{line}", found=found, expected=expected, hint=hint)
        self.findings.append(finding)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp950", errors="replace")
