"""The fields of a form as columns: what may stand in a cell, and the words for it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import ClassVar

from dutyflow.calendars.roc import format_roc, parse_date
from dutyflow.infra.xlsx import units
from dutyflow.plan.answers import Value
from dutyflow.plan.asking import NOTHING, NOTHING_ID
from dutyflow.plan.forms import (
    CELL_LIMIT,
    NO,
    YES,
    Above,
    Below,
    ChoiceField,
    Condition,
    DateField,
    Equals,
    FileField,
    FormField,
    NumberField,
    TextField,
    YesNoField,
    choices_of,
)

from .texts import Cell, folded, plain

_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+)(\D*)", re.ASCII)
_LIST_ENDS = re.compile(r"[\n、；;]+")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_EARLIEST = 1950
_WEEKDAY = re.compile(
    r"\((?:星期|週|周|禮拜)?[一二三四五六日天]\)$|(?:星期|週|周|禮拜)[一二三四五六日天]$"
)
_TIME = re.compile(
    r"[\sT]\s*(?:[上下]午|[AP]M)?\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[AP]M)?\s*$",
    re.IGNORECASE,
)
_CHINESE = re.compile("[〇零一二三四五六七八九十百]+")
_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
# Excel counts days from here (and believes that 1900 was a leap year); these are 1950 to 2199.
_EXCEL_EPOCH, _EXCEL_DAYS = date(1899, 12, 30), range(18_264, 109_571)
_TICKS = ("V", "ˇ", "√", "✓", "✔", "☑", "■", "●", "TRUE")  # in a box, or for a yes
_WORDS_FOR = {
    YES: (YES, "Y", "YES", *_TICKS),
    NO: (NO, "N", "NO", "FALSE"),
    NOTHING: (NOTHING, *_TICKS),
}


class UnfitError(Exception):
    """A cell does not hold what its column asks for. `hint` says what to do; may be empty."""

    def __init__(self, hint: str = "") -> None:
        self.hint = hint
        super().__init__(hint)


@dataclass(frozen=True)
class InputColumn:
    """Filled by the section: a field of the form, where a cell's content meets it.

    A required one may stay empty only where 無辦理事項 is chosen; `when` asks for it besides. One
    that is not may be filled with what stands for nothing, if it `takes_fillers`: what is read by
    people stays as it is.
    """

    takes_fillers: ClassVar = True

    field: FormField

    @cached_property
    def title(self) -> str:
        return self.field.title

    @cached_property
    def answer(self) -> str:
        return self.field.id

    @property
    def width(self) -> float:
        """In Excel's unit."""
        return self.field.columns_wide

    @cached_property
    def required(self) -> bool:
        return self.field.required

    @cached_property
    def when(self) -> Condition | None:
        return self.field.required_when

    @property
    def help(self) -> str:
        return self.field.help or f"請填{self.expected}。"

    @property
    def expected(self) -> str:
        """What should stand in the cell, in the section's words."""
        raise NotImplementedError

    def read(self, cell: Cell) -> Value | None:
        """The cell's value, None if it is blank. Raises UnfitError where it is not `expected`."""
        raise NotImplementedError

    def written(self, value: Value) -> Value:
        """What is put into the cell for a value: the inverse of `read`."""
        return value


@dataclass(frozen=True)
class TextColumn(InputColumn):
    """Any text of up to so many UTF-16 units, as Excel counts."""

    takes_fillers: ClassVar = False
    field: TextField

    @property
    def expected(self) -> str:
        limit = self.field.max_length
        return "文字說明" if limit == CELL_LIMIT else f"{limit:,} 字以內的文字"

    def read(self, cell: Cell) -> str | None:
        text = plain(cell)
        if 2 * len(text) > self.field.max_length and units(text) > self.field.max_length:
            limit = self.field.max_length
            raise UnfitError(f"最多 {limit:,} 字；請摘要填寫，全文請另附檔案")
        return text or None


@dataclass(frozen=True)
class NumberColumn(InputColumn):
    """A number in its range; full-width digits and numbers typed as text are understood."""

    field: NumberField

    @property
    def expected(self) -> str:
        kind = "整數" if self.field.whole else "數字"
        return f"{spoken_number(self.field.min)} 到 {spoken_number(self.field.max)} 的{kind}"

    def read(self, cell: Cell) -> float | None:
        number = cell if isinstance(cell, float) else self._typed(cell)
        if number is None:
            return None
        if not self.field.min <= number <= self.field.max:  # NaN is not, either
            raise UnfitError("" if self.field.whole else "可以有小數")
        if self.field.whole and not number.is_integer():
            raise UnfitError("不可以有小數")
        return number

    def _typed(self, cell: Cell) -> float | None:
        text = folded(plain(cell))
        if not text:
            return None
        written = _NUMBER.fullmatch(text)
        if written is None or written[2] not in ("", folded(self.field.unit)):
            raise UnfitError("請填阿拉伯數字，例如 90 或 87.5")
        return float(written[1].replace(",", ""))


@dataclass(frozen=True)
class DateColumn(InputColumn):
    """A day, in ROC or western years, or as a date of Excel's; kept as an ISO date."""

    field: DateField

    @property
    def expected(self) -> str:
        return "民國年月日，例如 107/7/6"

    def read(self, cell: Cell) -> str | None:
        text = folded(_TIME.sub("", plain(cell)))
        if not text:
            return None
        try:
            return day_in(text).isoformat()
        except ValueError:
            raise UnfitError("請依序填年、月、日，以 / 或 - 分開；年份寫民國三位數") from None

    def written(self, value: Value) -> Value:
        return format_roc(date.fromisoformat(str(value)))


def day_in(text: str) -> date:
    """The day in a cell's folded text, typed in whatever way or kept as Excel does.

    Raises ValueError.
    """
    text = _WEEKDAY.sub("", text)
    if re.fullmatch(r"\d{7,8}", text, re.ASCII):  # 1070706, 20180706
        return _sensible(parse_date(f"{text[:-4]}-{text[-4:-2]}-{text[-2:]}"))
    if text.isdecimal() and int(text) in _EXCEL_DAYS:
        return _EXCEL_EPOCH + timedelta(days=int(text))
    return _sensible(parse_date(_CHINESE.sub(_arabic, text.removesuffix("00:00:00"))))


def _sensible(day: date) -> date:
    """A year of two digits may be of either calendar: nobody knows which, so nobody guesses."""
    if day.year < _EARLIEST:
        raise ValueError(f"「{day}」太早；年份請寫民國三位數或西元四位數")
    return day


def _arabic(written: re.Match[str]) -> str:
    """`一百零七`, `一〇七`, `十二` as digits."""
    digits = written[0].translate(_DIGITS)
    if not re.search("[百十]", digits):
        return digits
    hundreds, has_hundred, rest = digits.rpartition("百")
    tens, has_ten, ones = rest.rpartition("十")
    if not has_ten:
        ones = rest
    total = int(hundreds or 1) * 100 if has_hundred else 0
    total += int(tens.strip("0") or 1) * 10 if has_ten else 0
    return str(total + int(ones or 0))


@dataclass(frozen=True)
class ChoiceColumn(InputColumn):
    """A drop-down; 是 and 否 are understood in other words too."""

    field: ChoiceField | YesNoField

    @property
    def choices(self) -> tuple[str, ...]:
        return choices_of(self.field)

    @property
    def expected(self) -> str:
        return "、".join(f"「{choice}」" for choice in self.choices) + " 擇一"

    def read(self, cell: Cell) -> str | None:
        text = folded(plain(cell)).upper()
        if not text:
            return None
        for choice in self.choices:
            if text in (folded(word).upper() for word in _WORDS_FOR.get(choice, (choice,))):
                return choice
        raise UnfitError("請用下拉選單選擇")


@dataclass(frozen=True)
class FileColumn(InputColumn):
    """Names of files that come along, or web addresses; several on lines of their own."""

    field: FileField

    @property
    def expected(self) -> str:
        return "一起附上的檔案名稱，或網址"

    def read(self, cell: Cell) -> str | None:
        return plain(cell) or None

    @staticmethod
    def names(value: str) -> Iterator[str]:
        """The files that a value names; web addresses are not among them."""
        parts = (part.strip() for part in _LIST_ENDS.split(value))
        return (part for part in parts if part and not _ADDRESS.fullmatch(part))


class ConfirmColumn(ChoiceColumn):
    """A drop-down with one choice: by choosing it, the section confirms that it had nothing."""

    takes_fillers: ClassVar = False

    @property
    def choice(self) -> str:
        return NOTHING

    @property
    def expected(self) -> str:
        return f"空白或「{self.choice}」"


def confirm_column(help_: str) -> ConfirmColumn:
    return ConfirmColumn(
        ChoiceField(
            id=NOTHING_ID, title=NOTHING, type="choice", choices=(NOTHING,), width=12, help=help_
        )
    )


def input_column(field: FormField) -> InputColumn:
    match field:
        case TextField():
            return TextColumn(field)
        case NumberField():
            return NumberColumn(field)
        case DateField():
            return DateColumn(field)
        case ChoiceField() | YesNoField():
            return ChoiceColumn(field)
        case FileField():
            return FileColumn(field)


def spoken_number(number: float) -> str:
    """As people write it: `100`, `1,000,000`, `87.5`."""
    return f"{int(number):,}" if float(number).is_integer() else f"{number:,}"


def holds(when: Condition, value: Value | None) -> bool:
    """Whether the condition is true of what its field holds."""
    match when:
        case Below():
            return isinstance(value, float) and value < when.below
        case Above():
            return isinstance(value, float) and value > when.above
        case Equals():
            return value == when.equals


def spoken(when: Condition, title: str) -> str:
    """The condition in words: `「分數」低於 90`."""
    match when:
        case Below():
            return f"「{title}」低於 {spoken_number(when.below)}"
        case Above():
            return f"「{title}」高於 {spoken_number(when.above)}"
        case Equals():
            return f"「{title}」為「{when.equals}」"
