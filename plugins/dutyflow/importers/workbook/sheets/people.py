"""聯絡人: a row for each person, with what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dutyflow.importers.workbook.book import Book, Row, Table
from dutyflow.importers.workbook.codecs import Code, Codec, Items, Named, Shown
from dutyflow.importers.workbook.grids import Column, Grid, Line, line
from dutyflow.importers.workbook.labels import Labels
from dutyflow.importers.workbook.spans import Absences
from dutyflow.plan.model import Contacts, Mailbox, Person, Plan
from dutyflow.plan.parts import IDENTIFIER_PATTERN
from dutyflow.plan.source import Place
from dutyflow.plan.words import FIELD_TITLES

SHEET = "聯絡人"
ROLE, SECTION, NAME, EMAIL, AWAY, IMAP = "身分", "組室", "姓名", "電子郵件", "請假", "IMAP 連線"
ALSO = "其他信箱"
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
        Column(
            "email", EMAIL, 44, "電子郵件地址，例如 name@example.tw", codec=Code(), required=True
        ),
        Column(
            "away",
            AWAY,
            28,
            "請假期間：起日～迄日，一段一行，例如 107-07-02～107-07-06；收發信箱留空白",
            codec=Absences(),
        ),
        Column(
            "imap",
            IMAP,
            18,
            "收發信箱以 IMAP 收信時，Airflow 連線的名稱；其他列留空白",
            codec=Code(),
        ),
        Column(
            "also",
            ALSO,
            34,
            "同一人的其他信箱；組長這一列可加寫只供本組室使用的網域（不含 @）；"
            "收發信箱填郵件驗證伺服器的名稱",
            codec=Items(),
        ),
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
    lines = tuple(each.line(sections) for each in people)
    return Grid(**{**vars(empty(sections)), "lines": lines})


@dataclass(frozen=True, kw_only=True)
class _Entry:
    """One row: who is what, or is to be named as that. `number` counts those of one role."""

    role: str
    section: str | None = None
    number: int = 1
    who: Person | Mailbox | None = None
    domains: tuple[str, ...] = ()

    def line(self, sections: Labels) -> Line:
        role, section = self.role, self.section
        name = "".join(filter(None, (sections.of(section) if section else "", _TITLES[role])))
        name += f" {self.number}" if role in _MANY else ""
        values: dict[str, Any] = {"role": role, "section": section}
        match self.who:
            case Mailbox():
                values |= {"name": self.who.name, "email": self.who.address}
                values["also"] = self.who.authserv_ids or None
                values["imap"] = self.who.imap
            case Person():
                values |= {"name": self.who.name, "email": self.who.email}
                values["away"] = self.who.away or None
                values["also"] = (*self.who.also, *self.domains) or None
        return line(columns(sections), f"{role} {section} {self.number}", name, values)


def _people(contacts: Contacts) -> Iterator[_Entry]:
    yield _Entry(role="mailbox", who=contacts.mailbox)
    for section, those in contacts.sections.items():
        for role in _MANY:
            for number, person in enumerate(getattr(those, role), 1):
                yield _Entry(role=role, section=section, number=number, who=person)
        yield _Entry(role="head", section=section, who=those.head, domains=those.domains)
    for role in _ALONE:
        yield _Entry(role=role, who=getattr(contacts, role))


def _wanted(plan: Plan) -> Iterator[_Entry]:
    """Whom an office has to name that has named nobody."""
    yield _Entry(role="mailbox")
    for section in plan.sections:
        for role in ("owners", "head"):
            yield _Entry(role=role, section=section.id)
    for role in _ALONE:
        yield _Entry(role=role)


def rows(table: Table) -> list[Row]:
    """Those that name somebody."""
    return [row for row in table.rows if row.text(NAME) or row.text(EMAIL)]


def read(book: Book, table: Table | None, place: Place, sections: Labels) -> dict[str, Any] | None:
    """The contacts as their file would have them.

    None where it is not clear who somebody is: then nothing can be said of who is missing.
    """
    if table is None:
        return None
    data: dict[str, Any] = {"sections": {}}
    clear = [_read(book, row, place, data, sections) for row in rows(table)]
    if not all(clear):
        return None
    _tell_missing(book, table, place, data, sections)
    return data


def _tell_missing(
    book: Book, table: Table, place: Place, data: dict[str, Any], sections: Labels
) -> None:
    for role in ("mailbox", *_ALONE):
        if role not in data:
            found = f"沒有{_TITLES[role]}"
            book.wrong((*place, role), table.spot(table.header), found, "一列是這個身分")
    for section, those in data["sections"].items():
        spot = book.spots[*place, "sections", section]
        for role in ("owners", "head"):
            if role not in those:
                found = f"{sections.of(section)}沒有{_TITLES[role]}"
                here = (*place, "sections", section, role)
                book.wrong(here, spot, found, "每個組室至少一位承辦人，並有一位組長")


def _read(book: Book, row: Row, place: Place, data: dict[str, Any], sections: Labels) -> bool:
    """Whether it is clear who that is."""
    draft: Place = (*place, f"\n{row.number}")
    cells = book.item(row, columns(sections), draft)
    role, section = str(cells.get("role")), cells.get("section")
    if not _is_clear(book, row, draft, role, section):
        return False
    email = "address" if role == "mailbox" else "email"
    person = {"name": cells.get("name"), email: cells.get("email")}
    person |= {name: cells[name] for name in ("away", "imap") if name in cells}
    also, domains = _kinds(cells.get("also") or [], role)
    if also:
        person["authserv_ids" if role == "mailbox" else "also"] = also
    way: Place = (role,) if section is None else ("sections", section, role)
    here: dict[str, Any] = data if section is None else data["sections"].setdefault(section, {})
    if section is not None:
        book.spots.setdefault((*place, *way[:2]), row.spot(SECTION))
        if domains:
            here.setdefault("domains", []).extend(domains)
            book.spots[*place, *way[:2], "domains"] = row.spot(ALSO)
    if role in _MANY:
        here.setdefault(role, []).append(person)
        way = (*way, len(here[role]) - 1)
    elif role in here:
        found = f"{row.text(SECTION)}{_TITLES[role]}重複"
        book.wrong(draft, row.spot(ROLE), found, "只有一位", f"另見{book.spots[*place, *way]}")
        return True
    here.setdefault(role, person)
    book.spots[*place, *way] = row.spot(ROLE)
    book.spots[*place, *way, "name"] = row.spot(NAME)
    book.spots[*place, *way, email] = row.spot(EMAIL)
    book.spots[*place, *way, "away"] = row.spot(AWAY)
    for field in ("also", "authserv_ids"):
        book.spots[*place, *way, field] = row.spot(ALSO)
    book.spots[*place, *way, "imap"] = row.spot(IMAP)
    return True


def _kinds(written: list[str], role: str) -> tuple[list[str], list[str]]:
    """A person's addresses, and the domains of their section."""
    if role not in (*_MANY, *_ONE):
        return written, []
    addresses = [each for each in written if "@" in each]
    return addresses, [each for each in written if "@" not in each]


def _is_clear(book: Book, row: Row, place: Place, role: str, section: str | None) -> bool:
    """Whether role and section are known, and one fits the other; else that is told."""
    if any(
        each.place[: len(place)] == place and each.place[-1] in ("role", "section")
        for each in book.remarks
    ):
        return False
    belongs = role in (*_MANY, *_ONE)
    if belongs == (section is not None):
        return True
    found = f"{_TITLES[role]}{'沒有寫' if belongs else '寫了'}組室"
    expected = "組室的名稱" if belongs else "空白：這個身分屬於全機關"
    book.wrong((*place, "section"), row.spot(SECTION), found, expected)
    return False
