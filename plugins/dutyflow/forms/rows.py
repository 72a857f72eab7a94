"""Read a form's table into answers, and report what is wrong with its rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import ANSWER, NUMBER
from dutyflow.plan.field_types import FormField
from dutyflow.plan.texts import folded

from .layout import FormLayout
from .problems import Problem, quoted, shown
from .records import Record, RecordPlace
from .table import FormRow, FormTable
from .texts import Cell, plain

_NAMED = 10  # rows of one kind that are told one by one; a stranger may send any number
_NUMBERED = re.compile(r"\d+(\.\d+)*", re.ASCII)


class RowPlace(NamedTuple):
    """The place of a record that is one row of the sheet."""

    sheet: str
    row: FormRow

    def address_of(self, column: FormField) -> str:
        """Like `F12`."""
        return self.row.address(column.title)

    def merged(self, column: FormField) -> str:
        return self.row.merged_with(column.title)


class ColumnPlace(NamedTuple):
    """The place of a record whose fields stand one below the other."""

    sheet: str
    rows: Mapping[str, FormRow]
    layout: FormLayout

    def address_of(self, column: FormField) -> str:
        return self.rows[self.layout.number_of(column)].address(ANSWER)

    def merged(self, column: FormField) -> str:
        return self.rows[self.layout.number_of(column)].merged_with(ANSWER)


@dataclass(kw_only=True)
class TableReading:
    """One pass over the table; gathers `answers` and `problems` in the order of the plan.

    `asked` are the ids of the rows that the form asks about.
    """

    layout: FormLayout
    table: FormTable
    asked: Sequence[str]
    attached: Collection[str]
    answers: list[Answer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, *, same_rows: bool) -> None:
        """Read every row; with `same_rows` (a form of today's plan) none may be missing."""
        missing = [title for title in self.layout.headings if title not in self.table.titles]
        for title in missing:
            self._report(found=f"找不到欄位「{title}」", expected="標題列與原表單相同")
        found, strays = self._sorted_rows()
        kept = {key: self._only(key, rows) for key, rows in found.items() if rows}
        if same_rows:
            for key in (key for key, rows in found.items() if not rows):
                self._report_missing(key)
        # Each row of a table is a record; of a form that is filled once, all of them are one.
        whole = not missing and (self.layout.form.is_table or len(kept) == len(found))
        for record in self._records(kept):
            answer = record.read(whole=whole)
            self.problems += record.problems
            if answer is not None:
                self.answers.append(answer)
        if same_rows and strays:
            last = max((row.number for rows in found.values() for row in rows), default=0)
            self._report_strays(strays, last)

    @property
    def _keys(self) -> Iterable[str]:
        if self.layout.form.is_table:
            return self.asked
        return map(self.layout.number_of, self.layout.answered)

    def _sorted_rows(self) -> tuple[dict[str, list[FormRow]], list[FormRow]]:
        """The sheet's rows by the row or field that they answer, and those that answer none."""
        found: dict[str, list[FormRow]] = {key: [] for key in self._keys}
        strays: list[FormRow] = []
        for row in self.table.read():
            key = row.cell(NUMBER)
            if key not in found:
                key = folded(plain(key))
            if key in found:
                found[str(key)].append(row)
            elif key != NUMBER:
                strays.append(row)
        return found, strays

    def _only(self, key: str, rows: list[FormRow]) -> FormRow:
        """The one row of a key; of several, which is a problem, the first that was filled."""
        if len(rows) == 1:
            return rows[0]
        kept = next((row for row in rows if not row.is_blank(self.layout.headings)), rows[0])
        numbers = "、".join(str(row.number) for row in rows[:_NAMED])
        self._report(
            at=next(row for row in rows if row is not kept),
            found=f"編號 {key} 有 {len(rows)} 列（第 {numbers} 列{_more(rows)}）",
            expected="一個編號只有一列",
            hint="請刪除多餘的列",
            key=key,
        )
        return kept

    def _records(self, kept: Mapping[str, FormRow]) -> Iterable[Record]:
        if not self.layout.form.is_table:
            return (self._down(kept),) if kept else ()
        places = [self.table.titles.get(column.title) for column in self.layout.answered]
        return (self._across(key, row, places) for key, row in kept.items())

    def _across(self, key: str, row: FormRow, places: Iterable[int | None]) -> Record:
        cells = [None if place is None else row.cells[place] for place in places]
        return self._record(key, cells, RowPlace(self.table.sheet, row))

    def _down(self, rows: Mapping[str, FormRow]) -> Record:
        cells = [rows[key].cell(ANSWER) if key in rows else None for key in self._keys]
        return self._record("", cells, ColumnPlace(self.table.sheet, rows, self.layout))

    def _record(self, row: str, cells: Sequence[Cell], where: RecordPlace) -> Record:
        return Record(layout=self.layout, row=row, cells=cells, where=where, attached=self.attached)

    def _report_missing(self, key: str) -> None:
        self._report(
            found=f"缺少編號 {key} 這一列",
            expected="每一列都在",
            hint="請勿刪除列或更改編號",
            key=key,
        )

    def _report_strays(self, strays: list[FormRow], last: int) -> None:
        answers = [row for row in strays if self._is_answer(row, inside=row.number < last)]
        for row in answers[:_NAMED]:
            key = plain(row.cell(NUMBER))
            found = f"編號{quoted(key)}不在表單內" if key else "這一列有填寫，但沒有編號"
            hint = "請勿更改編號；自行增加的列請刪除，內容併入原有的列"
            self._report(at=row, found=found, expected="原表單的編號", hint=hint)
        if answers[_NAMED:]:
            found = f"共有 {len(answers)} 列的編號不在表單內"
            self._report(found=found, expected="原表單的編號")

    def _is_answer(self, row: FormRow, *, inside: bool) -> bool:
        """Whether a row that was not asked for may hold an answer, which must not get lost.

        Signatures, sums and remarks below the table are ignored.
        """
        if _NUMBERED.fullmatch(folded(plain(row.cell(NUMBER)))):
            return True
        if inside or not self.layout.form.is_table:
            return inside and not row.is_blank(self.layout.headings)
        return not any(row.is_blank([column.title]) for column in self.layout.required)

    def _report(
        self,
        *,
        found: str,
        expected: str,
        at: FormRow | None = None,
        hint: str = "",
        key: str | None = None,
    ) -> None:
        """Report a problem with a row as a whole, or with the table."""
        of_a_row = key is not None and self.layout.form.is_table
        self.problems.append(
            Problem(
                sheet=shown(self.table.sheet),
                cell=at.address(NUMBER) if at else "",
                found=found,
                expected=expected,
                hint=hint,
                row=key if of_a_row else None,
                column=NUMBER if of_a_row else "",
            )
        )


def _more(rows: list[FormRow]) -> str:
    return "等" if len(rows) > _NAMED else ""
