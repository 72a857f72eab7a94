"""What a workbook holds, sheet by sheet."""

from __future__ import annotations

from dataclasses import dataclass

from dutyflow.calendars.working_days import Closure
from dutyflow.plan.model import Contacts, Plan

from .grids import Grid
from .sheets import asking, days, duties, head, measures, people, sections
from .sheets.names import names_of


@dataclass(frozen=True, kw_only=True)
class Content:
    """The plan of one year, and its office's people and closures.

    An office that has named nobody yet has contacts of None.
    """

    plan: Plan
    contacts: Contacts | None = None
    closures: tuple[Closure, ...] = ()

    def grids(self) -> tuple[Grid, ...]:
        """In the order of the sheets; two of them may share one."""
        names = names_of(self.plan)
        return (
            head.head(self.plan),
            head.weights(self.plan),
            sections.grid(self.plan),
            measures.grid(self.plan, names.sections),
            duties.grid(self.plan, names),
            asking.form_grid(self.plan),
            asking.field_grid(self.plan, names.forms),
            people.grid(self.contacts, self.plan, names.sections),
            days.grid(self.closures),
        )
