"""What waits for the coordinator."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dutyflow.ledger import Ledger, NewSubmission, NotPossible, UnknownKey

AT = datetime(2018, 7, 2, 1, tzinfo=UTC)
STRAY = NewSubmission(
    assignment=None,
    channel="mail",
    sender="somebody@example.tw",
    received_at=AT,
    message_id="<1@example.tw>",
    content_hash="one",
    raw_blob="aa" * 32,
    verdict="quarantined",
    reason="找不到對應的應辦事項",
    office="pingtung",
    subject="自評表",
    text="請收。",
)


def strays(ledger: Ledger, count: int) -> list[int]:
    return [
        ledger.submissions.record(
            replace(STRAY, content_hash=str(n), received_at=AT + timedelta(minutes=n)), now=AT
        ).submission.id
        for n in range(count)
    ]


def test_the_newest_comes_first_a_page_at_a_time(ledger: Ledger) -> None:
    ids = strays(ledger, 5)[::-1]
    shown = [each.id for each in ledger.arrivals.waiting("pingtung", limit=2)]
    then = [each.id for each in ledger.arrivals.waiting("pingtung", limit=2, offset=2)]
    assert (shown, then) == (ids[:2], ids[2:4])
    assert ledger.arrivals.count_waiting("pingtung") == 5


def test_what_was_written_with_it_is_kept(ledger: Ledger) -> None:
    strays(ledger, 1)
    (kept,) = ledger.arrivals.waiting("pingtung", limit=9)
    assert (kept.office, kept.subject, kept.text) == ("pingtung", "自評表", "請收。")


def test_each_office_has_its_own(ledger: Ledger) -> None:
    strays(ledger, 1)
    ledger.submissions.record(replace(STRAY, office="lienchiang"), now=AT)
    ledger.submissions.record(replace(STRAY, office="", content_hash="of old"), now=AT)
    assert ledger.arrivals.count_waiting("pingtung") == 2
    assert ledger.arrivals.count_waiting("lienchiang") == 2


def test_the_same_mail_to_two_offices_waits_at_both(ledger: Ledger) -> None:
    for office in ("pingtung", "lienchiang"):
        assert ledger.submissions.record(replace(STRAY, office=office), now=AT).is_new


def test_what_is_put_aside_waits_no_more_and_stays(ledger: Ledger) -> None:
    (number,) = strays(ledger, 1)
    ledger.arrivals.put_aside(number, now=AT, who="曾秀英", why="廣告信")
    assert ledger.arrivals.waiting("pingtung", limit=9) == ()
    assert ledger.submissions.get(number).put_aside == "廣告信"
    (*_, event) = ledger.events.of(f"submission/{number}")
    assert (event.what, event.who, event.why) == ("不採計", "曾秀英", "廣告信")


def test_what_has_been_seen_to_cannot_be_put_aside(ledger: Ledger, cycle) -> None:
    one, two = strays(ledger, 2)
    ledger.arrivals.put_aside(one, now=AT, who="", why="廣告信")
    ledger.submissions.assign(
        two, f"{cycle.key}/design", became=None, now=AT, who="曾秀英", why="認得"
    )
    for number in (one, two):
        with pytest.raises(NotPossible):
            ledger.arrivals.put_aside(number, now=AT, who="", why="又一次")
    with pytest.raises(UnknownKey):
        ledger.arrivals.put_aside(99, now=AT, who="", why="沒有")
    assert ledger.arrivals.count_waiting("pingtung") == 0


def test_what_is_put_aside_cannot_be_assigned(ledger: Ledger, cycle) -> None:
    (number,) = strays(ledger, 1)
    ledger.arrivals.put_aside(number, now=AT, who="", why="廣告信")
    with pytest.raises(NotPossible, match="不採計"):
        ledger.submissions.assign(
            number, f"{cycle.key}/design", became=None, now=AT, who="", why="x"
        )


def wrote(cycle, section: str, **changes) -> NewSubmission:
    key = f"{cycle.key}/{section}"
    words = replace(STRAY, assignment=key, verdict="rejected", content_hash=key)
    return replace(words, **changes)


def test_words_wait_until_an_answer_is_accepted(ledger: Ledger, cycle) -> None:
    ledger.submissions.record(wrote(cycle, "design"), now=AT)
    ledger.submissions.record(wrote(cycle, "business"), now=AT)
    with_problems = wrote(cycle, "safety", problems=[{"found": "x"}])
    ledger.submissions.record(with_problems, now=AT)
    waiting = {each.assignment for each in ledger.arrivals.words("pingtung", limit=9)}
    assert waiting == {f"{cycle.key}/design", f"{cycle.key}/business"}
    good = wrote(cycle, "design", verdict="accepted", content_hash="good")
    ledger.submissions.record(good, now=AT)
    (left,) = ledger.arrivals.words("pingtung", limit=9)
    assert left.assignment == f"{cycle.key}/business"
    assert ledger.arrivals.words("lienchiang", limit=9) == ()


def test_words_after_an_accepted_answer_wait_too(ledger: Ledger, cycle) -> None:
    good = wrote(cycle, "design", verdict="accepted", content_hash="good")
    ledger.submissions.record(good, now=AT)
    ledger.submissions.record(wrote(cycle, "design"), now=AT)
    assert len(ledger.arrivals.words("pingtung", limit=9)) == 1


def test_words_of_a_closed_cycle_wait_for_nobody(ledger: Ledger, cycle) -> None:
    ledger.submissions.record(wrote(cycle, "design"), now=AT)
    ledger.cycles.close(cycle.key, now=AT, who="", why="")
    assert ledger.arrivals.words("pingtung", limit=9) == ()


def test_what_can_be_assigned_to(ledger: Ledger, cycle) -> None:
    """Everything of an open cycle; of a closed one, what is late."""
    assert len(ledger.arrivals.assignable("pingtung", limit=99)) == 3
    ledger.assignments.mark_late(
        f"{cycle.key}/safety", now=cycle.collect_by, who="系統", why="收件期限已到"
    )
    ledger.cycles.close(cycle.key, now=AT, who="", why="")
    (late,) = ledger.arrivals.assignable("pingtung", limit=99)
    assert (late.section, late.state, late.period) == ("safety", "late", cycle.title)
