"""Who is told: the person of a role, or whoever acts for them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from dutyflow.plan.model import Contacts, Person, SectionContacts
from dutyflow.plan.roles import Role

from .reasons import Reason, ReasonCode


def person_key(person: Person) -> str:
    """One person is one address, in whatever case it is written."""
    return person.key


@dataclass(frozen=True, kw_only=True)
class Reachability:
    """Who cannot be reached today: away, or at an address that bounces.

    Both are by e-mail address in lower case; `away` holds the last day of each absence.
    """

    away: Mapping[str, date]
    undeliverable: Collection[str] = frozenset()

    def why_not(self, person: Person, today: date) -> Reason | None:
        """Why a person cannot be told today; None when they can."""
        address = person_key(person)
        if address in self.undeliverable:
            return Reason(ReasonCode.MAIL_RETURNED)
        until = self.away.get(address)
        if until is not None and today <= until:
            return Reason(ReasonCode.AWAY)
        return None


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """A person who is told, in which role; `acting_for` names whom they stand in for."""

    person: Person
    role: Role
    acting_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A person who is not told, and why."""

    person: Person
    role: Role
    reason: Reason


@dataclass(frozen=True, kw_only=True)
class Reached:
    """Who of one role is told, and who is not."""

    told: tuple[Addressee, ...]
    passed: tuple[Passed, ...]


def people_of(
    role: Role, section: str, contacts: Contacts, today: date, at: Reachability
) -> Reached:
    """The people of a role for a section. An owner who cannot be reached is stood in for by another
    owner who can, else by the first deputy who can; one person stands in for all of them."""
    of_section = contacts.sections.get(section)
    if of_section is None:
        return Reached(told=(), passed=())
    if role == "owner":
        return _owners(of_section, today, at)
    candidates = _of_role(role, of_section, contacts)
    told, passed = _sorted(role, candidates, today, at)
    return Reached(told=tuple(told), passed=tuple(passed))


def _of_role(role: Role, section: SectionContacts, contacts: Contacts) -> tuple[Person, ...]:
    match role:
        case "owner":
            return section.owners
        case "deputy":
            return section.deputies
        case "head":
            return (section.head,)
        case "coordinator":
            return (contacts.coordinator,)
        case "director":
            return (contacts.director,)


def _owners(section: SectionContacts, today: date, at: Reachability) -> Reached:
    told, passed = _sorted("owner", section.owners, today, at)
    if told:
        return Reached(told=tuple(told), passed=tuple(passed))
    absent = "、".join(person.name for person in section.owners)
    for deputy in section.deputies:
        if not at.why_not(deputy, today):
            acting = Addressee(person=deputy, role="deputy", acting_for=absent)
            stood_in = tuple(_stood_in(passed, deputy))
            return Reached(told=(acting,), passed=stood_in)
    _, unable = _sorted("deputy", section.deputies, today, at)
    return Reached(told=(), passed=(*passed, *unable))


def _stood_in(passed: list[Passed], deputy: Person) -> Iterator[Passed]:
    for each in passed:
        reason = Reason.of(each.reason.code, stood_in_by=deputy.name)
        yield Passed(person=each.person, role=each.role, reason=reason)


def _sorted(
    role: Role, people: tuple[Person, ...], today: date, at: Reachability
) -> tuple[list[Addressee], list[Passed]]:
    told, passed = [], []
    for person in people:
        reason = at.why_not(person, today)
        if reason:
            passed.append(Passed(person=person, role=role, reason=reason))
        else:
            told.append(Addressee(person=person, role=role))
    return told, passed
