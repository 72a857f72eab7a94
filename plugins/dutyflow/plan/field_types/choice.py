"""A field for one of several choices that the plan lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from dutyflow.plan.parts import Name
from dutyflow.plan.texts import folded, shown

from .base import Control, FormField, Mistake, OneOf, PlanColumn, UnfitError

YES, NO = "是", "否"
TICKS = ("V", "ˇ", "√", "✓", "✔", "☑", "■", "●", "TRUE")  # in a box, or for a yes
OTHER_WORDS = {YES: ("Y", "YES", *TICKS), NO: ("N", "NO", "FALSE")}


class ClosedField(FormField):
    """One of some choices, from a drop-down; 是 and 否 are understood in other words too."""

    default_width = 14
    is_closed = True
    is_centred = True
    other_words: ClassVar[Mapping[str, tuple[str, ...]]] = OTHER_WORDS

    @property
    def limit(self) -> OneOf:
        raise NotImplementedError

    @property
    def expected(self) -> str:
        return "、".join(f"「{choice}」" for choice in self.options) + " 擇一"

    @cached_property
    def _meanings(self) -> dict[str, str]:
        """The choice for each word that is understood; the first one that a word fits."""
        meanings: dict[str, str] = {}
        for choice in self.options:
            for word in (choice, *self.other_words.get(choice, ())):
                meanings.setdefault(folded(word).upper(), choice)
        return meanings

    def read(self, text: str) -> str | None:
        typed = folded(text).upper()
        if not typed:
            return None
        if typed not in self._meanings:
            raise UnfitError("請用下拉選單選擇")
        return self._meanings[typed]

    @property
    def control(self) -> Control:
        return Control("choice")


class ChoiceField(ClosedField):
    """One of the choices that the plan lists."""

    word = "選項"

    type: Literal["choice"]
    choices: Annotated[
        tuple[Name, ...],
        PlanColumn("型態為選項者，以頓號相連，或一行一個", width=20, holds="texts"),
    ] = Field(min_length=1, title="選項", description="選項")

    @property
    def limit(self) -> OneOf:
        return OneOf(self.choices)

    def mistakes(self) -> Iterator[Mistake]:
        for number, choice in enumerate(self.choices):
            if choice in self.choices[:number]:
                found = f"選項{shown(choice)}重複"
                yield Mistake(("choices", number), found, "每一個選項只列一次")
