"""空白表單: a form laid out on a sheet, before anybody fills it.

A table has its fields as columns, and a row for each thing that is asked about. A form that is
filled once has its fields one below the other, each in a row with a cell for the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

from dutyflow.plan.asking import ANSWER, HELP, ITEM, NUMBER, leads_of
from dutyflow.plan.forms import Condition, Form

from .columns import (
    ConfirmColumn,
    FileColumn,
    InputColumn,
    TextColumn,
    confirm_column,
    input_column,
)

WIDTHS = {NUMBER: 9, "面向": 10, "執行策略": 18, "具體作法": 44, "組室": 16, ITEM: 34}
ANSWER_WIDTH, HELP_WIDTH = 60, 50


@dataclass(frozen=True, kw_only=True)
class Blank:
    """`inputs` are the columns that a section fills, `confirm` the one for 無辦理事項, if any."""

    form: Form
    inputs: tuple[InputColumn, ...]
    confirm: ConfirmColumn | None

    @cached_property
    def answered(self) -> tuple[InputColumn, ...]:
        """Every column that the section fills, the confirmation last."""
        return (*self.inputs, self.confirm) if self.confirm else self.inputs

    @cached_property
    def required(self) -> tuple[InputColumn, ...]:
        return tuple(column for column in self.inputs if column.required)

    @cached_property
    def substance(self) -> InputColumn | None:
        """The first text that must be written: what was done."""
        return next((column for column in self.required if isinstance(column, TextColumn)), None)

    @cached_property
    def files(self) -> tuple[FileColumn, ...]:
        return tuple(column for column in self.inputs if isinstance(column, FileColumn))

    @cached_property
    def asked_besides(self) -> tuple[tuple[InputColumn, Condition], ...]:
        """What another field's value makes necessary, and which."""
        return tuple((each, each.when) for each in self.inputs if each.when and not each.required)

    @cached_property
    def titles(self) -> dict[str, str]:
        return {column.answer: column.title for column in self.inputs}

    @cached_property
    def locked(self) -> tuple[tuple[str, int], ...]:
        """The locked columns at the left, each with its width."""
        titles = leads_of(self.form) if self.form.is_table else (NUMBER, ITEM)
        return tuple((title, WIDTHS[title]) for title in titles)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The titles of the columns that are filled, as they stand in the header row."""
        if self.form.is_table:
            return tuple(column.title for column in self.answered)
        return (ANSWER,)

    @cached_property
    def across(self) -> tuple[tuple[str, float], ...]:
        """Every column of the sheet with its width."""
        if self.form.is_table:
            return (*self.locked, *((column.title, column.width) for column in self.answered))
        return (*self.locked, (ANSWER, ANSWER_WIDTH), (HELP, HELP_WIDTH))

    def number_of(self, column: InputColumn) -> str:
        """The row of a column, where fields stand one below the other: its 編號."""
        return str(self.answered.index(column) + 1)

    @property
    def row_expected(self) -> str:
        """What a row needs, in the section's words."""
        asked = "、".join(f"「{column.title}」" for column in self.required)
        if self.confirm is None:
            return f"填寫{asked}"
        return f"填寫{asked}，或在「{self.confirm.title}」欄選「{self.confirm.choice}」"


@cache
def blank_of(form: Form) -> Blank:
    return Blank(
        form=form,
        inputs=tuple(map(input_column, form.asked)),
        confirm=confirm_column(_confirm_help(form)) if form.nothing else None,
    )


def _confirm_help(form: Form) -> str:
    what = "這一列" if form.is_table else "本期"
    return f"{what}沒有辦理時才選「無辦理事項」；選了之後，必填的欄位請留空。"
