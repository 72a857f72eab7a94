"""What Excel itself says while a form is being filled, from the form's description."""

from __future__ import annotations

from functools import singledispatch

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from .columns import (
    ChoiceColumn,
    DateColumn,
    FileColumn,
    InputColumn,
    NumberColumn,
    TextColumn,
)

LONGEST_LIST = 255  # characters of choices, with their commas and quotes: Excel's limit
LONGEST_TITLE, LONGEST_PROMPT = 32, 255


def add_validation(sheet: Worksheet, column: InputColumn, cells: str) -> None:
    """Add the column's prompt, limits and error message to its cells (a range like `F8:F20`)."""
    rule = _rule(column)
    rule.allow_blank = True
    rule.promptTitle = column.title[:LONGEST_TITLE]
    rule.prompt = column.help[:LONGEST_PROMPT]
    rule.errorTitle = f"「{column.title[: LONGEST_TITLE - 4]}」不符"
    rule.error = f"應為：{column.expected}"[:LONGEST_PROMPT]
    rule.errorStyle = "stop"
    rule.showInputMessage = rule.showErrorMessage = True
    rule.add(cells)
    sheet.add_data_validation(rule)


@singledispatch
def _rule(column: InputColumn) -> DataValidation:
    raise NotImplementedError(type(column).__name__)


@_rule.register
def _(column: TextColumn) -> DataValidation:
    return DataValidation(
        type="textLength", operator="lessThanOrEqual", formula1=str(column.field.max_length)
    )


@_rule.register
def _(column: NumberColumn) -> DataValidation:
    low, high = _exact(column.field.min), _exact(column.field.max)
    return DataValidation(
        type="whole" if column.field.whole else "decimal",
        operator="between",
        formula1=low,
        formula2=high,
    )


@_rule.register
def _(column: ChoiceColumn) -> DataValidation:
    return _list(column.choices)


@_rule.register(DateColumn)
@_rule.register(FileColumn)
def _(column: InputColumn) -> DataValidation:  # noqa: ARG001 - only a prompt
    return DataValidation()


def _list(choices: tuple[str, ...]) -> DataValidation:
    """A drop-down; only a prompt where Excel could not hold it, or would take it apart."""
    told = ",".join(choices)
    if any("," in choice for choice in choices) or len(told) > LONGEST_LIST:
        return DataValidation()
    quoted = told.replace('"', '""')
    return DataValidation(type="list", formula1=f'"{quoted}"')


def _exact(number: float) -> str:
    """A number with all its digits, as Excel writes it."""
    return str(int(number)) if float(number).is_integer() else repr(number)
