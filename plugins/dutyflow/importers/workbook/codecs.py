"""What may stand in a cell: how a value of the plan is shown in it, and read back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dutyflow.calendars.spoken import EXAMPLES, heard, spoken
from dutyflow.plan.conditions import Above, Below, Condition, Equals
from dutyflow.plan.explain import DATE_EXPECTED, NO_SUCH_DAY
from dutyflow.plan.field_types import NO, YES
from dutyflow.plan.field_types.date import day_in
from dutyflow.plan.model import Covers, MeasureCovers
from dutyflow.plan.texts import folded
from dutyflow.plan.words import CHOICE_TITLES, guess, listed
from dutyflow.plan.writing import written_date, written_number

from .labels import Labels

Shown = str | float  # a cell's content; "" leaves it empty

_SEPARATORS = re.compile(r"[、,，;；\n]+")
_BULLET = "・"
_DIGITS = 15  # that a spreadsheet keeps of a number
_ROWS = {"once": "一份", "measures": CHOICE_TITLES["measures"], "sections": "組室"}
_WHOLE = re.compile(r"([+-]?[0-9]{1,15})(?:\.0*)?[^0-9.,]*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?", re.IGNORECASE)
_PRINTED_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)*")
_YES = frozenset({YES, "true", "yes", "y", "1", "✓", "✔", "v", "○", "●", "o"})
_NO = frozenset({NO, "false", "no", "n", "0", "✗", "✘", "x"})


class Slip(Exception):
    """A cell does not hold what its column asks for.

    `found` is empty where it is simply what stands there, `part` where that is all of it.
    """

    def __init__(self, expected: str, hint: str = "", *, found: str = "", part: str = "") -> None:
        super().__init__(expected)
        self.found, self.expected, self.hint, self.part = found, expected, hint, part


class Codec:
    """Any text.

    `choices` are offered in a drop-down, or what stands in the column of a sheet and title
    (`offered`). Where it is `closed`, nothing else is right.
    """

    choices: tuple[str, ...] = ()
    offered: tuple[str, str] | None = None
    closed = False

    def show(self, value: Any) -> Shown:
        return str(value)

    def read(self, text: str) -> Any:
        """The value as a plan file has it. `text` is not empty. Raises Slip."""
        return text


@dataclass(frozen=True)
class Offered(Codec):
    """Any text; that of another column is offered."""

    offered: tuple[str, str]


class Code(Codec):
    """A code or an address: without blanks, in ordinary letters and digits."""

    def read(self, text: str) -> str:
        return folded(text)


class Day(Codec):
    def show(self, value: date) -> Shown:
        return written_date(value)

    def read(self, text: str) -> date:
        return read_day(text)


def read_day(text: str) -> date:
    """A day in ROC or Western years, or as Excel keeps it. Raises Slip."""
    try:
        return day_in(folded(text))
    except ValueError as error:
        hint = f"{NO_SUCH_DAY}，請檢查月份與日期" if NO_SUCH_DAY in str(error) else ""
        raise Slip(DATE_EXPECTED, hint) from None


class Whole(Codec):
    """A whole number, be there a unit after it or not."""

    def show(self, value: int) -> Shown:
        return value

    def read(self, text: str) -> int:
        match = _WHOLE.fullmatch(folded(text))
        if match is None:
            raise Slip("整數")
        return int(match[1])


class Number(Codec):
    """A number; one with more digits than a spreadsheet keeps is shown as text."""

    def show(self, value: float) -> Shown:
        return value if float(f"{value:.{_DIGITS}g}") == value else written_number(value)

    def read(self, text: str) -> float:
        return _number(text)


class Positive(Number):
    def read(self, text: str) -> float:
        value = _number(text)
        if value <= 0:
            raise Slip("大於 0 的數字")
        return value


def _number(text: str) -> float:
    written = folded(text).replace(",", "")
    if _NUMBER.fullmatch(written) is None:
        raise Slip("數字")
    return float(written)


class YesOrNo(Codec):
    choices = (YES, NO)
    closed = True

    def show(self, value: bool) -> Shown:
        return YES if value else NO

    def read(self, text: str) -> bool:
        word = folded(text).casefold()
        if word not in _YES | _NO:
            raise Slip(f"{YES}或{NO}")
        return word in _YES


@dataclass(frozen=True)
class Choice(Codec):
    """One of several codes, shown by its Chinese title."""

    codes: tuple[str, ...]
    titles: Mapping[str, str] = field(default_factory=lambda: CHOICE_TITLES)
    closed = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(map(self.show, self.codes))

    def show(self, value: str) -> str:
        return self.titles.get(value, value)

    def read(self, text: str) -> str:
        meaning = guess(folded(text), self.codes, self.titles)
        if meaning is not None and meaning[1]:
            return meaning[0]
        hint = f"是不是 {self.show(meaning[0])}？" if meaning else ""
        raise Slip(listed(self.choices, "或"), hint)


@dataclass(frozen=True)
class Choices(Codec):
    """Several codes, in their order."""

    codes: tuple[str, ...]

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        return Choice(self.codes).choices

    def show(self, value: Sequence[str]) -> Shown:
        return "、".join(map(Choice(self.codes).show, value))

    def read(self, text: str) -> list[str]:
        one = Choice(self.codes)
        words = filter(None, (word.strip() for word in _SEPARATORS.split(text)))
        return [_of_several(one, word) for word in words]


def _of_several(one: Choice, word: str) -> str:
    try:
        return one.read(word)
    except Slip as slip:
        expected = f"{slip.expected}，可用頓號列出幾個"
        raise Slip(expected, slip.hint, part=word) from None


@dataclass(frozen=True)
class Named(Codec):
    """Something that another sheet names; `what` it is, in a word."""

    labels: Labels
    what: str
    offered: tuple[str, str] | None = None

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        return self.labels.all

    def show(self, value: str) -> Shown:
        return self.labels.of(value)

    def read(self, text: str) -> str:
        code = self.labels.code(text)
        if code is not None:
            return code
        known = self.labels.all
        meaning = guess(text, known, {})
        hint = f"是不是 {meaning[0]}？" if meaning else ""
        expected = listed(known) if known else f"先列出{self.what}"
        raise Slip(expected, hint, found=f"沒有{self.what}「{text}」")


class Items(Codec):
    """Texts in their order: 甲、乙, or one on each line behind a dot."""

    def show(self, value: Iterable[str]) -> Shown:
        items = list(value)
        if any(_SEPARATORS.search(each) or each.startswith(_BULLET) for each in items):
            return bulleted(items)
        return "、".join(items)

    def read(self, text: str) -> list[str]:
        return items_in(text)


def bulleted(items: Iterable[str]) -> str:
    return "\n".join(f"{_BULLET}{each}" for each in items)


def items_in(text: str) -> list[str]:
    lines = [line.strip() for line in text.split("\n")]
    if text.startswith(_BULLET) or len(lines) > 1:
        return [line.removeprefix(_BULLET).strip() for line in lines if line]
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


class Rule(Codec):
    """A rule for a day, in words; the usual ones are offered."""

    choices = EXAMPLES

    def show(self, value: Any) -> Shown:
        return spoken(value)

    def read(self, text: str) -> dict[str, Any]:
        rule = heard(text)
        if rule is None:
            _refuse_no_such_day(text)
            raise Slip(
                f"日期規則，例如 {listed((EXAMPLES[1], EXAMPLES[6], EXAMPLES[9]), '或')}",
                "各種寫法見「說明」工作表",
            )
        return rule


def _refuse_no_such_day(text: str) -> None:
    try:
        read_day(text.partition("（")[0])
    except Slip as slip:
        if slip.hint:
            raise


class CoversCell(Codec):
    """How often the measures are done that are asked about, or their numbers."""

    choices = (
        _TWO := f"{CHOICE_TITLES['ongoing']}、{CHOICE_TITLES['yearly']}",
        CHOICE_TITLES["ongoing"],
        CHOICE_TITLES["yearly"],
    )

    def show(self, value: Covers) -> Shown:
        if isinstance(value, MeasureCovers):
            return "、".join(value.measures)
        return Choices(value.frequency).show(value.frequency)

    def read(self, text: str) -> dict[str, list[str]]:
        words = [folded(word) for word in re.split(r"[、,，;；\s]+", text) if word]
        if words and all(map(_PRINTED_NUMBER.fullmatch, words)):
            return {"measures": words}
        try:
            return {"frequency": Choices(("ongoing", "yearly")).read("、".join(words))}
        except Slip as slip:
            expected = f"{listed(self.choices[1:], '、')}，或具體作法的編號（以頓號相連）"
            raise Slip(expected, slip.hint, part=slip.part) from None


class Rows(Codec):
    """What a form has rows for: one of the kinds, or the rows' own names, one on each line."""

    choices = tuple(_ROWS.values())

    def show(self, value: Any) -> Shown:
        return _ROWS[value] if isinstance(value, str) else bulleted(value)

    def read(self, text: str) -> str | list[str]:
        for code, word in _ROWS.items():
            if folded(text) in (code, word):
                return code
        items = items_in(text)
        meaning = guess(items[0], self.choices, {})
        if meaning is not None and len(items) == 1 and not text.startswith(_BULLET):
            raise Slip(f"{listed(self.choices)}，或各列的名稱", f"是不是 {meaning[0]}？")
        return items


@dataclass(frozen=True)
class ConditionCell(Codec):
    """When a field must be filled: `「自評分數」低於 60`. `labels` are the fields of its form."""

    labels: Labels

    def show(self, value: Condition) -> Shown:
        field = f"「{self.labels.of(value.field)}」"
        match value:
            case Below():
                return f"{field}低於 {written_number(value.below)}"
            case Above():
                return f"{field}高於 {written_number(value.above)}"
            case Equals():
                return f"{field}為「{value.equals}」"

    def read(self, text: str) -> dict[str, Any]:
        for label, rest in self._parted(text):
            if (side := {"低於": "below", "高於": "above"}.get(rest[:2])) is not None:
                return {"field": self._field(label), side: _number(rest[2:])}
            match = re.fullmatch(r"(?:為|是|等於)\s*(?:「(.+)」|(.+))", rest, re.DOTALL)
            if match is not None:
                return {"field": self._field(label), "is": match[1] or match[2]}
        raise Slip("「欄位標題」低於 60、高於 60，或為「是」")

    def _parted(self, text: str) -> Iterable[tuple[str, str]]:
        """The field's label and the rest, in each way that the text can be taken apart."""
        for label in sorted(self.labels.all, key=len, reverse=True):
            for start in (f"「{label}」", label):
                if text.startswith(start):
                    yield label, text.removeprefix(start).strip()
        match = re.fullmatch(r"「?(.+?)」?\s*((?:低於|高於|為|是|等於).+)", text, re.DOTALL)
        if match is not None:
            yield match[1], match[2]

    def _field(self, label: str) -> str:
        return str(Named(self.labels, "欄位").read(label))
