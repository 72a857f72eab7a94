"""What each type of field says of itself: its schema, its words, and what its values are.

All that deals with fields (the form's workbook, its judge, the web page, reports, the workbook of
plans) asks these questions and never which type it has before it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

from pydantic import Field

from dutyflow.plan.answers import Value
from dutyflow.plan.conditions import Condition
from dutyflow.plan.parts import Identifier, Name, OptionalText, PlanPart
from dutyflow.plan.texts import plain_number


class UnfitError(Exception):
    """A text is no value of its field. `hint` says what to do; may be empty."""

    def __init__(self, hint: str = "") -> None:
        self.hint = hint
        super().__init__(hint)


class Longest(NamedTuple):
    """Texts of up to so many UTF-16 units, as spreadsheets and browsers count."""

    units: int


class Between(NamedTuple):
    """Numbers in a range, both ends included."""

    low: float
    high: float
    whole: bool


class OneOf(NamedTuple):
    """Nothing but these texts."""

    choices: tuple[str, ...]


Limit = Longest | Between | OneOf


class Control(NamedTuple):
    """What a web page offers for typing a value.

    `line` and `lines` take text, `files` the names of files with a button to choose them, `choice`
    is a drop-down and `box` one choice to be ticked. `keyboard` is HTML's `inputmode`, `example`
    stands in the empty control; a `short` one is as wide as a number.
    """

    kind: Literal["line", "lines", "files", "choice", "box"]
    keyboard: str = ""
    example: str = ""
    short: bool = False


class Mistake(NamedTuple):
    """Attributes of a field that do not fit together; `place` is the way to the wrong one."""

    place: tuple[str | int, ...]
    found: str
    expected: str


@dataclass(frozen=True)
class PlanColumn:
    """Marks an attribute that only some types have: its column in the workbook of plans.

    `help` is shown beside the cell, `width` is in Excel's unit. A cell holds one text or several, a
    whole, any or a positive number, or 是 and 否: as a bool (`flag`) or as these words (`yes_no`).
    """

    help: str
    width: int
    holds: Literal["text", "texts", "whole", "number", "positive", "flag", "yes_no"]


class FormField(PlanPart):
    """One thing that a form asks. A type of field is a subclass, listed in `FIELD_TYPES`.

    Of a type: `word` is its name in Chinese and `default_width` the width of its column, in Excel's
    unit (the digit 0). `is_prose` are the writer's own words, which are taken as they are;
    `is_numeric` values are floats, so that conditions compare them; `is_closed` are those that can
    only be one of some choices; `names_files` are names of files that must come along. Where
    `takes_placeholders`, a field that may stay empty also may hold 無 or a dash.
    """

    word: ClassVar[str]
    default_width: ClassVar[int] = 30
    is_prose: ClassVar[bool] = False
    is_numeric: ClassVar[bool] = False
    is_closed: ClassVar[bool] = False
    names_files: ClassVar[bool] = False
    takes_placeholders: ClassVar[bool] = True
    is_centred: ClassVar[bool] = False  # in the cell
    number_format: ClassVar[str] = "@"  # of the cell, in Excel's notation: text

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
    type: str

    @property
    def columns_wide(self) -> int:
        return self.width or self.default_width

    @property
    def prompt(self) -> str:
        """What is said beside the place that is filled."""
        return self.help or f"請填{self.expected}。"

    @property
    def expected(self) -> str:
        """What should be filled in, in the section's words."""
        raise NotImplementedError

    def read(self, text: str) -> Value | None:
        """The value that a person's text stands for, None for none at all.

        `text` is not empty and has no blanks around it. Raises UnfitError.
        """
        raise NotImplementedError

    def read_number(self, number: float) -> Value | None:
        """The value that a number in a cell stands for. Raises UnfitError."""
        return self.read(plain_number(number))

    @classmethod
    def written(cls, value: Value) -> Value:
        """What is written into a cell for a value, and shown to people: the inverse of `read`."""
        return value

    @property
    def limit(self) -> Limit | None:
        """What a program can check while a value is typed; None for nothing."""
        return None

    @property
    def control(self) -> Control:
        """What a web page offers."""
        return Control("line")

    @property
    def options(self) -> tuple[str, ...]:
        """The values that `required_when: {is: …}` may name; none where any text may stand."""
        return self.limit.choices if isinstance(self.limit, OneOf) else ()

    @property
    def measured_in(self) -> str:
        """The unit of its values; "" for none."""
        return ""

    @property
    def far_off(self) -> float | None:
        """From what difference to the cycle before on somebody should look; None for never."""
        return None

    def files_named(self, value: Value) -> Iterator[str]:  # noqa: ARG002 - most name none
        """The files that a value names and that must come along."""
        return iter(())

    def beside(self) -> Iterator[FormField]:
        """Fields that are asked beside this one because of it."""
        return iter(())

    def mistakes(self) -> Iterator[Mistake]:
        """What does not fit together in the field's own attributes."""
        return iter(())
