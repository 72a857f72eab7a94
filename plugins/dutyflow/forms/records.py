"""Judge one record of a form: a row of a table, or all the fields of a form that is filled once."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from dutyflow.infra.sandbox.cell_errors import MARK
from dutyflow.plan.answers import Answer, Value
from dutyflow.plan.conditions import Condition
from dutyflow.plan.field_types import FormField, UnfitError

from .layout import FormLayout
from .placeholders import formula_error, is_placeholder, may_be_placeholder, refers_back
from .problems import Problem, quoted, shown
from .texts import Cell, file_key, plain

_RETYPE = "請直接填寫文字或數字，不要用公式；或改好公式再存檔"
_NAMED = 5  # missing files that are told by name


class RecordPlace(Protocol):
    """Where a record stands."""

    @property
    def sheet(self) -> str:
        """The name of its sheet; "" on a page."""

    def address_of(self, column: FormField) -> str:
        """What tells the cell of a field from all others of the sheet, like `F12`."""

    def merged(self, column: FormField) -> str:
        """The cells that it is merged with; "" for none, and for the first of them."""


@dataclass(kw_only=True)
class Record:
    """The cells of one record, one for each of `layout.answered`; reading it gathers `problems`.

    A form has many cells and few problems: the address of a cell is only asked for where there is
    one. `row` is the row's id, "" where a form is filled once. `attached` are the keys of the files
    that have come.
    """

    layout: FormLayout
    row: str
    cells: Sequence[Cell]
    where: RecordPlace
    attached: Collection[str]
    problems: list[Problem] = field(default_factory=list)

    def read(self, *, whole: bool) -> Answer | None:
        """The answer, None where nothing usable was given.

        `whole`: all columns are there, so that a required one that is blank is a problem.
        """
        values: dict[str, Value] = {}
        unfit: set[str] = set()
        nothing = self._confirms_nothing()
        for column, cell in zip(self.layout.answered, self.cells, strict=True):
            if cell is None or cell == "":
                continue
            if isinstance(cell, str) and cell[0] == MARK and (trouble := formula_error(cell)):
                unfit.add(column.id)
                self._report(column, f"「{column.title}」{trouble}", column.expected, _RETYPE)
                continue
            try:
                if isinstance(cell, str) and self._says_nothing(column, cell, nothing):
                    continue
                value = _value(column, cell)
            except UnfitError as reason:
                unfit.add(column.id)
                self._unfit(column, cell, reason.hint)
            else:
                if value is not None:
                    values[column.id] = value
        if whole:
            self._check_whole(values, unfit)
        return self._answer(values)

    def _confirms_nothing(self) -> bool:
        """Whether 無辦理事項 is chosen, which a dash in another cell does not contradict."""
        confirm = self.layout.confirm
        if confirm is None or not self.cells[-1]:
            return False
        try:
            return _value(confirm, self.cells[-1]) is not None
        except UnfitError:
            return False

    def _says_nothing(self, column: FormField, cell: str, nothing: bool) -> bool:
        """Whether a cell holds a placeholder and may be empty.

        Raises UnfitError for a placeholder where words are required.
        """
        if not may_be_placeholder(cell):
            return False
        if column.required and not nothing:
            self._ask_for_words(column, cell)
            return False
        return (column.required or column.takes_placeholders) and is_placeholder(cell)

    def _ask_for_words(self, column: FormField, cell: str) -> None:
        """Raise UnfitError for a cell that refers to another answer, or says that there is nothing.

        The latter only in the record's first text: 無辦理事項 has a field of its own.
        """
        confirm = self.layout.confirm
        none = confirm is not None and column is self.layout.substance and is_placeholder(cell)
        if not none and not refers_back(cell):
            return
        hint = f"請寫出本期的{column.title}"
        if confirm is not None:
            hint += f"；沒有辦理，請在「{confirm.title}」欄選「{confirm.choice}」"
        raise UnfitError(hint)

    def _answer(self, values: dict[str, Value]) -> Answer | None:
        confirm = self.layout.confirm
        nothing = confirm is not None and values.pop(confirm.id, None) is not None
        if not values and not nothing:
            return None
        return Answer(row=self.row, values=values, nothing=nothing)

    def _check_whole(self, values: dict[str, Value], unfit: set[str]) -> None:
        confirm = self.layout.confirm
        typed = values.keys() | unfit
        given = [column for column in self.layout.required if column.id in typed]
        if confirm is not None and confirm.id in typed:
            if confirm.id in values and given:
                self._contradiction(given)
                del values[confirm.id]
            return
        if len(given) < len(self.layout.required):
            self._lacking([c for c in self.layout.required if c not in given], none=not given)
        for column, when in self.layout.asked_besides:
            if column.id not in typed and when.holds(values.get(when.field)):
                self._lacking_because(column, when, values)
        if self.layout.files:
            self._check_files(values)

    def _contradiction(self, given: list[FormField]) -> None:
        confirm = self.layout.confirm
        assert confirm is not None  # noqa: S101 - it was chosen
        cells = "、".join(map(_title, given))
        self._report(
            confirm,
            f"選了「{confirm.choice}」，但{cells}也有內容",
            "兩者擇一",
            f"有辦理請清除{_title(confirm)}；沒有辦理請清除{cells}",
        )

    def _lacking(self, lacking: list[FormField], *, none: bool) -> None:
        if none and len(lacking) > 1:
            cells = "與".join(map(_title, lacking))
            first = self.layout.required[0]
            hint = next(filter(None, map(self._why_blank, lacking)), "")
            self._report(first, f"{cells}都是空白", self.layout.row_expected, hint)
            return
        for column in lacking:
            expected = self.layout.row_expected if none else column.expected
            self._report(column, f"「{column.title}」空白", expected, self._why_blank(column))

    def _why_blank(self, column: FormField) -> str:
        """The hint for a blank cell that is merged with one above it; "" for any other."""
        merged = self.where.merged(column)
        if not merged:
            return ""
        return f"{merged} 是合併儲存格，只有第一格算數；請取消合併，每一列各填各的"

    def _lacking_because(
        self, column: FormField, when: Condition, values: Mapping[str, Value]
    ) -> None:
        cause = self.layout.fields[when.field]
        filled = plain(cause.written(values[when.field]))
        found = f"{when.in_words(cause.title)}（填的是 {filled}），而「{column.title}」空白"
        self._report(column, found, column.expected, column.prompt)

    def _check_files(self, values: Mapping[str, Value]) -> None:
        for column in self.layout.files:
            named = column.files_named(values.get(column.id, ""))
            lacking = [name for name in named if file_key(name) not in self.attached]
            if lacking:
                told = "、".join(map(quoted, lacking[:_NAMED]))
                hint = "請把檔案與表單一起附上，檔名（含副檔名）要一致"
                self._report(column, f"沒有附上{told}", column.expected, hint)

    def _unfit(self, column: FormField, cell: Cell, hint: str) -> None:
        found = f"「{column.title}」填的是{quoted(plain(cell))}"
        self._report(column, found, column.expected, hint)

    def _report(self, column: FormField, found: str, expected: str, hint: str = "") -> None:
        self.problems.append(
            Problem(
                sheet=shown(self.where.sheet),
                cell=self.where.address_of(column),
                found=found,
                expected=expected,
                hint=hint,
                row=self.row,
                column=column.title,
            )
        )


def _value(column: FormField, cell: Cell) -> Value | None:
    """A cell's value; None for one that is blank. Raises UnfitError."""
    if isinstance(cell, float):
        return column.read_number(cell)
    text = plain(cell)
    return column.read(text) if text else None


def _title(column: FormField) -> str:
    """A field by its title, in a hint.

    Cells stand lower in the form that goes back, which has one more line on top.
    """
    return f"「{column.title}」"
