"""The rehearsed stretch as a workbook: one calendar for all its offices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from dutyflow.calendars.rules import RuledDay
from dutyflow.calendars.working_days import days_from
from dutyflow.nagging import wording
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.words import FIELD_TITLES, listed
from dutyflow.reports import year_sheet
from dutyflow.reports.year_sheet import (
    LoadRow,
    MailRow,
    PlannedDay,
    UnreachedRow,
    WeekRow,
    YearCalendar,
)

from .crowding import CrowdedWeek, crowded_weeks, loads
from .days import planned_days
from .mails import ForeseenMail
from .play import Rehearsal, Unreached

SHORT: dict[RuledDay, str] = {"opens": "始", "collect_by": "截止", "report_due": "送達"}
NAMED = 2  # assignments of a mail; of more, how many


def year_xlsx(played: Rehearsal, offices: Sequence[OfficePlan], *, made_on: date) -> bytes:
    """The workbook's bytes. A day is off where no office works."""
    days = days_from(played.start, played.end)
    off = (day for day in days if not any(each.calendar.is_working(day) for each in offices))
    titles = {part.cycle.key: f"{part.cycle.name} {part.duty.name}" for part in played.parts}
    titles |= {
        part.key: f"{titles[part.cycle.key]}（{part.section.name}）" for part in played.parts
    }
    names = {office.office: office.name for office in offices}
    return year_sheet.year_xlsx(
        YearCalendar(
            office="、".join(office.name for office in offices),
            start=played.start,
            end=played.end,
            made_on=made_on,
            off=frozenset(off),
            entries=tuple(
                PlannedDay(
                    day=each.day,
                    what=FIELD_TITLES[each.which],
                    short=f"{SHORT[each.which]} {each.duty}",
                    title=each.title,
                    sections=each.sections,
                )
                for each in planned_days(played)
            ),
            mails=tuple(_mail(mail, titles) for mail in played.mails),
            loads=tuple(_loads(played, names)),
            weeks=tuple(_week(each, titles, names) for each in crowded_weeks(played)),
            unreached=tuple(map(_unreached, played.unreached)),
        )
    )


def _loads(played: Rehearsal, offices: dict[str, str]) -> Iterator[LoadRow]:
    """By day; a section of one of several offices with the office's name."""
    sections = {(p.cycle.office, p.section.id): p.section.name for p in played.parts}
    for each in sorted(loads(played), key=lambda each: (each.day, each.office, -each.assignments)):
        section = sections[each.office, each.section]
        yield LoadRow(
            day=each.day,
            section=section if len(offices) == 1 else f"{offices[each.office]}　{section}",
            mails=each.mails,
            assignments=each.assignments,
            deadlines=each.deadlines,
        )


def _week(week: CrowdedWeek, titles: dict[str, str], offices: dict[str, str]) -> WeekRow:
    return WeekRow(
        start=week.start,
        office=offices[week.office],
        working_days=week.working_days,
        off=week.off,
        assignments=len(week.parts),
        titles=tuple(titles[key] for key in week.cycles),
    )


def _unreached(each: Unreached) -> UnreachedRow:
    part = each.part
    return UnreachedRow(day=each.day, section=part.section.name, title=part.title, reason=each.said)


def _mail(mail: ForeseenMail, titles: dict[str, str]) -> MailRow:
    own = [titles[p.assignment] for p in mail.points if p.assignment in titles]
    more = f" 等 {len(own)} 件" if len(own) > NAMED else ""
    return MailRow(
        day=mail.day,
        to=mail.to.name,
        role=mail.titles.of(mail.first.role),
        reason=wording.worded(mail.first.reason, mail.titles),
        about=(listed(own[:NAMED]) if own else "") + more,
        subject=mail.subject,
    )
