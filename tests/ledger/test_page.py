"""What the page of a section keeps: drafts that nobody writes over unseen, and what is untold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from dutyflow.ledger import (
    CycleRecord,
    Draft,
    EventType,
    Ledger,
    NewCall,
    NewNotice,
    NewRequest,
    NewSubmission,
    SubmittedFile,
)
from dutyflow.nagging.reasons import Reason, ReasonCode
from tests.support.racing import at_once

AT = datetime(2018, 6, 18, 1, tzinfo=UTC)
BEFORE = AT - timedelta(days=1)
PHOTO = SubmittedFile(name="照片.jpg", content_type="image/jpeg", size=9, blob="ff" * 32)


@pytest.fixture
def draft(cycle: CycleRecord) -> Draft:
    return Draft(
        assignment=f"{cycle.key}/business",
        typed={"1.1.1": {"text": "寫到一半\n𠮷"}},
        files=(PHOTO,),
        saved_by="王小美（樣本）",
    )


def test_a_draft_is_kept_and_counted(ledger: Ledger, draft: Draft) -> None:
    first = ledger.drafts.save(draft, over=0, now=AT)
    assert first is not None
    assert (first.version, first.typed, first.files, first.saved_at) == (
        1,
        draft.typed,
        draft.files,
        AT,
    )
    second = ledger.drafts.save(replace(draft, typed={}), over=1, now=AT)
    assert second is not None
    assert second.version == 2
    assert ledger.drafts.of(draft.assignment) == second
    assert ledger.drafts.of("another") is None


@pytest.mark.parametrize("over", [0, 2, -1])
def test_nobody_saves_over_what_they_never_saw(ledger: Ledger, draft: Draft, over: int) -> None:
    first = ledger.drafts.save(draft, over=0, now=AT)
    assert ledger.drafts.save(replace(draft, typed={}), over=over, now=AT) is None
    assert ledger.drafts.of(draft.assignment) == first


def test_of_all_who_save_at_once_one_does(ledger: Ledger, draft: Draft) -> None:
    saved = at_once(lambda _: ledger.drafts.save(draft, over=0, now=AT))
    assert sum(each is not None for each in saved) == 1


def test_a_draft_leaves_no_events(ledger: Ledger, draft: Draft) -> None:
    before = ledger.events.last()
    ledger.drafts.save(draft, over=0, now=AT)
    assert ledger.events.last() == before


def sent(draft: Draft, **changed: object) -> NewSubmission:
    whole = {
        "assignment": draft.assignment,
        "channel": "upload",
        "sender": "owner@example.tw",
        "received_at": AT,
        "message_id": "",
        "content_hash": "hash",
        "raw_blob": "ab" * 32,
        "verdict": "accepted",
    }
    return NewSubmission(**{**whole, **changed})


@pytest.mark.parametrize(("verdict", "kept"), [("accepted", False), ("rejected", True)])
def test_acceptance_alone_drops_the_draft(
    ledger: Ledger, draft: Draft, verdict: str, kept: bool
) -> None:
    ledger.drafts.save(draft, over=0, now=AT)
    ledger.submissions.record(sent(draft, verdict=verdict), now=AT)
    assert (ledger.drafts.of(draft.assignment) is not None) == kept


def notice(ledger: Ledger, about: str, rung: str, state: str) -> None:
    new = NewNotice(
        about=about,
        rung=rung,
        recipient="owner@example.tw",
        recipient_name="王小美（樣本）",
        subject="（樣本）",
        reason="（樣本）",
        why=Reason(ReasonCode.REPLY),
        message_id=f"<{rung}@example.tw>",
    )
    claim = ledger.notices.claim(new, now=AT)
    ledger.notices.record(claim.notice_id, state, now=AT)


SETTLED = [("sent", True), ("refused", True), ("deferred", False), ("unknown", False)]


@pytest.mark.parametrize(("state", "told"), SETTLED)
def test_a_receipt_is_owed_until_it_went_out(
    ledger: Ledger, draft: Draft, state: str, told: bool
) -> None:
    assert ledger.calls.offices_untold(BEFORE) == set()
    number = ledger.submissions.record(sent(draft), now=AT).submission.id
    assert ledger.calls.receipts_untold("pingtung", BEFORE) == (number,)
    assert ledger.calls.receipts_untold("penghu", BEFORE) == ()
    assert ledger.calls.offices_untold(BEFORE) == {"pingtung"}
    assert ledger.calls.offices_untold(AT) == set(), "what is older is of no use any more"
    notice(ledger, draft.assignment, f"answer:{'ab' * 8}", state)
    assert (ledger.calls.receipts_untold("pingtung", BEFORE) == ()) == told


@pytest.mark.parametrize("changed", [{"channel": "mail"}, {"verdict": "rejected"}])
def test_no_receipt_is_owed_for_mail_or_mistakes(
    ledger: Ledger, draft: Draft, changed: dict[str, str]
) -> None:
    ledger.submissions.record(sent(draft, **changed), now=AT)
    assert ledger.calls.offices_untold(BEFORE) == set()


def test_a_request_is_owed_to_who_decides_while_it_is_pending(ledger: Ledger, draft: Draft) -> None:
    request = ledger.requests.ask(
        NewRequest(
            assignment=draft.assignment,
            until=date(2018, 7, 9),
            days=3,
            why="（樣本）",
            asked_by="owner@example.tw",
            asked_name="王小美（樣本）",
            asked_at=AT,
            source="x",
            approver="head",
            token="t",
        ),
        now=AT,
    )
    assert ledger.calls.requests_untold("pingtung", BEFORE) == (request.id,)
    assert ledger.calls.offices_untold(BEFORE) == {"pingtung"}
    assert ledger.requests.get(request.id) == request
    ledger.requests.refuse(request.id, now=AT, who="組長", note="（樣本）")
    assert ledger.calls.requests_untold("pingtung", BEFORE) == ()


@pytest.mark.parametrize(("state", "told"), SETTLED)
def test_a_call_is_owed_until_it_is_answered(
    ledger: Ledger, cycle: CycleRecord, state: str, told: bool
) -> None:
    assert ledger.calls.last("owner@example.tw", "link") is None
    call = ledger.calls.add(
        NewCall(office="pingtung", kind="link", email="owner@example.tw"), now=AT
    )
    assert ledger.calls.last("owner@example.tw", "link") == AT
    assert ledger.calls.untold("pingtung", BEFORE) == (call,)
    assert ledger.calls.offices_untold(BEFORE) == {"pingtung"}
    notice(ledger, "pingtung/calls", f"call:{call.id}", state)
    assert (ledger.calls.untold("pingtung", BEFORE) == ()) == told
    said = ledger.events.of("owner@example.tw", EventType.LINK_ASKED)
    assert [event.detail["call"] for event in said] == [call.id]


def test_an_assignment_is_found_by_how_its_token_begins(ledger: Ledger, cycle: CycleRecord) -> None:
    for assignment in ledger.assignments.of(cycle.key):
        token = assignment.token
        assert ledger.assignments.by_token_start(token[:8]) == (assignment,)
        assert assignment in ledger.assignments.by_token_start(token[:1])
    assert ledger.assignments.by_token_start("00000000") == ()
