"""When a field of a form must be filled: where another field of it holds a certain value."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, Tag

from dutyflow.calendars.kinds import told_apart

from .answers import Value
from .parts import Bound, Identifier, Name, PlanPart
from .texts import spoken_number


class Below(PlanPart):
    """Where the number in that field is below this."""

    field: Identifier
    below: Bound

    def holds(self, value: Value | None) -> bool:
        """Whether the condition is true of what its field holds."""
        return isinstance(value, float) and value < self.below

    def in_words(self, title: str) -> str:
        """`「分數」低於 90`; `title` is that of the field."""
        return f"「{title}」低於 {spoken_number(self.below)}"


class Above(PlanPart):
    """Where the number in that field is above this."""

    field: Identifier
    above: Bound

    def holds(self, value: Value | None) -> bool:
        """Whether the condition is true of what its field holds."""
        return isinstance(value, float) and value > self.above

    def in_words(self, title: str) -> str:
        """`「件數」高於 0`; `title` is that of the field."""
        return f"「{title}」高於 {spoken_number(self.above)}"


class Equals(PlanPart):
    """Where that field holds this choice."""

    field: Identifier
    equals: Name = Field(alias="is")

    def holds(self, value: Value | None) -> bool:
        """Whether the condition is true of what its field holds."""
        return value == self.equals

    def in_words(self, title: str) -> str:
        """`「結果」為「待改善」`; `title` is that of the field."""
        return f"「{title}」為「{self.equals}」"


Condition = Annotated[
    Annotated[Below, Tag("when:below")]
    | Annotated[Above, Tag("when:above")]
    | Annotated[Equals, Tag("when:is")],
    told_apart({"when:below": Below, "when:above": Above, "when:is": Equals}),
]
