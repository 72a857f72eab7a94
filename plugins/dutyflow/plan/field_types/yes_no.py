"""A field for a yes or a no."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from dutyflow.plan.conditions import Equals

from .base import OneOf, PlanColumn
from .choice import NO, YES, ClosedField
from .text import TextField

YesOrNo = Literal["是", "否"]


class YesNoField(ClosedField):
    """是 or 否; `reason_when` says which of the two must be explained, in a column beside it."""

    word = "是否"
    default_width = 10

    type: Literal["yes_no"]
    reason_when: Annotated[
        YesOrNo | None,
        PlanColumn("型態為是否者：答是或答否時，須在旁邊寫原因", width=9, holds="yes_no"),
    ] = Field(
        default=None,
        title="須說明的情形",
        description="答「是」或答「否」時，須在旁邊的「說明」欄寫原因",
    )

    @property
    def limit(self) -> OneOf:
        return OneOf((YES, NO))

    def beside(self) -> Iterator[TextField]:
        """The field in which the answer is explained, where one must be.

        Its id and title may be longer than those that a person may give.
        """
        if self.reason_when is None:
            return
        yield TextField.model_construct(
            id=f"{self.id}_reason",
            title=f"{self.title}：說明",
            width=24,
            required_when=Equals(field=self.id, equals=self.reason_when),
            help=f"「{self.title}」答「{self.reason_when}」時請說明。",
        )
