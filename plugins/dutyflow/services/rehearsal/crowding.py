"""Where a rehearsed stretch is crowded: days with much to do, weeks with little time for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from dutyflow.calendars.working_days import ONE_DAY, days_from
from dutyflow.plan.roles import SECTION_ROLES

from .parts import Part
from .play import Rehearsal

FEW_WORKING_DAYS = 4  # in a week that has five
MANY_DEADLINES = 2  # cycles


@dataclass(frozen=True, kw_only=True)
class Load:
    """What one section's people hear of on one day: mails, the assignments in them, and how many
    of the section's own end on the day."""

    day: date
    office: str
    section: str
    mails: int
    assignments: int
    deadlines: int


@dataclass(frozen=True, kw_only=True)
class CrowdedWeek:
    """A week (Monday to Sunday) with few working days and many deadlines.

    `off` are the days from Monday to Friday that are not worked; `parts` those whose last day for
    an answer falls into the week.
    """

    office: str
    start: date
    working_days: int
    off: tuple[date, ...]
    parts: tuple[Part, ...]

    @property
    def end(self) -> date:
        return self.start + timedelta(days=6)

    @property
    def cycles(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(part.cycle.key for part in self.parts))


def loads(rehearsal: Rehearsal) -> list[Load]:
    """The load for each section and day, the most crowded first."""
    mails: dict[tuple[date, str, str], int] = defaultdict(int)
    about: dict[tuple[date, str, str], set[str]] = defaultdict(set)
    for mail in rehearsal.mails:
        own = [point for point in mail.points if point.role in SECTION_ROLES]
        for office, section in dict.fromkeys((point.office, point.section) for point in own):
            mails[mail.day, office, section] += 1
        for point in own:
            about[mail.day, point.office, point.section].add(point.assignment)
    due: dict[tuple[date, str, str], int] = defaultdict(int)
    for part in rehearsal.parts:
        due[part.cycle.collect_by, part.cycle.office, part.section.id] += 1
    found = [
        Load(
            day=key[0],
            office=key[1],
            section=key[2],
            mails=count,
            assignments=len(about[key]),
            deadlines=due[key],
        )
        for key, count in mails.items()
    ]
    return sorted(found, key=lambda each: (-each.assignments, -each.mails, each.day))


def crowded_weeks(rehearsal: Rehearsal) -> list[CrowdedWeek]:
    """Weeks in which holidays crowd the deadlines, the worst first."""
    by_week: dict[tuple[str, date], list[Part]] = defaultdict(list)
    for part in rehearsal.parts:
        day = part.cycle.collect_by
        if rehearsal.start <= day <= rehearsal.end:
            by_week[part.cycle.office, day - ONE_DAY * day.weekday()].append(part)
    found = [_week(office, start, parts) for (office, start), parts in by_week.items()]
    crowded = (
        week
        for week in found
        if week.working_days <= FEW_WORKING_DAYS and len(week.cycles) >= MANY_DEADLINES
    )
    return sorted(crowded, key=lambda week: (week.working_days - len(week.parts), week.start))


def _week(office: str, start: date, parts: list[Part]) -> CrowdedWeek:
    calendar = parts[0].office.calendar
    days = list(days_from(start, start + timedelta(days=6)))
    return CrowdedWeek(
        office=office,
        start=start,
        working_days=sum(map(calendar.is_working, days)),
        off=tuple(day for day in days[:5] if not calendar.is_working(day)),
        parts=tuple(parts),
    )
