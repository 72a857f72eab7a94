"""All that is known of one office: its plans one after another, its closures, its people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from dutyflow.calendars.working_days import Closure, WorkingDays

from .model import Contacts, Plan
from .titles import Titles


@dataclass(frozen=True, kw_only=True)
class OfficePlans:
    """An office's plans in the order in which they come into force, and its closures.

    Where two closures speak of one day, the later one counts.
    """

    office: str
    plans: tuple[Plan, ...]
    closures: tuple[Closure, ...]
    folder: Path

    @property
    def name(self) -> str:
        """The office's name, as its latest plan has it."""
        return self.plans[-1].office.name

    @property
    def titles(self) -> Titles:
        """What its posts are called, as its latest plan has it."""
        return self.plans[-1].office.titles

    @property
    def zone(self) -> ZoneInfo:
        return self.plans[-1].office.zone

    @cached_property
    def calendar(self) -> WorkingDays:
        return WorkingDays(self.closures)

    def in_force(self, day: date) -> Plan | None:
        """The plan in force on a day: from its `effective_from` until a later one replaces it."""
        started = [plan for plan in self.plans if plan.effective_from <= day]
        return started[-1] if started else None

    def of_year(self, year: int) -> Plan:
        """The plan of that ROC year. Raises LookupError."""
        return {plan.year: plan for plan in self.plans}[year]


@dataclass(frozen=True, kw_only=True)
class OfficePlan(OfficePlans):
    """An office that can work: its plans, and the people to ask."""

    contacts: Contacts
