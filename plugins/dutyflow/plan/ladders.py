"""稽催階段: on which days before its deadline a section is reminded."""

from __future__ import annotations

from typing import Literal

Ladder = Literal["standard", "short"]

# Working days before `collect_by`, the first reminder first. The opening mail comes before them.
REMINDERS: dict[Ladder, tuple[int, ...]] = {
    "standard": (10, 5, 3, 1),
    "short": (1,),
}


def days_needed(ladder: Ladder) -> int:
    """Working days from opening to deadline that a ladder takes."""
    return REMINDERS[ladder][0]
