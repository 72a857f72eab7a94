"""A field for a number in a range: a score, a count, a share."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from dutyflow.plan.parts import Bound
from dutyflow.plan.texts import folded, spoken_number

from .base import Between, Control, FormField, Mistake, PlanColumn, UnfitError

_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+)(\D*)", re.ASCII)


class NumberField(FormField):
    """A number in its range; full-width digits and the unit beside it are understood."""

    word = "數字"
    default_width = 12
    is_numeric = True
    is_centred = True
    number_format = "General"

    type: Literal["number"]
    min: Annotated[Bound, PlanColumn("型態為數字者必填", width=11, holds="number")] = Field(
        title="最小值", description="最小值"
    )
    max: Annotated[Bound, PlanColumn("型態為數字者必填", width=11, holds="number")] = Field(
        title="最大值", description="最大值"
    )
    whole: Annotated[bool, PlanColumn("型態為數字者：是或否", width=8, holds="flag")] = Field(
        default=False, title="只收整數", description="true 只收整數"
    )
    unit: Annotated[
        str,
        StringConstraints(max_length=10),
        PlanColumn("型態為數字者：例如 分、件、戶", width=6, holds="text"),
    ] = Field(default="", title="單位", description="單位，例如 分、件、戶")
    far: Annotated[
        Annotated[float, Field(gt=0, strict=True, allow_inf_nan=False)] | None,
        PlanColumn(
            "型態為數字者：與上一期相差多少以上提醒計畫承辦人；可留空白", width=8, holds="positive"
        ),
    ] = Field(
        default=None,
        title="差距過大",
        description="與上一期相差多少以上提醒計畫承辦人（不退件）；不寫者為最大值減最小值的五分之一",
    )

    @property
    def expected(self) -> str:
        kind = "整數" if self.whole else "數字"
        return f"{spoken_number(self.min)} 到 {spoken_number(self.max)} 的{kind}"

    def read(self, text: str) -> float | None:
        typed = folded(text)
        if not typed:
            return None
        written = _NUMBER.fullmatch(typed)
        if written is None or written[2] not in ("", folded(self.unit)):
            raise UnfitError("請填阿拉伯數字，例如 90 或 87.5")
        return self.read_number(float(written[1].replace(",", "")))

    def read_number(self, number: float) -> float:
        if not self.min <= number <= self.max:  # NaN is not, either
            raise UnfitError("" if self.whole else "可以有小數")
        if self.whole and not number.is_integer():
            raise UnfitError("不可以有小數")
        return number

    @property
    def limit(self) -> Between:
        return Between(self.min, self.max, self.whole)

    @property
    def control(self) -> Control:
        return Control("line", keyboard="decimal", short=True)

    @property
    def measured_in(self) -> str:
        return self.unit

    @property
    def far_off(self) -> float:
        return (self.max - self.min) / 5 if self.far is None else self.far

    def mistakes(self) -> Iterator[Mistake]:
        if self.min >= self.max:
            found = f"最小值為 {self.min:g}，最大值為 {self.max:g}"
            yield Mistake(("min",), found, "min 小於 max")
