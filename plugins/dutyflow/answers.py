"""What a section says about one measure: forms read it, the ledger keeps it, reports show it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One row of a filled form.

    `score` is on the plan's scale (0–100), None where `nothing` (無辦理事項) is confirmed.
    """

    measure: str
    text: str = ""
    score: float | None = None
    evidence: str = ""
    nothing: bool = False


def to_json(answers: Iterable[Answer]) -> list[dict[str, Any]]:
    return [asdict(answer) for answer in answers]


def from_json(rows: Iterable[Mapping[str, Any]]) -> tuple[Answer, ...]:
    return tuple(Answer(**row) for row in rows)
