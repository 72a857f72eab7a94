"""The coordinator's mail about deadlines that rest on an estimate, made of the plan alone."""

from __future__ import annotations

from dutyflow.calendars.roc import ROC_EPOCH
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.provisional import estimated
from dutyflow.plan.words import listed

from .moves import Estimated


def estimated_mail(office: OfficePlan, year: int) -> Estimated:
    """What is said of the cycles that wait for a (Western) year's calendar."""
    titles: dict[str, list[str]] = {}
    for cycle in estimated(office, year):
        duty = office.of_year(cycle.plan_year).duty(cycle.duty)
        titles.setdefault(duty.name, []).append(cycle.title)
    return Estimated(
        office=office.name,
        year=year - ROC_EPOCH,
        count=sum(map(len, titles.values())),
        duties=tuple(f"{name}：{listed(each)}" for name, each in titles.items()),
    )
