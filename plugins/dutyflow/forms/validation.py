"""What Excel itself says while a form is being filled, from the form's description."""

from __future__ import annotations

from functools import singledispatch

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from .description import ConfirmColumn, InputColumn, NumberColumn, TextColumn


def add_validation(sheet: Worksheet, column: InputColumn, cells: str) -> None:
    """Add the column's prompt, limits and error message to its cells (a range like `F8:F20`)."""
    rule = _rule(column)
    rule.allow_blank = True
    rule.promptTitle, rule.prompt = column.title, column.prompt
    rule.errorTitle, rule.error = f"「{column.title}」不符", f"應為：{column.expected}"
    rule.errorStyle = "stop"
    rule.showInputMessage = rule.showErrorMessage = True
    rule.add(cells)
    sheet.add_data_validation(rule)


@singledispatch
def _rule(column: InputColumn) -> DataValidation:
    raise NotImplementedError(type(column).__name__)


@_rule.register
def _(column: TextColumn) -> DataValidation:
    return DataValidation(type="textLength", operator="lessThanOrEqual", formula1=str(column.limit))


@_rule.register
def _(column: NumberColumn) -> DataValidation:
    low, high = str(column.low), str(column.high)
    return DataValidation(type="decimal", operator="between", formula1=low, formula2=high)


@_rule.register
def _(column: ConfirmColumn) -> DataValidation:
    return DataValidation(type="list", formula1=f'"{column.choice}"')
