from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dutyflow.ledger import AssignmentRecord, Ledger, Look, NewSubmission, NotPossible

CUTOFF = datetime(2018, 7, 4, 9, tzinfo=UTC)
AFTER = CUTOFF + timedelta(minutes=1)
LATER = CUTOFF + timedelta(days=3)
WHO = {"who": "承辦人", "why": "電話約定"}


@pytest.fixture
def business(ledger: Ledger, cycle) -> AssignmentRecord:
    return ledger.assignments.get(f"{cycle.key}/business")


def submit(ledger: Ledger, key: str, content: str, verdict="accepted", at=AFTER):
    return ledger.submissions.record(
        NewSubmission(
            assignment=key,
            channel="mail",
            sender="owner@example.org",
            received_at=at,
            message_id="<m@example.org>",
            content_hash=content,
            raw_blob=content,
            verdict=verdict,
        ),
        now=at,
    ).submission


def test_what_is_not_there_at_the_cutoff_is_late(ledger, business) -> None:
    for _ in range(2):
        late = ledger.assignments.mark_late(business.key, now=CUTOFF, **WHO)
        assert (late.state, late.on_time) == ("late", None)
    assert [it.what for it in ledger.events.of(business.key)] == ["逾期"]


def test_what_was_accepted_or_waived_meanwhile_is_not_late(ledger, cycle) -> None:
    accepted, waived, _ = ledger.assignments.of(cycle.key)
    submit(ledger, accepted.key, "a", at=CUTOFF)
    ledger.assignments.waive(waived.key, now=CUTOFF, **WHO)
    for key, state in ((accepted.key, "accepted"), (waived.key, "waived")):
        assert ledger.assignments.mark_late(key, now=AFTER, **WHO).state == state
    assert ledger.assignments.get(accepted.key).on_time is True


def test_an_extension_moves_the_cutoff(ledger, business) -> None:
    extended = ledger.assignments.extend(business.key, until=LATER, now=CUTOFF, **WHO)
    assert (extended.collect_by, extended.due_by) == (LATER, LATER)
    assert ledger.assignments.mark_late(business.key, now=AFTER, **WHO).state == "open"
    submit(ledger, business.key, "a")
    assert ledger.assignments.get(business.key).on_time is True


def test_collecting_again_after_being_late_does_not_make_it_on_time(ledger, business) -> None:
    ledger.assignments.mark_late(business.key, now=AFTER, **WHO)
    again = ledger.assignments.wait_again(business.key, until=LATER, now=AFTER, **WHO)
    assert (again.state, again.collect_by, again.due_by) == ("open", LATER, CUTOFF)
    submit(ledger, business.key, "a", at=AFTER)
    after = ledger.assignments.get(business.key)
    assert (after.state, after.on_time) == ("accepted", False)


def test_what_came_in_time_is_on_time_even_if_read_after_it_was_marked_late(
    ledger, business
) -> None:
    ledger.assignments.mark_late(business.key, now=AFTER, **WHO)
    submit(ledger, business.key, "a", at=CUTOFF)
    assert ledger.assignments.get(business.key).on_time is True


def test_an_extension_granted_after_the_fact_does_not_make_it_on_time(ledger, business) -> None:
    ledger.assignments.mark_late(business.key, now=AFTER, **WHO)
    extended = ledger.assignments.extend(business.key, until=LATER, now=AFTER, **WHO)
    assert (extended.state, extended.collect_by, extended.due_by) == ("late", LATER, CUTOFF)


def test_collecting_again_changes_nothing_where_nothing_is_late(ledger, business) -> None:
    assert ledger.assignments.wait_again(business.key, until=LATER, now=AFTER, **WHO) == business


def test_a_submission_is_sent_back_with_a_note(ledger, business) -> None:
    sent = submit(ledger, business.key, "a", at=CUTOFF)
    for _ in range(2):
        returned = ledger.assignments.return_for_correction(
            business.key, note="請補附件", until=LATER, now=AFTER, who="承辦人"
        )
        assert (returned.state, returned.returned_note, returned.returns, returned.collect_by) == (
            "returned",
            "請補附件",
            1,
            LATER,
        )
        assert returned.accepted_submission == sent.id
    reworded = ledger.assignments.return_for_correction(
        business.key, note="請補附件及簽章", until=LATER, now=AFTER, who="承辦人"
    )
    assert (reworded.returned_note, reworded.returns) == ("請補附件及簽章", 1)
    longer = LATER + timedelta(days=1)
    waiting = ledger.assignments.wait_again(business.key, until=longer, now=AFTER, **WHO)
    assert (waiting.state, waiting.collect_by) == ("returned", longer)
    assert ledger.assignments.mark_late(business.key, now=longer, **WHO).state == "late"
    submit(ledger, business.key, "b", at=longer)
    after = ledger.assignments.get(business.key)
    assert (after.state, after.on_time, after.returns) == ("accepted", True, 1)


def test_decisions_that_do_not_fit_are_refused_in_words(ledger, business) -> None:
    with pytest.raises(NotPossible, match="沒有已受理的填報"):
        ledger.assignments.return_for_correction(
            business.key, note="", until=LATER, now=AFTER, who="承辦人"
        )
    submit(ledger, business.key, "a")
    with pytest.raises(NotPossible, match="已經受理"):
        ledger.assignments.waive(business.key, now=AFTER, **WHO)
    with pytest.raises(NotPossible, match="已經受理"):
        ledger.assignments.extend(business.key, until=LATER, now=AFTER, **WHO)


def test_every_change_says_who_and_why(ledger, business) -> None:
    ledger.assignments.extend(business.key, until=LATER, now=CUTOFF, who="王承辦", why="颱風停班")
    (event,) = ledger.events.of(business.key)
    assert (event.at, event.who, event.what, event.why) == (CUTOFF, "王承辦", "展期", "颱風停班")
    assert event.detail == {"before": "open", "collect_by": LATER.isoformat()}


def test_thousands_are_looked_at_in_one_go(ledger, cycle) -> None:
    keys = [it.key for it in ledger.assignments.of(cycle.key)]
    unknown = [f"pingtung/none/107/{number}" for number in range(25_000)]
    looks = ledger.assignments.looks(keys + unknown)
    assert looks == dict.fromkeys(keys, Look(state="open", collect_by=CUTOFF))
    assert ledger.assignments.looks([]) == {}
