"""Fill in any form as a section would, in its workbook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.plan.field_types import (
    ChoiceField,
    DateField,
    FileField,
    FormField,
    NumberField,
    YesNoField,
)
from dutyflow.plan.forms import Form

Said = Mapping[str, Any]  # by the fields' ids


def sample_value(field: FormField) -> Any:
    """What a section may write: the same each time, and nothing to complain of."""
    match field:
        case NumberField():
            return min(field.max, max(field.min, 95))
        case DateField():
            return "107/6/20"
        case ChoiceField():
            return field.choices[0]
        case YesNoField():
            return "是"
        case FileField():
            return "https://example.tw/report"
    return f"（樣本）{field.title}"[: getattr(field, "max_length", 100)]


def sample_answer(form: Form) -> Said:
    return {field.id: sample_value(field) for field in form.asked}


def fill(data: bytes, form: Form, said: Said | Callable[[str], Said] | None = None) -> bytes:
    """The workbook with each of its rows filled; `said` may tell rows apart by their ids."""
    answer = sample_answer(form) if said is None else said
    workbook = load_workbook(BytesIO(data))
    sheet = workbook.worksheets[0]
    titles = {field.id: field.title for field in form.asked} | {"nothing": "無辦理事項"}
    header, columns = _header(sheet, titles.values())
    if form.is_table:
        for row in range(header + 1, sheet.max_row + 1):
            number = sheet.cell(row, columns["編號"]).value
            told = answer(str(number)) if callable(answer) else answer
            for field, value in told.items() if number else ():
                sheet.cell(row, columns[titles[field]]).value = value
    else:
        told = answer("") if callable(answer) else answer
        rows = {
            str(sheet.cell(row, columns["項目"]).value).removesuffix("（必填）"): row
            for row in range(header + 1, sheet.max_row + 1)
        }
        for field, value in told.items():
            sheet.cell(rows[titles[field]], columns["填答"]).value = value
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _header(sheet: Worksheet, titles: Any) -> tuple[int, dict[str, int]]:
    wanted = {"填答", *titles}
    for row in sheet.iter_rows():
        found = {str(cell.value): cell.column for cell in row if cell.value}
        if "編號" in found and wanted & found.keys():
            return row[0].row, found
    raise AssertionError("this workbook has no form in it")
