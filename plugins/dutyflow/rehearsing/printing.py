"""The rehearsed stretch as a workbook: one calendar for all its offices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dutyflow.calendars.rules import RuledDay
from dutyflow.calendars.working_days import days_from
from dutyflow.nagging.people import ROLE_TITLES
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.words import FIELD_TITLES, listed
from dutyflow.reports import year_sheet
from dutyflow.reports.year_sheet import Entry, MailRow, YearCalendar

from .days import planned_days
from .mails import ForeseenMail
from .play import Rehearsal

SHORT: dict[RuledDay, str] = {"opens": "始", "collect_by": "截止", "report_due": "送達"}
NAMED = 2  # assignments of a mail; of more, how many


def year_xlsx(played: Rehearsal, offices: Sequence[OfficePlan], *, made_on: date) -> bytes:
    """The workbook's bytes. A day is off where no office works."""
    days = days_from(played.start, played.end)
    off = (day for day in days if not any(each.calendar.is_working(day) for each in offices))
    titles = {
        part.key: f"{part.cycle.name} {part.duty.name}（{part.section.name}）"
        for part in played.parts
    }
    return year_sheet.year_xlsx(
        YearCalendar(
            office="、".join(office.name for office in offices),
            start=played.start,
            end=played.end,
            made_on=made_on,
            off=frozenset(off),
            entries=tuple(
                Entry(
                    day=each.day,
                    what=FIELD_TITLES[each.which],
                    short=f"{SHORT[each.which]} {each.duty}",
                    title=each.title,
                    sections=each.sections,
                )
                for each in planned_days(played)
            ),
            mails=tuple(_mail(mail, titles) for mail in played.mails),
        )
    )


def _mail(mail: ForeseenMail, titles: dict[str, str]) -> MailRow:
    named = listed(titles.get(point.assignment, "") for point in mail.points[:NAMED])
    more = f" 等 {len(mail.points)} 件" if len(mail.points) > NAMED else ""
    return MailRow(
        day=mail.day,
        to=mail.to.name,
        role=ROLE_TITLES[mail.first.role],
        reason=mail.first.reason,
        about=named + more,
        subject=mail.subject,
    )
