"""What a rehearsal plays: the parts that sections have in planned cycles."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from dutyflow.calendars.cycles import Cycle
from dutyflow.mail.outbound.contexts import Deadline
from dutyflow.nagging.steps import Schedule
from dutyflow.plan.asking import form_name
from dutyflow.plan.model import Duty, Plan, Section
from dutyflow.plan.office import OfficePlan


@dataclass(frozen=True, kw_only=True)
class Part:
    """One section's part in one planned cycle: what an assignment will be."""

    office: OfficePlan
    plan: Plan
    duty: Duty
    cycle: Cycle
    section: Section

    @cached_property
    def key(self) -> str:
        return f"{self.cycle.key}/{self.section.id}"

    @property
    def ladder(self) -> str:
        return f"{self.plan.year}/{self.duty.id}"

    @cached_property
    def last_day(self) -> date:
        """The day of the ladder's last step, with which all is said; at least the report's."""
        ladder, calendar = self.plan.ladder_of(self.duty), self.office.calendar
        return max(
            Schedule(ladder, self.cycle.collect_by, calendar).last_day, self.cycle.report_due
        )

    @property
    def title(self) -> str:
        return f"{self.cycle.title} {self.duty.name}"

    @property
    def whose(self) -> str:
        """`電費組 107年上半年 半年自行考核`."""
        return f"{self.section.name} {self.title}"

    @property
    def form_name(self) -> str:
        return form_name(self.cycle.title, self.duty.name, self.section.name)

    def goes_by(self, names: Collection[str]) -> bool:
        return self.section.id in names or self.section.name in names

    def deadline(self, today: date) -> Deadline:
        day = self.cycle.collect_by
        return Deadline(day=day, working_days=self.office.calendar.between(today, day))
