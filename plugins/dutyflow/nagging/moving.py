"""Who is told that days have moved (改期), or may yet (推估)."""

from __future__ import annotations

from dutyflow.plan.model import Person, SectionContacts

from .rungs import Rung, RungKind


def rung(move: int | str) -> Rung:
    """The rung of one move, by its event's number or its moment: each is told, and none twice."""
    return Rung(kind=RungKind.MOVED, which=str(move))


def estimated_rung(year: int) -> Rung:
    """The rung of the deadlines that wait for a year's calendar."""
    return Rung(kind=RungKind.ESTIMATED, which=str(year))


def addressees(section: SectionContacts) -> tuple[Person, ...]:
    """The section's owners (承辦人), as with the opening mail that named the day before."""
    return section.owners
