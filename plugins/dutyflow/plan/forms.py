"""填報表: what a section is asked, as data.

The workbook, its validation, its judge and all their words are made of this one description.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union

from pydantic import BaseModel, Discriminator, Field, StringConstraints, Tag

from .field_types import FIELD_TYPES, FormField
from .parts import Identifier, Name, OptionalText, PlanPart

UNKNOWN_TYPE = "unknown_field_type"  # the error's type where `type` is none of those there are
SHEET_NAME_PATTERN = r"^[^\s'\x00-\x1f\x7f\[\]:*?/\\][^'\x00-\x1f\x7f\[\]:*?/\\]{0,30}$"

SheetName = Annotated[str, StringConstraints(pattern=SHEET_NAME_PATTERN)]


def _type_of(written: Any) -> str | None:
    if isinstance(written, BaseModel):
        return f"type:{getattr(written, 'type', '')}"
    if not isinstance(written, dict):
        return "type:text"  # whose complaint is that it is no mapping
    told = written.get("type", "text")
    return f"type:{told}" if told in tuple(FIELD_TYPES) else None


if TYPE_CHECKING:
    AnyField = FormField
else:
    AnyField = Annotated[
        Union[  # noqa: UP007 - of members that are only known when this is run
            tuple(Annotated[each, Tag(f"type:{name}")] for name, each in FIELD_TYPES.items())
        ],
        Discriminator(
            _type_of, custom_error_type=UNKNOWN_TYPE, custom_error_message="no such type of field"
        ),
    ]


def _rows_kind(written: Any) -> str:
    return "list" if isinstance(written, (list, tuple)) else "of"


# Once: the fields one below the other; else a table, with a row for each of these.
Rows = Annotated[
    Annotated[Literal["once", "measures", "sections"], Tag("of")]
    | Annotated[tuple[Name, ...], Field(min_length=1, max_length=500), Tag("list")],
    Discriminator(_rows_kind),
]


class Form(PlanPart):
    """填報表: its fields, and what they are asked about.

    `version` rises when fields change while a cycle is open, so that an old form is known as one.
    """

    id: Identifier
    name: SheetName = Field(description="表名，也是工作表的名稱，31 字以內")
    version: int = Field(default=1, ge=1, strict=True)
    rows: Rows = Field(
        default="once",
        description="once 每組室一份；measures 每項具體作法一列；sections 每個組室一列；"
        "或列出各列的名稱",
    )
    nothing: bool = Field(default=True, description="可否以「無辦理事項」作答")
    note: OptionalText = Field(default="", description="填表說明，印在表的上方")
    fields: Annotated[tuple[AnyField, ...], Field(min_length=1, max_length=40)]

    @property
    def is_table(self) -> bool:
        return self.rows != "once"

    @cached_property
    def asked(self) -> tuple[FormField, ...]:
        """All that can be filled: the fields, and the reasons beside them."""
        return tuple(self._asked())

    def _asked(self) -> Iterator[FormField]:
        for each in self.fields:
            yield each
            yield from each.beside()
