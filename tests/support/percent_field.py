"""A type of field that dutyflow does not have: the share of something, in percent.

All that a new type takes stands here. As a plugin of pytest it is registered before plans are read.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from dutyflow.plan.answers import Value
from dutyflow.plan.field_types import register
from dutyflow.plan.field_types.base import Control, FormField, PlanColumn, UnfitError
from dutyflow.plan.parts import Bound
from dutyflow.plan.texts import folded


class PercentField(FormField):
    """A share, kept as a number up to 100 and shown with its sign."""

    word = "百分比"
    default_width = 12
    is_numeric = True
    is_centred = True

    type: Literal["percent"]
    at_least: Annotated[
        Bound, PlanColumn("型態為百分比者：不收低於此者", width=10, holds="number")
    ] = Field(default=0, title="最低百分比", description="不收低於此者")

    @property
    def expected(self) -> str:
        return f"{self.at_least:g}% 到 100%"

    def read(self, text: str) -> float:
        try:
            return self.read_number(float(folded(text).removesuffix("%")))
        except ValueError:
            raise UnfitError("請填百分比，例如 92.5%") from None

    def read_number(self, number: float) -> float:
        if not self.at_least <= number <= 100:
            raise UnfitError("不是比例，是百分比")
        return number

    @classmethod
    def written(cls, value: Value) -> str:
        return f"{value:g}%"

    @property
    def control(self) -> Control:
        return Control("line", keyboard="decimal", example="92.5%", short=True)


register(PercentField)
