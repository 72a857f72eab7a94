"""However closures come and go while a cycle is open."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from dutyflow.calendars.cycles import cut_off
from dutyflow.calendars.moments import last_day
from dutyflow.calendars.roc import TAIPEI
from dutyflow.calendars.working_days import SATURDAY, Closure
from dutyflow.ledger import AssignmentRecord, CycleRecord
from dutyflow.plan.model import Plan
from dutyflow.plan.moves import Move
from dutyflow.plan.office import OfficePlan
from dutyflow.services.cycles import reschedule
from dutyflow.services.cycles.opening import open_cycle
from tests.ledger.conftest import migrated_database, migrated_file, postgres_server, url
from tests.support.scene import OFFICE, SceneWorkspace, scene

__all__ = ["migrated_database", "migrated_file", "postgres_server", "url"]

START = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)
AROUND_THE_DEADLINES = [date(2018, 6, 26) + timedelta(days=offset) for offset in range(16)]
RULES: list[dict[str, Any]] = [
    # as in the plan; from the opening, and from each other; back from the end; on fixed days
    {
        "collect_by": {"working_days": 3, "from": "period_end"},
        "report_due": {"working_days": 5, "from": "period_end"},
    },
    {
        "collect_by": {"working_days": 12, "from": "opens"},
        "report_due": {"working_days": 2, "from": "collect_by"},
    },
    {
        "collect_by": {"working_days": -1, "from": "period_end"},
        "report_due": {"calendar_days": 4, "from": "period_end", "roll": "next"},
    },
    {
        "collect_by": {"month": 7, "day": 4, "roll": "previous"},
        "report_due": {"month": 7, "day": 4, "roll": "next"},
    },
]


def closure(day: date) -> Closure:
    """The office is closed; or, on a weekend, open."""
    return Closure(day=day, kind="work" if day.weekday() >= SATURDAY else "off", reason="颱風")


DAYS = st.sampled_from(AROUND_THE_DEADLINES)


@dataclass(frozen=True, kw_only=True)
class Step:
    """Some time passes; the closures are others; perhaps a section is extended, or found late."""

    hours: int
    closed: frozenset[date]
    extended: int | None
    late: int | None
    typhoon: date  # that is taken back again
    gap: int  # hours until it is


STEPS = st.builds(
    Step,
    hours=st.integers(0, 36),
    closed=st.frozensets(DAYS, max_size=5),
    extended=st.none() | st.integers(0, 4),
    late=st.none() | st.integers(0, 4),
    typhoon=DAYS,
    gap=st.integers(0, 48),
)
GIVEN = st.sampled_from(
    [
        {},
        {},
        {"collect_by": datetime(2018, 7, 2, 17, tzinfo=TAIPEI)},
        {"report_due": date(2018, 7, 6)},
    ]
)


@dataclass
class Story:
    """One office, one open cycle, and a coordinator who edits closures."""

    workspace: SceneWorkspace
    office: OfficePlan
    opened: CycleRecord
    now: datetime = START
    own: dict[str, datetime] = field(default_factory=dict)

    @property
    def cycle(self) -> CycleRecord:
        return self.workspace.ledger.cycles.get(self.opened.key)

    @property
    def parts(self) -> tuple[AssignmentRecord, ...]:
        return self.workspace.ledger.assignments.of(self.opened.key)

    def goes_on(self, step: Step) -> None:
        self.now += timedelta(hours=step.hours)
        self.someone_decides(step)
        self.the_morning_comes(step.closed)
        self.a_typhoon_is_announced_and_stays_away(step)

    def someone_decides(self, step: Step) -> None:
        who: dict[str, Any] = {"now": self.now, "who": "承辦人"}
        assignments = self.workspace.ledger.assignments
        if step.late is not None:
            assignments.mark_late(self.parts[step.late].key, why="測試", **who)
        if step.extended is not None:
            key = self.parts[step.extended].key
            until = cut_off(self.now.date() + timedelta(days=4), TAIPEI)
            self.own[key] = until
            assignments.extend(key, until, why="測試", **who)

    def the_morning_comes(self, closed: frozenset[date]) -> None:
        before, parts = self.cycle, self.parts
        self.reschedule(closed)
        self.nothing_moved_that_may_not(before)
        self.the_days_are_in_order()
        self.each_follows_or_keeps_its_own()
        assert [it.state for it in self.parts] == [it.state for it in parts]
        after, events = (self.cycle, self.parts), self.workspace.ledger.events.of(self.opened.key)
        self.reschedule(closed)
        assert (self.cycle, self.parts) == after
        assert self.workspace.ledger.events.of(self.opened.key) == events

    def a_typhoon_is_announced_and_stays_away(self, step: Step) -> None:
        if any(move.stays for move in self.reschedule(step.closed - {step.typhoon})):
            return  # a day that the rules would have elsewhere has gone by
        before, parts = self.cycle, self.parts
        self.reschedule(step.closed | {step.typhoon})
        between, then = self.cycle, self.now
        self.now += timedelta(hours=step.gap)
        days = (*moments(before), *moments(between))
        gone_by = any(then < moment <= self.now for moment in days)
        self.reschedule(step.closed - {step.typhoon})
        if not gone_by:
            assert self.cycle.collect_by == before.collect_by
            assert self.cycle.report_due == before.report_due
            assert self.parts == parts
        self.the_days_are_in_order()

    def reschedule(self, closed: frozenset[date]) -> list[Move]:
        closures = tuple(map(closure, sorted(closed)))
        self.workspace.offices[self.office.office] = replace(self.office, closures=closures)
        return reschedule.reschedule(self.workspace, self.office.office, now=self.now, who="排程")

    def nothing_moved_that_may_not(self, before: CycleRecord) -> None:
        after = self.cycle
        if after.collect_by != before.collect_by:
            assert not self.opened.collect_by_given
            assert self.now < min(before.collect_by, after.collect_by)
        if after.report_due != before.report_due:
            assert not self.opened.report_due_given
            assert self.now < cut_off(min(before.report_due, after.report_due), TAIPEI)

    def the_days_are_in_order(self) -> None:
        cycle = self.cycle
        assert cycle.opens == self.opened.opens
        assert cycle.opens < last_day(cycle.collect_by, TAIPEI) <= cycle.report_due

    def each_follows_or_keeps_its_own(self) -> None:
        for part in self.parts:
            assert part.collect_by == self.own.get(part.key, self.cycle.collect_by)


def moments(cycle: CycleRecord) -> tuple[datetime, datetime]:
    return cycle.collect_by, cut_off(cycle.report_due, TAIPEI)


def begin(
    workspace: SceneWorkspace, name: str, rules: dict[str, Any], by_hand: dict[str, Any]
) -> Story:
    real = workspace.office(OFFICE)
    told = real.plans[0].model_dump(mode="json", by_alias=True)
    told["office"]["id"] = name
    told["duties"][0].update(rules)
    office = replace(real, office=name, plans=(Plan.model_validate(told),), closures=())
    workspace.offices[name] = office
    opened = open_cycle(
        workspace,
        office=name,
        duty="self_assessment",
        name="107H1",
        now=START,
        who="計畫承辦人",
        **by_hand,
    )
    return Story(workspace=workspace, office=office, opened=opened)


def test_however_closures_come_and_go(tmp_path: Path, url: str) -> None:
    names = (f"office{number}" for number in itertools.count())

    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        rules=st.sampled_from(RULES),
        by_hand=GIVEN,
        days=st.integers(0, 18),
        steps=st.lists(STEPS, min_size=3, max_size=5),
    )
    def tell(rules: dict[str, Any], by_hand: dict[str, Any], days: int, steps: list[Step]) -> None:
        story = begin(here.workspace, next(names), rules, by_hand)
        story.now += timedelta(days=days)
        for step in steps:
            story.goes_on(step)

    with scene(tmp_path, START, ledger=url) as here:
        tell()
        assert here.ledger.events.verify() is None
