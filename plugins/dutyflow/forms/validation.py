"""Data validation: what Excel checks and says while a form is being filled."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.plan.field_types import Between, FormField, Limit, Longest, OneOf

LONGEST_LIST = 255  # characters of choices, with their commas and quotes: Excel's limit
LONGEST_TITLE, LONGEST_PROMPT = 32, 255


def add_validation(sheet: Worksheet, field: FormField, cells: str) -> None:
    """Add a field's prompt, limits and error message to its cells (a range like `F8:F20`)."""
    rule = _rule(field.limit)
    rule.allow_blank = True
    rule.promptTitle = field.title[:LONGEST_TITLE]
    rule.prompt = field.prompt[:LONGEST_PROMPT]
    rule.errorTitle = f"「{field.title[: LONGEST_TITLE - 4]}」不符"
    rule.error = f"應為：{field.expected}"[:LONGEST_PROMPT]
    rule.errorStyle = "stop"
    rule.showInputMessage = rule.showErrorMessage = True
    rule.add(cells)
    sheet.add_data_validation(rule)


def _rule(limit: Limit | None) -> DataValidation:
    match limit:
        case Longest(units):
            return DataValidation(
                type="textLength", operator="lessThanOrEqual", formula1=str(units)
            )
        case Between(low, high, whole):
            return DataValidation(
                type="whole" if whole else "decimal",
                operator="between",
                formula1=_exact(low),
                formula2=_exact(high),
            )
        case OneOf(choices):
            return _list(choices)
    return DataValidation()  # only a prompt


def _list(choices: tuple[str, ...]) -> DataValidation:
    """A drop-down; only a prompt where the list is too long for Excel, or holds a comma."""
    told = ",".join(choices)
    if any("," in choice for choice in choices) or len(told) > LONGEST_LIST:
        return DataValidation()
    quoted = told.replace('"', '""')
    return DataValidation(type="list", formula1=f'"{quoted}"')


def _exact(number: float) -> str:
    """A number with all its digits, as Excel writes it."""
    return str(int(number)) if float(number).is_integer() else repr(number)
