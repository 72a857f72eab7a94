"""A field for text: what was done, in a section's own words."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dutyflow.plan.texts import CELL_LIMIT, units

from .base import Control, FormField, Longest, PlanColumn, UnfitError

_ONE_LINE = 100  # characters; what may be longer gets several lines on a page


class TextField(FormField):
    """Any text of up to so many UTF-16 units, as Excel counts."""

    word = "文字"
    is_prose = True
    takes_placeholders = False

    type: Literal["text"] = "text"
    max_length: Annotated[int, PlanColumn("型態為文字者：整數", width=8, holds="whole")] = Field(
        default=CELL_LIMIT, ge=1, le=CELL_LIMIT, strict=True, title="字數上限"
    )

    @property
    def expected(self) -> str:
        return "文字說明" if self.max_length == CELL_LIMIT else f"{self.max_length:,} 字以內的文字"

    def read(self, text: str) -> str:
        if 2 * len(text) > self.max_length and units(text) > self.max_length:
            raise UnfitError(f"最多 {self.max_length:,} 字；請摘要填寫，全文請另附檔案")
        return text

    @property
    def limit(self) -> Longest:
        return Longest(self.max_length)

    @property
    def control(self) -> Control:
        return Control("line" if self.max_length <= _ONE_LINE else "lines")
