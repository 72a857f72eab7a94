"""What a section says in a row of its form: forms read it, the ledger keeps it, reports show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

Value = str | float


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One row of a filled form; the only one, where a form is filled once (`row` is then "").

    `values` are by the fields' ids, without those that are blank: numbers as float, dates as ISO
    dates, all else as the text that was written. `nothing`: 無辦理事項 is confirmed.
    """

    row: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    nothing: bool = False

    def text(self, field_id: str) -> str:
        """The text in a field; "" where it is blank or holds a number."""
        value = self.values.get(field_id, "")
        return value if isinstance(value, str) else ""

    def number(self, field_id: str) -> float | None:
        value = self.values.get(field_id)
        return None if isinstance(value, str) else value


def confirms_nothing(answers: Iterable[Answer]) -> bool:
    """Whether 無辦理事項 is all that they say: which is not the same as saying nothing."""
    said = [answer.nothing for answer in answers]
    return bool(said) and all(said)


def to_json(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    return [asdict(answer) for answer in answers]


def from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[Answer, ...]:
    return tuple(Answer(**row) for row in rows)
