"""Compare two submissions of one form, cell by cell. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from dutyflow.plan.answers import Answer, Value
from dutyflow.plan.asking import NOTHING, AskedRow
from dutyflow.plan.field_types import FormField
from dutyflow.plan.forms import Form

from .problems import shown
from .texts import plain

CHECKED = "✓"  # where 無辦理事項 was chosen


@dataclass(frozen=True, kw_only=True)
class CellChange:
    """A cell that differs: what stood in it and what stands in it now, as a person sees it.

    `row` is the row's id, "" in a form that is filled once; `column` is the column's title. A blank
    cell is "".
    """

    row: str
    column: str
    before: str
    after: str

    @property
    def sentence(self) -> str:
        """`1.1.2.3 自評分數：90 → 85`."""
        where = f"{self.row} {self.column}".strip()
        was, becomes = (shown(text) or "（空白）" for text in (self.before, self.after))
        return f"{where}：{was} → {becomes}"


def changes(
    form: Form, rows: Sequence[AskedRow], before: Iterable[Answer], after: Iterable[Answer]
) -> tuple[CellChange, ...]:
    """Every cell that differs, in the order of the form."""
    old = {answer.row: answer for answer in before}
    new = {answer.row: answer for answer in after}
    ids = [row.id for row in rows] if form.is_table else [""]
    return tuple(
        change
        for row in ids
        for change in _in_row(form, row, old.get(row, Answer()), new.get(row, Answer()))
    )


def _in_row(form: Form, row: str, before: Answer, after: Answer) -> Iterator[CellChange]:
    for field in form.asked:
        was, becomes = (_shown(field, answer.values.get(field.id)) for answer in (before, after))
        if was != becomes:
            yield CellChange(row=row, column=field.title, before=was, after=becomes)
    if before.nothing != after.nothing:
        was, becomes = (CHECKED if answer.nothing else "" for answer in (before, after))
        yield CellChange(row=row, column=NOTHING, before=was, after=becomes)


def _shown(field: FormField, value: Value | None) -> str:
    return "" if value is None else plain(field.written(value))
