"""What those who watch an office get while days are played: 晨間摘要, 待核定, 每週狀態.

Whoever decides on a report is played to do so on the day on which it is due, after that day's
mails; where a section never answers, once its ladder has ended. A summary tells what there would be
to tell; what people write besides, nobody knows beforehand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from itertools import starmap

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.working_days import ONE_DAY
from dutyflow.mail.outbound.contexts import Deadline
from dutyflow.mail.outbound.summaries import (
    Late,
    SectionWeek,
    Summary,
    Undecided,
    Waiting,
    Week,
    silent,
    went_out,
)
from dutyflow.nagging import opening, wording
from dutyflow.nagging.decisions import Nag, Silence
from dutyflow.nagging.people import person_key
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung
from dutyflow.nagging.undecided import Decision, Heard, Urging, held_back, urge
from dutyflow.nagging.watchers import SUMMARY, WEEK, summary_rung, week_rung
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.model import Person
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.roles import Role

from .mails import ForeseenMail, Point
from .parts import Part

A_YEAR = timedelta(days=365)
FIRST_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A part, and whether its section answers: on the last day, after that day's mails."""

    part: Part
    answers: bool

    def is_over(self, day: date) -> bool:
        return day > self.part.cycle.collect_by

    def is_late(self, day: date) -> bool:
        return self.is_over(day) and not self.answers


@dataclass(kw_only=True)
class Running:
    """A cycle that is open until the end of the day on which its report is decided on."""

    cycle: Cycle
    ladder: Ladder
    parts: list[Expected] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.parts[0].part.title

    @property
    def decided(self) -> date:
        return self.cycle.report_due if self._all_answer else self.parts[0].part.last_day

    @property
    def made(self) -> date:
        """The day on which the report is assembled: with the last answer, or after the cut-off."""
        return self.cycle.collect_by if self._all_answer else self.cycle.collect_by + ONE_DAY

    @property
    def _all_answer(self) -> bool:
        return all(each.answers for each in self.parts)


@dataclass(frozen=True, kw_only=True)
class Pending:
    """A report that waits for a decision, and what the day's step says of it."""

    running: Running
    urging: Urging
    line: Waiting

    @property
    def key(self) -> str:
        return self.running.cycle.key


@dataclass(kw_only=True)
class Since:
    """What has happened since the summary before."""

    sent: dict[str, Counter[str]] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)
    silences: list[str] = field(default_factory=list)
    came: list[str] = field(default_factory=list)

    def count(self, section: str, step: str, mails: int = 1) -> None:
        if mails:
            self.sent.setdefault(section, Counter())[step] += mails

    @property
    def is_empty(self) -> bool:
        return not (self.sent or self.troubles or self.silences or self.came)


@dataclass(kw_only=True)
class Watchers:
    """An office's coordinator and director, as the days go by."""

    office: OfficePlan
    _running: dict[str, Running] = field(default_factory=dict)
    _parts: dict[str, Part] = field(default_factory=dict)
    _year: list[Expected] = field(default_factory=list)
    _since: Since = field(default_factory=Since)
    _silent: set[tuple[str, str, str]] = field(default_factory=set)
    _told: set[tuple[str, str, str]] = field(default_factory=set)
    _urged: dict[tuple[str, str], date] = field(default_factory=dict)
    _waited: dict[tuple[str, str], date] = field(default_factory=dict)
    _week: str = ""

    def remember(self, part: Part, *, answers: bool) -> None:
        """A part that was over before the first day."""
        self._year.append(Expected(part=part, answers=answers))

    def opened(self, part: Part, *, answers: bool, mails: int) -> None:
        """A section's part has opened, with so many mails."""
        expected = Expected(part=part, answers=answers)
        running = Running(cycle=part.cycle, ladder=part.plan.ladder_of(part.duty))
        self._running.setdefault(part.cycle.key, running).parts.append(expected)
        self._parts[part.key] = part
        self._year.append(expected)
        self._since.count(part.section.name, wording.rung_title(opening.RUNG), mails)

    def heard(self, nags: Iterable[Nag], silences: Iterable[Silence]) -> None:
        """What a round of this office has told, and kept to itself."""
        for nag in nags:
            part = self._parts[nag.assignment]
            if nag.is_alarm:
                self._since.troubles.append(f"{part.whose}：{self._said(nag.reason)}")
            else:
                self._since.count(part.section.name, wording.counted_step(nag.reason, nag.rung))
        for each in silences:
            key = (each.assignment, each.rung.key, each.person)
            if key not in self._silent:
                self._silent.add(key)
                whose = self._parts[each.assignment].whose
                self._since.silences.append(silent(whose, each.person, self._said(each.reason)))

    def mails(self, day: date, had: Collection[str]) -> Iterator[ForeseenMail]:
        """The day's, after the round; `had` are those who have had a reminder today."""
        if self.office.calendar.is_working(day):
            pending = [self._pending(each, day) for each in self._waiting(day)]
            yield from self._summary(day, pending)
            yield from self._to_director(day, pending, had)
            yield from self._state(day, pending)

    def end(self, day: date) -> None:
        """The day is over: who answers has answered, and what is decided on is closed."""
        for running in list(self._running.values()):
            if running.cycle.collect_by == day:
                answered = (each.part.whose for each in running.parts if each.answers)
                self._since.came += [f"{whose}：已受理" for whose in answered]
            if running.decided <= day:
                del self._running[running.cycle.key]

    def _waiting(self, day: date) -> list[Running]:
        over = [each for each in self._running.values() if day > each.cycle.collect_by]
        return sorted(over, key=lambda each: (each.cycle.report_due, each.cycle.key))

    def _pending(self, running: Running, day: date) -> Pending:
        cycle = running.cycle
        decision = Decision(cycle=cycle.key, made=running.made, due=cycle.report_due)
        urging = urge(decision, running.ladder, self.office.calendar, day)
        line = Waiting(
            title=running.title,
            version=FIRST_VERSION,
            due=self._deadline(cycle.report_due, day),
            why=self._said(urging.reason),
            tone=urging.tone,
        )
        return Pending(running=running, urging=urging, line=line)

    def _summary(self, day: date, pending: list[Pending]) -> Iterator[ForeseenMail]:
        to, late = self.office.contacts.coordinator, self._late(day)
        free = [each for each in pending if not self._spared(each, to, day)]
        if not (free or late) and self._since.is_empty:
            return
        since, self._since = self._since, Since()
        yield self._mail(
            day,
            to,
            Summary(
                office=self.office.name,
                day=day,
                waiting=tuple(each.line for each in pending),
                late=late,
                troubles=tuple(since.troubles),
                came_in=tuple(since.came),
                went_out=tuple(starmap(went_out, since.sent.items())),
                silent=tuple(since.silences),
            ),
            self._own_point(summary_rung(day), SUMMARY, "coordinator"),
            *self._urge(day, to, free, "coordinator"),
        )

    def _to_director(
        self, day: date, pending: list[Pending], had: Collection[str]
    ) -> Iterator[ForeseenMail]:
        to = self.office.contacts.director
        today = int(person_key(to) in had)
        free = [
            each
            for each in pending
            if each.urging.director and not self._spared(each, to, day, had=today)
        ]
        points = self._urge(day, to, free, "director")
        if points:
            told = {point.assignment for point in points}
            content = Undecided(
                office=self.office.name,
                waiting=tuple(each.line for each in free if each.key in told),
                coordinator=self.office.contacts.coordinator,
            )
            yield self._mail(day, to, content, *points)

    def _spared(self, pending: Pending, to: Person, day: date, *, had: int = 0) -> Reason | None:
        who, rung = (pending.key, person_key(to)), pending.urging.rung
        if rung is not None and (pending.key, rung.key, who[1]) in self._told:
            return None
        heard = Heard(last=self._urged.get(who), today=had, waited=self._waited.get(who, day) < day)
        reason = held_back(heard, pending.running.ladder, self.office.calendar, day)
        if reason is not None and reason.code is ReasonCode.DAILY_MAXIMUM:
            self._waited.setdefault(who, day)
        return reason

    def _urge(self, day: date, to: Person, free: Iterable[Pending], role: Role) -> list[Point]:
        """The notices of those that have a step they were not told."""
        points = []
        for each in free:
            rung = each.urging.rung
            if rung is not None and (each.key, rung.key, person_key(to)) not in self._told:
                self._told.add((each.key, rung.key, person_key(to)))
                self._urged[each.key, person_key(to)] = day
                self._waited.pop((each.key, person_key(to)), None)
                points.append(self._point(each.key, rung, each.urging.reason, role))
        return points

    def _state(self, day: date, pending: list[Pending]) -> Iterator[ForeseenMail]:
        rung = week_rung(day)
        if rung.which == self._week:
            return
        since = day - A_YEAR
        self._year = [
            each
            for each in self._year
            if each.part.cycle.collect_by >= since or each.part.cycle.key in self._running
        ]
        if not self._year:
            return
        self._week = rung.which
        content = Week(
            office=self.office.name,
            monday=day - ONE_DAY * day.weekday(),
            since=since,
            sections=tuple(self._sections(day)),
            late=self._late(day),
            waiting=tuple(each.line for each in pending),
            coordinator=self.office.contacts.coordinator,
        )
        point = self._own_point(rung, WEEK, "director")
        yield self._mail(day, self.office.contacts.director, content, point)

    def _sections(self, day: date) -> Iterator[SectionWeek]:
        own: dict[str, list[Expected]] = {}
        for each in self._year:
            own.setdefault(each.part.section.name, []).append(each)
        for name in sorted(own, key=lambda name: self._order.get(name, len(self._order))):
            over = [each for each in own[name] if each.is_over(day)]
            answered = sum(each.answers for each in over)
            yield SectionWeek(
                name=name,
                due=len(over),
                on_time=answered,
                answered=answered,
                open_now=len(own[name]) - len(over),
                late_now=len(over) - answered,
            )

    @cached_property
    def _order(self) -> dict[str, int]:
        sections = self.office.plans[-1].sections
        return {section.name: place for place, section in enumerate(sections)}

    def _late(self, day: date) -> tuple[Late, ...]:
        """What is not answered though its day has gone by, the longest first."""
        over = (each for each in self._running.values() if day > each.cycle.collect_by)
        return tuple(
            Late(title=running.title, section=each.part.section.name, deadline=deadline)
            for running in sorted(over, key=lambda each: (each.cycle.collect_by, each.cycle.key))
            for deadline in (self._deadline(running.cycle.collect_by, day),)
            for each in running.parts
            if each.is_late(day)
        )

    def _deadline(self, due: date, day: date) -> Deadline:
        return Deadline(day=due, working_days=self.office.calendar.between(day, due))

    def _said(self, reason: Reason) -> str:
        return wording.worded(reason, self.office.titles)

    def _own_point(self, rung: Rung, reason: Reason, role: Role) -> Point:
        return self._point(self.office.office, rung, reason, role)

    def _point(self, about: str, rung: Rung, reason: Reason, role: Role) -> Point:
        return Point(
            assignment=about,
            office=self.office.office,
            section="",
            rung=rung,
            reason=reason,
            role=role,
        )

    def _mail(
        self, day: date, to: Person, content: Summary | Undecided | Week, *points: Point
    ) -> ForeseenMail:
        return ForeseenMail(day=day, to=to, content=content, points=points, office=self.office)
