"""A stretch of days is played with the decisions of the daily round, and nothing else.

No ledger, no mail server, no clock: the cycles come from the plans, their opening mails go out on
their days, and each working day's round is decided by `nagging.decisions.decide`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.roc import ROC_EPOCH
from dutyflow.calendars.working_days import GAZETTED_UNTIL, days_from
from dutyflow.mail.contexts import About, Deadline, Opening
from dutyflow.mail.estimates import estimated_mail
from dutyflow.mail.reminders import Line, Reminder
from dutyflow.nagging import moving, opening
from dutyflow.nagging.decisions import Nag, Office, Standing, decide, person_key
from dutyflow.nagging.digests import Digest, digests_of
from dutyflow.nagging.people import Reachability
from dutyflow.nagging.steps import Schedule
from dutyflow.plan.asking import asked_rows, awaited_by, form_name, spoken_amount
from dutyflow.plan.cycles import cycles
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.model import Duty, Person, Plan, Section
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.provisional import first_year

from .mails import ForeseenMail, Point, points_of

A_YEAR = timedelta(days=366)
OWNERS_AWAY = f"{opening.REASON}，當日承辦人均請假或無承辦人"
Told = dict[tuple[str, str], set[str]]


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which days are played, and how sections behave.

    By default nobody answers. `answered_on_time`: everybody does, on the last day, after that day's
    mails; but for the `late` sections (ids or names), who never do.
    """

    start: date
    end: date
    duty: str = ""
    sections: frozenset[str] = frozenset()
    answered_on_time: bool = False
    late: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Part:
    """One section's part in one planned cycle: what an assignment will be."""

    office: OfficePlan
    plan: Plan
    duty: Duty
    cycle: Cycle
    section: Section

    @cached_property
    def key(self) -> str:
        return f"{self.cycle.key}/{self.section.id}"

    @property
    def ladder(self) -> str:
        return f"{self.plan.year}/{self.duty.id}"

    @property
    def form_name(self) -> str:
        return form_name(self.cycle.title, self.duty.name, self.section.name)

    def goes_by(self, names: Collection[str]) -> bool:
        return self.section.id in names or self.section.name in names

    def deadline(self, today: date) -> Deadline:
        day = self.cycle.collect_by
        return Deadline(day=day, working_days=self.office.calendar.between(today, day))


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """A section of which nobody is there to be told something on a day, and why."""

    day: date
    part: Part
    reason: str


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """What the days from `start` to `end` would bring. `parts` are those that are open in them."""

    start: date
    end: date
    mails: tuple[ForeseenMail, ...]
    parts: tuple[Part, ...]
    unreached: tuple[Unreached, ...]


def rehearse(offices: Sequence[OfficePlan], wish: Wish) -> Rehearsal:
    """Play the days. Cycles that open before them, and are not over, are played from their start.

    Raises UnknownDuty.
    """
    coming = sorted(
        (part for office in offices for part in _parts(office, wish)),
        key=lambda part: part.cycle.opens,
    )
    play = _Play(offices={office.office: office for office in offices}, wish=wish)
    for day in days_from(min((p.cycle.opens for p in coming), default=wish.start), wish.end):
        while coming and coming[0].cycle.opens == day:
            play.open(day, coming.pop(0))
        play.round(day)
    asked_in_part = bool(wish.duty or wish.sections)
    estimates = [] if asked_in_part else [mail for o in offices for mail in _estimates(o, wish)]
    mails = sorted((*estimates, *play.mails), key=lambda mail: mail.day)
    return Rehearsal(
        start=wish.start,
        end=wish.end,
        mails=tuple(mail for mail in mails if mail.day >= wish.start),
        parts=tuple(play.opened),
        unreached=tuple(each for each in play.unreached if each.day >= wish.start),
    )


def _estimates(office: OfficePlan, wish: Wish) -> Iterator[ForeseenMail]:
    """What the coordinator is told of deadlines that rest on a calendar not announced yet, on the
    first day on which such a cycle opens within a year."""
    first: dict[int, date] = {}
    if wish.end + 2 * A_YEAR > GAZETTED_UNTIL:
        for cycle in cycles(office, wish.start - A_YEAR, wish.end + 2 * A_YEAR):
            day = max(cycle.opens - A_YEAR, wish.start)
            if cycle.provisional and cycle.report_due >= wish.start and day <= wish.end:
                year = first_year(cycle)
                first[year] = min(day, first.get(year, day))
    for year, day in first.items():
        point = Point(
            assignment=office.office,
            office=office.office,
            section="",
            rung=moving.estimated_rung(year - ROC_EPOCH),
            reason=moving.ESTIMATED,
            role="coordinator",
        )
        yield ForeseenMail(
            day=day,
            to=office.contacts.coordinator,
            content=estimated_mail(office, year),
            points=(point,),
            mailbox=office.contacts.mailbox,
        )


def _parts(office: OfficePlan, wish: Wish) -> Iterator[Part]:
    for cycle in cycles(office, wish.start - A_YEAR, wish.end + A_YEAR, wish.duty or None):
        if cycle.opens > wish.end:
            continue
        plan = office.of_year(cycle.plan_year)
        duty = plan.duty(cycle.duty)
        if _last_day(office, plan.ladder_of(duty), cycle) < wish.start:
            continue
        for section in plan.sections_of(duty):
            part = Part(office=office, plan=plan, duty=duty, cycle=cycle, section=section)
            if not wish.sections or part.goes_by(wish.sections):
                yield part


def _last_day(office: OfficePlan, ladder: Ladder, cycle: Cycle) -> date:
    """The day of a ladder's last step, with which all is said; at least that of the report."""
    return max(Schedule(ladder, cycle.collect_by, office.calendar).last_day, cycle.report_due)


@dataclass(kw_only=True)
class _Play:
    """The days as they go by: what is open, who has been told what."""

    offices: dict[str, OfficePlan]
    wish: Wish
    mails: list[ForeseenMail] = field(default_factory=list)
    unreached: list[Unreached] = field(default_factory=list)
    opened: list[Part] = field(default_factory=list)
    _open: dict[str, Part] = field(default_factory=dict)
    _told: Told = field(default_factory=dict)
    _reminded: dict[tuple[str, str], date] = field(default_factory=dict)
    _last_days: dict[str, date] = field(default_factory=dict)

    def open(self, day: date, part: Part) -> None:
        self.opened.append(part)
        self._open[part.key] = part
        self.mails += opening_mails(part, day)
        if all(person.away_until(day) for person in _owners(part)):
            self.unreached.append(Unreached(day=day, part=part, reason=OWNERS_AWAY))

    def round(self, day: date) -> None:
        """One day's round; on a day off of an office, nothing of it is decided."""
        if not self._open:
            return
        at_work = {key: self._on(day, office) for key, office in self.offices.items()}
        standings = [_standing(part) for part in self._open.values()]
        found = decide(standings, at_work, day, told=self._told, reminded=self._reminded)
        for digest in digests_of(found.nags):
            self.mails.append(self._mail(day, digest))
        for nag in found.nags:
            who = person_key(nag.to.person)
            self._told.setdefault((nag.assignment, nag.rung), set()).add(who)
            if nag.is_alarm:
                part = self._open[nag.assignment]
                self.unreached.append(Unreached(day=day, part=part, reason=nag.reason))
            else:
                self._reminded[nag.assignment, who] = day
        heard = {each.assignment for each in found.nags}
        heard |= {each.assignment for each in found.silences}
        self._open = {
            key: part
            for key, part in self._open.items()
            if not self._is_over(part, day, heard=key in heard)
        }

    def _is_over(self, part: Part, day: date, *, heard: bool) -> bool:
        """Answered; or past its last step with nothing left to tell."""
        if self.wish.answered_on_time and not part.goes_by(self.wish.late):
            return day >= part.cycle.collect_by
        return day > self._last_day(part) and not heard

    def _last_day(self, part: Part) -> date:
        key = part.cycle.key
        if key not in self._last_days:
            ladder = part.plan.ladder_of(part.duty)
            self._last_days[key] = _last_day(part.office, ladder, part.cycle)
        return self._last_days[key]

    def _on(self, day: date, office: OfficePlan) -> Office:
        away = {
            person_key(person): until
            for person in office.contacts.everybody()
            if (until := person.away_until(day)) is not None
        }
        return Office(
            calendar=office.calendar,
            contacts=office.contacts,
            ladders=self._ladders[office.office],
            reachability=Reachability(away=away),
        )

    @cached_property
    def _ladders(self) -> dict[str, dict[str, Ladder]]:
        return {
            key: {
                f"{plan.year}/{duty.id}": plan.ladder_of(duty)
                for plan in office.plans
                for duty in plan.duties
            }
            for key, office in self.offices.items()
        }

    def _mail(self, day: date, digest: Digest) -> ForeseenMail:
        parts = [self._open[nag.assignment] for nag in digest.nags]
        pairs = list(zip(parts, digest.nags, strict=True))
        return ForeseenMail(
            day=day,
            to=digest.to,
            content=Reminder(
                office="、".join(self.offices[key].name for key in digest.offices),
                lines=tuple(_line(part, nag, day) for part, nag in pairs),
                coordinator=parts[0].office.contacts.coordinator,
            ),
            points=points_of(digest.nags),
            mailbox=parts[0].office.contacts.mailbox,
        )


def _owners(part: Part) -> tuple[Person, ...]:
    people = part.office.contacts.sections.get(part.section.id)
    return opening.addressees(people) if people else ()


def _standing(part: Part) -> Standing:
    return Standing(
        assignment=part.key,
        office=part.cycle.office,
        section=part.section.id,
        ladder=part.ladder,
        state="open",
        opened=part.cycle.opens,
        deadline=part.cycle.collect_by,
    )


def opening_mails(part: Part, day: date) -> Iterator[ForeseenMail]:
    """What a section gets on the day on which its part opens."""
    content = _opening(part, day)
    point = Point(
        assignment=part.key,
        office=part.cycle.office,
        section=part.section.id,
        rung=opening.RUNG,
        reason=opening.REASON,
        role="owner",
    )
    for person in _owners(part):
        yield ForeseenMail(
            day=day,
            to=person,
            content=content,
            points=(point,),
            mailbox=part.office.contacts.mailbox,
        )


def _opening(part: Part, day: date) -> Opening:
    duty, section = part.duty, part.section
    form = part.plan.form_of(duty)
    return Opening(
        about=About(
            office=part.plan.office.name,
            section=section.name,
            duty=duty.name,
            period=part.cycle.title,
            clause=duty.clause,
            coordinator=part.office.contacts.coordinator,
            zone=part.plan.office.zone,
        ),
        deadline=part.deadline(day),
        asked=spoken_amount(form, len(asked_rows(part.plan, duty, section))),
        reason=opening.because(section.name, duty.name),
        form_name=part.form_name,
        may_have_nothing=form.nothing,
        may_extend=part.plan.extensions.are_granted,
    )


def _line(part: Part, nag: Nag, day: date) -> Line:
    """As the round writes it; but answers would have an address of their own, which is drawn only
    when the assignment opens."""
    return Line(
        office=part.plan.office.name,
        section=part.section.name,
        duty=part.duty.name,
        period=part.cycle.title,
        why=nag.why,
        deadline=part.deadline(day),
        tone=nag.tone,
        reply_to=part.office.contacts.mailbox.address,
        as_role=nag.as_role,
        purpose=nag.purpose,
        others=nag.others,
        awaited_by=awaited_by(part.duty, part.cycle.report_due),
        form_name=part.form_name if nag.brings_form else "",
        subject=nag.step.subject,
        may_extend=part.plan.extensions.are_granted,
    )
