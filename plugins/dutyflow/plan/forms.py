"""填報表: what a section is asked, as data.

The workbook, its validation, its judge and all their words are made of this one description.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, Discriminator, Field, StringConstraints, Tag

from dutyflow.calendars.kinds import told_apart

from .parts import Identifier, Name, OptionalText, PlanPart

UNKNOWN_TYPE = "unknown_field_type"  # the error's type where `type` is none of those there are
CELL_LIMIT = 32_767  # UTF-16 units that Excel keeps in one cell
SHEET_NAME_PATTERN = r"^[^\s'\x00-\x1f\x7f\[\]:*?/\\][^'\x00-\x1f\x7f\[\]:*?/\\]{0,30}$"

YES, NO = "是", "否"
YesOrNo = Literal["是", "否"]
Bound = Annotated[float, Field(strict=True, allow_inf_nan=False)]
SheetName = Annotated[str, StringConstraints(pattern=SHEET_NAME_PATTERN)]


class Below(PlanPart):
    """Where the number in that field is below this."""

    field: Identifier
    below: Bound


class Above(PlanPart):
    """Where the number in that field is above this."""

    field: Identifier
    above: Bound


class Equals(PlanPart):
    """Where that field holds this choice."""

    field: Identifier
    equals: Name = Field(alias="is")


Condition = Annotated[
    Annotated[Below, Tag("when:below")]
    | Annotated[Above, Tag("when:above")]
    | Annotated[Equals, Tag("when:is")],
    told_apart({"when:below": Below, "when:above": Above, "when:is": Equals}),
]


class FieldBase(PlanPart):
    """One thing that is asked. `width` is in Excel's unit, the width of the digit 0."""

    default_width: ClassVar[int] = 30

    id: Identifier = Field(description="代碼，同一張表內不重複")
    title: Name = Field(description="欄位標題，同一張表內不重複")
    required: bool = Field(default=False, description="必填（選了「無辦理事項」者除外）")
    required_when: Condition | None = Field(
        default=None,
        description="在某種情形下必填：另一欄 below 低於、above 高於、is 等於",
    )
    wanted: bool = Field(
        default=False, description="選填，但留空時提醒計畫承辦人（不退件），例如佐證"
    )
    help: OptionalText = Field(default="", description="填寫說明，顯示在儲存格旁")
    width: int | None = Field(default=None, ge=4, le=80, strict=True, description="欄寬（字元數）")

    @property
    def columns_wide(self) -> int:
        return self.width or self.default_width


class TextField(FieldBase):
    type: Literal["text"] = "text"
    max_length: int = Field(default=CELL_LIMIT, ge=1, le=CELL_LIMIT, strict=True)


class NumberField(FieldBase):
    default_width = 12

    type: Literal["number"]
    min: Bound = Field(description="最小值")
    max: Bound = Field(description="最大值")
    whole: bool = Field(default=False, description="true 只收整數")
    unit: Annotated[str, StringConstraints(max_length=10)] = Field(
        default="", description="單位，例如 分、件、戶"
    )
    far: Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)] | None = Field(
        default=None,
        description="與上一期相差多少以上提醒計畫承辦人（不退件）；不寫者為最大值減最小值的五分之一",
    )

    @property
    def far_off(self) -> float:
        """From what difference to the cycle before on somebody should look."""
        return (self.max - self.min) / 5 if self.far is None else self.far


class DateField(FieldBase):
    default_width = 14

    type: Literal["date"]


class ChoiceField(FieldBase):
    default_width = 14

    type: Literal["choice"]
    choices: Annotated[tuple[Name, ...], Field(min_length=1)] = Field(description="選項")


class YesNoField(FieldBase):
    """是 or 否; `reason_when` says which of the two must be explained, in a column beside it."""

    default_width = 10

    type: Literal["yes_no"]
    reason_when: YesOrNo | None = Field(
        default=None, description="答「是」或答「否」時，須在旁邊的「說明」欄寫原因"
    )

    @property
    def reason(self) -> TextField | None:
        """The field in which the answer is explained, where one must be.

        Its id and title may be longer than those that a person may give.
        """
        if self.reason_when is None:
            return None
        return TextField.model_construct(
            id=f"{self.id}_reason",
            title=f"{self.title}：說明",
            width=24,
            required_when=Equals(field=self.id, equals=self.reason_when),
            help=f"「{self.title}」答「{self.reason_when}」時請說明。",
        )


class FileField(FieldBase):
    """The name of a file that comes with the answer, or a web address."""

    default_width = 24

    type: Literal["file"]


FIELDS: dict[str, type[FieldBase]] = {
    "text": TextField,
    "number": NumberField,
    "date": DateField,
    "choice": ChoiceField,
    "yes_no": YesNoField,
    "file": FileField,
}
FIELD_TYPES = tuple(FIELDS)


def _type_of(written: Any) -> str | None:
    if isinstance(written, BaseModel):
        return f"type:{getattr(written, 'type', '')}"
    if not isinstance(written, dict):
        return "type:text"  # whose complaint is that it is no mapping
    told = written.get("type", "text")
    return f"type:{told}" if told in FIELD_TYPES else None


FormField = Annotated[
    Annotated[TextField, Tag("type:text")]
    | Annotated[NumberField, Tag("type:number")]
    | Annotated[DateField, Tag("type:date")]
    | Annotated[ChoiceField, Tag("type:choice")]
    | Annotated[YesNoField, Tag("type:yes_no")]
    | Annotated[FileField, Tag("type:file")],
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
    fields: Annotated[tuple[FormField, ...], Field(min_length=1, max_length=40)]

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
            if isinstance(each, YesNoField) and each.reason is not None:
                yield each.reason


def choices_of(field: FormField) -> tuple[str, ...]:
    """What `required_when: {is: …}` may name: the words in the cell."""
    if isinstance(field, ChoiceField):
        return field.choices
    return (YES, NO) if isinstance(field, YesNoField) else ()
