"""The field 無辦理事項, by which a section confirms that it had nothing to do."""

from __future__ import annotations

from typing import ClassVar

from dutyflow.plan.asking import NOTHING, NOTHING_ID
from dutyflow.plan.field_types import ChoiceField, Control
from dutyflow.plan.field_types.choice import TICKS


class NothingField(ChoiceField):
    """A choice of one, which forms have beside the fields that the plan lists."""

    takes_placeholders = False
    other_words: ClassVar = {NOTHING: TICKS}

    @property
    def choice(self) -> str:
        return NOTHING

    @property
    def expected(self) -> str:
        return f"空白或「{self.choice}」"

    @property
    def control(self) -> Control:
        return Control("box")


def nothing_field(explained: str) -> NothingField:
    """The field, with the help that is shown beside it."""
    return NothingField(
        id=NOTHING_ID, title=NOTHING, type="choice", choices=(NOTHING,), width=12, help=explained
    )
