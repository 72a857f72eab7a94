"""People in the contacts who cannot stand for one another, and days without anybody. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from dutyflow.calendars.roc import format_roc
from dutyflow.plan.model import Contacts, Person, SectionContacts
from dutyflow.plan.source import Place, Remark
from dutyflow.plan.texts import shown

ONE_DAY = timedelta(days=1)


def lint_people(contacts: Contacts) -> Iterator[Remark]:
    """What cannot work: one address of two people, a domain of two sections, an own deputy, an
    address that mail cannot carry."""
    for here, _, person in _everybody(contacts):
        yield from _writable((*here, "email"), person.email)
    yield from _writable(("mailbox", "address"), contacts.mailbox.address)
    for section, people in contacts.sections.items():
        place: Place = ("sections", section)
        yield from _twice((*place, "owners"), people.owners)
        yield from _twice((*place, "deputies"), people.deputies)
        yield from _own_deputy((*place, "deputies"), people)
    yield from _taken(contacts)
    yield from _shared_domains(contacts)


def _everybody(contacts: Contacts) -> Iterator[tuple[Place, str, Person]]:
    """Every person with their place and section, "" for the office's own."""
    for section, people in contacts.sections.items():
        here: Place = ("sections", section)
        for index, person in enumerate(people.owners):
            yield (*here, "owners", index), section, person
        for index, person in enumerate(people.deputies):
            yield (*here, "deputies", index), section, person
        yield (*here, "head"), section, people.head
    for role in ("coordinator", "director", "head_office"):
        yield (role,), "", getattr(contacts, role)


def _taken(contacts: Contacts) -> Iterator[Remark]:
    """Another address of somebody that is a second person's: nobody could say who wrote."""
    everybody = list(_everybody(contacts))
    for place, _, person in everybody:
        for index, address in enumerate(person.also):
            for other_place, _, other in everybody:
                if other.key != person.key and other.answers_to(address):
                    yield Remark(
                        place=(*place, "also", index),
                        found=f"{person.name}的其他信箱{shown(address)}也是{other.name}的信箱",
                        expected="只有本人使用的其他信箱，才分得出是誰寄來",
                        see=(*other_place, "email"),
                    )


def _shared_domains(contacts: Contacts) -> Iterator[Remark]:
    """A domain is a section's only where nobody of another section writes from there."""
    first: dict[str, Place] = {}
    for section, people in contacts.sections.items():
        for index, domain in enumerate(map(str.lower, people.domains)):
            place: Place = ("sections", section, "domains", index)
            expected = "只供這個組室使用的網域；各組室共用者不寫，改列各人的其他信箱（also）"
            if domain in first:
                found = f"網域{shown(domain)}列在兩個組室"
                yield Remark(place=place, found=found, expected=expected, see=first[domain])
            first.setdefault(domain, place)
            for other_place, theirs, other in _everybody(contacts):
                if theirs != section and _uses(other, domain):
                    found = f"網域{shown(domain)}也是{other.name}的信箱所用"
                    yield Remark(place=place, found=found, expected=expected, see=other_place)
                    break


def _uses(person: Person, domain: str) -> bool:
    return any(each.rpartition("@")[2].lower() == domain for each in (person.email, *person.also))


def _writable(place: Place, address: str) -> Iterator[Remark]:
    """Servers without SMTPUTF8 (RFC 6531), which are most, take ASCII alone."""
    if not address.isascii():
        yield Remark(
            place=place,
            found=f"信箱{shown(address)}含有中文或全形字",
            expected="只有英文、數字的信箱地址，信件才寄得到",
        )


def _twice(place: Place, people: Sequence[Person]) -> Iterator[Remark]:
    first: dict[str, int] = {}
    for index, person in enumerate(people):
        address = person.email.lower()
        if address in first:
            yield Remark(
                place=(*place, index, "email"),
                found=f"{person.name}與{people[first[address]].name}的信箱同為{shown(person.email)}",
                expected="每人一個信箱：同一信箱只會寄一封，無從分辨是誰",
                see=(*place, first[address], "email"),
            )
        first.setdefault(address, index)


def _own_deputy(place: Place, people: SectionContacts) -> Iterator[Remark]:
    owners = {person.email.lower(): index for index, person in enumerate(people.owners)}
    for index, deputy in enumerate(people.deputies):
        owner = owners.get(deputy.email.lower())
        if owner is not None:
            yield Remark(
                place=(*place, index),
                found=f"{deputy.name}同時是承辦人與代理人",
                expected="代理人為承辦人以外的人；承辦人請假時才有人可代",
                see=(*place[:-1], "owners", owner),
            )


def unattended(contacts: Contacts) -> Iterator[tuple[str, date, date]]:
    """Sections, with the first and the last day of a stretch on which all who could be asked, its
    owners and deputies, are away. No mistake: the coordinator is told instead of them."""
    for section, people in contacts.sections.items():
        asked = (*people.owners, *people.deputies)
        spans = [(span.start, span.end) for span in asked[0].away]
        for person in asked[1:]:
            spans = list(_common(spans, [(span.start, span.end) for span in person.away]))
        for start, end in _joined(sorted(spans)):
            yield section, start, end


def _common(
    some: list[tuple[date, date]], others: list[tuple[date, date]]
) -> Iterator[tuple[date, date]]:
    for start, end in some:
        for other_start, other_end in others:
            both = max(start, other_start), min(end, other_end)
            if both[0] <= both[1]:
                yield both


def _joined(spans: list[tuple[date, date]]) -> Iterator[tuple[date, date]]:
    """Stretches that touch or overlap as one."""
    current: tuple[date, date] | None = None
    for start, end in spans:
        if current is None:
            current = start, end
        elif start <= current[1] + ONE_DAY:
            current = current[0], max(current[1], end)
        else:
            yield current
            current = start, end
    if current is not None:
        yield current


def unattended_in_words(contacts: Contacts) -> Iterator[str]:
    for section, start, end in unattended(contacts):
        yield (
            f"組室 {section} 的承辦人與代理人在{format_roc(start)}至{format_roc(end)}都請假，"
            "期間的提醒只會寄給計畫承辦人"
        )
