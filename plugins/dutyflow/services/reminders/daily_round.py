"""稽催: the daily round. What the ledger and the plans say is decided upon and put on record."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cached_property

from dutyflow.calendars.moments import last_day
from dutyflow.calendars.roc import in_zone
from dutyflow.ledger.records import NewSilence
from dutyflow.ledger.records import Standing as Row
from dutyflow.nagging import wording
from dutyflow.nagging.decisions import (
    Nag,
    Office,
    Reminded,
    Round,
    Silence,
    Standing,
    decide,
    due_today,
    rungs_due,
    silence_of,
    told_on,
)
from dutyflow.nagging.digests import Digest, digests_of
from dutyflow.nagging.people import person_key
from dutyflow.nagging.throttle import had_enough
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.office import OfficePlan
from dutyflow.services.workspace import Workspace

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which assignments a round is about; of a field that is empty, all.

    `sections` are ids or names. `again`: a person asks for it, so that whoever had a mail today may
    have another one about what is new. Of these, `assignments` and `people` (addresses in lower
    case) are those of one batch.
    """

    office: str = ""
    duty: str = ""
    sections: tuple[str, ...] = ()
    again: bool = False
    assignments: tuple[str, ...] | None = None
    people: tuple[str, ...] | None = None

    @property
    def narrowed(self) -> bool:
        return bool(self.office or self.duty or self.sections)


EVERYTHING = Wanted()


@dataclass(frozen=True, kw_only=True)
class Decided:
    """What a round does: the digests to send, and why others are not sent."""

    digests: tuple[Digest, ...]
    silences: tuple[Silence, ...]


def decide_round(workspace: Workspace, *, now: datetime, wanted: Wanted = EVERYTHING) -> Decided:
    """Decide, for every open assignment that is wanted, who is told what today. Changes nothing."""
    book = _Book(workspace=workspace, now=now, wanted=wanted)
    nags: list[Nag] = []
    silences: list[Silence] = []
    for today, standings in book.by_day():
        found = book.decide(standings, today)
        nags += found.nags
        silences += found.silences
    had = {} if wanted.again else book.reminded_today()
    free, held = _parted(nags, had)
    return Decided(
        digests=tuple(digests_of(free)),
        silences=(
            *silences,
            *(silence_of(nag, had_enough(had[person_key(nag.to.person)])) for nag in held),
        ),
    )


def _parted(nags: Iterable[Nag], had: Mapping[str, int]) -> tuple[list[Nag], list[Nag]]:
    """Those of whom who has had their day's mail is not told, apart."""
    free: list[Nag] = []
    held: list[Nag] = []
    for nag in nags:
        has_had_enough = had.get(person_key(nag.to.person), 0) >= nag.max_per_day
        (held if has_had_enough else free).append(nag)
    return free, held


def keep_silences(workspace: Workspace, decided: Decided, *, now: datetime) -> int:
    """Put on record why nobody is told, each once. How many are new."""
    found = [
        NewSilence(
            about=each.assignment,
            cycle=each.assignment.rpartition("/")[0],
            rung=each.rung.key,
            reason=wording.worded_silence(each.reason, workspace.titles_at(each.assignment)),
            why=each.reason,
            recipient=each.person,
        )
        for each in decided.silences
    ]
    return workspace.ledger.silences.keep(found, now=now)


@dataclass(frozen=True, kw_only=True)
class _Course:
    """What assignments have in common that opened, and are due, at the same moments."""

    ladder: str
    today: date
    opened: date
    deadline: date
    since: date | None

    def standing(self, row: Row) -> Standing:
        return Standing(
            assignment=row.key,
            office=row.office,
            section=row.section,
            ladder=self.ladder,
            state=row.state,
            opened=self.opened,
            deadline=self.deadline,
            paused_until=row.paused_until,
            since=self.since,
        )


@dataclass(kw_only=True)
class _Book:
    """What a round knows, looked up once for many assignments."""

    workspace: Workspace
    now: datetime
    wanted: Wanted
    _courses: dict[tuple[object, ...], _Course | None] = field(default_factory=dict)
    _ladders: dict[str, dict[str, Ladder]] = field(default_factory=dict)
    _missing: set[str] = field(default_factory=set)

    @cached_property
    def _own_deadlines(self) -> Mapping[str, datetime]:
        return self.workspace.ledger.standings.own_deadlines()

    def by_day(self) -> Iterator[tuple[date, list[Standing]]]:
        """The standings that are wanted and have a step due, by what day it is at their office."""
        wanted, courses = self.wanted, self._courses
        days: dict[date, list[Standing]] = {}
        for row in self.workspace.ledger.standings.open(
            wanted.office or None, wanted.duty or None, keys=wanted.assignments
        ):
            given = self._own_deadlines.get(row.key)
            key = (row.office, row.plan_hash, row.duty, row.opened_at, row.collect_by, given)
            if key not in courses:
                courses[key] = self._course(row, given)
            course = courses[key]
            if course is not None and self._is_wanted(row):
                days.setdefault(course.today, []).append(course.standing(row))
        yield from days.items()

    def decide(self, standings: list[Standing], today: date) -> Round:
        offices = {key: self._for_today(key, today) for key in {each.office for each in standings}}
        told = self.workspace.ledger.standings.told(
            rungs_due(standings, offices, today), about=self.wanted.assignments
        )
        return decide(standings, offices, today, told=told, reminded=self._reminded(offices, today))

    def _reminded(self, offices: Mapping[str, Office], today: date) -> Reminded:
        """When each was last reminded of each assignment, as far back as a ladder asks."""
        days = [
            office.calendar.shift(today, -gap)
            for office in offices.values()
            if (gap := max((ladder.min_gap for ladder in office.ladders.values()), default=0))
        ]
        if not days:
            return {}
        zones = {key: self.workspace.office(key).zone for key in offices}
        since = min(datetime.combine(min(days), time.min, zone) for zone in zones.values())
        last = self.workspace.ledger.standings.last_reminders(since, about=self.wanted.assignments)
        return {
            (about, address): in_zone(moment, zone).date()
            for (about, address), moment in last.items()
            if (zone := zones.get(about.partition("/")[0])) is not None
        }

    def reminded_today(self) -> dict[str, int]:
        """How many reminders each has had since midnight; of several offices', the earliest."""
        zones = {office.zone for office in self.workspace.offices.values()}
        midnights = (
            datetime.combine(in_zone(self.now, zone).date(), time.min, zone) for zone in zones
        )
        return self.workspace.ledger.standings.reminded_since(
            min(midnights, default=self.now), people=self.wanted.people
        )

    def _course(self, row: Row, given: datetime | None) -> _Course | None:
        """None where nothing is due, so that most rows of a round are looked at no further."""
        office = self._office(row.office)
        if office is None:
            return None
        course = _Course(
            ladder=self._ladder(row),
            today=in_zone(self.now, office.zone).date(),
            opened=in_zone(row.opened_at, office.zone).date(),
            deadline=last_day(row.collect_by, office.zone),
            since=in_zone(given, office.zone).date() if given is not None else None,
        )
        due = due_today(
            office.calendar,
            self._ladders[row.office][course.ladder],
            course.today,
            opened=told_on(course.opened, course.since),
            deadline=course.deadline,
        )
        return course if due is not None else None

    def _ladder(self, row: Row) -> str:
        """The key of the ladder that the assignment's plan has for its duty."""
        key = f"{row.plan_hash}/{row.duty}"
        ladders = self._ladders.setdefault(row.office, {})
        if key not in ladders:
            plan = self.workspace.plan_kept(row.plan_hash)
            ladders[key] = plan.ladder_of(plan.duty(row.duty))
        return key

    def _is_wanted(self, row: Row) -> bool:
        sections = self.wanted.sections
        if not sections:
            return True
        name = self.workspace.plan_kept(row.plan_hash).section(row.section).name
        return row.section in sections or name in sections

    def _office(self, office_id: str) -> OfficePlan | None:
        """An office whose plan is gone cannot be worked for: whom to mail is not known."""
        office = self.workspace.offices.get(office_id)
        if office is None and office_id not in self._missing:
            self._missing.add(office_id)
            log.warning("機關「%s」沒有可用的計畫，其應辦事項不稽催", office_id)
        return office

    def _for_today(self, office_id: str, today: date) -> Office:
        office = self.workspace.office(office_id)
        return Office(
            calendar=office.calendar,
            contacts=office.contacts,
            ladders=self._ladders[office_id],
            reachability=self.workspace.reachability(office, today),
        )
