"""Deadlines that rest on a calendar which the government has not announced yet. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.working_days import GAZETTED_UNTIL

from .cycles import cycles
from .office import OfficePlans

A_YEAR = timedelta(days=366)


def years_to_await(plans: OfficePlans, today: date) -> list[int]:
    """The years without an announced calendar on which a cycle rests that opens within a year."""
    coming = (
        cycle
        for cycle in cycles(plans, today - A_YEAR, today + A_YEAR)
        if cycle.opens <= today + A_YEAR and cycle.report_due >= today
    )
    return sorted({first_year(cycle) for cycle in coming if cycle.provisional})


def estimated(plans: OfficePlans, year: int) -> Iterator[Cycle]:
    """The cycles for which that is the first year without an announced calendar, as they open."""
    for cycle in cycles(plans, date(year, 1, 1) - A_YEAR, date(year, 12, 31)):
        if cycle.provisional and first_year(cycle) == year:
            yield cycle


def first_year(cycle: Cycle) -> int:
    """The first year without an announced calendar that a provisional cycle reaches into."""
    return max(GAZETTED_UNTIL.year + 1, cycle.period_start.year)
