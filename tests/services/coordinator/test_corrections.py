"""退回補正 of a single one, and the day of receipt that a coordinator recognises."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dutyflow.errors import DutyflowError
from dutyflow.ledger import NotPossible
from dutyflow.services.audit import proof
from dutyflow.services.coordinator import actions
from dutyflow.services.coordinator.actions import Done, Order
from dutyflow.services.messaging.post import post
from dutyflow.services.reminders.daily_round import decide_round
from dutyflow.services.reminders.reminder_mail import remind
from dutyflow.services.reporting import delivery
from tests.support.scene import OFFICE, Scene, filled, form_in, good, text_of

SECTION = "design"


@pytest.fixture
def opened(office: Scene):
    cycle = office.open()
    return office, cycle, office.announce(cycle)


def at(office: Scene, moment: str) -> None:
    office.now = datetime.fromisoformat(f"{moment}+08:00").astimezone(UTC)


def carry_out(office: Scene, action: str, **fields: str) -> tuple[Done, list]:
    order = Order(
        action=action, source=f"{action}{fields}", duty="半年自行考核", section="設計組", **fields
    )
    done = actions.carry_out(office.workspace, order, who="tseng", now=office.now)
    office.new_mails()
    for mail in done.mails:
        post(office.workspace, mail, mailbox=done.office.contacts.mailbox, now=office.now)
    return done, office.new_mails()


def section_proof(office: Scene, cycle):
    (found,) = proof.prove(office.workspace, [office.ledger.cycles.get(cycle.key)], now=office.now)
    return next(each for each in found.sections if each.section == SECTION)


def test_a_single_one_is_returned_before_the_report_and_the_correction_is_nagged_for(
    opened,
) -> None:
    office, cycle, mails = opened
    key = f"{cycle.key}/{SECTION}"
    office.reply(mails[SECTION], filled(form_in(mails[SECTION])))
    office.take_in()
    at(office, "2018-06-27T10:00:00")

    done, (letter,) = carry_out(office, "退回補正", why="1.2.2.8 請補標章文號")

    assert "設計組「107年上半年 半年自行考核」退回補正，期限 107年7月2日（一）" in done.said
    assert "1.2.2.8 請補標章文號" in text_of(letter)
    assert office.state(key) == "returned"

    at(office, "2018-07-02T08:30:00")
    decided = decide_round(office.workspace, now=office.now)
    owners = {person.email for person in office.workspace.case(key).people.owners}
    digests = [
        each
        for each in decided.digests
        if each.to.email in owners and any(nag.assignment == key for nag in each.nags)
    ]
    remind(office.workspace, OFFICE, digests, now=office.now)
    (reminder, *_) = office.new_mails()
    assert "補正" in reminder["Subject"]
    text = text_of(reminder)
    assert "請補正：" in text
    assert "先前的填報已收到，退回補正：1.2.2.8 請補標章文號" in text
    assert "逾期未報" not in text

    better = filled(form_in(letter), lambda n: {**good(n), "佐證": "函"} if n == "1.2.2.8" else {})
    office.reply(letter, better)
    (receipt,) = office.take_in()
    assert "變更 1 格" in text_of(receipt)
    assert office.state(key) == "accepted"


def test_with_a_report_there_the_next_version_follows_and_once_delivered_it_is_refused(
    opened,
) -> None:
    office, cycle, mails = opened
    office.answer_all(mails)
    office.assemble(cycle)
    done, _ = carry_out(office, "退回補正", why="請補")
    assert "系統會自動重新收件，收到補正後重新彙整為第 2 版，送請核定" in done.said
    delivery.deliver(office.workspace, cycle.key, now=office.now)
    with pytest.raises(DutyflowError, match="已經報送"):
        carry_out(office, "退回補正", why="再補")


def test_what_has_not_come_cannot_be_returned(opened) -> None:
    office, _, _ = opened
    with pytest.raises(NotPossible, match="沒有已受理的填報"):
        carry_out(office, "退回補正", why="請補")


def test_a_recognised_day_of_receipt_decides_and_both_moments_are_shown(opened) -> None:
    office, cycle, mails = opened
    key = f"{cycle.key}/{SECTION}"
    at(office, "2018-07-06T09:00:00")
    office.reply(mails[SECTION], filled(form_in(mails[SECTION])))
    office.take_in()
    assert office.ledger.assignments.get(key).on_time is False

    done, _ = carry_out(office, "認定收件日", day="107-07-04", why="紙本已於 7 月 4 日送達")

    assert "認定收件日為107年7月4日（三），如期" in done.said
    assert office.ledger.assignments.get(key).on_time is True
    (kept,) = office.ledger.submissions.of(key)
    assert kept.received_at == office.now, "when it came stays on record"
    proof = section_proof(office, cycle)
    assert "107年7月6日（五）09:00 收到，認定收件日 107年7月4日" in proof.verdict
    assert proof.verdict.endswith("如期")
    row = next(row for row in proof.rows if row.what == "認定收件日")
    assert (row.who, row.why) == ("tseng", "紙本已於 7 月 4 日送達")
    assert "107年7月6日（五）09:00 收到，認定收件日 107年7月4日" in row.result

    carry_out(office, "認定收件日", day="107-07-05", why="更正")
    assert office.ledger.assignments.get(key).on_time is False


def test_a_day_to_come_and_nothing_received_are_refused_in_words(opened) -> None:
    office, _, mails = opened
    with pytest.raises(NotPossible, match="還沒有已受理的填報"):
        carry_out(office, "認定收件日", day="107-06-15", why="紙本")
    office.reply(mails[SECTION], filled(form_in(mails[SECTION])))
    office.take_in()
    with pytest.raises(DutyflowError, match="還沒有到"):
        carry_out(office, "認定收件日", day="107-07-18", why="紙本")
    with pytest.raises(DutyflowError, match="原因"):
        carry_out(office, "認定收件日", day="107-06-15")


def test_the_proof_tells_who_sent_it_by_which_clue_and_what_changed(opened) -> None:
    office, cycle, mails = opened
    letter = mails[SECTION]
    office.reply(letter, filled(form_in(letter)))
    office.take_in()
    office.reply(letter, filled(form_in(letter), lambda n: {**good(n), "自評分數": 80}))
    office.take_in()
    results = [row.result for row in section_proof(office, cycle).rows]
    assert any("寄件人為承辦人；依收件地址的代碼歸入" in each for each in results)
    first = office.ledger.submissions.of(f"{cycle.key}/{SECTION}")[0].id
    assert any(f"與 S{first:05} 相比，變更 29 格：" in each for each in results)
