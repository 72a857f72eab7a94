"""A stretch of days is played with the decisions of the daily round, and nothing else.

No ledger, no mail server, no clock: the cycles come from the plans, their opening mails go out on
their days, and each working day's round is decided by `nagging.decisions.decide`. Then those who
watch an office are told how it stands (`watchers.py`), unless only a part of it is played.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from dutyflow.calendars.roc import ROC_EPOCH
from dutyflow.calendars.working_days import GAZETTED_UNTIL, days_from
from dutyflow.mail.outbound.contexts import About, Opening
from dutyflow.mail.outbound.estimates import estimated_mail
from dutyflow.mail.outbound.reminders import Line, Reminder
from dutyflow.nagging import moving, opening, wording
from dutyflow.nagging.decisions import Nag, Office, Silence, Standing, decide
from dutyflow.nagging.digests import Digest, digests_of
from dutyflow.nagging.people import Reachability, person_key
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.plan.asking import asked_rows, awaited_by, spoken_amount
from dutyflow.plan.cycles import cycles
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.model import Person
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.provisional import first_year

from .mails import ForeseenMail, Point, points_of
from .parts import Part
from .watchers import Watchers

A_YEAR = timedelta(days=366)
OWNERS_AWAY = Reason.of(ReasonCode.OPENING, nobody=True)
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

    @property
    def is_partial(self) -> bool:
        """Whether what would be told of the whole is left out."""
        return bool(self.duty or self.sections)

    def answers(self, part: Part) -> bool:
        return self.answered_on_time and not part.goes_by(self.late)


@dataclass(frozen=True, kw_only=True)
class Unreached:
    """A section of which nobody is there to be told something on a day, and why."""

    day: date
    part: Part
    reason: Reason

    @property
    def said(self) -> str:
        return wording.worded(self.reason, self.part.office.titles)


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
    parts = [part for office in offices for part in _parts(office, wish)]
    coming = sorted(
        (part for part in parts if part.last_day >= wish.start), key=lambda part: part.cycle.opens
    )
    play = _Play(offices={office.office: office for office in offices}, wish=wish)
    play.remember(part for part in parts if part.last_day < wish.start)
    for day in days_from(min((p.cycle.opens for p in coming), default=wish.start), wish.end):
        while coming and coming[0].cycle.opens == day:
            play.open(day, coming.pop(0))
        play.round(day)
        play.end(day)
    estimates = [] if wish.is_partial else [mail for o in offices for mail in _estimates(o, wish)]
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
            reason=Reason(ReasonCode.DAYS_ESTIMATED),
            role="coordinator",
        )
        yield ForeseenMail(
            day=day,
            to=office.contacts.coordinator,
            content=estimated_mail(office, year),
            points=(point,),
            office=office,
        )


def _parts(office: OfficePlan, wish: Wish) -> Iterator[Part]:
    for cycle in cycles(office, wish.start - A_YEAR, wish.end + A_YEAR, wish.duty or None):
        if cycle.opens > wish.end:
            continue
        plan = office.of_year(cycle.plan_year)
        duty = plan.duty(cycle.duty)
        for section in plan.sections_of(duty):
            part = Part(office=office, plan=plan, duty=duty, cycle=cycle, section=section)
            if not wish.sections or part.goes_by(wish.sections):
                yield part


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

    def remember(self, parts: Iterable[Part]) -> None:
        """What was over before the first day counts in the year that the director is told of."""
        for part in parts:
            self._watchers[part.cycle.office].remember(part, answers=self.wish.answers(part))

    def open(self, day: date, part: Part) -> None:
        self.opened.append(part)
        self._open[part.key] = part
        mails = list(opening_mails(part, day))
        self.mails += mails
        watchers = self._watchers[part.cycle.office]
        watchers.opened(part, answers=self.wish.answers(part), mails=len(mails))
        if all(person.away_until(day) for person in _owners(part)):
            self.unreached.append(Unreached(day=day, part=part, reason=OWNERS_AWAY))

    def round(self, day: date) -> None:
        """One day's round; on a day off of an office, nothing of it is decided."""
        digests = self._digests(day) if self._open else []
        if not self.wish.is_partial:
            had = {person_key(digest.to) for digest in digests}
            for watchers in self._watchers.values():
                self.mails += watchers.mails(day, had)

    def end(self, day: date) -> None:
        """The day is over."""
        for watchers in self._watchers.values():
            watchers.end(day)

    def _digests(self, day: date) -> list[Digest]:
        at_work = {key: self._on(day, office) for key, office in self.offices.items()}
        standings = [_standing(part) for part in self._open.values()]
        found = decide(standings, at_work, day, told=self._told, reminded=self._reminded)
        digests = digests_of(found.nags)
        self.mails += [self._mail(day, digest) for digest in digests]
        self._tell_watchers(digests, found.silences)
        for nag in found.nags:
            who = person_key(nag.to.person)
            self._told.setdefault((nag.assignment, nag.rung.key), set()).add(who)
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
        return digests

    def _tell_watchers(self, digests: list[Digest], silences: Iterable[Silence]) -> None:
        nags: dict[str, list[Nag]] = defaultdict(list)
        quiet: dict[str, list[Silence]] = defaultdict(list)
        for digest in digests:
            for nag in digest.nags:
                nags[nag.office].append(nag)
        for silence in silences:
            quiet[self._open[silence.assignment].cycle.office].append(silence)
        for office in nags.keys() | quiet.keys():
            self._watchers[office].heard(nags[office], quiet[office])

    @cached_property
    def _watchers(self) -> dict[str, Watchers]:
        return {key: Watchers(office=office) for key, office in self.offices.items()}

    def _is_over(self, part: Part, day: date, *, heard: bool) -> bool:
        """Answered; or past its last step with nothing left to tell."""
        if self.wish.answers(part):
            return day >= part.cycle.collect_by
        return day > part.last_day and not heard

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
            office=parts[0].office,
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
            office=part.office,
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
        reason=wording.why_opening(section.name, duty.name),
        form_name=part.form_name,
        may_have_nothing=form.nothing,
        may_extend=part.plan.extensions.are_granted,
    )


def _line(part: Part, nag: Nag, day: date) -> Line:
    """As the round writes it; but answers would have an address of their own, which is drawn only
    when the assignment opens."""
    titles = part.office.titles
    return Line(
        office=part.plan.office.name,
        section=part.section.name,
        duty=part.duty.name,
        period=part.cycle.title,
        why=wording.why_told(nag, titles),
        deadline=part.deadline(day),
        tone=nag.tone,
        reply_to=part.office.contacts.mailbox.address,
        as_role=wording.as_role(nag, titles),
        purpose=nag.purpose,
        others=wording.others_told(nag, titles),
        awaited_by=awaited_by(part.duty, part.cycle.report_due, nag.deadline, titles),
        form_name=part.form_name if nag.brings_form else "",
        subject=nag.step.subject,
        may_extend=part.plan.extensions.are_granted,
    )
