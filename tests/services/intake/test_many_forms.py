"""One answer with several forms; forms that find their way without an address; calendars."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

from dutyflow.infra.mime_types import XLSX
from dutyflow.services.reminders.daily_round import decide_round
from dutyflow.services.reminders.reminder_mail import write_digest
from tests.support.filling import fill
from tests.support.scene import OFFICE, Scene, filled, form_in, scene, text_of

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)
SECTION = "design"
SECOND = "web_accessibility"


@pytest.fixture
def at_work(tmp_path: Path):
    with scene(tmp_path, OPENED) as playing:
        yield playing


def both(playing: Scene) -> tuple[list[str], list[EmailMessage], list[bytes]]:
    """Two assignments of one section: their keys, opening mails, and forms filled in."""
    first, second = playing.open(), playing.open(duty=SECOND)
    letters = [playing.announce(cycle)[SECTION] for cycle in (first, second)]
    form = playing.workspace.case(f"{second.key}/{SECTION}").form
    forms = [filled(form_in(letters[0])), fill(form_in(letters[1]), form)]
    return [f"{first.key}/{SECTION}", f"{second.key}/{SECTION}"], letters, forms


def mail(sender: Any, recipient: str, *workbooks: bytes) -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = "回覆：提醒"
    message["Message-ID"] = f"<{len(workbooks)}-{recipient.partition('@')[0]}@example.tw>"
    message.set_content("如附件（樣本）。")
    maintype, _, subtype = XLSX.partition("/")
    for number, workbook in enumerate(workbooks):
        message.add_attachment(
            workbook, maintype=maintype, subtype=subtype, filename=f"填報{number}.xlsx"
        )
    return message.as_bytes()


def mailbox(playing: Scene) -> str:
    return playing.workspace.office(OFFICE).contacts.mailbox.address


def test_an_answer_to_a_digest_brings_several_forms_and_each_is_receipted(at_work: Scene) -> None:
    keys, letters, forms = both(at_work)
    at_work.put(mail(letters[0]["To"], mailbox(at_work), *forms))

    answers = at_work.take_in()

    assert [at_work.state(key) for key in keys] == ["accepted", "accepted"]
    assert len(answers) == 2
    assert all("已收到" in answer["Subject"] for answer in answers)
    for answer, letter in zip(answers, letters, strict=True):
        assert answer["Reply-To"] == letter["Reply-To"]
        assert answer["References"].split()[0] == letter["References"].split()[0]
    assert at_work.ledger.submissions.quarantined() == ()


def test_one_may_be_good_and_the_other_not(at_work: Scene) -> None:
    keys, letters, forms = both(at_work)
    blank = form_in(letters[1])
    at_work.put(mail(letters[0]["To"], mailbox(at_work), forms[0], blank))

    answers = at_work.take_in()

    assert [at_work.state(key) for key in keys] == ["accepted", "submitted"]
    assert ["已收到" in each["Subject"] for each in answers] == [True, False]
    assert "需要修正" in answers[1]["Subject"]


def test_a_single_form_needs_no_token(at_work: Scene) -> None:
    keys, letters, forms = both(at_work)
    at_work.put(mail(letters[0]["To"], mailbox(at_work), forms[0]))
    (receipt,) = at_work.take_in()
    assert "已收到" in receipt["Subject"]
    assert at_work.state(keys[0]) == "accepted"
    assert at_work.state(keys[1]) == "open"


def test_a_form_without_our_stamp_finds_no_way_without_a_token(at_work: Scene) -> None:
    keys, letters, _ = both(at_work)
    at_work.put(mail(letters[0]["To"], mailbox(at_work), b"PK\x03\x04 no form"))
    (answer,) = at_work.take_in()
    assert "無法判斷" in answer["Subject"]
    assert [at_work.state(key) for key in keys] == ["open", "open"]


def test_a_form_for_another_assignment_than_the_addresss_is_told_where_it_belongs(
    at_work: Scene,
) -> None:
    keys, letters, forms = both(at_work)
    at_work.put(mail(letters[0]["To"], str(letters[0]["Reply-To"].addresses[0].addr_spec), *forms))

    receipt, elsewhere = at_work.take_in()

    assert "已收到" in receipt["Subject"]
    assert [at_work.state(key) for key in keys] == ["accepted", "open"]
    assert "填報1.xlsx" in text_of(elsewhere)
    assert "屬於：107年上半年 網站無障礙檢測與標章" in text_of(elsewhere)
    (kept,) = at_work.ledger.submissions.quarantined()
    assert "與收件地址所指的應辦事項不符" in kept.reason
    assert at_work.workspace.store.get(kept.files[0].blob) == forms[1]


def test_a_mail_to_both_addresses_gives_each_its_own(at_work: Scene) -> None:
    keys, letters, forms = both(at_work)
    addresses = ", ".join(str(each["Reply-To"].addresses[0].addr_spec) for each in letters)
    at_work.put(mail(letters[0]["To"], addresses, *reversed(forms)))
    assert len(at_work.take_in()) == 2
    assert [at_work.state(key) for key in keys] == ["accepted", "accepted"]


def digest_on(playing: Scene, day: str) -> EmailMessage:
    playing.now = datetime.fromisoformat(f"{day}T08:30:00+08:00").astimezone(UTC)
    decided = decide_round(playing.workspace, now=playing.now)
    digest = next(each for each in decided.digests if len(each.nags) > 1)
    from dutyflow.mail.outbound.letter import compose

    box = playing.workspace.office(OFFICE).contacts.mailbox
    letter = write_digest(playing.workspace, digest, now=playing.now)
    raw = compose(letter, mailbox=box, now=playing.now).as_bytes()
    return message_from_bytes(raw, policy=policy.default)  # type: ignore[return-value]


def test_a_digest_belongs_to_the_thread_of_each_of_its_assignments(at_work: Scene) -> None:
    _, letters, _ = both(at_work)
    mail = digest_on(at_work, "2018-07-03")
    roots = {letter["References"].split()[0] for letter in letters}
    assert set(mail["References"].split()) == roots
    assert mail["List-Id"] == letters[0]["List-Id"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] is None
    assert not [p for p in mail.iter_attachments() if p.get_content_type() == "text/calendar"]


def appointment_in(mail: EmailMessage) -> tuple[str, Any]:
    (part,) = [p for p in mail.iter_attachments() if p.get_content_type() == "text/calendar"]
    calendar = Calendar.from_ical(part.get_payload(decode=True))
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event


def test_the_deadline_goes_into_calendars_moves_there_and_is_taken_out(at_work: Scene) -> None:
    cycle = at_work.open()
    letter = at_work.announce(cycle)["billing"]
    method, first = appointment_in(letter)
    assert (method, first["SEQUENCE"]) == ("PUBLISH", 0)
    assert first["DTSTART"].to_ical() == b"20180704"
    assert "107年上半年 半年自行考核（電費組）" in first["SUMMARY"]

    until = datetime(2018, 7, 18, 16, tzinfo=UTC)
    key = f"{cycle.key}/billing"
    at_work.ledger.assignments.extend(key, until, now=OPENED, who="組長", why="展期")
    at_work.now = datetime(2018, 7, 11, 0, 30, tzinfo=UTC)
    decided = decide_round(at_work.workspace, now=at_work.now)
    (digest,) = [
        each for each in decided.digests if each.nags[0].assignment == key and len(each.nags) == 1
    ]
    from dutyflow.services.reminders.reminder_mail import remind

    remind(at_work.workspace, OFFICE, [digest], now=at_work.now)
    reminder = at_work.new_mails()[-1]
    method, moved = appointment_in(reminder)
    assert (method, moved["UID"], moved["SEQUENCE"]) == ("PUBLISH", first["UID"], 1)
    assert moved["DTSTART"].to_ical() == b"20180718"

    at_work.reply(letter, filled(form_in(letter)))
    (receipt,) = at_work.take_in()
    method, over = appointment_in(receipt)
    assert (method, over["UID"], over["SEQUENCE"]) == ("CANCEL", first["UID"], 2)
