"""收件: what came in, as the coordinator looks through it: what waits to be assigned, what sections
wrote in words of their own, and how each running cycle stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby
from typing import Literal

from dutyflow.calendars.moments import format_cut_off
from dutyflow.errors import DutyflowError
from dutyflow.ledger.errors import UnknownKey
from dutyflow.ledger.records import (
    Assignable,
    AssignmentRecord,
    CycleRecord,
    SubmissionRecord,
)
from dutyflow.nagging.lateness import has_ended
from dutyflow.nagging.states import SETTLED, STATE_TITLES, AssignmentState
from dutyflow.plan.answers import confirms_nothing, from_json
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.senders import sender_of
from dutyflow.services.workspace import Workspace

from .guess import Candidate, Guess, Traits, guess_whose

PAGE = 20  # things that wait, on one page: each has a list of assignments to choose from
WORDS_SHOWN = 50
CHOICES = 500

Standing = Literal["已填報", "確認無辦理事項", "未填報", "退回補正", "免報"]


@dataclass(frozen=True, kw_only=True)
class Choice:
    """An assignment to choose, in words: `設計組：107年上半年 半年自行考核（待填報）`."""

    key: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Choices:
    """A cycle's assignments to choose from."""

    heading: str
    each: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Something that nobody could match, and whose it probably is."""

    came: SubmissionRecord
    guess: Guess | None


@dataclass(frozen=True, kw_only=True)
class Wrote:
    """What a section wrote that no machine understood."""

    came: SubmissionRecord
    section: str
    title: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """A section's part in a cycle. `timely` is when it answered, in words; `counts` what counts."""

    assignment: AssignmentRecord
    section: str
    standing: Standing
    detail: str
    timely: str
    until: str
    counts: SubmissionRecord | None

    @property
    def can_be_returned(self) -> bool:
        return self.assignment.state == "accepted"


@dataclass(frozen=True, kw_only=True)
class Running:
    """A running cycle, section by section in the plan's order."""

    cycle: CycleRecord
    title: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """What came in at one office, as it stands at `now`."""

    workspace: Workspace
    office: OfficePlan
    now: datetime

    @property
    def waiting_count(self) -> int:
        return self.workspace.ledger.arrivals.count_waiting(self.office.office)

    def waiting(self, page: int = 1) -> tuple[Waiting, ...]:
        """A page of what waits to be assigned, the newest first."""
        found = self.workspace.ledger.arrivals.waiting(
            self.office.office, limit=PAGE, offset=(page - 1) * PAGE
        )
        return tuple(Waiting(came=each, guess=self.guess(each)) for each in found)

    def words(self) -> tuple[Wrote, ...]:
        """What sections wrote instead of a form, and waits for somebody to read it."""
        found = self.workspace.ledger.arrivals.words(self.office.office, limit=WORDS_SHOWN)
        return tuple(map(self._wrote, found))

    def running(self) -> tuple[Running, ...]:
        """The open cycles, the earliest period first."""
        cycles = self.workspace.ledger.cycles.all(office=self.office.office, state="open")
        return tuple(map(self._running, cycles))

    @cached_property
    def choices(self) -> tuple[Choices, ...]:
        """The assignments that something can be assigned to, by cycle, the latest first."""
        by_cycle = groupby(self._assignable, key=lambda each: each.key.rpartition("/")[0])
        return tuple(self._choices(tuple(heap)) for _, heap in by_cycle)

    def _choices(self, heap: tuple[Assignable, ...]) -> Choices:
        first = heap[0]
        title = self._title(first.period, first.plan_hash, first.duty)
        return Choices(
            heading=f"{title}，{self._until(first.collect_by)}截止",
            each=tuple(self._choice(title, each) for each in heap),
        )

    def _choice(self, title: str, each: Assignable) -> Choice:
        section = self._section(each.plan_hash, each.section)
        return Choice(key=each.key, title=f"{section}：{title}（{STATE_TITLES[each.state]}）")

    def item(self, number: int) -> SubmissionRecord:
        """Something that came in at this office. Raises UnknownKey, for another office's too."""
        found = self.workspace.ledger.submissions.get(number)
        key = self.office.office
        ours = found.office in (key, "") if found.assignment is None else False
        if not ours and not (found.assignment or "").startswith(f"{key}/"):
            raise UnknownKey("收件", number)
        return found

    def assignment(self, key: str) -> tuple[Running, Row]:
        """An assignment of this office, with its cycle. Raises UnknownKey, for others' too."""
        record = self.workspace.ledger.assignments.get(key)
        cycle = self.workspace.ledger.cycles.get(record.cycle)
        if cycle.office != self.office.office:
            raise UnknownKey("應辦事項", key)
        number = record.accepted_submission
        counts = self.workspace.ledger.submissions.get(number) if number else None
        running = Running(
            cycle=cycle, title=self._title(cycle.title, cycle.plan_hash, cycle.duty), rows=()
        )
        return running, self._row(cycle, record, counts)

    def came_for(self, key: str, page: int = 1) -> tuple[SubmissionRecord, ...]:
        """A page of what came for an assignment, the newest first."""
        offset = (page - 1) * PAGE
        return self.workspace.ledger.arrivals.of(key, limit=PAGE, offset=offset)

    def put_aside(self, number: int, *, who: str, why: str) -> None:
        """Let something rest that waits here. Raises UnknownKey, NotPossible, DutyflowError."""
        if not why.strip():
            raise DutyflowError("不採計須填「原因」，供日後查考")
        came = self.item(number)
        self.workspace.ledger.arrivals.put_aside(came.id, now=self.now, who=who, why=why.strip())

    def guess(self, came: SubmissionRecord) -> Guess | None:
        """Whose something probably is that nobody could match."""
        traits = Traits(
            sections=sender_of(self.office.contacts, came.sender).sections,
            subject=came.subject,
            names=[file.name for file in came.files],
            stamped={came.suggested} - {""},
        )
        return guess_whose(traits, self._candidates)

    @cached_property
    def _assignable(self) -> tuple[Assignable, ...]:
        return self.workspace.ledger.arrivals.assignable(self.office.office, limit=CHOICES)

    @cached_property
    def _candidates(self) -> tuple[Candidate, ...]:
        return tuple(map(self._candidate, self._assignable))

    def _candidate(self, each: Assignable) -> Candidate:
        return Candidate(
            key=each.key,
            section=each.section,
            section_name=self._section(each.plan_hash, each.section),
            duty=self.workspace.plan_kept(each.plan_hash).duty(each.duty).name,
            period=each.period,
            cycle=each.cycle,
            waits=each.state not in SETTLED,
            until=each.collect_by,
        )

    def _wrote(self, came: SubmissionRecord) -> Wrote:
        case = self.workspace.case(came.assignment or "")
        return Wrote(
            came=came,
            section=case.section_name,
            title=f"{case.cycle.title} {case.duty.name}",
        )

    def _running(self, cycle: CycleRecord) -> Running:
        counting = self.workspace.ledger.submissions.accepted(cycle.key)
        rows = [
            self._row(cycle, assignment, counting.get(assignment.key))
            for assignment in self.workspace.ledger.assignments.of(cycle.key)
        ]
        return Running(
            cycle=cycle,
            title=self._title(cycle.title, cycle.plan_hash, cycle.duty),
            rows=tuple(rows),
        )

    def _row(
        self, cycle: CycleRecord, assignment: AssignmentRecord, counts: SubmissionRecord | None
    ) -> Row:
        return Row(
            assignment=assignment,
            section=self._section(cycle.plan_hash, assignment.section),
            standing=standing_of(assignment, counts),
            detail=STATE_TITLES[assignment.state],
            timely=timely(assignment, self.now),
            until=self._until(assignment.collect_by),
            counts=counts,
        )

    def _until(self, cut_off: datetime) -> str:
        return format_cut_off(cut_off, self.office.zone)

    def _title(self, period: str, plan_hash: str, duty: str) -> str:
        return f"{period} {self.workspace.plan_kept(plan_hash).duty(duty).name}"

    def _section(self, plan_hash: str, section: str) -> str:
        return self.workspace.plan_kept(plan_hash).section(section).name


def standing_of(assignment: AssignmentRecord, counts: SubmissionRecord | None) -> Standing:
    """How an assignment stands: answered, confirmed that there was nothing to do, or neither."""
    if assignment.state == "accepted" and counts is not None:
        nothing = confirms_nothing(from_json(counts.answers))
        return "確認無辦理事項" if nothing else "已填報"
    return _OTHERWISE.get(assignment.state, "未填報")


_OTHERWISE: dict[AssignmentState, Standing] = {"returned": "退回補正", "waived": "免報"}


def timely(assignment: AssignmentRecord, now: datetime) -> str:
    """Whether it was answered in time, in words; "" while there is time, or nothing to answer."""
    if assignment.on_time is not None:
        return "準時" if assignment.on_time else "逾期補報"
    return "逾期" if has_ended(assignment.state, assignment.collect_by, now) else ""
