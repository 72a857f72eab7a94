"""The types of fields that a form may have, one in each file; a new one is listed here.

A type says all of itself: the attributes that it has in the plan, its words, which texts are values
of it, how a value is shown, and what a workbook and a web page offer for it (see `base.FormField`).
Nothing else in dutyflow tells types apart.
"""

from __future__ import annotations

from .base import (
    Between,
    Control,
    FormField,
    Limit,
    Longest,
    Mistake,
    OneOf,
    PlanColumn,
    UnfitError,
)
from .choice import NO, YES, ChoiceField
from .date import DateField
from .file import FileField
from .number import NumberField
from .text import TextField
from .yes_no import YesNoField

# By the word that the plan has for it. It is complete before `plan.forms` is imported.
FIELD_TYPES: dict[str, type[FormField]] = {
    "text": TextField,
    "number": NumberField,
    "date": DateField,
    "choice": ChoiceField,
    "yes_no": YesNoField,
    "file": FileField,
}
TYPE_TITLES = {name: each.word for name, each in FIELD_TYPES.items()}
# What only some types have, by the attribute's name, with its Chinese title.
ATTRIBUTE_TITLES = {
    name: str(info.title)
    for each in FIELD_TYPES.values()
    for name, info in each.model_fields.items()
    if name not in FormField.model_fields
}

__all__ = [
    "FIELD_TYPES",
    "NO",
    "YES",
    "Between",
    "ChoiceField",
    "Control",
    "DateField",
    "FileField",
    "FormField",
    "Limit",
    "Longest",
    "Mistake",
    "NumberField",
    "OneOf",
    "PlanColumn",
    "TextField",
    "UnfitError",
    "YesNoField",
]
