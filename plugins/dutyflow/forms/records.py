"""What stands in one record of a form, judged as a whole: a row of a table, or all of a list."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from dutyflow.answers import Answer, Value

from .blank import Blank
from .columns import InputColumn, TextColumn, UnfitError, holds, spoken
from .fillers import points_back, stands_for_nothing
from .problems import Problem, quoted, shown
from .table import Row
from .texts import Cell, file_key, plain

_NAMED = 5  # missing files that are told by name


class Place(Protocol):
    """What was filled in, and where: `address` tells it from others of its record, `told` from all
    others of its `sheet`."""

    @property
    def cell(self) -> Cell: ...
    @property
    def sheet(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def told(self) -> str: ...


class Placed(NamedTuple):
    """A cell of a workbook, and where it stands."""

    cell: Cell
    sheet: str
    row: Row
    title: str

    @property
    def address(self) -> str:
        """Like `F12`."""
        return self.row.address(self.title)

    @property
    def told(self) -> str:
        return self.address


@dataclass(kw_only=True)
class Record:
    """The cells of one record by the ids of their fields; reading it gathers `problems`.

    `row` is the row's id, "" where a form is filled once. `attached` are the keys of the files that
    have come.
    """

    blank: Blank
    row: str
    cells: Mapping[str, Place]
    attached: Collection[str]
    problems: list[Problem] = field(default_factory=list)

    def read(self, *, whole: bool) -> Answer | None:
        """The answer, None where nothing usable was given. `whole`: all of its columns are there,
        so that what must be filled can be told."""
        values: dict[str, Value] = {}
        unfit: set[str] = set()
        nothing = self._confirms_nothing()
        for column in self.blank.answered:
            placed = self.cells.get(column.answer)
            if placed is None or self._is_as_good_as_empty(column, placed.cell, nothing):
                continue
            try:
                if not nothing:
                    self._ask_for_words(column, placed.cell)
                value = column.read(placed.cell)
            except UnfitError as reason:
                unfit.add(column.answer)
                self._unfit(column, placed, reason.hint)
            else:
                if value is not None:
                    values[column.answer] = value
        if whole:
            self._check_whole(values, unfit)
        return self._answer(values)

    def _confirms_nothing(self) -> bool:
        """Whether 無辦理事項 is chosen: a dash beside it contradicts nothing."""
        confirm = self.blank.confirm
        placed = self.cells.get(confirm.answer) if confirm is not None else None
        if confirm is None or placed is None or not placed.cell:
            return False
        try:
            return confirm.read(placed.cell) is not None
        except UnfitError:
            return False

    def _is_as_good_as_empty(self, column: InputColumn, cell: Cell, nothing: bool) -> bool:
        """A filler, where nothing needs to be written. What is read by people stays as it is."""
        if column is self.blank.confirm:
            return False
        allowed = nothing if column.required else not isinstance(column, TextColumn)
        return allowed and stands_for_nothing(cell)

    def _ask_for_words(self, column: InputColumn, cell: Cell) -> None:
        """Raises UnfitError for what points to another answer, and for "none" where the row's first
        words should be: 無辦理事項 has a column of its own."""
        if not column.required:
            return
        confirm = self.blank.confirm
        none = confirm is not None and column is self.blank.substance and stands_for_nothing(cell)
        if not none and not points_back(cell):
            return
        hint = f"請寫出本期的{column.title}"
        if confirm is not None:
            hint += f"；沒有辦理，請在「{confirm.title}」欄選「{confirm.choice}」"
        raise UnfitError(hint)

    def _answer(self, values: dict[str, Value]) -> Answer | None:
        confirm = self.blank.confirm
        nothing = confirm is not None and values.pop(confirm.answer, None) is not None
        if not values and not nothing:
            return None
        return Answer(row=self.row, values=values, nothing=nothing)

    def _check_whole(self, values: dict[str, Value], unfit: set[str]) -> None:
        confirm = self.blank.confirm
        typed = values.keys() | unfit
        given = [column for column in self.blank.required if column.answer in typed]
        if confirm is not None and confirm.answer in typed:
            if confirm.answer in values and given:
                self._contradiction(given)
                del values[confirm.answer]
            return
        if len(given) < len(self.blank.required):
            self._lacking([c for c in self.blank.required if c not in given], none=not given)
        for column in self._asked_besides(values):
            if column.answer not in typed:
                self._lacking_because(column, values)
        self._check_files(values)

    def _asked_besides(self, values: Mapping[str, Value]) -> Iterator[InputColumn]:
        """What another field's value makes necessary."""
        return (
            column
            for column in self.blank.inputs
            if column.when is not None
            and not column.required
            and holds(column.when, values.get(column.when.field))
        )

    def _contradiction(self, given: list[InputColumn]) -> None:
        confirm = self.blank.confirm
        assert confirm is not None  # noqa: S101 - it was chosen
        cells = "、".join(map(_title, given))
        self._report(
            confirm,
            f"選了「{confirm.choice}」，但{cells}也有內容",
            "兩者擇一",
            f"有辦理請清除{_title(confirm)}；沒有辦理請清除{cells}",
        )

    def _lacking(self, lacking: list[InputColumn], *, none: bool) -> None:
        if none and len(lacking) > 1:
            cells = "與".join(map(_title, lacking))
            first = self.blank.required[0]
            self._report(first, f"{cells}都是空白", self.blank.row_expected)
            return
        for column in lacking:
            expected = self.blank.row_expected if none else column.expected
            self._report(column, f"「{column.title}」空白", expected)

    def _lacking_because(self, column: InputColumn, values: Mapping[str, Value]) -> None:
        when = column.when
        assert when is not None  # noqa: S101 - it holds
        title, value = self.blank.titles[when.field], values[when.field]
        found = f"{spoken(when, title)}（填的是 {plain(value)}），而「{column.title}」空白"
        self._report(column, found, column.expected, column.help)

    def _check_files(self, values: Mapping[str, Value]) -> None:
        for column in self.blank.files:
            named = column.names(str(values.get(column.answer, "")))
            lacking = [name for name in named if file_key(name) not in self.attached]
            if lacking:
                told = "、".join(map(quoted, lacking[:_NAMED]))
                hint = "請把檔案與表單一起附上，檔名（含副檔名）要一致"
                self._report(column, f"沒有附上{told}", column.expected, hint)

    def _unfit(self, column: InputColumn, placed: Place, hint: str) -> None:
        found = f"「{column.title}」填的是{quoted(plain(placed.cell))}"
        self._report(column, found, column.expected, hint)

    def _report(self, column: InputColumn, found: str, expected: str, hint: str = "") -> None:
        placed = self.cells[column.answer]
        self.problems.append(
            Problem(
                sheet=shown(placed.sheet),
                cell=placed.told,
                found=found,
                expected=expected,
                hint=hint,
                row=self.row,
                column=column.title,
            )
        )


def _title(column: InputColumn) -> str:
    """Not its cell: the form goes back with a line more on top, in which all cells stand lower."""
    return f"「{column.title}」"
