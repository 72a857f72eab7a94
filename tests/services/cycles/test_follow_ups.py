"""What an approval opens: the duties that come after, with days counted from the actual day."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from dutyflow.calendars.roc import TAIPEI
from dutyflow.infra.settings import Settings
from dutyflow.ledger.records import CycleRecord, Decision
from dutyflow.plan.cycles import NoTimeLeft
from dutyflow.services.cycles import follow_ups, opening
from dutyflow.services.reporting import assembly, review
from dutyflow.services.workspace import Workspace
from tests.plan.conftest import PLAN, edited
from tests.support.invented import FOLLOW_UP, OFFICE, REVIEW, close_on, write_office
from tests.support.invented import following as coming_after

ONCE = ("every: half_year", "every: once\n    period: {start: 107-05-01, end: 107-06-30}")
FIRST, SECOND, THIRD = "self_assessment", "follow_up", "second_look"


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=TAIPEI)


@dataclass
class Office:
    home: Path
    workspace: Workspace = field(init=False)
    now: datetime = field(default=at(2018, 6, 15, 8, 30))

    def __post_init__(self) -> None:
        environ = {"DUTYFLOW_HOME": str(self.home), "DUTYFLOW_PLANS": str(self.plans)}
        self.workspace = Workspace(Settings.from_environ(environ))
        self.workspace.ledger.migrate()

    @property
    def plans(self) -> Path:
        return self.home / "plan"

    def close_on(self, *days: str) -> None:
        close_on(self.plans, *days)
        self.workspace.close()
        self.workspace = Workspace(self.workspace.settings)  # as the next task sees it

    def open(self, duty: str, name: str = "107H1", **given: Any) -> CycleRecord:
        return opening.open_cycle(
            self.workspace, office=OFFICE, duty=duty, name=name, now=self.now, who="測試", **given
        )

    def decide(self, cycle: CycleRecord, decision: Decision, when: datetime) -> None:
        self.now = when
        assembly.assemble(self.workspace, cycle.key, now=when)
        review.decide(
            self.workspace,
            cycle.key,
            decision=decision,
            sections=[],
            note="",
            who="曾秀英（樣本）",
            now=when,
        )

    def approve(self, cycle: CycleRecord, when: datetime) -> list[str]:
        """Approve what there is; the duties that are to be opened then."""
        self.decide(cycle, "approved", when)
        return self.next_after(cycle)

    def next_after(self, cycle: CycleRecord) -> list[str]:
        return [each.duty for each in follow_ups.to_open(self.workspace, cycle.key)]

    def opens_on(self, duty: str, name: str = "107H1") -> date:
        return follow_ups.opens_at(self.workspace, OFFICE, duty, name).astimezone(TAIPEI).date()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    write_office(tmp_path / "plan", [FOLLOW_UP, REVIEW])
    it = Office(tmp_path)
    yield it
    it.workspace.close()


def test_an_approval_opens_what_comes_after_with_days_counted_from_it(office: Office) -> None:
    first = office.open(FIRST)
    assert office.next_after(first) == []

    assert office.approve(first, at(2018, 7, 12, 15)) == [SECOND]

    assert follow_ups.opens_at(office.workspace, OFFICE, SECOND, "107H1") == at(2018, 7, 13, 8, 30)
    office.now = at(2018, 7, 13, 8, 30)
    second = office.open(SECOND)
    assert second.collect_by == at(2018, 7, 28), "10 working days after 13 July: the 27th's end"
    assert second.report_due == date(2018, 7, 30)


def test_it_is_opened_earlier_where_the_approval_came_earlier_than_planned(office: Office) -> None:
    first = office.open(FIRST)
    office.approve(first, at(2018, 7, 3, 10))
    assert office.opens_on(SECOND) == date(2018, 7, 4)


def test_the_day_of_approval_is_the_offices_day(office: Office) -> None:
    """Thursday evening in UTC is Friday in Taiwan: a working day later it is Monday."""
    first = office.open(FIRST)
    office.approve(first, datetime(2018, 7, 12, 16, 30, tzinfo=UTC))
    assert office.opens_on(SECOND) == date(2018, 7, 16)


def test_why_it_was_opened_is_on_record(office: Office) -> None:
    office.approve(office.open(FIRST), at(2018, 7, 12, 15))
    office.now = at(2018, 7, 13, 8, 30)
    second = office.open(SECOND)
    (opened,) = [e for e in office.workspace.ledger.events.of(second.key) if e.what == "開啟期別"]
    assert "「半年自行考核」107年7月12日核定" in opened.why
    assert "107年7月27日" in opened.why


def test_a_chain_goes_on_link_by_link(office: Office) -> None:
    assert office.approve(office.open(FIRST), at(2018, 7, 12, 15)) == [SECOND]
    office.now = at(2018, 7, 13, 8, 30)
    second = office.open(SECOND)
    assert office.approve(second, at(2018, 8, 20, 9)) == [THIRD]
    assert office.opens_on(THIRD) == date(2018, 8, 21)


def test_several_may_come_after_one(tmp_path: Path) -> None:
    write_office(tmp_path / "plan", [FOLLOW_UP, coming_after("notice", "公告", FIRST)])
    office = Office(tmp_path)
    assert office.approve(office.open(FIRST), at(2018, 7, 6, 9)) == [SECOND, "notice"]


def test_a_second_version_opens_nothing_twice_and_moves_nothing(office: Office) -> None:
    first = office.open(FIRST)
    office.approve(first, at(2018, 7, 6, 9))
    office.workspace.ledger.reports.delivered(first.key, 1, now=office.now, who="測試")
    assignment = f"{first.key}/design"
    office.workspace.ledger.assignments.waive(assignment, now=office.now, who="測試", why="免報")

    assert office.approve(first, at(2018, 7, 9, 16)) == [SECOND], "not opened by anybody yet"
    assert office.workspace.ledger.reports.latest(first.key).version == 2
    assert office.opens_on(SECOND) == date(2018, 7, 9), "the first approval counts"

    office.open(SECOND)
    assert office.next_after(first) == []


def test_what_a_person_opened_by_hand_is_gone_on_with(office: Office) -> None:
    first = office.open(FIRST)
    by_hand = office.open(SECOND, collect_by=at(2018, 8, 1))
    assert office.approve(first, at(2018, 7, 6, 9)) == []
    assert office.open(SECOND) == by_hand


def test_a_closed_one_is_left_alone(office: Office) -> None:
    first = office.open(FIRST)
    by_hand = office.open(SECOND, collect_by=at(2018, 8, 1))
    office.workspace.ledger.cycles.close(by_hand.key, now=office.now, who="測試", why="測試")
    assert office.approve(first, at(2018, 7, 6, 9)) == []
    assert office.workspace.ledger.cycles.get(by_hand.key).state == "closed"


def test_only_the_same_period_is_opened(office: Office) -> None:
    office.approve(office.open(FIRST), at(2018, 7, 6, 9))
    office.now = at(2018, 12, 18, 9)
    later = office.open(FIRST, "107H2")
    assert office.next_after(later) == []
    with pytest.raises(follow_ups.NotApproved, match="尚未核定"):
        office.opens_on(SECOND, "107H2")


def test_a_report_that_is_not_sent_opens_nothing(office: Office) -> None:
    first = office.open(FIRST)
    office.decide(first, "withheld", at(2018, 7, 6, 9))
    assert office.next_after(first) == []


def test_an_approval_that_was_taken_back_opens_nothing_until_it_is_given_anew(
    office: Office,
) -> None:
    first = office.open(FIRST)
    office.approve(first, at(2018, 7, 6, 9))
    office.decide(first, "withheld", at(2018, 7, 6, 11))
    assert office.next_after(first) == []
    with pytest.raises(follow_ups.NotApproved, match="又改變了決定"):
        office.opens_on(SECOND)

    assert office.approve(first, at(2018, 7, 10, 9)) == [SECOND]
    assert office.opens_on(SECOND) == date(2018, 7, 11)


def test_a_closure_in_between_moves_the_opening(office: Office) -> None:
    office.approve(office.open(FIRST), at(2018, 7, 10, 15))
    assert office.opens_on(SECOND) == date(2018, 7, 11)
    office.close_on("107-07-11")
    assert office.opens_on(SECOND) == date(2018, 7, 12)


def test_once_opened_there_is_nothing_to_wait_for(office: Office) -> None:
    first = office.open(FIRST)
    office.open(SECOND, collect_by=at(2018, 8, 1))
    office.approve(first, at(2018, 7, 10, 15))
    assert follow_ups.opens_at(office.workspace, OFFICE, SECOND, "107H1") <= office.now


def test_an_approval_that_leaves_no_time_is_told_in_plain_words(tmp_path: Path) -> None:
    fixed = "{month: 8, day: 1, roll: next}"
    write_office(
        tmp_path / "plan",
        [coming_after("notice", "公告", FIRST, collect_by=fixed, report_due=fixed)],
        text=edited(PLAN, ONCE),
    )
    office = Office(tmp_path)
    first = office.open(FIRST, "107")
    office.approve(first, at(2018, 8, 6, 9))

    with pytest.raises(NoTimeLeft) as told:
        follow_ups.opens_at(office.workspace, OFFICE, "notice", "107")
    assert "「半年自行考核」於107年8月6日核定" in str(told.value)
    assert "107年8月7日才開始填報" in str(told.value)
    assert "填報截止為107年8月1日" in str(told.value)
    assert "收件期限" in str(told.value)

    opened = office.open("notice", "107", collect_by=at(2018, 8, 10))
    assert opened.report_due == date(2018, 8, 9)
