"""無辦理事項: the field by which a section confirms that it had nothing to do."""

from __future__ import annotations

from typing import ClassVar

from dutyflow.plan.asking import NOTHING, NOTHING_ID
from dutyflow.plan.field_types import ChoiceField, Control
from dutyflow.plan.field_types.choice import TICKS


class NothingField(ChoiceField):
    """Forms have it beside those that the plan lists; no plan can ask for one."""

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
    """The field, with its explanation."""
    return NothingField(
        id=NOTHING_ID, title=NOTHING, type="choice", choices=(NOTHING,), width=12, help=explained
    )
