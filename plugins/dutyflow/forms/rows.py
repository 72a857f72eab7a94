"""Read the rows of a form's table into answers, and say what is wrong with each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from dutyflow.answers import Answer

from .description import Cell, Column, Form, InputColumn, UnfitError, Value, folded, plain
from .problems import Problem, quoted, shown
from .table import Row, Table

_NAMED = 10  # rows of one kind that are told one by one; a stranger may send any number
_MEASURE_ID = re.compile(r"\d+(\.\d+)*", re.ASCII)


@dataclass(kw_only=True)
class Reading:
    """One pass over the table; gathers `answers` and `problems` in the order of the plan."""

    form: Form
    table: Table
    asked: Sequence[str]
    answers: list[Answer] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def read(self, *, same_rows: bool) -> None:
        missing = [c for c in self.form.answered if c.title not in self.table.titles]
        for column in missing:
            self._report(None, None, f"找不到欄位「{column.title}」", "標題列與原表單相同")
        found: dict[str, list[Row]] = {measure: [] for measure in self.asked}
        strays: list[Row] = []
        for row in self.table.read():
            key = row.cell(self.form.key)
            if key not in found:
                key = folded(plain(key))
            if key in found:
                found[str(key)].append(row)
            elif key != folded(self.form.key.title):
                strays.append(row)
        for measure, rows in found.items():
            if rows:
                self._read_row(measure, self._only(measure, rows), known=not missing)
            elif same_rows:
                self._report(
                    None,
                    self.form.key,
                    f"缺少編號 {measure} 這一列",
                    "每一列都在",
                    hint="請勿刪除列或更改編號",
                    measure=measure,
                )
        if same_rows:
            last = max((row.number for rows in found.values() for row in rows), default=0)
            self._report_strays(strays, last)

    def _only(self, measure: str, rows: list[Row]) -> Row:
        """The row of a measure. Of several, which is a problem, the first that was filled."""
        if len(rows) == 1:
            return rows[0]
        kept = next((row for row in rows if not row.blank(self.form.answered)), rows[0])
        numbers = "、".join(str(row.number) for row in rows[:_NAMED])
        self._report(
            next(row for row in rows if row is not kept),
            self.form.key,
            f"編號 {measure} 有 {len(rows)} 列（第 {numbers} 列{_more(rows)}）",
            "一個編號只有一列",
            hint="請刪除多餘的列",
            measure=measure,
        )
        return kept

    def _read_row(self, measure: str, row: Row, *, known: bool) -> None:
        values: dict[str, Value] = {}
        unfit: set[str] = set()
        for column in self.form.answered:
            cell = row.cell(column)
            try:
                value = column.read(cell)
            except UnfitError as reason:
                unfit.add(column.answer)
                self._report_unfit(row, column, cell, reason.hint, measure)
            else:
                if value is not None:
                    values[column.answer] = value
        if known:
            self._check_whole(measure, row, values, unfit)
        if values:
            self.answers.append(Answer(measure=measure, **values))  # type: ignore[arg-type]

    def _check_whole(
        self, measure: str, row: Row, values: dict[str, Value], unfit: set[str]
    ) -> None:
        confirm = self.form.confirm
        typed = values.keys() | unfit
        given = [column for column in self.form.required if column.answer in typed]
        if confirm.answer in values and given:
            cells = "、".join(row.address(column) for column in given)
            place = row.address(confirm)
            self._report(
                row,
                confirm,
                f"選了「{confirm.choice}」，但 {cells} 也有內容",
                "兩者擇一",
                hint=f"有辦理請清除 {place}；沒有辦理請清除 {cells}",
                measure=measure,
            )
            del values[confirm.answer]
        elif confirm.answer not in typed and len(given) < len(self.form.required):
            lacking = [column for column in self.form.required if column not in given]
            self._report_lacking(measure, row, lacking, nothing_given=not given)

    def _report_lacking(
        self, measure: str, row: Row, lacking: list[InputColumn], *, nothing_given: bool
    ) -> None:
        if nothing_given:
            cells = " 與 ".join(row.address(column) for column in lacking)
            first = self.form.required[0]
            expected = self.form.row_expected
            self._report(row, first, f"{cells} 都是空白", expected, measure=measure)
            return
        for column in lacking:
            found = f"「{column.title}」空白"
            self._report(row, column, found, column.expected, measure=measure)

    def _report_unfit(
        self, row: Row, column: InputColumn, cell: Cell, hint: str, measure: str
    ) -> None:
        found = f"「{column.title}」填的是{quoted(plain(cell))}"
        self._report(row, column, found, column.expected, hint=hint, measure=measure)

    def _report_strays(self, strays: list[Row], last: int) -> None:
        answers = [row for row in strays if self._is_answer(row, inside=row.number < last)]
        for row in answers[:_NAMED]:
            key = plain(row.cell(self.form.key))
            found = f"編號{quoted(key)}不在表單內" if key else "這一列有填寫，但沒有編號"
            hint = "請勿更改編號；自行增加的列請刪除，內容併入原有的列"
            self._report(row, self.form.key, found, "原表單的編號", hint=hint)
        if answers[_NAMED:]:
            found = f"共有 {len(answers)} 列的編號不在表單內"
            self._report(None, self.form.key, found, "原表單的編號")

    def _is_answer(self, row: Row, *, inside: bool) -> bool:
        """Whether a row that nobody asked for may hold an answer, which must not get lost.

        Signatures, sums and remarks below the table are none of our business.
        """
        if _MEASURE_ID.fullmatch(folded(plain(row.cell(self.form.key)))):
            return True
        if inside:
            return not row.blank(self.form.answered)
        return not any(row.blank([column]) for column in self.form.required)

    def _report(
        self,
        row: Row | None,
        column: Column | None,
        found: str,
        expected: str,
        *,
        hint: str = "",
        measure: str = "",
    ) -> None:
        self.problems.append(
            Problem(
                sheet=shown(self.table.sheet),
                cell=row.address(column) if row and column else "",
                found=found,
                expected=expected,
                hint=hint,
                measure=measure,
                column=column.title if column else "",
            )
        )


def _more(rows: list[Row]) -> str:
    return "等" if len(rows) > _NAMED else ""
