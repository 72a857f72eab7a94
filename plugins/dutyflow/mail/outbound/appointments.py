"""The deadline as an appointment for calendars (.ics: RFC 5545, RFC 5546)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from dutyflow.mail.addresses import host_of
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.identifiers import digest
from dutyflow.mail.text import one_line

PRODUCT = "-//dutyflow//dutyflow//ZH"
FILE_NAME = "填報期限.ics"
DAY_BEFORE = timedelta(hours=-15, minutes=-30)  # 08:30 on the day before a whole day
BEFORE_THE_HOUR = timedelta(days=-1)


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """Until when an assignment is to be answered.

    `assignment` is its key: one assignment is one appointment. `sequence` counts its changes: a
    calendar takes over the highest. `until` is the last day, which is the whole day and the same
    day in every zone, or the moment where it is not the day's end.
    """

    assignment: str
    sequence: int
    until: date | datetime
    summary: str
    description: str

    def published(self, *, mailbox: str, now: datetime) -> Attachment:
        """To be put into a calendar, or to replace what is there."""
        return self._file("PUBLISH", mailbox, now)

    def cancelled(self, *, mailbox: str, now: datetime) -> Attachment:
        """To be taken out again: it is done."""
        return self._file("CANCEL", mailbox, now)

    def _file(self, method: str, mailbox: str, now: datetime) -> Attachment:
        calendar = Calendar()
        calendar.add("prodid", PRODUCT)
        calendar.add("version", "2.0")
        calendar.add("method", method)
        calendar.add_component(self._event(method, mailbox, now))
        return Attachment(
            name=FILE_NAME,
            content_type="text/calendar",
            data=calendar.to_ical(),
            parameters=(("charset", "utf-8"), ("method", method)),
        )

    def _event(self, method: str, mailbox: str, now: datetime) -> Event:
        event = Event()
        event.add("uid", f"{digest(self.assignment)}@{host_of(mailbox)}")
        event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
        event.add("sequence", self.sequence)
        event.add("organizer", f"mailto:{mailbox}")
        event.add("summary", one_line(self.summary))
        event.add("description", self.description)
        event.add("transp", "TRANSPARENT")  # a deadline keeps nobody from meeting others
        if isinstance(self.until, datetime):
            event.add("dtstart", self.until.astimezone(UTC))  # without an end: a moment
        else:
            event.add("dtstart", self.until)
            event.add("dtend", self.until + timedelta(days=1))
        event.add("status", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
        if method != "CANCEL":
            event.add_component(self._alarm())
        return event

    def _alarm(self) -> Alarm:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", one_line(self.summary))
        by_the_hour = isinstance(self.until, datetime)
        alarm.add("trigger", BEFORE_THE_HOUR if by_the_hour else DAY_BEFORE)
        return alarm
