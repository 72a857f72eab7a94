"""寄件人: who an address is, by the contacts of an office. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from .model import Contacts, Person, SectionContacts, address_key
from .roles import ROLE_TITLES, AnyRole
from .titles import Titles

Part = AnyRole | Literal["domain"]

OWNER, UNKNOWN = ROLE_TITLES["owner"], "不在通訊錄"
_BY_DOMAIN = "同組室其他信箱"


@dataclass(frozen=True, kw_only=True)
class Standing:
    """One thing that somebody is: in a section, or ("") in the office. `also`: at an address that
    is not the one mail is sent to."""

    part: Part
    section: str = ""
    also: bool = False

    def title(self, titles: Titles) -> str:
        own = _BY_DOMAIN if self.part == "domain" else titles.of(self.part)
        return own + ("（另一信箱）" if self.also else "")


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Whoever writes from an address: all that they are. Nobody we know, where that is nothing."""

    standings: tuple[Standing, ...] = ()

    @property
    def is_known(self) -> bool:
        return bool(self.standings)

    @property
    def sections(self) -> tuple[str, ...]:
        """The sections that they belong to, each once."""
        return tuple(dict.fromkeys(each.section for each in self.standings if each.section))

    def role(self, section: str, titles: Titles, section_name: str = "") -> str:
        """What they are to a section, in the office's words. `section_name` is that of their own,
        for those who belong to another."""
        own = [each for each in self.standings if each.section == section]
        of_office = [each for each in self.standings if not each.section]
        if own or of_office:
            return (own or of_office)[0].title(titles)
        if not self.standings:
            return UNKNOWN
        return f"{section_name or '他組室'}{self.standings[0].title(titles)}"


def sender_of(contacts: Contacts, address: str) -> Sender:
    """Who writes from an address, in whatever case it is written."""
    return Sender(standings=tuple(_standings(contacts, address_key(address))))


def _standings(contacts: Contacts, address: str) -> Iterator[Standing]:
    for section, people in contacts.sections.items():
        named = list(_in_section(people, section, address))
        yield from named
        if not named and address.rpartition("@")[2] in {d.lower() for d in people.domains}:
            yield Standing(part="domain", section=section)
    of_office: dict[Part, Person] = {
        "coordinator": contacts.coordinator,
        "director": contacts.director,
        "head_office": contacts.head_office,
    }
    for part, person in of_office.items():
        if person.answers_to(address):
            yield Standing(part=part, also=address != person.key)


def _in_section(people: SectionContacts, section: str, address: str) -> Iterator[Standing]:
    parts: dict[Part, tuple[Person, ...]] = {
        "owner": people.owners,
        "deputy": people.deputies,
        "head": (people.head,),
    }
    for part, persons in parts.items():
        for person in persons:
            if person.answers_to(address):
                yield Standing(part=part, section=section, also=address != person.key)
