"""現況: how the open cycles stand, and whether the ladder works."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dutyflow.calendars.cycles import cut_off
from dutyflow.calendars.moments import last_day
from dutyflow.calendars.roc import in_zone
from dutyflow.calendars.working_days import ONE_DAY, WorkingDays
from dutyflow.ledger.records import AssignmentRecord, CycleRecord, NoticeRecord
from dutyflow.nagging import opening, wording
from dutyflow.nagging.reasons import ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind
from dutyflow.nagging.states import SETTLED, AssignmentState
from dutyflow.nagging.steps import Schedule, Step, steps_of
from dutyflow.plan.answers import confirms_nothing, from_json
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.model import Plan
from dutyflow.services.workspace import Workspace


@dataclass(frozen=True, kw_only=True)
class LastMail:
    """The newest mail about an assignment that was sent."""

    at: datetime
    to: str
    name: str
    rung: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class NextRung:
    """The next reminder, if nothing comes before its day."""

    day: date
    rung: str
    title: str


@dataclass(frozen=True, kw_only=True)
class SectionStatus:
    """One section's part. `days_left` in working days: 0 on the last day, negative when overdue.

    `nothing`: what was accepted confirms that there is nothing to report. `doubts` are sentences on
    what is odd about it. `silence`: why its last step was told to nobody, where one was.
    """

    section: str
    name: str
    state: AssignmentState
    deadline: date
    days_left: int
    last_mail: LastMail | None
    next_rung: NextRung | None
    nothing: bool = False
    doubts: tuple[str, ...] = ()
    silence: str = ""

    @property
    def is_done(self) -> bool:
        return self.state in SETTLED


@dataclass(frozen=True, kw_only=True)
class CycleStatus:
    """An open cycle, section by section."""

    cycle: CycleRecord
    zone: ZoneInfo
    office_name: str
    duty_name: str
    sections: tuple[SectionStatus, ...]


@dataclass(kw_only=True)
class Effect:
    """What one rung has brought: `mails` were sent about it, for so many assignments that it
    `reminded`; so many were `answered` by the end of the working day after it, before a later mail.
    """

    rung: str
    title: str
    mails: int = 0
    reminded: int = 0
    answered: int = 0

    @property
    def rate(self) -> float | None:
        return self.answered / self.reminded if self.reminded else None


@dataclass(frozen=True, kw_only=True)
class Survey:
    cycles: tuple[CycleStatus, ...]
    effects: tuple[Effect, ...]


def survey(workspace: Workspace, cycles: Iterable[CycleRecord], *, now: datetime) -> Survey:
    """How the open ones of these cycles stand, and what each rung brought in all of them."""
    statuses: list[CycleStatus] = []
    effects = _Effects()
    for cycle in cycles:
        book = _Book(workspace=workspace, cycle=cycle, now=now)
        for assignment in book.assignments:
            effects.add(book, assignment)
        if cycle.state == "open":
            statuses.append(book.status())
    return Survey(cycles=tuple(statuses), effects=effects.in_order())


class _Book:
    """What is known of one cycle."""

    def __init__(self, *, workspace: Workspace, cycle: CycleRecord, now: datetime) -> None:
        self.workspace, self.cycle = workspace, cycle
        self.plan: Plan = workspace.plan_of(cycle)
        self.zone = self.plan.office.zone
        self.duty = self.plan.duty(cycle.duty)
        self.ladder: Ladder = self.plan.ladder_of(self.duty)
        office = workspace.offices.get(cycle.office)
        self.calendar = office.calendar if office else WorkingDays(cycle.closures)
        self.today = in_zone(now, self.zone).date()
        self.assignments = workspace.ledger.assignments.of(cycle.key)
        self.given = workspace.ledger.standings.own_deadlines()
        self.accepted = workspace.ledger.submissions.accepted(cycle.key)
        self.sent: dict[str, list[NoticeRecord]] = defaultdict(list)
        for notice in workspace.ledger.notices.of(cycle=cycle.key):
            if notice.state == "sent":
                self.sent[notice.about].append(notice)
        silences = workspace.ledger.silences.of(cycle.key)
        self.silent = {each.about: each.reason for each in silences if not each.recipient}

    def status(self) -> CycleStatus:
        return CycleStatus(
            cycle=self.cycle,
            zone=self.zone,
            office_name=self.plan.office.name,
            duty_name=self.duty.name,
            sections=tuple(map(self._section, self.assignments)),
        )

    def _section(self, assignment: AssignmentRecord) -> SectionStatus:
        deadline = last_day(assignment.collect_by, self.zone)
        kept = self.accepted.get(assignment.key)
        return SectionStatus(
            section=assignment.section,
            name=self.plan.section(assignment.section).name,
            state=assignment.state,
            deadline=deadline,
            days_left=self.calendar.between(self.today, deadline),
            last_mail=self._last_mail(assignment),
            next_rung=self._next_rung(assignment, deadline),
            nothing=kept is not None and confirms_nothing(from_json(kept.answers)),
            doubts=tuple(doubt["said"] for doubt in kept.doubts) if kept else (),
            silence=self.silent.get(assignment.key, ""),
        )

    def _last_mail(self, assignment: AssignmentRecord) -> LastMail | None:
        sent = sorted(self.sent[assignment.key], key=moment_of)
        if not sent:
            return None
        last = sent[-1]
        return LastMail(
            at=moment_of(last),
            to=last.recipient,
            name=last.recipient_name,
            rung=last.rung,
            reason=last.reason,
        )

    def _next_rung(self, assignment: AssignmentRecord, deadline: date) -> NextRung | None:
        """One that is due and was not told comes on the next day that is worked."""
        if assignment.state in SETTLED or self.cycle.state == "closed":
            return None
        given = self.given.get(assignment.key)
        opened = in_zone(given or self.cycle.opened_at, self.zone).date()
        schedule = Schedule(self.ladder, deadline, self.calendar)
        since = max(self.today, assignment.paused_until or self.today, self._gap_ends(assignment))
        due = schedule.due(since, opened=opened)
        told = {notice.rung for notice in self.sent[assignment.key]}
        if due is not None and due.step.rung(deadline).key not in told:
            paused = assignment.paused_until is not None and since == assignment.paused_until
            day = self.calendar.roll(since + ONE_DAY if paused else since, "next")
            return _next(due.step, day, deadline)
        coming = schedule.next_after(since, opened=opened)
        if coming is None:
            return None
        step, day = coming
        return _next(step, day, deadline)

    def _gap_ends(self, assignment: AssignmentRecord) -> date:
        """The first day on which the ladder's gap since the last reminder lets another one go."""
        gap = self.ladder.min_gap
        reminders = (n for n in self.sent[assignment.key] if n.reason_code == ReasonCode.REMINDER)
        days = [in_zone(moment_of(notice), self.zone).date() for notice in reminders]
        return self.calendar.shift(max(days), gap) if gap and days else self.today


@dataclass(kw_only=True)
class _Effects:
    """What each rung brought, over many assignments."""

    found: dict[str, Effect] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=lambda: {opening.RUNG.key: -1_000})

    def add(self, book: _Book, assignment: AssignmentRecord) -> None:
        self.order |= {step.name: step.offset for step in steps_of(book.ladder)}
        firsts: dict[str, datetime] = {}
        for notice in book.sent[assignment.key]:
            if _name(notice.rung) in self.order:
                self._effect(notice.rung).mails += 1
                moment = moment_of(notice)
                firsts[notice.rung] = min(moment, firsts.get(notice.rung, moment))
        for rung in firsts:
            self._effect(rung).reminded += 1
        for rung in self._answered(book, assignment, firsts):
            self._effect(rung).answered += 1

    def _answered(
        self, book: _Book, assignment: AssignmentRecord, firsts: dict[str, datetime]
    ) -> set[str]:
        """The rungs that something came after: each answer goes to the last mail before it."""
        answered = set()
        for came in book.workspace.ledger.submissions.of(assignment.key):
            before = [rung for rung, at in firsts.items() if at <= came.received_at]
            if before:
                last = max(before, key=lambda rung: firsts[rung])
                day = in_zone(firsts[last], book.zone).date()
                until = cut_off(book.calendar.shift(day, 1), book.zone)
                if came.received_at < until:
                    answered.add(last)
        return answered

    def _effect(self, rung: str) -> Effect:
        name = _name(rung)
        title = wording.rung_title(Rung.parse(rung))
        return self.found.setdefault(name, Effect(rung=name, title=title))

    def in_order(self) -> tuple[Effect, ...]:
        return tuple(sorted(self.found.values(), key=lambda each: self.order[each.rung]))


def _next(step: Step, day: date, deadline: date) -> NextRung:
    return NextRung(day=day, rung=step.rung(deadline).key, title=wording.step_title(step))


def _name(key: str) -> str:
    """`before_5` of `before_5@2018-07-04`: the same step, whatever the day it was about."""
    rung = Rung.parse(key)
    return str(rung.step) if rung.kind is RungKind.STEP else key


def moment_of(notice: NoticeRecord) -> datetime:
    return notice.settled_at or notice.claimed_at
