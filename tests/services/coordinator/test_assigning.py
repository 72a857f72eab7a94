"""認領: what nobody can match or trust waits for the coordinator, who gives it to a section."""

from __future__ import annotations

from datetime import datetime

import pytest

from dutyflow.calendars.roc import TAIPEI
from dutyflow.errors import DutyflowError
from dutyflow.ledger import NotPossible
from dutyflow.services.coordinator import quarantine
from dutyflow.services.messaging.post import post
from tests.support.scene import OFFICE, Scene, filled, form_in, text_of

STRANGER = "小明 <ming@personal.example.com>"
AFTER_CUT_OFF = datetime(2018, 7, 5, 9, 0, tzinfo=TAIPEI)


def stranger_writes(office: Scene, section: str = "design") -> tuple[str, int]:
    cycle = office.open()
    mail = office.announce(cycle)[section]
    del mail["To"]
    mail["To"] = STRANGER
    office.reply(mail, filled(form_in(mail)))
    assert office.take_in() == [], "a stranger is not answered"
    (kept,) = office.ledger.submissions.quarantined()
    return f"{cycle.key}/{section}", kept.id


def assign(office: Scene, number: int, key: str, why: str = "承辦人以私人信箱寄送，已電話確認"):
    assigned = quarantine.assign(office.workspace, number, key, "王承辦（樣本）", why, office.now)
    office.new_mails()
    for mail in assigned.mails:
        mailbox = office.workspace.office(OFFICE).contacts.mailbox
        post(office.workspace, mail, mailbox=mailbox, now=office.now)
    return assigned, office.new_mails()


def test_an_unknown_sender_waits_for_a_person_even_with_the_right_token(office: Scene) -> None:
    key, number = stranger_writes(office)
    kept = office.ledger.submissions.get(number)
    assert "寄件人不在通訊錄：ming@personal.example.com" in kept.reason
    assert kept.suggested == key, "what it would have counted for"
    assert office.state(key) == "open"


def test_what_is_assigned_counts_from_when_it_came_and_the_owners_are_told(office: Scene) -> None:
    key, number = stranger_writes(office)
    came = office.now
    office.now = AFTER_CUT_OFF

    assigned, mails = assign(office, number, key)

    assert office.state(key) == "accepted"
    assert assigned.submission.received_at == came
    assert office.ledger.assignments.get(key).on_time is True
    assert assigned.submission.role == "不在通訊錄"
    owners = [person.email for person in office.workspace.case(key).people.owners]
    assert [mail["To"].addresses[0].addr_spec for mail in mails] == owners
    assert "已收到" in mails[0]["Subject"]
    assert office.ledger.submissions.quarantined() == ()
    (event,) = office.ledger.events.of(key, "認領")
    assert event.who == "王承辦（樣本）"
    assert event.detail == {"quarantined": number, "submission": assigned.submission.id}


def test_it_is_assigned_once_and_with_a_reason(office: Scene) -> None:
    key, number = stranger_writes(office)
    with pytest.raises(DutyflowError, match="原因"):
        assign(office, number, key, why=" ")
    assign(office, number, key)
    with pytest.raises(NotPossible, match="已經認領"):
        assign(office, number, key)


def test_a_form_that_strayed_can_be_given_to_where_it_belongs(office: Scene) -> None:
    cycle = office.open()
    mails = office.announce(cycle)
    billing = f"{cycle.key}/billing"
    office.reply(mails["design"], filled(form_in(mails["billing"])))
    office.take_in()
    (kept,) = office.ledger.submissions.quarantined()

    _, (receipt,) = assign(office, kept.id, kept.suggested)

    assert office.state(billing) == "accepted"
    assert "已收到" in receipt["Subject"]
    assert receipt["To"].addresses[0].addr_spec == mails["design"]["To"].addresses[0].addr_spec


def test_one_with_mistakes_is_answered_with_them(office: Scene) -> None:
    cycle = office.open()
    mail = office.announce(cycle)["design"]
    del mail["To"]
    mail["To"] = STRANGER
    office.reply(mail, form_in(mail))
    office.take_in()
    (kept,) = office.ledger.submissions.quarantined()

    _, mails = assign(office, kept.id, kept.suggested)

    assert office.state(f"{cycle.key}/design") == "submitted"
    assert "還需要修正" in mails[0]["Subject"]
    assert "還需要修正" in text_of(mails[0])
