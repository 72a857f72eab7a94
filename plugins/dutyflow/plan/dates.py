"""Which periods a duty has, and on which days each is opened, collected and due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from dutyflow.calendars.periods import Period, periods
from dutyflow.calendars.rules import resolve_all
from dutyflow.calendars.working_days import WorkingDays

from .model import Duty

Duties = Mapping[str, Duty]  # of one plan, by id


def chain(duty: Duty, duties: Duties) -> list[Duty]:
    """A duty, the one that it comes after (every: after), and so on to the first.

    Of a chain that is broken or goes round in a circle, the last is itself `after` another.
    """
    links = [duty]
    while links[-1].every == "after":
        source = duties.get(links[-1].after or "")
        if source is None or source in links:
            break
        links.append(source)
    return links


def periods_of(duty: Duty, year: int, start: date, end: date) -> Iterator[Period]:
    """The periods of a duty of that year's plan that share a day with `start`..`end`.

    None for a duty that comes after another: it has the other's.
    """
    match duty.every:
        case "once" | "dates":
            yield from (p for p in given_periods(duty, year) if p.start <= end and p.end >= start)
        case "month" | "quarter" | "half_year" | "year" as every:
            yield from periods(every, start, end)


def given_periods(duty: Duty, year: int) -> Iterator[Period]:
    """The periods that the plan gives by their dates, named after the plan's year."""
    if duty.every == "once" and duty.period is not None:
        span = duty.period
        yield Period(name=f"{year}", title=f"{year}年", start=span.start, end=span.end)
    if duty.every == "dates":
        for number, each in enumerate(duty.dates, 1):
            title = f"{year}年{each.name}"
            yield Period(name=f"{year}D{number}", title=title, start=each.start, end=each.end)


def days_of(
    links: Iterable[Duty],
    period: Period,
    office: str,
    calendar: WorkingDays,
    approved_on: date | None = None,
) -> dict[str, date]:
    """The days of a period of the first duty of a chain, as the duty's rules have them.

    A duty that comes after another counts from the day on which the other's report was approved
    or, as long as nobody knows that day, on which it is due: by then it is to be approved.
    """
    duty, *sources = links
    known = {"period_start": period.start, "period_end": period.end}
    if sources:
        planned = settled(days_of(sources, period, office, calendar), calendar)["report_due"]
        known["approval"] = approved_on or planned
    if duty.unannounced is not None:
        key = f"{office}/{duty.id}/{period.name}"
        known["opens"] = duty.unannounced.draw(key, period.start, period.end, calendar)
    return resolve_all(duty.rules, known, calendar)


def days_since(
    duty: Duty, period: Period, happened: Mapping[str, date], calendar: WorkingDays
) -> dict[str, date]:
    """The days of a period whose opening has `happened`: what counts from it counts from that day.

    So does what counts from an approval, which has to be among them if the duty comes after one.
    """
    known = {"period_start": period.start, "period_end": period.end, **happened}
    rules = {**duty.rules}
    rules.pop("opens", None)
    return settled(resolve_all(rules, known, calendar), calendar)


def settled(days: Mapping[str, date], calendar: WorkingDays) -> dict[str, date]:
    """The days in an order that can be kept, whatever closures and later years do to the rules.

    The opening holds; the report's day holds as long as there is time before it, and collecting
    ends the sooner. A plan whose rules alone are out of order is refused by the lint.
    """
    opens, collect_by, report_due = days["opens"], days["collect_by"], days["report_due"]
    if collect_by > report_due:
        collect_by = calendar.roll(report_due, "previous")
    if collect_by <= opens:
        collect_by = calendar.shift(opens, 1)
    return {
        "opens": opens,
        "collect_by": collect_by,
        "report_due": max(report_due, collect_by),
    }
