"""Write the workbook that a section fills: locked where the plan speaks, open where it answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.answers import Answer
from dutyflow.plan.model import Measure
from dutyflow.workbooks import cell_at, put_number, put_text, save

from . import looks
from .description import Column, Form, InputColumn, PlanColumn
from .judge import STAMP_KEY, STAMP_SHEET
from .layout import fitting_size, row_height
from .problems import Problem
from .stamp import FormStamp, sign
from .validation import add_validation

_LOOSE = 8  # problems without a cell that are told on the form; the mail tells all
_LINES = 3  # room for writing, in rows whose measure is short


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What stands above the table. `period` and `deadline` are in words already."""

    office: str
    section: str
    duty: str
    period: str
    deadline: str
    reply_to: str
    coordinator: str


def write_form(
    *,
    form: Form,
    stamp: FormStamp,
    secret: bytes,
    heading: Heading,
    rows: Sequence[Measure],
    answers: Iterable[Answer] = (),
    problems: Iterable[Problem] = (),
) -> bytes:
    """The form as .xlsx, one row per measure, filled with the answers that are known.

    Cells named by `problems` (those of a verdict) are coloured and carry the problem as a comment;
    problems of no single cell stand above the table. The same input gives the same bytes.
    """
    workbook = Workbook()
    workbook.properties.creator = heading.office
    workbook.properties.title = f"{heading.duty}{form.sheet} {heading.period} {heading.section}"
    sheet = workbook.worksheets[0]
    sheet.title = form.sheet
    writer = _Writer(sheet=sheet, form=form, marks=_Marks.of(problems))
    writer.write_title(heading)
    writer.write_table(rows, {answer.measure: answer for answer in answers})
    writer.set_up_page()
    _write_stamp(workbook, stamp, secret)
    return save(workbook)


@dataclass(frozen=True, kw_only=True)
class _Marks:
    """Problems by the place that they belong to in the form, and those that have none."""

    placed: Mapping[tuple[str, str], Sequence[Problem]]
    loose: Sequence[Problem]

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> _Marks:
        placed: dict[tuple[str, str], list[Problem]] = {}
        loose = []
        for problem in problems:
            if problem.measure and problem.column:
                placed.setdefault((problem.measure, problem.column), []).append(problem)
            else:
                loose.append(problem)
        return cls(placed=placed, loose=loose)

    def notice(self) -> str:
        """What is said above the table; "" where there is nothing to say."""
        if not self.placed and not self.loose:
            return ""
        lines = ["【退回補正】請修正後再寄回："]
        lines += [f"・您寄來的檔案：{problem}" for problem in self.loose[:_LOOSE]]
        if self.placed:
            lines.append(
                f"・有 {len(self.placed)} 個紅色的儲存格需要修正，原因寫在各儲存格的註解裡。"
            )
        return "\n".join(lines)


class _GrowingRow(RowDimension):
    """A row with a height to begin with, that still grows when more is typed into it.

    openpyxl marks every height as set by hand, which would stop Excel from doing so.
    """

    @property
    def customHeight(self) -> bool:  # noqa: N802  openpyxl's name
        return False


@dataclass(kw_only=True)
class _Writer:
    sheet: Worksheet
    form: Form
    marks: _Marks
    header: int = field(default=0)  # the header's row, known once the title is written
    last: int = field(default=0)

    def write_title(self, heading: Heading) -> None:
        form = self.form
        title = f"{heading.office}　{heading.duty}{form.sheet}"
        self._write_line(title, looks.TITLE)
        self._write_line(
            f"期別：{heading.period}　　填報組室：{heading.section}　　"
            f"填報期限：{heading.deadline}　　計畫承辦人：{heading.coordinator}",
            looks.SUBTITLE,
        )
        self._write_line(
            f"填寫方式：每一列請{form.row_expected}。淺黃色的儲存格可以填寫；其他儲存格已鎖定。\n"
            f"寄回方式：填妥後直接回覆原信並附上本檔（{heading.reply_to}）。",
            looks.NOTE,
        )
        if notice := self.marks.notice():
            self._write_line(notice, looks.NOTICE)
        self.header = self.last + 1

    def _write_line(self, text: str, look: looks.Look) -> None:
        """One line of the title block, across the whole table."""
        self.last += 1
        cell = cell_at(self.sheet, self.last, 1)
        look.on(cell)
        put_text(cell, text)
        self.sheet.merge_cells(
            start_row=self.last, end_row=self.last, start_column=1, end_column=self._width
        )
        across = sum(column.width for column in self.form.columns)
        self.sheet.row_dimensions[self.last].height = row_height([(text, across)], size=look.size)

    @property
    def _width(self) -> int:
        return len(self.form.columns)

    def write_table(self, rows: Sequence[Measure], answers: Mapping[str, Answer]) -> None:
        for place, column in enumerate(self.form.columns, 1):
            cell = cell_at(self.sheet, self.header, place)
            looks.HEADER.on(cell)
            put_text(cell, column.title)
            self.sheet.column_dimensions[get_column_letter(place)].width = column.width
        self.sheet.row_dimensions[self.header].height = 24
        for number, measure in enumerate(rows, self.header + 1):
            self._write_row(number, measure, answers.get(measure.id))
        self.last = self.header + len(rows)
        if rows:
            self._add_validations()

    def _write_row(self, number: int, measure: Measure, answer: Answer | None) -> None:
        texts = []
        for place, column in enumerate(self.form.columns, 1):
            cell = cell_at(self.sheet, number, place)
            content = _content(column, measure, answer)
            text = str(content or "")
            size = fitting_size(text, column.width, sizes=looks.SIZES)
            looks.of(column).on(cell, size=size)
            if isinstance(column, InputColumn):
                cell.protection = Protection(locked=False)
            _put(cell, content)
            self._mark(cell, measure, column)
            texts.append((text, column.width))
        height = row_height(texts, size=looks.BODY_SIZE, lines=_LINES)
        row = _GrowingRow(self.sheet, index=number, ht=height)
        self.sheet.row_dimensions[number] = row

    def _mark(self, cell: Cell, measure: Measure, column: Column) -> None:
        problems = self.marks.placed.get((measure.id, column.title))
        if not problems:
            return
        here = [replace(p, sheet=self.form.sheet, cell=cell.coordinate) for p in problems]
        looks.mark_bad(cell)
        comment = Comment("\n".join(map(str, here)), "計畫承辦人", height=130, width=330)
        cell.comment = comment

    def _add_validations(self) -> None:
        for place, column in enumerate(self.form.columns, 1):
            if isinstance(column, InputColumn):
                letter = get_column_letter(place)
                cells = f"{letter}{self.header + 1}:{letter}{self.last}"
                add_validation(self.sheet, column, cells)

    def set_up_page(self) -> None:
        sheet = self.sheet
        looks.set_up_page(sheet)
        sheet.print_title_rows = f"{self.header}:{self.header}"
        sheet.print_area = f"A1:{get_column_letter(self._width)}{self.last}"
        sheet.freeze_panes = f"B{self.header + 1}"
        first = next(
            place
            for place, column in enumerate(self.form.columns, 1)
            if isinstance(column, InputColumn)
        )
        start = f"{get_column_letter(first)}{self.header + 1}"
        for selection in sheet.sheet_view.selection:
            selection.activeCell = selection.sqref = start
        protection = sheet.protection
        protection.sheet = True
        protection.formatRows = protection.formatColumns = False  # False: stays allowed


def _content(column: Column, measure: Measure, answer: Answer | None) -> str | float | None:
    if isinstance(column, PlanColumn):
        return column.shown(measure)
    if isinstance(column, InputColumn) and answer is not None:
        return column.written(getattr(answer, column.answer))
    return None


def _put(cell: Cell, value: str | float | None) -> None:
    if isinstance(value, str):
        put_text(cell, value)
    elif value is not None:
        put_number(cell, value)


def _write_stamp(workbook: Workbook, stamp: FormStamp, secret: bytes) -> None:
    sheet = workbook.create_sheet(STAMP_SHEET)
    sheet.sheet_state = "hidden"
    sheet.protection.sheet = True
    facts = (
        (STAMP_KEY, sign(stamp, secret)),
        ("form", stamp.form),
        ("form_version", str(stamp.form_version)),
        ("plan_hash", stamp.plan_hash),
    )
    for row, fact in enumerate(facts, 1):
        for column, text in enumerate(fact, 1):
            put_text(cell_at(sheet, row, column), text)
