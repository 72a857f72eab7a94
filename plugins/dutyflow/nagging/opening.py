"""Who gets the opening mail (開辦信)."""

from __future__ import annotations

from dutyflow.plan.model import Person, SectionContacts

RUNG = "opening"
REASON = "首次通知"


def because(section: str, duty: str) -> str:
    """Completes "您收到這封信，是因為…"."""
    return f"您是{section}的承辦人，本期{duty}由此開始（{REASON}）"


def addressees(section: SectionContacts) -> tuple[Person, ...]:
    """The section's owners (承辦人); deputies and heads hear only from later rungs."""
    return section.owners
