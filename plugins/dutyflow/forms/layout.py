"""How a form is laid out on a sheet: its columns or rows, their titles and widths.

A table has its fields as columns, and a row for each thing that is asked about. A form that is
filled once has its fields one below the other, each in a row with a cell for the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

from dutyflow.plan.asking import ANSWER, HELP, ITEM, NUMBER, leads_of
from dutyflow.plan.conditions import Condition
from dutyflow.plan.field_types import FormField
from dutyflow.plan.forms import Form

from .nothing import NothingField, nothing_field

WIDTHS = {NUMBER: 9, "面向": 10, "執行策略": 18, "具體作法": 44, "組室": 16, ITEM: 34}
ANSWER_WIDTH, HELP_WIDTH = 60, 50


@dataclass(frozen=True, kw_only=True)
class FormLayout:
    """A form and what follows from its fields for whoever writes, shows or judges it.

    `confirm` is the field for 無辦理事項, if the form has one.
    """

    form: Form
    confirm: NothingField | None

    @cached_property
    def answered(self) -> tuple[FormField, ...]:
        """Every field that is filled, that for 無辦理事項 last."""
        return (*self.form.asked, self.confirm) if self.confirm else self.form.asked

    @cached_property
    def required(self) -> tuple[FormField, ...]:
        return tuple(field for field in self.form.asked if field.required)

    @cached_property
    def substance(self) -> FormField | None:
        """The first text that is required: what was done."""
        return next((field for field in self.required if field.is_prose), None)

    @cached_property
    def files(self) -> tuple[FormField, ...]:
        """The fields that name files."""
        return tuple(field for field in self.form.asked if field.names_files)

    @cached_property
    def asked_besides(self) -> tuple[tuple[FormField, Condition], ...]:
        """The fields that are required under a condition, each with that condition."""
        return tuple(
            (field, field.required_when)
            for field in self.form.asked
            if field.required_when and not field.required
        )

    @cached_property
    def fields(self) -> dict[str, FormField]:
        """The fields that the plan lists and those beside them, by their ids."""
        return {field.id: field for field in self.form.asked}

    @cached_property
    def locked(self) -> tuple[tuple[str, int], ...]:
        """The locked columns at the left: titles and widths."""
        titles = leads_of(self.form) if self.form.is_table else (NUMBER, ITEM)
        return tuple((title, WIDTHS[title]) for title in titles)

    @cached_property
    def headings(self) -> tuple[str, ...]:
        """The titles of the columns that are filled."""
        if self.form.is_table:
            return tuple(field.title for field in self.answered)
        return (ANSWER,)

    @cached_property
    def across(self) -> tuple[tuple[str, float], ...]:
        """Every column of the sheet: titles and widths."""
        if self.form.is_table:
            return (*self.locked, *((each.title, each.columns_wide) for each in self.answered))
        return (*self.locked, (ANSWER, ANSWER_WIDTH), (HELP, HELP_WIDTH))

    def number_of(self, field: FormField) -> str:
        """A field's number (編號), where the fields stand one below the other."""
        return str(self.answered.index(field) + 1)

    @property
    def row_expected(self) -> str:
        """What must be filled in each row, in the section's words."""
        asked = "、".join(f"「{field.title}」" for field in self.required)
        if self.confirm is None:
            return f"填寫{asked}"
        return f"填寫{asked}，或在「{self.confirm.title}」欄選「{self.confirm.choice}」"


@cache
def layout_of(form: Form) -> FormLayout:
    return FormLayout(
        form=form,
        confirm=nothing_field(_explained(form)) if form.nothing else None,
    )


def _explained(form: Form) -> str:
    what = "這一列" if form.is_table else "本期"
    return f"{what}沒有辦理時才選「無辦理事項」；選了之後，必填的欄位請留空。"
