"""The types of fields that a form may have, one in each file; a new one is listed here.

A type says all of itself: the attributes that it has in the plan, its words, which texts are values
of it, how a value is shown, and what a workbook and a web page offer for it (see `base.FormField`).
Nothing else in dutyflow tells types apart.
"""

from __future__ import annotations

from typing import get_args

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

FIELD_TYPES: dict[str, type[FormField]] = {}  # by the word that the plan has for each
TYPE_TITLES: dict[str, str] = {}
ATTRIBUTE_TITLES: dict[str, str] = {}  # of what only some types have, by the attribute's name


def register(field_type: type[FormField]) -> None:
    """Add a type to those that a form may have; before `plan.forms` is imported."""
    (name,) = get_args(field_type.model_fields["type"].annotation)
    FIELD_TYPES[name] = field_type
    TYPE_TITLES[name] = field_type.word
    for attribute, info in field_type.model_fields.items():
        if attribute not in FormField.model_fields:
            ATTRIBUTE_TITLES[attribute] = str(info.title)


for _each in (TextField, NumberField, DateField, ChoiceField, YesNoField, FileField):
    register(_each)

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
    "register",
]
