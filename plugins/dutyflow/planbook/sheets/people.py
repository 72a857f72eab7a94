"""聯絡人: a row for each person, with what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dutyflow.plan.model import Contacts, Plan
from dutyflow.plan.parts import IDENTIFIER_PATTERN
from dutyflow.plan.source import Place
from dutyflow.plan.words import FIELD_TITLES

from ..book import Book, Row
from ..codecs import Codec, Named, Shown
from ..grids import Column, Grid, Line, line
from ..labels import Labels

SHEET = "聯絡人"
ROLE, SECTION, NAME, EMAIL = "身分", "組室", "姓名", "電子郵件"
_MANY, _ONE = ("owners", "deputies"), ("head",)  # of a section
_ALONE = ("coordinator", "director", "head_office")  # of the office
_ROLES = ("mailbox", *_MANY, *_ONE, *_ALONE)
_TITLES = {role: FIELD_TITLES[role] for role in _ROLES} | {"owners": "承辦人"}


class Role(Codec):
    choices = tuple(_TITLES.values())
    closed = True

    def show(self, value: str) -> Shown:
        return _TITLES[value]

    def read(self, text: str) -> str:
        return str(Named(Labels(_TITLES), "身分").read(text))


class SectionOfPlan(Named):
    """A section of this plan; the code of one of another plan, which only the lint can know."""

    def read(self, text: str) -> str:
        is_code = re.fullmatch(IDENTIFIER_PATTERN, text)
        return text if is_code and self.labels.code(text) is None else super().read(text)


def columns(sections: Labels) -> tuple[Column, ...]:
    return (
        Column(
            "role",
            ROLE,
            14,
            "收發信箱、承辦人、代理人、組長、計畫承辦人、處長或業務處",
            codec=Role(),
            required=True,
        ),
        Column(
            "section",
            SECTION,
            18,
            "承辦人、代理人、組長的組室；其他身分留空白",
            codec=SectionOfPlan(sections, "組室", ("組室", "名稱")),
        ),
        Column("name", NAME, 26, "姓名；收發信箱填信箱的名稱", required=True),
        Column("email", EMAIL, 44, "電子郵件地址，例如 name@example.tw", required=True),
    )


def empty(sections: Labels) -> Grid:
    return Grid(
        sheet=SHEET,
        columns=columns(sections),
        note="一列一人。每個組室至少一位承辦人，並有一位組長；代理人可以沒有。"
        "收發信箱是寄出通知、收回填報的信箱。",
        spare=8,
    )


def grid(contacts: Contacts | None, plan: Plan, sections: Labels) -> Grid:
    people = _people(contacts) if contacts is not None else _wanted(plan)
    lines = tuple(_line(*each, sections) for each in people)
    return Grid(**{**vars(empty(sections)), "lines": lines})


Person = tuple[str, str | None, int, str | None, str | None]  # role, section, number, name, e-mail


def _line(
    role: str,
    section: str | None,
    number: int,
    person: str | None,
    email: str | None,
    sections: Labels,
) -> Line:
    values = {"role": role, "section": section, "name": person, "email": email}
    name = "".join(filter(None, (sections.of(section) if section else "", _TITLES[role])))
    name += f" {number}" if role in _MANY else ""
    return line(columns(sections), f"{role} {section} {number}", name, values)


def _people(contacts: Contacts) -> Iterator[Person]:
    yield "mailbox", None, 1, contacts.mailbox.name, contacts.mailbox.address
    for section, those in contacts.sections.items():
        for role in _MANY:
            for number, person in enumerate(getattr(those, role), 1):
                yield role, section, number, person.name, person.email
        yield "head", section, 1, those.head.name, those.head.email
    for role in _ALONE:
        person = getattr(contacts, role)
        yield role, None, 1, person.name, person.email


def _wanted(plan: Plan) -> Iterator[Person]:
    """Whom an office has to name that has named nobody."""
    yield "mailbox", None, 1, None, None
    for section in plan.sections:
        for role in ("owners", "head"):
            yield role, section.id, 1, None, None
    for role in _ALONE:
        yield role, None, 1, None, None


def read(book: Book, place: Place, sections: Labels) -> dict[str, Any] | None:
    """None where the sheet is gone, or nobody is named on it: then contacts stay as they are."""
    if not book.has(SHEET):
        return None
    table = book.table(empty(sections), (*place, "sections"))
    rows = [r for r in table.rows if r.text(NAME) or r.text(EMAIL)] if table is not None else []
    if not rows:
        return None
    data: dict[str, Any] = {"sections": {}}
    for row in rows:
        _read(book, row, place, data, sections)
    return data


def _read(book: Book, row: Row, place: Place, data: dict[str, Any], sections: Labels) -> None:
    draft: Place = (*place, f"\n{row.number}")
    cells = book.item(row, columns(sections), draft)
    role, section = cells.get("role"), cells.get("section")
    if role not in _ROLES:
        return
    email = "address" if role == "mailbox" else "email"
    person = {"name": cells.get("name"), email: cells.get("email")}
    if role in (*_MANY, *_ONE):
        if section is None:
            book.wrong(
                (*draft, "section"), row.spot(SECTION), f"{_TITLES[role]}沒有寫組室", "組室的名稱"
            )
            return
        way: Place = ("sections", section, role)
        here: dict[str, Any] = data["sections"].setdefault(section, {})
        book.spots.setdefault((*place, *way[:2]), row.spot(SECTION))
    elif section is not None:
        found = f"{_TITLES[role]}寫了組室"
        book.wrong((*draft, "section"), row.spot(SECTION), found, "空白：這個身分屬於全機關")
        return
    else:
        way, here = (role,), data
    if role in _MANY:
        here.setdefault(role, []).append(person)
        way = (*way, len(here[role]) - 1)
    elif role in here:
        found = f"{row.text(SECTION)}{_TITLES[role]}重複"
        book.wrong(draft, row.spot(ROLE), found, "只有一位", f"另見{book.spots[*place, *way]}")
        return
    else:
        here[role] = person
    book.spots[*place, *way] = row.spot(ROLE)
    book.spots[*place, *way, "name"] = row.spot(NAME)
    book.spots[*place, *way, email] = row.spot(EMAIL)
