"""Who is told that days have moved (改期), or may yet (推估)."""

from __future__ import annotations

from dutyflow.plan.model import Person, SectionContacts

REASON = "改期通知"
ESTIMATED = "期限為推估"


def rung(move: int | str) -> str:
    """The rung of one move, by its event's number or its moment: each is told, and none twice."""
    return f"moved:{move}"


def estimated_rung(year: int) -> str:
    """The rung of the deadlines that wait for a year's calendar."""
    return f"estimated:{year}"


def addressees(section: SectionContacts) -> tuple[Person, ...]:
    """The section's owners (承辦人), as with the opening mail that named the day before."""
    return section.owners
