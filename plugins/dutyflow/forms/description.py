"""A form as data: its columns, what may stand in them, and the words for it.

The workbook, its validation, its judge and their Chinese messages all read this one description.
A new form is another `Form`.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from dutyflow.plan.model import Measure
from dutyflow.workbooks import CELL_LIMIT, clean, units

Cell = str | float | int | bool | None
Value = str | float | bool | None

_NUMBER = re.compile(r"([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)\s*分?", re.ASCII)


class UnfitError(Exception):
    """A cell does not hold what its column asks for. `hint` says what to do; may be empty."""

    def __init__(self, hint: str = "") -> None:
        self.hint = hint
        super().__init__(hint)


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column. `width` is in Excel's unit, the width of the digit 0."""

    title: str
    width: float


@dataclass(frozen=True, kw_only=True)
class PlanColumn(Column):
    """Locked: shows what the plan says. `source` names the measure's field."""

    source: str

    def shown(self, measure: Measure) -> str:
        text = str(getattr(measure, self.source))
        if self.source == "text" and measure.item:
            return f"【{measure.item}】\n{text}"
        return text


@dataclass(frozen=True, kw_only=True)
class InputColumn(Column):
    """Filled by the section. `answer` names the Answer's field.

    A `required` one may stay empty only where the form's confirmation is chosen.
    """

    answer: str
    required: bool = False
    prompt: str

    @property
    def expected(self) -> str:
        """What should stand in the cell, in the section's words."""
        raise NotImplementedError

    def read(self, cell: Cell) -> Value:
        """The cell's value, None if it is blank. Raises UnfitError where it is not `expected`."""
        raise NotImplementedError

    def written(self, value: Value) -> str | float | None:
        """What is put into the cell for a value: the inverse of `read`."""
        return value


@dataclass(frozen=True, kw_only=True)
class TextColumn(InputColumn):
    """Any text of up to `limit` UTF-16 units, as Excel counts."""

    limit: int = CELL_LIMIT

    @property
    def expected(self) -> str:
        return f"{self.limit:,} 字以內的文字"

    def read(self, cell: Cell) -> str | None:
        text = plain(cell)
        if 2 * len(text) > self.limit and units(text) > self.limit:
            raise UnfitError("請摘要填寫，全文請另附檔案")
        return text or None


@dataclass(frozen=True, kw_only=True)
class NumberColumn(InputColumn):
    """A number from `low` to `high`; full-width digits and numbers typed as text are understood."""

    low: int
    high: int

    @property
    def expected(self) -> str:
        return f"{self.low} 到 {self.high} 的數字"

    def read(self, cell: Cell) -> float | None:
        number = cell if isinstance(cell, float) else self._typed(cell)
        if number is not None and not self.low <= number <= self.high:  # NaN is not, either
            raise UnfitError("可以有小數")
        return number

    def _typed(self, cell: Cell) -> float | None:
        text = folded(plain(cell))
        if not text:
            return None
        written = _NUMBER.fullmatch(text)
        if written is None:
            raise UnfitError("請填阿拉伯數字，例如 90 或 87.5")
        return float(written[1])


@dataclass(frozen=True, kw_only=True)
class ConfirmColumn(InputColumn):
    """A drop-down with one choice: by choosing it, the section confirms that it had nothing."""

    choice: str

    @property
    def expected(self) -> str:
        return f"空白或「{self.choice}」"

    def read(self, cell: Cell) -> bool | None:
        text = plain(cell)
        if not text:
            return None
        if folded(text) != folded(self.choice):
            raise UnfitError("請用下拉選單選擇")
        return True

    def written(self, value: Value) -> str | None:
        return self.choice if value else None


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a section is asked: one row per measure.

    `version` rises with every change of the columns, so that an old form is known as one.
    """

    id: str
    version: int
    sheet: str
    plan_columns: tuple[PlanColumn, ...]
    inputs: tuple[InputColumn, ...]
    confirm: ConfirmColumn

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        return (*self.plan_columns, *self.inputs, self.confirm)

    @cached_property
    def answered(self) -> tuple[InputColumn, ...]:
        """Every column that the section fills, the confirmation last."""
        return (*self.inputs, self.confirm)

    @cached_property
    def required(self) -> tuple[InputColumn, ...]:
        return tuple(column for column in self.inputs if column.required)

    @cached_property
    def key(self) -> PlanColumn:
        """The column by which rows are told apart (編號)."""
        return next(column for column in self.plan_columns if column.source == "id")

    @property
    def row_expected(self) -> str:
        """What a row needs, in the section's words."""
        asked = "與".join(f"「{column.title}」" for column in self.required)
        return f"填寫{asked}，或在「{self.confirm.title}」欄選「{self.confirm.choice}」"


def plain(cell: Cell) -> str:
    """A cell's content as a person sees it, without outer blanks; "" for an empty cell."""
    if isinstance(cell, str):
        # Most cells by far: nothing in them that is invisible, but perhaps spaces.
        return cell.strip() if cell.isprintable() else stripped(clean(cell))
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def folded(text: str) -> str:
    """Text for comparing: full-width letters and digits as ordinary ones, no blanks at all."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def stripped(text: str) -> str:
    """Without blanks at both ends, invisible characters (zero-width space, BOM) included."""
    start, end = 0, len(text)
    while start < end and _invisible(text[start]):
        start += 1
    while start < end and _invisible(text[end - 1]):
        end -= 1
    return text[start:end]


def _invisible(character: str) -> bool:
    if "!" <= character <= "~" or "一" <= character <= "鿿":
        return False
    return character.isspace() or unicodedata.category(character) == "Cf"


SELF_ASSESSMENT = Form(
    id="self_assessment",
    version=1,
    sheet="自評表",
    plan_columns=(
        PlanColumn(title="編號", width=9, source="id"),
        PlanColumn(title="面向", width=10, source="aspect"),
        PlanColumn(title="執行策略", width=18, source="strategy"),
        PlanColumn(title="具體作法", width=44, source="text"),
    ),
    inputs=(
        TextColumn(
            title="執行情形",
            width=44,
            answer="text",
            required=True,
            prompt="請說明本期辦理情形與成果。換行請按 Alt+Enter。",
        ),
        NumberColumn(
            title="自評分數",
            width=10,
            answer="score",
            required=True,
            low=0,
            high=100,
            prompt="請填 0 到 100 的數字，可以有小數。",
        ),
        TextColumn(
            title="佐證",
            width=20,
            answer="evidence",
            prompt="可填公文文號、網址或檔名；沒有可留空。",
        ),
    ),
    confirm=ConfirmColumn(
        title="無辦理事項",
        width=12,
        answer="nothing",
        choice="無辦理事項",
        prompt="本期沒有辦理時才選「無辦理事項」；選了之後，執行情形與自評分數請留空。",
    ),
)
