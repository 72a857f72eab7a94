"""The planned days of a rehearsed stretch, cycle by cycle."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.rules import RuledDay

from .parts import Part
from .play import Rehearsal


@dataclass(frozen=True, kw_only=True)
class PlannedDay:
    """One of a cycle's days, and the sections (by name) that it concerns."""

    day: date
    which: RuledDay
    cycle: Cycle
    duty: str
    sections: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"{self.cycle.title} {self.duty}"


def planned_days(rehearsal: Rehearsal) -> list[PlannedDay]:
    """Those from its first to its last day, in their order."""
    parts: dict[str, list[Part]] = {}
    for part in rehearsal.parts:
        parts.setdefault(part.cycle.key, []).append(part)
    found = [day for those in parts.values() for day in _days(those)]
    within = (each for each in found if rehearsal.start <= each.day <= rehearsal.end)
    return sorted(within, key=lambda each: (each.day, each.cycle.key))


def _days(parts: list[Part]) -> Iterator[PlannedDay]:
    cycle, duty = parts[0].cycle, parts[0].duty
    which: RuledDay
    for which, day in (
        ("opens", cycle.opens),
        ("collect_by", cycle.collect_by),
        ("report_due", cycle.report_due),
    ):
        yield PlannedDay(
            day=day,
            which=which,
            cycle=cycle,
            duty=duty.name,
            sections=tuple(part.section.name for part in parts),
        )
