"""What is done today about each open assignment: who is told, which step, and why; or why nobody.

The same function decides for the daily round and for a rehearsal. It knows no clock, no ledger and
no mail server.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from dutyflow.calendars.working_days import WorkingDays
from dutyflow.plan.ladders import Ladder, Purpose, Tone
from dutyflow.plan.model import Contacts, Person
from dutyflow.plan.roles import ASKED_ROLES, Role

from .people import Addressee, Passed, Reachability, people_of, person_key
from .reasons import Reason, ReasonCode
from .rungs import Rung, RungKind
from .states import AssignmentState
from .steps import Due, Schedule, Step
from .throttle import too_soon

Told = Mapping[tuple[str, str], Collection[str]]  # by assignment and rung's key: e-mails
Reminded = Mapping[tuple[str, str], date]  # by assignment and e-mail: the day of the last reminder
_NOBODY: Reminded = MappingProxyType({})


def told_on(opened: date, since: date | None) -> date:
    """The day on which a section was told its deadline: no step of it was before."""
    return max(opened, since or opened)


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """An assignment as it stands when a round looks at it.

    `opened` is the day of its opening mail, `deadline` the last day for an answer, as extended;
    `since` the day on which a person gave it that one, None where it is the cycle's.
    """

    assignment: str
    office: str
    section: str
    ladder: str
    state: AssignmentState
    opened: date
    deadline: date
    paused_until: date | None = None
    since: date | None = None

    @property
    def told(self) -> date:
        return told_on(self.opened, self.since)


@dataclass(frozen=True, kw_only=True)
class Nag:
    """One notice to one person about one assignment. (assignment, rung, e-mail) is its key."""

    assignment: str
    office: str
    section: str
    rung: Rung
    step: Step
    deadline: date
    to: Addressee
    reason: Reason
    max_per_day: int = 1

    @property
    def tone(self) -> Tone:
        return self.step.tone

    @property
    def copied_as(self) -> Role | None:
        """In which role the person is told of what others are asked; None for who is asked."""
        is_asked = self.to.acting_for or self.to.role in ASKED_ROLES or self.is_alarm
        return None if is_asked else self.to.role

    @property
    def purpose(self) -> Purpose:
        if self.is_alarm:
            return "alarm"
        if self.step.last:
            return "take_over"
        return "ask" if self.to.role in ASKED_ROLES else "inform"

    @property
    def other_roles(self) -> tuple[Role, ...]:
        """Who besides hears of the same step; a deputy hears in an owner's place."""
        if self.is_alarm:
            return ()
        own = {self.to.role, "owner"} if self.to.acting_for else {self.to.role}
        return tuple(role for role in self.step.to if role not in own)

    @property
    def brings_form(self) -> bool:
        """Whether the form goes along: for whom it is to be filled. A deputy may not have the mail
        that brought it first."""
        return self.purpose == "ask" and (self.step.form or bool(self.to.acting_for))

    @property
    def is_alarm(self) -> bool:
        """Whether it tells the coordinator that nobody of the section can be told."""
        return self.rung.kind is RungKind.UNREACHABLE


@dataclass(frozen=True, kw_only=True)
class Silence:
    """Why a step whose day has come is told to nobody, or not to that person."""

    assignment: str
    rung: Rung
    reason: Reason
    person: str = ""


@dataclass(frozen=True, kw_only=True)
class Round:
    """All that one round decides. Where nobody of a section can be told, the coordinator is."""

    nags: tuple[Nag, ...]
    silences: tuple[Silence, ...]


@dataclass(frozen=True, kw_only=True)
class Office:
    """What a round knows of an office: its ladders by id, its calendar, its people."""

    calendar: WorkingDays
    contacts: Contacts
    ladders: Mapping[str, Ladder]
    reachability: Reachability


def decide(
    standings: Iterable[Standing],
    offices: Mapping[str, Office],
    today: date,
    *,
    told: Told,
    reminded: Reminded = _NOBODY,
) -> Round:
    """What a round does on a day. An office that does not work on it is left alone.

    `told` holds who has been told which step already. Where somebody of a section's owners and
    deputies has, the section has been told. `reminded` goes back as far as the widest gap that a
    ladder keeps between two reminders.
    """
    deciding = _Deciding(offices=offices, today=today, told=told, reminded=reminded)
    found = [each for standing in standings for each in deciding.about(standing)]
    return Round(
        nags=tuple(each for each in found if isinstance(each, Nag)),
        silences=tuple(each for each in found if isinstance(each, Silence)),
    )


def rungs_due(
    standings: Iterable[Standing], offices: Mapping[str, Office], today: date
) -> set[str]:
    """The keys of the rungs about which a round has to know who was told them."""
    deciding = _Deciding(offices=offices, today=today, told={}, reminded={})
    courses = {
        (id(due), standing.deadline): due
        for standing in standings
        if (due := deciding.due(standing)) is not None
    }
    rungs: set[str] = set()
    for (_, deadline), due in courses.items():
        rungs.update(step.rung(deadline).key for step in (due.step, *due.collapsed))
        rungs.add(_unreachable(due.step, deadline).key)
    return rungs


def due_today(
    calendar: WorkingDays, ladder: Ladder, today: date, *, opened: date, deadline: date
) -> Due | None:
    """The step of a ladder that counts on a day; None where there is none, or nobody works."""
    if not calendar.is_working(today):
        return None
    return Schedule(ladder, deadline, calendar).due(today, opened=opened)


@dataclass(kw_only=True)
class _Deciding:
    """Remembers what many assignments have in common: the days of a ladder, an office's day."""

    offices: Mapping[str, Office]
    today: date
    told: Told
    reminded: Reminded
    _due: dict[tuple[str, str, date, date], Due | None] = field(default_factory=dict)
    _people: dict[tuple[str, str, Role], tuple[Addressee | Passed, ...]] = field(
        default_factory=dict
    )

    def about(self, standing: Standing) -> Iterator[Nag | Silence]:
        """What is done about one assignment."""
        due = self.due(standing)
        if due is None:
            return
        rung = due.step.rung(standing.deadline)
        knowing = self.told.get((standing.assignment, rung.key), ())
        silent = _why_silent(standing, self.today)
        if silent:
            if not knowing:
                yield Silence(assignment=standing.assignment, rung=rung, reason=silent)
            return
        people = list(self._to_be_told(standing, due.step, knowing))
        for each in people:
            yield self._for_person(standing, due, each)
        if self._nobody_of_the_section(standing, due.step, people, knowing):
            yield from self._alarm(standing, due.step, people)

    def due(self, standing: Standing) -> Due | None:
        key = (standing.office, standing.ladder, standing.deadline, standing.told)
        if key not in self._due:
            self._due[key] = self._reckoned(standing)
        return self._due[key]

    def _reckoned(self, standing: Standing) -> Due | None:
        office = self.offices[standing.office]
        return due_today(
            office.calendar,
            office.ladders[standing.ladder],
            self.today,
            opened=standing.told,
            deadline=standing.deadline,
        )

    def _for_person(
        self, standing: Standing, due: Due, person: Addressee | Passed
    ) -> Nag | Silence:
        rung = due.step.rung(standing.deadline)
        if isinstance(person, Passed):
            return _passed(standing, rung, person)
        ladder = self.offices[standing.office].ladders[standing.ladder]
        last = self.reminded.get((standing.assignment, person_key(person.person)))
        calendar = self.offices[standing.office].calendar
        if reason := too_soon(ladder, calendar, last, self.today):
            return Silence(
                assignment=standing.assignment,
                rung=rung,
                reason=reason,
                person=person.person.email,
            )
        return Nag(
            assignment=standing.assignment,
            office=standing.office,
            section=standing.section,
            rung=rung,
            step=due.step,
            deadline=standing.deadline,
            to=person,
            reason=_reason(standing, due.step, person, self._missed(standing, due, person)),
            max_per_day=ladder.max_per_day,
        )

    def _missed(self, standing: Standing, due: Due, to: Addressee) -> Step | None:
        """The step before it that they should have been told and were not: a weekend, an outage, a
        pause. One that was told had taken in those before itself."""
        is_section = to.role in ASKED_ROLES or due.step.last
        roles = ASKED_ROLES if is_section else (to.role,)
        for step in reversed(due.collapsed):
            if set(roles) & set(step.to):
                rung = step.rung(standing.deadline)
                knowing = self.told.get((standing.assignment, rung.key), ())
                knows = (
                    self._section_knows(standing, knowing)
                    if is_section
                    else person_key(to.person) in knowing
                )
                return None if knows else step
        return None

    def _to_be_told(
        self, standing: Standing, step: Step, knowing: Collection[str]
    ) -> Iterator[Addressee | Passed]:
        """Everybody of the step's roles who does not know yet, each person once, in the first role
        that names them."""
        seen: set[str] = set(knowing)
        for role in step.to:
            if role in ASKED_ROLES and self._section_knows(standing, knowing):
                continue
            for each in self._of_role(standing, role):
                address = person_key(each.person)
                if address not in seen:
                    seen.add(address)
                    yield each

    def _nobody_of_the_section(
        self,
        standing: Standing,
        step: Step,
        people: Iterable[Addressee | Passed],
        knowing: Collection[str],
    ) -> bool:
        """Whether a step that asks the section finds nobody there who can be told."""
        asks = any(role in ASKED_ROLES for role in step.to)
        answered_for = any(
            isinstance(each, Addressee) and each.role in ASKED_ROLES for each in people
        )
        return asks and not answered_for and not self._section_knows(standing, knowing)

    def _alarm(
        self, standing: Standing, step: Step, people: Iterable[Addressee | Passed]
    ) -> Iterator[Nag]:
        """For the coordinator, once."""
        coordinator = self.offices[standing.office].contacts.coordinator
        passed = [each for each in people if isinstance(each, Passed)]
        alarm = _alarm(standing, step, coordinator, passed)
        if person_key(coordinator) not in self.told.get((alarm.assignment, alarm.rung.key), ()):
            yield alarm

    def _section_knows(self, standing: Standing, knowing: Collection[str]) -> bool:
        if not knowing:
            return False
        people = self.offices[standing.office].contacts.sections.get(standing.section)
        asked = (*people.owners, *people.deputies) if people else ()
        return any(person_key(person) in knowing for person in asked)

    def _of_role(self, standing: Standing, role: Role) -> tuple[Addressee | Passed, ...]:
        key = (standing.office, standing.section, role)
        if key not in self._people:
            office = self.offices[standing.office]
            reached = people_of(
                role, standing.section, office.contacts, self.today, office.reachability
            )
            self._people[key] = (*reached.told, *reached.passed)
        return self._people[key]


def _why_silent(standing: Standing, today: date) -> Reason | None:
    """Why nobody is told; None when they are."""
    if standing.state == "accepted":
        return Reason(ReasonCode.ANSWERED)
    if standing.state == "waived":
        return Reason(ReasonCode.WAIVED)
    if standing.paused_until is not None and today <= standing.paused_until:
        return Reason.of(ReasonCode.PAUSED, until=standing.paused_until.isoformat())
    return None


def _reason(standing: Standing, step: Step, to: Addressee, missed: Step | None) -> Reason:
    """The step, with what was missed before it, and whom they act for."""
    is_copied = not to.acting_for and to.role != "owner" and not step.last
    return Reason.of(
        ReasonCode.REMINDER,
        step=step.name,
        after=step.gives_up_after,
        returned=standing.state == "returned",
        acting_for=to.acting_for,
        copied_to=to.role if is_copied else None,
        missed=missed.name if missed else None,
    )


def _unreachable(step: Step, deadline: date) -> Rung:
    """The rung of the alarm that nobody of the section can be told a step."""
    return Rung(kind=RungKind.UNREACHABLE, step=step.id, deadline=deadline)


def _passed(standing: Standing, rung: Rung, passed: Passed) -> Silence:
    return Silence(
        assignment=standing.assignment,
        rung=rung,
        reason=passed.reason,
        person=passed.person.email,
    )


def _alarm(standing: Standing, step: Step, coordinator: Person, passed: list[Passed]) -> Nag:
    people = [
        {"name": each.person.name, "role": each.role, "why": each.reason.code.value}
        for each in passed
        if each.role in ASKED_ROLES
    ]
    return Nag(
        assignment=standing.assignment,
        office=standing.office,
        section=standing.section,
        rung=_unreachable(step, standing.deadline),
        step=step,
        deadline=standing.deadline,
        to=Addressee(person=coordinator, role="coordinator"),
        reason=Reason.of(ReasonCode.NOBODY_REACHABLE, step=step.name, people=people),
    )


def silence_of(nag: Nag, reason: Reason) -> Silence:
    """A notice that is held back after all."""
    return Silence(
        assignment=nag.assignment, rung=nag.rung, reason=reason, person=nag.to.person.email
    )
