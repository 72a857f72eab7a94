from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dutyflow.ledger import Ledger, NewSubmission, SubmittedFile, UnknownKey
from tests.support.racing import at_once

CUTOFF = datetime(2018, 7, 4, 9, tzinfo=UTC)
AT = datetime(2018, 7, 2, 1, tzinfo=UTC)
FORM = SubmittedFile(name="業務組.xlsx", content_type="application/x", size=9, blob="ff" * 32)


@pytest.fixture
def sent(cycle) -> NewSubmission:
    return NewSubmission(
        assignment=f"{cycle.key}/business",
        channel="mail",
        sender="owner@example.org",
        received_at=AT,
        message_id="<1@example.org>",
        content_hash="hash-1",
        raw_blob="aa" * 32,
        verdict="accepted",
        problems=[],
        answers=[{"measure": "1.1.1", "text": "辦理完成", "score": 95.0}],
        reason="內容齊全",
        files=[FORM, replace(FORM, name="附件.pdf")],
    )


def test_the_files_that_came_for_an_assignment_are_told_in_their_order(ledger, cycle, sent) -> None:
    other = f"{cycle.key}/{ledger.assignments.of(cycle.key)[-1].section}"
    later = replace(FORM, name="公文.pdf")
    ledger.submissions.record(sent, now=AT)
    ledger.submissions.record(replace(sent, content_hash="hash-2", files=[later]), now=AT)
    ledger.submissions.record(replace(sent, assignment=other, content_hash="hash-3"), now=AT)
    assert ledger.submissions.files_of(sent.assignment) == (*sent.files, later)
    assert other != sent.assignment


def test_an_accepted_submission_settles_its_assignment(ledger, sent) -> None:
    recorded = ledger.submissions.record(sent, now=AT)
    assert recorded.is_new
    kept = recorded.submission
    assert kept == ledger.submissions.get(kept.id)
    assert (kept.answers, kept.files) == (list(sent.answers), tuple(sent.files))
    after = ledger.assignments.get(sent.assignment)
    assert (after.state, after.on_time, after.accepted_submission) == ("accepted", True, kept.id)
    said = [(it.what, it.who) for it in ledger.events.of(sent.assignment)]
    assert said == [("收到填報", sent.sender), ("受理", "系統")]


def test_the_same_content_again_is_the_first_one_still(ledger, sent) -> None:
    first = ledger.submissions.record(sent, now=AT)
    again = ledger.submissions.record(
        replace(sent, message_id="<2@example.org>", verdict="rejected"), now=CUTOFF
    )
    assert (again.is_new, again.submission) == (False, first.submission)
    assert ledger.submissions.of(sent.assignment) == (first.submission,)
    assert ledger.assignments.get(sent.assignment).state == "accepted"


def test_the_same_content_from_another_section_is_another(ledger, cycle, sent) -> None:
    ledger.submissions.record(sent, now=AT)
    other = replace(sent, assignment=f"{cycle.key}/design")
    assert ledger.submissions.record(other, now=AT).is_new


def test_of_two_who_record_the_same_mail_one_does(url: str, ledger, sent) -> None:
    def record(_: int):
        with Ledger(url) as mine:
            return mine.submissions.record(sent, now=AT)

    results = at_once(record)
    assert sorted(it.is_new for it in results) == [False, False, False, True]
    assert len({it.submission.id for it in results}) == 1
    assert ledger.events.verify() is None


def test_a_correction_replaces_what_was_accepted(ledger, cycle, sent) -> None:
    first = ledger.submissions.record(sent, now=AT).submission
    second = ledger.submissions.record(replace(sent, content_hash="hash-2"), now=AT).submission
    assert (first.replaces, second.replaces) == (None, first.id)
    assert ledger.submissions.accepted(cycle.key) == {sent.assignment: second}


def test_a_rejected_one_leaves_the_accepted_one_standing(ledger, cycle, sent) -> None:
    tried = replace(sent, verdict="rejected", content_hash="bad", problems=[{"cell": "F12"}])
    ledger.submissions.record(tried, now=AT)
    assert ledger.assignments.get(sent.assignment).state == "submitted"
    assert ledger.submissions.accepted(cycle.key) == {}
    good = ledger.submissions.record(sent, now=AT).submission
    worse = ledger.submissions.record(replace(tried, content_hash="worse"), now=AT).submission
    assert worse.problems == [{"cell": "F12"}]
    assert ledger.assignments.get(sent.assignment).state == "accepted"
    assert ledger.submissions.accepted(cycle.key) == {sent.assignment: good}


def test_a_rejected_one_does_not_hide_that_it_is_late_or_returned(ledger, cycle, sent) -> None:
    late, returned = f"{cycle.key}/design", sent.assignment
    ledger.assignments.mark_late(late, now=CUTOFF, who="系統", why="")
    ledger.submissions.record(sent, now=AT)
    ledger.assignments.return_for_correction(
        returned, note="請補", until=CUTOFF, now=AT, who="承辦人"
    )
    for key, state in ((late, "late"), (returned, "returned")):
        tried = replace(sent, assignment=key, verdict="rejected", content_hash="bad")
        ledger.submissions.record(tried, now=AT)
        assert ledger.assignments.get(key).state == state


def test_the_cutoff_itself_is_on_time_and_the_moment_after_is_not(ledger, cycle, sent) -> None:
    for section, moment, on_time in (
        ("design", CUTOFF, True),
        ("safety", CUTOFF.replace(microsecond=1), False),
    ):
        key = f"{cycle.key}/{section}"
        ledger.submissions.record(replace(sent, assignment=key, received_at=moment), now=CUTOFF)
        assert ledger.assignments.get(key).on_time is on_time


def test_the_first_accepted_one_decides_whether_it_was_on_time(ledger, cycle, sent) -> None:
    after = CUTOFF.replace(day=5)
    for section, first, second, on_time in (
        ("design", CUTOFF, after, True),
        ("safety", after, CUTOFF, False),
    ):
        for moment in (first, second):
            again = replace(
                sent,
                assignment=f"{cycle.key}/{section}",
                received_at=moment,
                content_hash=str(moment),
            )
            ledger.submissions.record(again, now=after)
            assert ledger.assignments.get(again.assignment).on_time is on_time


def test_what_cannot_be_matched_is_kept_in_quarantine_once(ledger, sent) -> None:
    stray = replace(sent, assignment=None, verdict="quarantined", reason="查無此表")
    first = ledger.submissions.record(stray, now=AT)
    again = ledger.submissions.record(stray, now=AT)
    assert (first.is_new, again.is_new) == (True, False)
    assert ledger.submissions.quarantined() == (first.submission,)
    said = [it.what for it in ledger.events.of(f"submission/{first.submission.id}")]
    assert said == ["收到填報", "待認領"]
    with pytest.raises(ValueError, match="quarantined"):
        replace(stray, verdict="accepted")


def test_what_strangers_write_cannot_keep_it_from_being_kept(ledger, sent) -> None:
    hostile = replace(
        sent,
        sender="a\x00b\udc80@example.org",
        answers=[{"text": "\x00\udcff=cmd()'; DROP TABLE submissions; --𠮷"}],
        files=[replace(FORM, name="x\x00\ud800.xlsx")],
    )
    kept = ledger.submissions.record(hostile, now=AT).submission
    assert kept.sender == "a\ufffdb\ufffd@example.org"
    assert kept.answers == [{"text": "\x00\ufffd=cmd()'; DROP TABLE submissions; --𠮷"}]
    assert kept.files[0].name == "x\ufffd\ufffd.xlsx"
    assert ledger.events.verify() is None


def test_an_unknown_assignment_or_submission_is_named(ledger, sent) -> None:
    with pytest.raises(UnknownKey, match="pingtung/x"):
        ledger.submissions.record(replace(sent, assignment="pingtung/x"), now=AT)
    with pytest.raises(UnknownKey, match="404"):
        ledger.submissions.get(404)
