"""展期 by mail: asked for, decided by the right person, and told; on the real ledger and SMTP."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from dutyflow.ledger.event_types import EventType
from dutyflow.services.extensions.requests import to_collect_again
from tests.services.reminders.test_daily_round import morning, round_on
from tests.support.scene import OFFICE, Scene, filled, form_in, scene, text_of

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)
OWNER, HEAD = "hsu.billing@pingtung.example.tw", "head.billing@pingtung.example.tw"
DIRECTOR, HEAD_OFFICE = "director@pingtung.example.tw", "head-office@example.tw"
COORDINATOR = "coordinator@pingtung.example.tw"
BILLING = "pingtung/self_assessment/107H1/billing"


@pytest.fixture
def at_work(tmp_path: Path):
    with scene(tmp_path, OPENED) as playing:
        playing.letter = playing.announce(playing.open())["billing"]
        playing.new_mails()
        playing.now = morning("2018-06-27")
        yield playing


def by_address(mails: list[EmailMessage]) -> dict[str, EmailMessage]:
    return {mail["To"].addresses[0].addr_spec: mail for mail in mails}


def ask(playing: Any, text: str) -> dict[str, EmailMessage]:
    playing.write(playing.letter, text)
    return by_address(playing.take_in())


def answer(playing: Scene, asked: EmailMessage, text: str, **headers: str):
    playing.write(asked, text, **headers)
    return by_address(playing.take_in())


def deadline(playing: Scene) -> datetime:
    return playing.ledger.assignments.get(BILLING).collect_by


def end_of(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T00:00:00+08:00") + timedelta(days=1)


def test_a_section_asks_its_head_agrees_and_no_later_mail_names_the_old_day(at_work) -> None:
    told = ask(at_work, "您好：\n展期 107/7/18 原因：資料尚待彙整\n謝謝")
    assert set(told) == {OWNER, HEAD}
    assert "核示之前，期限仍為 107年7月4日（三）" in text_of(told[OWNER])
    asked = text_of(told[HEAD])
    for fact in ("許惠雯（樣本）", "107年7月4日（三）", "107年7月18日（三），10 個工作天"):
        assert fact in asked
    assert "資料尚待彙整" in asked
    assert "先前展期：無" in asked
    assert deadline(at_work) == end_of("2018-07-04")

    told = answer(at_work, told[HEAD], "同意")
    assert deadline(at_work) == end_of("2018-07-18")
    assert "核示已登記" in told[HEAD]["Subject"]
    assert "期限已展延至 107年7月18日（三）" in told[OWNER]["Subject"]
    (moved,) = told[OWNER].iter_attachments()
    assert (moved.get_content_type(), "20180718" in str(moved.get_content())) == (
        "text/calendar",
        True,
    )
    later = [text_of(told[OWNER]), text_of(told[HEAD])]
    for day in ("2018-07-04", "2018-07-11", "2018-07-13", "2018-07-18", "2018-07-19"):
        _, mails = round_on(at_work, day)
        later += [text_of(each) for each in mails if "許惠雯" in str(each["To"])]
    assert len(later) > 4
    assert not [text for text in later if "7月4日" in text]
    (event,) = at_work.ledger.events.of(BILLING, EventType.EXTENDED)
    assert (event.who, event.why) == ("組長 謝麗珠（樣本）", "資料尚待彙整")


def test_a_refusal_is_told_with_its_reason(at_work) -> None:
    told = ask(at_work, "申請展期至 7月11日，因為承辦人公出")
    assert "承辦人公出" in text_of(told[HEAD])
    unclear = answer(at_work, told[HEAD], "不同意")
    assert "看不出是否同意" in unclear[HEAD]["Subject"]
    told = answer(at_work, unclear[HEAD], "不同意 原因：已到彙整期限\n\n謝麗珠")
    assert "展期未獲同意" in told[OWNER]["Subject"]
    assert "已到彙整期限" in text_of(told[OWNER])
    assert deadline(at_work) == end_of("2018-07-04")


@pytest.mark.parametrize(
    ("day", "approver"),
    [("7/18", HEAD), ("7/19", DIRECTOR), ("8/1", DIRECTOR), ("8/2", HEAD_OFFICE)],
)
def test_who_decides_depends_on_how_many_working_days(at_work, day: str, approver: str) -> None:
    assert set(ask(at_work, f"展期 {day} 原因：會計關帳")) == {OWNER, approver}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "展期 107/12/28 原因：忙",
            "合計至多 30 個，還有 30 個；可以展期至107年7月5日（四）到107年8月15日（三）",
        ),
        ("展期 107/6/20", "107年6月20日（三）已經過去"),
        ("展期 107/7/3", "沒有晚於現在的期限"),
        ("展期 107/7/7", "107年7月7日（六）不上班"),
        ("展期到下週", "看不出「展期到下週」要展期到哪一天"),
        ("展期 107/2/30", "看不出「展期 107/2/30」要展期到哪一天"),
        ("展期 40 個工作天", "合計至多 30 個"),
    ],
)
def test_what_cannot_be_is_told_at_once_with_what_can(at_work, text: str, sentence: str) -> None:
    told = ask(at_work, text)
    assert set(told) == {OWNER}
    assert "展期申請未受理" in told[OWNER]["Subject"]
    assert sentence in text_of(told[OWNER])
    assert at_work.ledger.requests.of(BILLING) == ()


def test_one_that_is_answered_or_late_cannot_be_extended_by_mail(at_work) -> None:
    at_work.now = morning("2018-07-05")
    assert "期限已過" in text_of(ask(at_work, "展期 107/7/18")[OWNER])
    at_work.reply(at_work.letter, filled(form_in(at_work.letter)))
    at_work.take_in()
    assert "已經完成填報，不必展期" in text_of(ask(at_work, "展期 107/7/18")[OWNER])


def test_only_the_approver_or_the_coordinator_decides(at_work) -> None:
    asked = ask(at_work, "展期 7/11 原因：公出")[HEAD]
    for sender in (OWNER, "stranger@example.com", "head.design@pingtung.example.tw"):
        assert answer(at_work, asked, "同意", From=sender) == {}
    assert at_work.ledger.requests.pending()
    told = answer(at_work, asked, "同意", From=COORDINATOR)
    assert set(told) == {OWNER, COORDINATOR}
    assert deadline(at_work) == end_of("2018-07-11")


def test_a_head_who_is_away_is_stood_in_for_by_the_coordinator(at_work) -> None:
    at_work.ledger.people.set_away(HEAD, date(2018, 6, 30), now=OPENED, who="測試", why="公假")
    told = ask(at_work, "展期 7/11 原因：公出")
    assert "代理謝麗珠（樣本）" in text_of(told[COORDINATOR])


def test_a_head_does_not_decide_what_they_asked_for(at_work) -> None:
    at_work.write(at_work.letter, "展期 7/11 原因：公出", From=HEAD)
    assert set(by_address(at_work.take_in())) == {HEAD, DIRECTOR}


def test_a_quoted_mail_asks_for_nothing_and_decides_nothing(at_work) -> None:
    told = ask(at_work, "如附件\n\n寄件者：執行計畫填報信箱\n展期 107/7/18 原因：範例")
    assert "來信沒有填報檔" in told[OWNER]["Subject"]
    asked = ask(at_work, "展期 7/11 原因：公出\n> 展期 7/31")[HEAD]
    assert "7月11日" in asked["Subject"]
    told = answer(at_work, asked, "我再想想\n\n> 同意")
    assert "看不出是否同意" in told[HEAD]["Subject"]


def test_a_new_request_takes_the_place_of_the_one_before(at_work) -> None:
    first = ask(at_work, "展期 7/11 原因：公出")[HEAD]
    second = ask(at_work, "展期 7/12 原因：公出")[HEAD]
    told = answer(at_work, first, "同意")
    assert "已經作廢" in text_of(told[HEAD])
    assert set(told) == {HEAD}
    answer(at_work, second, "同意")
    assert deadline(at_work) == end_of("2018-07-12")
    assert [each.state for each in at_work.ledger.requests.of(BILLING)] == ["void", "granted"]


def test_levels_and_limits_count_what_was_granted_before(at_work) -> None:
    for day, approver in (("7/18", HEAD), ("8/1", DIRECTOR), ("8/15", HEAD_OFFICE)):
        told = ask(at_work, f"展期 {day} 原因：會計關帳")
        answer(at_work, told[approver], "同意")
    told = ask(at_work, "展期 8/16")
    assert "已展期 3 次，至多 3 次，不能再展期" in text_of(told[OWNER])


def test_asked_in_time_and_granted_late_is_on_time_and_collected_again(at_work) -> None:
    asked = ask(at_work, "展期 7/11 原因：公出")[HEAD]
    at_work.now = morning("2018-07-05")
    assert at_work.wait(BILLING) == "late"
    told = answer(at_work, asked, "同意")
    assert "系統會自動重新收件" in text_of(told[COORDINATOR])
    (again,) = to_collect_again(at_work.workspace, OFFICE, since=at_work.now)
    assert again.assignment == BILLING
    assert to_collect_again(at_work.workspace, OFFICE, since=morning("2018-07-06")) == ()
    assert to_collect_again(at_work.workspace, "penghu", since=at_work.now) == ()
    assert at_work.wait(BILLING) == "waiting"
    at_work.reply(at_work.letter, filled(form_in(at_work.letter)))
    at_work.take_in()
    assert at_work.ledger.assignments.get(BILLING).on_time is True


def test_a_request_of_a_section_that_has_answered_meanwhile_is_void(at_work) -> None:
    asked = ask(at_work, "展期 7/11 原因：公出")[HEAD]
    at_work.reply(at_work.letter, filled(form_in(at_work.letter)))
    at_work.take_in()
    told = answer(at_work, asked, "同意")
    assert "已經完成填報" in text_of(told[HEAD])
    assert at_work.state(BILLING) == "accepted"


def test_a_message_that_is_met_again_is_one_request(at_work) -> None:
    raw = at_work.write(at_work.letter, "展期 7/11 原因：公出")
    assert len(at_work.take_in()) == 2
    at_work.put(raw)
    assert at_work.take_in() == []
    assert len(at_work.ledger.requests.pending()) == 1
