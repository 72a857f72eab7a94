"""The planned days as a calendar file (iCalendar, RFC 5545) for any calendar program."""

from __future__ import annotations

from datetime import datetime

from icalendar import Calendar, Event

from dutyflow.calendars.working_days import ONE_DAY
from dutyflow.plan.words import FIELD_TITLES

from .days import PlannedDay


def ics(days: list[PlannedDay], *, made_at: datetime) -> bytes:
    """One all-day event for each planned day; the same day keeps its identity in a later file."""
    calendar = Calendar()
    calendar.add("prodid", "-//dutyflow//rehearsal//ZH")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "執行計畫各期日程")
    for each in days:
        calendar.add_component(_event(each, made_at))
    return bytes(calendar.to_ical())


def _event(planned: PlannedDay, made_at: datetime) -> Event:
    event = Event()
    event.add("uid", f"{planned.cycle.key}/{planned.which}@dutyflow".replace("/", "."))
    event.add("dtstamp", made_at)
    event.add("dtstart", planned.day)
    event.add("dtend", planned.day + ONE_DAY)
    event.add("summary", f"{FIELD_TITLES[planned.which]}：{planned.title}")
    event.add("description", "、".join(planned.sections))
    event.add("transp", "TRANSPARENT")
    return event
