"""Whatever happens in whatever order: what was on time stays so, what was accepted is not lost."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from dutyflow.ledger import AssignmentRecord, Ledger, NewCycle, NewSubmission, NotPossible

START = datetime(2018, 7, 1, tzinfo=UTC)
DAY = timedelta(days=1)
DAYS = st.integers(min_value=0, max_value=4)
CONTENTS = st.integers(min_value=0, max_value=30)
WHO = {"who": "承辦人", "why": "測試"}


class History(RuleBasedStateMachine):
    """One assignment's life. The model knows little: what was accepted when, and what is due."""

    ledger: Ledger
    template: NewCycle
    names = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        self.now = START
        new = replace(self.template, name=f"X{next(self.names)}", collect_by=START + 3 * DAY)
        self.cycle = self.ledger.cycles.open(new, sections=["business"], now=START, **WHO)
        self.key = f"{self.cycle.key}/business"
        self.due = START + 3 * DAY
        self.accepted_at: dict[int, datetime] = {}
        self.on_time: bool | None = None
        self.accepted: int | None = None

    def current(self) -> AssignmentRecord:
        return self.ledger.assignments.get(self.key)

    @rule(days=DAYS)
    def time_passes(self, days: int) -> None:
        self.now += days * DAY

    @rule(content=CONTENTS, good=st.sampled_from([True, True, False]))
    def submit(self, content: int, good: bool) -> None:
        before = self.current()
        recorded = self.ledger.submissions.record(
            NewSubmission(
                assignment=self.key,
                channel="mail",
                sender="owner@example.org",
                received_at=self.now,
                message_id="<m@example.org>",
                content_hash=str(content),
                raw_blob="",
                verdict="accepted" if good else "rejected",
            ),
            now=self.now,
        )
        after = self.current()
        number = recorded.submission.id
        if not recorded.is_new:
            replaced = number in self.accepted_at and number != self.accepted
            if replaced and self.now > self.accepted_at[self.accepted or 0]:
                assert after.state == "accepted"
                self.accepted = number
            else:
                assert after == before
        elif good:
            assert after.state == "accepted"
            assert recorded.submission.replaces == self.accepted
            if self.on_time is None:
                self.on_time = self.now <= self.due
            self.accepted = number
            self.accepted_at[number] = self.now
        else:
            assert after.state == ("submitted" if before.state == "open" else before.state)

    @rule()
    def cutoff_is_checked(self) -> None:
        before, after = (
            self.current(),
            self.ledger.assignments.mark_late(self.key, now=self.now, **WHO),
        )
        due = before.state in {"open", "submitted", "returned", "late"}
        assert (after.state == "late") == (
            before.state == "late" or (due and self.now >= before.collect_by)
        )

    @rule(days=DAYS)
    def collect_is_rerun(self, days: int) -> None:
        after = self.ledger.assignments.wait_again(
            self.key, until=self.now + days * DAY, now=self.now, **WHO
        )
        assert after.state != "late"

    @rule(days=DAYS)
    def extension_is_granted(self, days: int) -> None:
        until, before = self.now + days * DAY, self.current()
        granted = self._try(
            lambda: self.ledger.assignments.extend(self.key, until=until, now=self.now, **WHO),
            impossible={"accepted", "waived"},
        )
        if granted and before.state != "late":
            self.due = until

    @rule(days=DAYS)
    def it_is_returned(self, days: int) -> None:
        self._try(
            lambda: self.ledger.assignments.return_for_correction(
                self.key, note="請補正", until=self.now + days * DAY, now=self.now, who="承辦人"
            ),
            impossible={"open", "submitted", "late", "waived"},
        )

    @rule()
    def it_is_waived(self) -> None:
        self._try(
            lambda: self.ledger.assignments.waive(self.key, now=self.now, **WHO),
            impossible={"accepted"},
        )

    def _try(self, decide, *, impossible: set[str]) -> bool:
        before = self.current()
        try:
            decide()
        except NotPossible:
            assert before.state in impossible
            assert self.current() == before
            return False
        return True

    @invariant()
    def verdict_and_content_stand(self) -> None:
        assignment = self.current()
        assert assignment.on_time is self.on_time
        assert assignment.accepted_submission == self.accepted
        assert assignment.due_by == self.due
        held = self.ledger.submissions.accepted(self.cycle.key)
        assert {key: it.id for key, it in held.items()} == (
            {self.key: self.accepted} if self.accepted else {}
        )

    def teardown(self) -> None:
        assert self.ledger.events.verify() is None


def test_no_history_loses_a_verdict_or_an_accepted_submission(ledger, new_cycle) -> None:
    machine = type("Lives", (History,), {"ledger": ledger, "template": new_cycle})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=15,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
