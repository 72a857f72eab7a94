from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dutyflow.ledger import Ledger, NewNotice, UnknownKey
from dutyflow.nagging.reasons import Reason, ReasonCode
from tests.support.racing import at_once

NOW = datetime(2018, 6, 29, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MAIL = "Subject: 請填報\r\n\r\n請填報。\r\n".encode()


@pytest.fixture
def notice(cycle) -> NewNotice:
    return NewNotice(
        about=f"{cycle.key}/business",
        cycle=cycle.key,
        rung="announce",
        recipient="owner@example.org",
        recipient_name="王大明",
        subject="請填報",
        reason="開始收件",
        why=Reason(ReasonCode.OPENING),
        message_id="<announce@example.org>",
    )


def test_a_new_notice_is_granted_and_once_sent_never_again(ledger, notice) -> None:
    claim = ledger.notices.claim(notice, now=NOW)
    assert (claim.granted, claim.state, claim.message_id) == (True, "claimed", notice.message_id)
    sent = ledger.notices.record(claim.notice_id, state="sent", now=NOW, detail="250 OK", text=MAIL)
    assert (sent.state, sent.attempts, sent.settled_at) == ("sent", 1, NOW)
    assert sent.detail == "250 OK"
    assert sent.message_blob == hashlib.sha256(MAIL).hexdigest()
    assert ledger.notices.mail(sent.message_blob) == MAIL
    with pytest.raises(UnknownKey, match="信件"):
        ledger.notices.mail("ab" * 32)
    again = ledger.notices.claim(notice, now=NOW + timedelta(days=400))
    assert (again.granted, again.state, again.notice_id) == (False, "sent", claim.notice_id)
    assert [it.what for it in ledger.events.of(notice.about)] == ["準備通知", "寄出通知"]


def test_each_rung_recipient_and_thing_has_its_own(ledger, notice) -> None:
    others = [
        replace(notice, rung="due_soon"),
        replace(notice, recipient="deputy@example.org"),
        replace(notice, about="digest/2018-06-29", cycle=None),
    ]
    assert all(ledger.notices.claim(it, now=NOW).granted for it in [notice, *others])
    assert len(ledger.notices.of()) == 4
    assert len(ledger.notices.of(cycle=notice.cycle)) == 3
    assert [it.rung for it in ledger.notices.of(about=notice.about)] == [
        "announce",
        "due_soon",
        "announce",
    ]


@pytest.mark.parametrize("earlier", ["nothing", "deferred", "an old claim"])
def test_of_several_who_claim_one_is_granted(url: str, ledger, notice, earlier) -> None:
    if earlier != "nothing":
        first = ledger.notices.claim(notice, now=NOW - 10 * MINUTE)
        if earlier == "deferred":
            ledger.notices.record(first.notice_id, state="deferred", now=NOW - 9 * MINUTE)

    def claim(_: int) -> bool:
        with Ledger(url) as mine:
            return mine.notices.claim(notice, now=NOW).granted

    assert sorted(at_once(claim)) == [False, False, False, True]
    assert ledger.events.verify() is None


def test_a_claim_runs_out_when_nobody_says_what_became_of_it(ledger, notice) -> None:
    first = ledger.notices.claim(notice, now=NOW)
    assert not ledger.notices.claim(notice, now=NOW + 4 * MINUTE).granted
    assert not ledger.notices.claim(notice, now=NOW + MINUTE, lease_seconds=61).granted
    again = ledger.notices.claim(
        replace(notice, message_id="<other@example.org>", subject="再次請填報"),
        now=NOW + 5 * MINUTE,
    )
    assert (again.granted, again.message_id) == (True, first.message_id)
    kept = ledger.notices.get(first.notice_id)
    assert (kept.attempts, kept.subject, kept.claimed_at) == (2, "再次請填報", NOW + 5 * MINUTE)


def test_a_deferred_one_is_granted_again_as_often_as_needed(ledger, notice) -> None:
    for attempt in range(1, 5):
        claim = ledger.notices.claim(notice, now=NOW)
        assert claim.granted
        kept = ledger.notices.record(claim.notice_id, state="deferred", now=NOW, detail="451")
        assert kept.attempts == attempt


def test_an_unknown_outcome_is_tried_once_more_and_then_left(ledger, notice) -> None:
    for _ in range(2):
        claim = ledger.notices.claim(notice, now=NOW)
        assert claim.granted
        ledger.notices.record(claim.notice_id, state="unknown", now=NOW)
    left = ledger.notices.claim(notice, now=NOW + timedelta(days=1))
    assert (left.granted, left.state) == (False, "unknown")


def test_a_refused_one_is_left(ledger, notice) -> None:
    claim = ledger.notices.claim(notice, now=NOW)
    ledger.notices.record(claim.notice_id, state="refused", now=NOW, detail="550 無此人")
    left = ledger.notices.claim(notice, now=NOW + timedelta(days=1))
    assert (left.granted, left.state) == (False, "refused")
    failed = ledger.events.of(notice.about)[-1]
    assert (failed.what, failed.detail["detail"]) == ("寄送失敗", "550 無此人")


def test_sent_stays_sent_whatever_a_slower_worker_says(ledger, notice) -> None:
    claim = ledger.notices.claim(notice, now=NOW)
    sent = ledger.notices.record(claim.notice_id, state="sent", now=NOW)
    assert ledger.notices.record(claim.notice_id, state="deferred", now=NOW) == sent
    assert len(ledger.events.of(notice.about)) == 2


def test_unknown_notices_and_cycles_are_named(ledger, notice) -> None:
    with pytest.raises(UnknownKey, match="404"):
        ledger.notices.get(404)
    with pytest.raises(UnknownKey, match="404"):
        ledger.notices.record(404, state="sent", now=NOW)
    with pytest.raises(UnknownKey, match="pingtung/none/107"):
        ledger.notices.claim(replace(notice, cycle="pingtung/none/107"), now=NOW)
    assert ledger.notices.of() == ()


def sent(ledger, notice):
    claim = ledger.notices.claim(notice, now=NOW)
    return ledger.notices.record(claim.notice_id, state="sent", now=NOW, text=MAIL)


def bounce(ledger, notice, *, now=NOW + MINUTE):
    return ledger.notices.bounced([notice.id], now=now, why="550 無此人", message_blob="cd" * 32)


def test_what_came_back_is_found_by_its_message_and_was_told_to_nobody(ledger, notice) -> None:
    other = sent(ledger, replace(notice, recipient="deputy@example.org", message_id="<other@x>"))
    gone = sent(ledger, notice)
    assert ledger.notices.by_message_id([notice.message_id, "<none@x>"]) == (gone,)
    (back,) = bounce(ledger, gone)
    assert (back.state, back.detail) == ("bounced", "550 無此人")
    assert ledger.notices.mail(back.message_blob) == MAIL
    assert ledger.standings.told([notice.rung]) == {(notice.about, notice.rung): {other.recipient}}
    event = ledger.events.of(notice.about)[-1]
    assert (event.what, event.detail["said"], event.detail["report"]) == (
        "退信",
        "550 無此人",
        "cd" * 32,
    )


def test_it_comes_back_once_and_no_slower_worker_makes_it_sent(ledger, notice) -> None:
    gone = sent(ledger, notice)
    bounce(ledger, gone)
    assert bounce(ledger, gone) == ()
    assert ledger.notices.record(gone.id, state="sent", now=NOW).state == "bounced"
    assert [it.what for it in ledger.events.of(notice.about)].count("退信") == 1


@pytest.mark.parametrize("state", ["deferred", "refused"])
def test_what_never_went_out_cannot_come_back(ledger, notice, state) -> None:
    claim = ledger.notices.claim(notice, now=NOW)
    ledger.notices.record(claim.notice_id, state=state, now=NOW)
    assert bounce(ledger, ledger.notices.get(claim.notice_id)) == ()


def test_what_came_back_goes_again_only_to_an_address_that_works(ledger, notice) -> None:
    bounce(ledger, sent(ledger, notice))
    ledger.people.mark_undeliverable("Owner@Example.org", now=NOW, why="550", who="系統")
    assert not ledger.notices.claim(notice, now=NOW).granted
    assert ledger.people.mark_deliverable("owner@example.org", now=NOW, who="計畫承辦人")
    assert not ledger.people.mark_deliverable("owner@example.org", now=NOW, who="計畫承辦人")
    again = ledger.notices.claim(notice, now=NOW)
    assert (again.granted, again.message_id) == (True, notice.message_id)


def test_what_comes_back_each_time_is_not_sent_for_ever(ledger, notice) -> None:
    granted = 0
    for hour in range(10):
        now = NOW + timedelta(hours=hour)
        claim = ledger.notices.claim(notice, now=now)
        if claim.granted:
            granted += 1
            ledger.notices.record(claim.notice_id, state="sent", now=now)
            bounce(ledger, ledger.notices.get(claim.notice_id), now=now)
    assert granted == 3


def test_the_last_mail_to_an_address_is_found_with_all_that_it_told(ledger, notice) -> None:
    sent(ledger, replace(notice, rung="first", message_id="<first@x>"))
    digest = [
        replace(notice, rung=rung, recipient="Owner@example.org", message_id="<digest@x>")
        for rung in ("second", "third")
    ]
    for each in ledger.notices.claim_all(digest, now=NOW):
        ledger.notices.record(each.notice_id, state="sent", now=NOW + MINUTE)
    found = ledger.notices.last_sent_to("OWNER@example.org", since=NOW)
    assert [each.rung for each in found] == ["second", "third"]
    assert ledger.notices.last_sent_to("owner@example.org", since=NOW + 2 * MINUTE) == ()
    assert ledger.notices.last_sent_to("nobody@example.org", since=NOW) == ()


def test_changes_are_counted_for_one_thing_alone(ledger, notice) -> None:
    sent(ledger, notice)
    sent(ledger, replace(notice, about=f"{notice.about}/more"))
    others = f"{notice.about}/none"
    assert ledger.events.counts([notice.about, others], ["寄出通知", "準備通知"]) == {
        notice.about: 2,
        others: 0,
    }
    assert ledger.events.counts([notice.about], ["展期"]) == {notice.about: 0}
