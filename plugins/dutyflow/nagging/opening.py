"""Who gets the opening mail (開辦信)."""

from __future__ import annotations

from dutyflow.plan.model import Person, SectionContacts

from .reasons import Reason, ReasonCode
from .rungs import Rung, RungKind

RUNG = Rung(kind=RungKind.OPENING)
REASON = Reason(ReasonCode.OPENING)


def addressees(section: SectionContacts) -> tuple[Person, ...]:
    """The section's owners (承辦人); deputies and heads hear only from later rungs."""
    return section.owners
