"""The deadline as calendars read it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from icalendar import Calendar

from dutyflow.calendars.roc import TAIPEI
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.appointments import Appointment
from dutyflow.mail.outbound.letter import Letter, compose
from tests.mail.samples import CONTENTS, MAILBOX, NOW, THREAD, WANG


def appointment(**changed: Any) -> Appointment:
    whole: dict[str, Any] = {
        "assignment": THREAD,
        "sequence": 0,
        "until": date(2018, 7, 4),
        "summary": "填報期限：107年上半年 半年自行考核（業務組）",
        "description": "屏東區營業處\n請回覆填報通知信，附上填好的檔案。",
    }
    return Appointment(**whole | changed)


def published(**changed: Any) -> Attachment:
    return appointment(**changed).published(mailbox=MAILBOX.address, now=NOW)


def event_in(file: Attachment) -> Any:
    calendar = Calendar.from_ical(file.data)
    (event,) = calendar.walk("VEVENT")
    return event


def test_a_deadline_at_the_days_end_is_that_whole_day_in_every_zone():
    event = event_in(published())
    assert event["DTSTART"].to_ical() == b"20180704"
    assert event["DTSTART"].params["VALUE"] == "DATE"
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(days=1)
    assert event["SUMMARY"] == "填報期限：107年上半年 半年自行考核（業務組）"
    assert event["TRANSP"] == "TRANSPARENT"


def test_a_deadline_within_the_day_is_that_moment():
    event = event_in(published(until=datetime(2018, 7, 4, 17, 0, tzinfo=TAIPEI)))
    assert event["DTSTART"].to_ical() == b"20180704T090000Z"
    assert event.decoded("DTSTART") == datetime(2018, 7, 4, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("until", "rings"),
    [
        (date(2018, 7, 4), datetime(2018, 7, 3, 8, 30, tzinfo=TAIPEI)),
        (datetime(2018, 7, 4, 17, 0, tzinfo=TAIPEI), datetime(2018, 7, 3, 17, 0, tzinfo=TAIPEI)),
    ],
)
def test_it_rings_on_the_day_before(until, rings):
    (alarm,) = event_in(published(until=until)).walk("VALARM")
    starts = datetime(until.year, until.month, until.day, getattr(until, "hour", 0), tzinfo=TAIPEI)
    assert starts + alarm.decoded("TRIGGER") == rings


def test_what_is_over_is_the_same_appointment_cancelled():
    over = appointment(sequence=2).cancelled(mailbox=MAILBOX.address, now=NOW)
    event = event_in(over)
    assert Calendar.from_ical(over.data)["METHOD"] == "CANCEL"
    assert event["STATUS"] == "CANCELLED"
    assert event["SEQUENCE"] == 2
    assert event["UID"] == event_in(published())["UID"]
    assert not event.walk("VALARM")


def test_each_assignment_is_an_appointment_of_its_own():
    other = event_in(published(assignment="pingtung/self_assessment/107H1/design"))
    assert other["UID"] != event_in(published())["UID"]


def test_the_same_appointment_is_the_same_bytes():
    assert published() == published()


def test_a_calendar_program_finds_it_in_the_mail():
    letter = Letter(key="k", to=WANG, content=CONTENTS["opening"], attachments=(published(),))
    raw = compose(letter, mailbox=MAILBOX, now=NOW).as_bytes()
    assert compose(letter, mailbox=MAILBOX, now=NOW).as_bytes() == raw
    mail = message_from_bytes(raw, policy=policy.default)
    (part,) = mail.iter_attachments()  # type: ignore[attr-defined]
    assert part.get_content_type() == "text/calendar"
    assert part.get_param("method") == "PUBLISH"
    assert part.get_content_charset() == "utf-8"
    assert part.get_filename() == "填報期限.ics"
    lines = part.get_payload(decode=True).split(b"\r\n")
    assert lines[0] == b"BEGIN:VCALENDAR"
    assert max(map(len, lines)) <= 75
