"""What a workbook holds, sheet by sheet."""

from __future__ import annotations

from dataclasses import dataclass

from dutyflow.calendars.working_days import Closure
from dutyflow.plan.model import Contacts, Plan

from .grids import Grid
from .sheets import asking, days, duties, head, measures, people, reminding, sections
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
        return (
            *plan_grids(self.plan),
            people_grid(self.contacts, self.plan),
            days.grid(self.closures),
        )


def plan_grids(plan: Plan) -> tuple[Grid, ...]:
    names = names_of(plan)
    return (
        head.head(plan),
        head.weights(plan),
        sections.grid(plan),
        measures.grid(plan, names.sections),
        duties.grid(plan, names),
        asking.form_grid(plan),
        asking.field_grid(plan, names.forms),
        reminding.grid(plan),
    )


def people_grid(contacts: Contacts | None, plan: Plan) -> Grid:
    return people.grid(contacts, plan, names_of(plan).sections)
