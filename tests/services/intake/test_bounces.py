"""Mail that comes back: believed where we sent it, told once, and the next round asks another."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from dutyflow.services.messaging.post import MailRefused
from dutyflow.services.reminders.daily_round import decide_round
from dutyflow.services.reminders.reminder_mail import remind
from tests.mail import reports
from tests.support.scene import OFFICE, Scene, filled, form_in, scene, text_of

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)  # 08:30 in Taipei
OWNER = "hsu.billing@pingtung.example.tw"
DEPUTY = "cheng.billing@pingtung.example.tw"


@pytest.fixture
def at_work(tmp_path: Path):
    with scene(tmp_path, OPENED) as playing:
        yield playing


def morning(playing: Scene, day: str) -> list[EmailMessage]:
    """The round of a day; the mails of it."""
    playing.now = datetime.fromisoformat(f"{day}T08:30:00+08:00").astimezone(UTC)
    playing.new_mails()
    decided = decide_round(playing.workspace, now=playing.now)
    remind(playing.workspace, OFFICE, decided.digests, now=playing.now)
    return playing.new_mails()


def to(mail: EmailMessage) -> str:
    return str(mail["To"].addresses[0].addr_spec)


def report_on(letter: EmailMessage, template: bytes = reports.OFFICE_365) -> bytes:
    """A server's report on a letter of ours."""
    text = template.replace(reports.OURS.encode(), str(letter["Message-ID"]).encode())
    return text.replace(reports.WHO.encode(), to(letter).encode())


def coordinator(playing: Scene) -> str:
    return playing.workspace.office(OFFICE).contacts.coordinator.email


@pytest.mark.parametrize("name", ["OFFICE_365", "QMAIL", "POSTFIX_PLAIN", "CHINESE_WORDS"])
def test_after_a_bounce_the_deputy_is_asked_and_the_coordinator_told_once(
    at_work: Scene, name: str
) -> None:
    cycle = at_work.open()
    letter = at_work.announce(cycle)["billing"]
    at_work.put(report_on(letter, getattr(reports, name)))

    (told,) = at_work.take_in()

    assert to(told) == coordinator(at_work)
    text = text_of(told)
    assert OWNER in text
    assert "電費組承辦人" in text
    assert "contacts.yaml" in text
    notice = next(
        each for each in at_work.ledger.notices.of(cycle=cycle.key) if each.recipient == OWNER
    )
    assert notice.state == "bounced"
    assert at_work.ledger.submissions.quarantined() == ()
    mails = morning(at_work, "2018-06-27")
    assert DEPUTY in set(map(to, mails))
    assert OWNER not in set(map(to, mails))
    assert coordinator(at_work) not in set(map(to, mails))
    assert at_work.ledger.events.verify() is None


def test_the_next_opening_mail_goes_to_the_deputy_as_well(at_work: Scene) -> None:
    at_work.put(report_on(at_work.announce(at_work.open())["billing"]))
    at_work.take_in()
    cycle = at_work.open("107Q2", duty="website_review")
    letter = at_work.announce(cycle)["billing"]
    assert to(letter) == DEPUTY
    assert "許惠雯（樣本）的信箱收不到信，由您代理" in text_of(letter)
    (notice,) = at_work.ledger.notices.of(about=f"{cycle.key}/billing")
    assert notice.acting_for == "許惠雯（樣本）"


def test_a_reminder_that_came_back_is_told_to_the_deputy_the_same_step(at_work: Scene) -> None:
    cycle = at_work.open()
    at_work.announce(cycle)
    letter = next(mail for mail in morning(at_work, "2018-06-27") if to(mail) == OWNER)
    at_work.put(report_on(letter))
    at_work.take_in()

    (mail,) = morning(at_work, "2018-06-28")

    assert to(mail) == DEPUTY
    assert "到期前 5 個工作天" in text_of(mail)
    assert "代理 許惠雯（樣本）" in text_of(mail)


def test_the_same_report_read_twice_changes_nothing_more(at_work: Scene) -> None:
    letter = at_work.announce(at_work.open())["billing"]
    at_work.put(report_on(letter))
    at_work.take_in()
    events = at_work.ledger.events.of()
    at_work.put(report_on(letter))
    assert at_work.take_in() == []
    assert at_work.ledger.events.of() == events


@pytest.mark.parametrize(
    ("template", "state", "what"),
    [
        (reports.DELAYED, "sent", "延遲送達"),
        (reports.DELAYED_WORDS, "sent", "延遲送達"),
        (reports.EXPIRED, "bounced", "退信"),
        (reports.TOO_BIG, "bounced", "退信"),
    ],
)
def test_what_may_pass_does_not_silence_the_address(
    at_work: Scene, template: bytes, state: str, what: str
) -> None:
    cycle = at_work.open()
    letter = at_work.announce(cycle)["billing"]
    at_work.put(report_on(letter, template))

    assert at_work.take_in() == []

    (notice,) = at_work.ledger.notices.of(about=f"{cycle.key}/billing")
    assert notice.state == state
    (event,) = at_work.ledger.events.of(cycle.key, what)
    assert at_work.workspace.store.has(event.detail["report"])
    assert at_work.ledger.people.undeliverable() == {}
    assert OWNER in set(map(to, morning(at_work, "2018-06-27")))


FORGED = {
    "a Message-ID that is not ours": (reports.OFFICE_365, "不是本系統寄出的"),
    "an address that was never written to": (
        reports.POSTFIX_PLAIN.replace(reports.WHO.encode(), b"somebody@elsewhere.example.com"),
        "沒有寄信給所指的信箱",
    ),
    "a report on a report": (
        reports.standard(
            returned="Message-ID: <theirs@example.com>\nFrom: <>\n\n" + reports.RETURNED,
            returned_kind="message/rfc822",
        ),
        "不是本系統寄出的",
    ),
}


@pytest.mark.parametrize("name", FORGED)
def test_what_we_did_not_send_cannot_have_come_back(at_work: Scene, name: str) -> None:
    cycle = at_work.open()
    at_work.announce(cycle)
    raw, reason = FORGED[name]
    at_work.put(raw)

    assert at_work.take_in() == []

    (kept,) = at_work.ledger.submissions.quarantined()
    assert reason in kept.reason
    assert {each.state for each in at_work.ledger.notices.of(cycle=cycle.key)} == {"sent"}
    assert at_work.ledger.people.undeliverable() == {}


def test_an_old_mail_is_not_blamed_by_its_address_alone(at_work: Scene) -> None:
    letter = at_work.announce(at_work.open())["billing"]
    at_work.now = datetime(2018, 7, 20, tzinfo=UTC)
    at_work.put(report_on(letter, reports.POSTFIX_PLAIN))
    assert at_work.take_in() == []
    assert at_work.ledger.people.undeliverable() == {}


def test_who_forwards_is_the_one_that_is_not_reached(at_work: Scene) -> None:
    letter = at_work.announce(at_work.open())["billing"]
    raw = reports.standard(recipient="hsu@old.example.com", diagnostic="smtp; 550 no such user")
    at_work.put(raw.replace(reports.OURS.encode(), str(letter["Message-ID"]).encode()))
    (told,) = at_work.take_in()
    assert OWNER in text_of(told)
    assert "轉寄至 hsu@old.example.com" in text_of(told)


def test_an_answer_from_the_address_shows_that_it_works_again(at_work: Scene) -> None:
    letter = at_work.announce(at_work.open())["billing"]
    at_work.put(report_on(letter, reports.FULL))
    at_work.take_in()
    assert set(at_work.ledger.people.undeliverable()) == {OWNER}

    at_work.reply(letter, None)
    at_work.take_in()

    assert at_work.ledger.people.undeliverable() == {}
    assert OWNER in set(map(to, morning(at_work, "2018-06-27")))


def test_an_address_that_fails_once_more_is_told_once_more(at_work: Scene) -> None:
    cycle = at_work.open()
    letter = at_work.announce(cycle)["billing"]
    at_work.put(report_on(letter, reports.FULL))
    assert len(at_work.take_in()) == 1
    at_work.ledger.people.mark_deliverable(OWNER, now=at_work.now, who="計畫承辦人")
    again = next(mail for mail in morning(at_work, "2018-06-27") if to(mail) == OWNER)
    at_work.put(report_on(again, reports.FULL))
    assert [to(mail) for mail in at_work.take_in()] == [coordinator(at_work)]


@pytest.mark.parametrize(
    ("reply", "marked"),
    [
        ("550 5.1.1 no such user", True),
        ("552 5.2.2 mailbox full", True),
        ("550 no such user here", True),
        ("550 5.7.1 relaying denied", False),
        ("554 relay access denied", False),
        ("550 sender rejected", False),
        ("450 4.2.1 try later", False),
    ],
)
def test_a_refused_recipient_is_undeliverable_and_a_refusal_of_us_is_not(
    at_work: Scene, reply: str, marked: bool
) -> None:
    cycle = at_work.open()
    at_work.announce(cycle)
    at_work.answers.rcpt, at_work.answers.refused = reply, (OWNER,)
    with pytest.raises(Exception, match=r"hsu\.billing"):
        morning(at_work, "2018-06-27")
    assert (OWNER in at_work.ledger.people.undeliverable()) is marked
    told = [mail for mail in at_work.new_mails() if to(mail) == coordinator(at_work)]
    assert len(told) == marked


def test_our_log_in_refused_blames_no_address(at_work: Scene) -> None:
    cycle = at_work.open()
    at_work.answers.mail = "550 5.7.1 sender not allowed"
    with pytest.raises(MailRefused):
        at_work.announce(cycle)
    assert at_work.ledger.people.undeliverable() == {}


def test_the_coordinators_own_address_is_not_written_to_about_itself(at_work: Scene) -> None:
    letter = at_work.announce(at_work.open())["billing"]
    at_work.put(report_on(letter))
    (told,) = at_work.take_in()
    at_work.put(report_on(told))
    assert at_work.take_in() == []
    assert coordinator(at_work) in at_work.ledger.people.undeliverable()


def test_an_absence_note_is_kept_with_its_last_day_and_sets_nobody_away(at_work: Scene) -> None:
    letter = at_work.announce(at_work.open())["billing"]
    note = EmailMessage()
    note["From"] = letter["To"]
    note["To"] = letter["Reply-To"]
    note["Subject"] = f"自動回覆: {letter['Subject']}"
    note.set_content("我於107年6月20日至107年6月29日請假，急事請洽代理人。")
    at_work.put(note.as_bytes())

    assert at_work.take_in() == []

    (kept,) = at_work.ledger.submissions.quarantined()
    assert kept.reason == "自動回覆：請假至107年6月29日（五），不計為填報"
    assert at_work.ledger.people.away() == {}


def test_two_robots_do_not_write_to_each_other_for_ever(at_work: Scene) -> None:
    letter = at_work.announce(at_work.open())["billing"]
    answers: list[EmailMessage] = []
    for number in range(12):
        at_work.reply(letter, None, X_Number=str(number))
        answers += at_work.take_in()
    assert 1 <= len(answers) <= 5
    at_work.reply(letter, filled(form_in(letter)))
    (receipt,) = at_work.take_in()
    assert "已收到" in receipt["Subject"]
