"""承辦人作業, and 無辦理事項 by mail: on the real ledger and a real mail server."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dutyflow.errors import DutyflowError
from dutyflow.ledger.event_types import EventType
from dutyflow.services.coordinator import actions
from dutyflow.services.coordinator.actions import Done, Order
from dutyflow.services.messaging.post import post
from tests.services.extensions.test_requests import BILLING, OPENED, OWNER, by_address
from tests.services.reminders.test_daily_round import morning, round_on
from tests.support.scene import Scene, filled, form_in, scene, text_of


@pytest.fixture
def at_work(tmp_path: Path):
    with scene(tmp_path, OPENED) as playing:
        playing.letter = playing.announce(playing.open())["billing"]
        playing.new_mails()
        playing.now = morning("2018-06-27")
        yield playing


def order(action: str, **fields: str) -> Order:
    assignment = {"duty": "半年自行考核", "cycle": "107年上半年", "section": "電費組"}
    given = fields if "person" in fields else assignment | fields
    return Order(action=action, source=f"manual__{action}{fields}", **given)


def carry_out(playing: Scene, order: Order) -> Done:
    done = actions.carry_out(playing.workspace, order, who="tseng", now=playing.now)
    for mail in done.mails:
        mailbox = done.office.contacts.mailbox
        post(playing.workspace, mail, mailbox=mailbox, now=playing.now)
    return done


def test_the_coordinator_extends_and_the_section_is_told(at_work) -> None:
    done = carry_out(at_work, order("展期", day="107-07-18", why="主管指示"))
    assert done.said == "電費組「107年上半年 半年自行考核」展期至107年7月18日（三）"
    told = by_address(at_work.new_mails())
    assert set(told) == {OWNER}
    assert "7月4日" not in text_of(told[OWNER])
    (event,) = at_work.ledger.events.of(BILLING, EventType.EXTENDED)
    assert (event.who, event.why) == ("tseng", "主管指示")
    carry_out(at_work, order("展期", day="107-07-18", why="主管指示"))
    assert at_work.new_mails() == []
    assert len(at_work.ledger.requests.of(BILLING)) == 1


def test_a_late_section_that_is_extended_is_collected_again_and_stays_late(at_work) -> None:
    at_work.now = morning("2018-07-05")
    assert at_work.wait(BILLING) == "late"
    done = carry_out(at_work, order("展期", day="107-07-18", why="主管指示"))
    assert "系統會自動重新收件" in done.said
    assert [again.assignment for again in done.reopened] == [BILLING]
    once_more = carry_out(at_work, order("展期", day="107-07-18", why="主管指示"))
    assert once_more.reopened == done.reopened, "what was begun and not ended is done again"
    assert at_work.wait(BILLING) == "waiting"
    at_work.reply(at_work.letter, filled(form_in(at_work.letter)))
    at_work.take_in()
    assert at_work.ledger.assignments.get(BILLING).on_time is False


def test_waived_is_told_once_and_reminded_no_more(at_work) -> None:
    done = carry_out(at_work, order("免報", why="業務移撥"))
    assert done.said.endswith("免報")
    assert done.reopened == ()
    (mail,) = at_work.new_mails()
    assert "業務移撥" in text_of(mail)
    _, mails = round_on(at_work, "2018-06-29")
    assert OWNER not in by_address(mails)


def test_a_late_section_that_is_waived_is_no_longer_missing(at_work) -> None:
    at_work.now = morning("2018-07-05")
    assert at_work.wait(BILLING) == "late"
    done = carry_out(at_work, order("免報", why="業務移撥"))
    assert [again.assignment for again in done.reopened] == [BILLING]
    assert carry_out(at_work, order("免報", why="業務移撥")).reopened == done.reopened
    assert at_work.wait(BILLING) == "waived"


def test_what_is_returned_is_collected_again(at_work) -> None:
    at_work.reply(at_work.letter, filled(form_in(at_work.letter)))
    at_work.take_in()
    done = carry_out(at_work, order("退回補正", why="請補文號"))
    assert "系統會自動重新收件，收到補正後彙整" in done.said
    assert [(each.assignment, each.finished) for each in done.reopened] == [(BILLING, True)]


def test_a_day_of_receipt_makes_the_report_anew_where_it_changes_what_that_says(at_work) -> None:
    at_work.now = morning("2018-07-05")
    assert at_work.wait(BILLING) == "late"
    cycle = at_work.ledger.cycles.get(BILLING.rpartition("/")[0])
    at_work.reply(at_work.letter, filled(form_in(at_work.letter)))
    at_work.take_in()
    paper = order("認定收件日", day="107-07-03", why="紙本收文")
    assert "還沒有彙整，彙整時以此為準" in carry_out(at_work, paper).said
    carry_out(at_work, order("認定收件日", day="107-07-05", why="更正"))
    first = at_work.assemble(cycle)
    at_work.ledger.cycles.close(cycle.key, now=at_work.now, who="dutyflow", why="")
    at_work.now = morning("2018-07-10")

    done = carry_out(at_work, paper)

    assert "彙整表第 1 版還不是這樣：系統會自動重新彙整為第 2 版，送請核定" in done.said
    assert [(each.assignment, each.finished) for each in done.reopened] == [(BILLING, True)]
    assert carry_out(at_work, paper).reopened == done.reopened, "what was not begun is begun"
    assert at_work.wait(BILLING) == "accepted"
    second = at_work.assemble(cycle)
    assert (first.version, second.version) == (1, 2)
    at_work.now = morning("2018-07-11")
    again = carry_out(at_work, paper)
    assert "彙整表不必重做" in again.said
    assert again.reopened == ()


def test_pauses_and_leave_are_kept_and_ended(at_work) -> None:
    carry_out(at_work, order("暫停稽催", day="107/6/28", why="搬遷"))
    assert at_work.ledger.assignments.get(BILLING).paused_until == date(2018, 6, 28)
    carry_out(at_work, order("恢復稽催"))
    assert at_work.ledger.assignments.get(BILLING).paused_until is None
    done = carry_out(at_work, order("請假", person="許惠雯（樣本）", day="107/6/29"))
    assert done.said == "許惠雯（樣本）請假至107年6月29日（五）（含當日）"
    done = carry_out(
        at_work, order("請假", person="cheng.billing@pingtung.example.tw", day="107/6/29")
    )
    assert "注意：電費組" in done.said
    carry_out(at_work, order("銷假", person=OWNER))
    assert set(at_work.ledger.people.away()) == {"cheng.billing@pingtung.example.tw"}


@pytest.mark.parametrize(
    ("action", "fields", "sentence"),
    [
        ("展期", {"day": "107-07-18"}, "展期須填「原因」"),
        ("展期", {"why": "忙"}, "展期須填「日期」"),
        ("展期", {"why": "忙", "day": "七月"}, "「七月」不是日期"),
        ("展期", {"why": "忙", "day": "107-06-01"}, "已經過去"),
        ("展期", {"why": "忙", "day": "107-12-28"}, "合計至多 30 個"),
        ("免報", {"section": "電費股", "why": "忙"}, "是不是 電費組（billing）？"),
        ("免報", {"duty": "年度", "why": "忙"}, "有：半年自行考核（self_assessment）"),
        ("免報", {"cycle": "106H2", "why": "忙"}, "107年上半年"),
        ("請假", {"person": "許惠文", "day": "107-07-18"}, "許惠雯（樣本）"),
        ("請假", {"person": OWNER, "day": ""}, "請假須填「日期」"),
    ],
)
def test_a_mistake_is_told_with_what_there_is(at_work, action, fields, sentence) -> None:
    with pytest.raises(DutyflowError) as told:
        actions.carry_out(at_work.workspace, order(action, **fields), who="tseng", now=at_work.now)
    assert sentence in str(told.value)


def test_nothing_to_report_can_be_said_in_words_alone(at_work) -> None:
    at_work.write(at_work.letter, "您好：\n本組本期無辦理事項。\n謝謝\n許惠雯（樣本）\n\n> 請填報")
    (receipt,) = at_work.take_in()
    assert "已收到" in receipt["Subject"]
    asked = len(at_work.workspace.case(BILLING).rows)
    assert f"無辦理事項：{asked} 項" in text_of(receipt)
    assert at_work.state(BILLING) == "accepted"


def test_nothing_with_anything_else_is_not_understood(at_work) -> None:
    at_work.write(at_work.letter, "無辦理事項，細節後補")
    (told,) = at_work.take_in()
    assert "來信沒有填報檔" in told["Subject"]
    assert at_work.state(BILLING) == "submitted"
