"""The form as the page shows it: groups of cards, a card for each row, its fields.

Names of fields in HTML are made here, and read back here from a posted form.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from dutyflow.errors import Finding
from dutyflow.forms.layout import FormLayout, layout_of
from dutyflow.forms.problems import Problem
from dutyflow.forms.texts import file_key
from dutyflow.forms.typed import Typed
from dutyflow.plan.asking import NUMBER, AskedRow, leads_of
from dutyflow.plan.field_types import Control, FormField, Longest
from dutyflow.services.messaging.assignment_mail import as_finding
from dutyflow.services.workspace import Case

from .form_data import FormData

ONLY_IN_EXCEL = "換行請按 Alt+Enter。"
BY_ASPECT = "measures"
TYPED, FILE = "t", "u"  # how the names of fields begin


@dataclass(frozen=True, kw_only=True)
class Field:
    """`theirs` is what somebody else has saved meanwhile, where that differs."""

    id: str
    name: str
    file_name: str
    asked: FormField
    value: str
    problems: tuple[Finding, ...] = ()
    theirs: str | None = None

    @property
    def title(self) -> str:
        return self.asked.title

    @property
    def required(self) -> bool:
        return self.asked.required

    @property
    def help(self) -> str:
        return self.asked.prompt.replace(ONLY_IN_EXCEL, "")

    @property
    def control(self) -> Control:
        return self.asked.control

    @property
    def choices(self) -> tuple[str, ...]:
        return self.asked.options

    @property
    def max_length(self) -> int:
        """In UTF-16 units, as both the browser and the form count; 0 for no limit."""
        limit = self.asked.limit
        return limit.units if isinstance(limit, Longest) else 0

    @property
    def unit(self) -> str:
        return self.asked.measured_in

    @property
    def described_by(self) -> str:
        """The ids of what explains it."""
        parts = [f"{self.id}-help"]
        parts += [f"{self.id}-error"] if self.problems else []
        parts += [f"{self.id}-theirs"] if self.theirs is not None else []
        return " ".join(parts)


@dataclass(frozen=True, kw_only=True)
class Card:
    """One row. `leads` are its locked texts with their titles."""

    id: str
    row: str
    title: str
    leads: tuple[tuple[str, str], ...]
    fields: tuple[Field, ...]

    @property
    def filled(self) -> bool:
        return any(field.value.strip() for field in self.fields)

    @property
    def wrong(self) -> int:
        return sum(len(field.problems) for field in self.fields)


@dataclass(frozen=True, kw_only=True)
class Group:
    title: str
    cards: tuple[Card, ...]

    @property
    def filled(self) -> int:
        return sum(card.filled for card in self.cards)

    @property
    def wrong(self) -> int:
        return sum(card.wrong for card in self.cards)


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The whole form."""

    groups: tuple[Group, ...]
    elsewhere: tuple[Finding, ...] = field(default=())

    @property
    def cards(self) -> Iterator[Card]:
        return (card for group in self.groups for card in group.cards)

    @property
    def wrong(self) -> tuple[tuple[str, Finding], ...]:
        """Each problem with the id of the field that it is about, from above to below."""
        return tuple(
            (each.id, problem)
            for card in self.cards
            for each in card.fields
            for problem in each.problems
        )


def sheet_of(
    case: Case, typed: Typed, *, problems: Iterable[Problem] = (), theirs: Typed | None = None
) -> Sheet:
    """The form with what was typed, and with what is wrong at its place."""
    layout = layout_of(case.form)
    told = _by_place(problems)
    cards = [
        _card(layout, place, row, typed, told, theirs) for place, row in enumerate(case.rows, 1)
    ]
    return Sheet(groups=tuple(_groups(case, cards)))


_Told = Mapping[tuple[str | None, str], list[Finding]]


def _by_place(problems: Iterable[Problem]) -> _Told:
    told: dict[tuple[str | None, str], list[Finding]] = {}
    for problem in problems:
        told.setdefault((problem.row, problem.column), []).append(as_finding(problem))
    return told


def _groups(case: Case, cards: Sequence[Card]) -> Iterator[Group]:
    """By aspect, where rows are measures; else all in one."""
    if case.form.rows != BY_ASPECT:
        yield Group(title=case.form.name, cards=tuple(cards))
        return
    aspects = {row.id: row.lead[1] for row in case.rows}
    for aspect, some in groupby(cards, key=lambda card: aspects[card.row]):
        yield Group(title=aspect, cards=tuple(some))


def _card(
    layout: FormLayout, place: int, row: AskedRow, typed: Typed, told: _Told, theirs: Typed | None
) -> Card:
    said = typed.get(row.id, {})
    other = theirs.get(row.id, {}) if theirs is not None else None
    titles = leads_of(layout.form)
    leads = tuple(
        (title, text) for title, text in zip(titles, row.lead, strict=False) if title != NUMBER
    )
    return Card(
        id=f"c{place}",
        row=row.id,
        title=f"{NUMBER} {row.id}" if row.id else layout.form.name,
        leads=leads,
        fields=tuple(
            _field(
                f"c{place}-{asked.id}",
                row.id,
                asked,
                said.get(asked.id, ""),
                tuple(told.get((row.id, asked.title), ())),
                _differs(asked, said, other),
            )
            for asked in layout.answered
        ),
    )


def _field(
    id_: str,
    row: str,
    asked: FormField,
    value: str,
    problems: tuple[Finding, ...],
    theirs: str | None,
) -> Field:
    return Field(
        id=id_,
        name=f"{TYPED}:{row}:{asked.id}",
        file_name=f"{FILE}:{row}:{asked.id}" if asked.names_files else "",
        asked=asked,
        value=value,
        problems=problems,
        theirs=theirs,
    )


def _differs(
    asked: FormField, said: Mapping[str, str], other: Mapping[str, str] | None
) -> str | None:
    if other is None:
        return None
    theirs = other.get(asked.id, "")
    return theirs if theirs != said.get(asked.id, "") else None


def typed_in(case: Case, posted: FormData) -> dict[str, dict[str, str]]:
    """What was typed, of what was asked; a file that was chosen in a row is named there."""
    layout = layout_of(case.form)
    typed: dict[str, dict[str, str]] = {}
    for row in case.rows:
        said = {asked.id: text for asked in layout.answered if (text := _text(row, asked, posted))}
        if said:
            typed[row.id] = said
    return typed


def without_name(case: Case, typed: Typed, name: str) -> dict[str, dict[str, str]]:
    """What was typed; a file that is taken out is not named any more, where it had a line."""
    fields = {asked.id for asked in layout_of(case.form).answered if asked.names_files}
    return {
        row: {
            answer: _without_line(text, name) if answer in fields else text
            for answer, text in said.items()
        }
        for row, said in typed.items()
    }


def _without_line(text: str, name: str) -> str:
    return "\n".join(line for line in text.splitlines() if file_key(line) != file_key(name))


def _text(row: AskedRow, asked: FormField, posted: FormData) -> str:
    text = posted.text(f"{TYPED}:{row.id}:{asked.id}").strip()
    chosen = posted.files.get(f"{FILE}:{row.id}:{asked.id}", ())
    if not asked.names_files or not chosen:
        return text
    named = set(asked.files_named(text))
    lines = [text, *(file.name for file in chosen if file.name not in named)]
    return "\n".join(filter(None, lines))
