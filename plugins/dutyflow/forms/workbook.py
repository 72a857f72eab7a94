"""Write the workbook that a section fills, in which only the cells for answers are unlocked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.dimensions import RowDimension
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.infra.xlsx import cell_at, put_number, put_text, save
from dutyflow.plan.answers import Answer, Value
from dutyflow.plan.asking import NUMBER, AskedRow
from dutyflow.plan.field_types import FormField
from dutyflow.plan.forms import Form

from . import styles
from .judge import STAMP_KEY, STAMP_SHEET
from .layout import ANSWER_WIDTH, HELP_WIDTH, FormLayout, layout_of
from .nothing import NothingField
from .problems import Problem
from .row_heights import fitting_size, row_height
from .stamp import FormStamp, sign
from .validation import add_validation

_LOOSE = 8  # problems without a cell that are told on the form; the mail tells all
_LINES = 3  # room for writing, in rows whose measure is short


@dataclass(frozen=True, kw_only=True)
class Heading:
    """What stands above the table; `period` and `deadline` are in words."""

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
    rows: Sequence[AskedRow],
    answers: Iterable[Answer] = (),
    problems: Iterable[Problem] = (),
) -> bytes:
    """The form as .xlsx, filled with the answers that are known.

    Cells named by `problems` (those of a verdict) are coloured and carry the problem as a comment;
    problems of no single cell stand above the table. The same input gives the same bytes.
    """
    workbook = Workbook()
    workbook.properties.creator = heading.office
    workbook.properties.title = f"{heading.duty}{form.name} {heading.period} {heading.section}"
    sheet = workbook.worksheets[0]
    sheet.title = form.name
    writer = _Writer(sheet=sheet, layout=layout_of(form), marks=_Marks.of(problems))
    writer.write_title(heading)
    writer.write_table(rows, {answer.row: answer for answer in answers})
    writer.set_up_page()
    _write_stamp(workbook, stamp, secret)
    return save(workbook)


@dataclass(frozen=True, kw_only=True)
class _Marks:
    """The problems to be marked, by row and column, and those that belong to no cell."""

    placed: Mapping[tuple[str, str], Sequence[Problem]]
    loose: Sequence[Problem]

    @classmethod
    def of(cls, problems: Iterable[Problem]) -> _Marks:
        placed: dict[tuple[str, str], list[Problem]] = {}
        loose = []
        for problem in problems:
            if problem.row is not None and problem.column:
                placed.setdefault((problem.row, problem.column), []).append(problem)
            else:
                loose.append(problem)
        return cls(placed=placed, loose=loose)

    def notice(self) -> str:
        """The notice above the table about problems; "" where there are none."""
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
    """A row that has a height and still grows when more is typed into it.

    openpyxl marks every height as set by hand, which would stop Excel from doing so.
    """

    @property
    def customHeight(self) -> bool:  # noqa: N802  openpyxl's name
        return False


@dataclass(kw_only=True)
class _Writer:
    sheet: Worksheet
    layout: FormLayout
    marks: _Marks
    header: int = field(default=0)  # the header's row, known once the title is written
    last: int = field(default=0)

    def write_title(self, heading: Heading) -> None:
        form = self.layout.form
        self._write_line(f"{heading.office}　{heading.duty}　{form.name}", styles.TITLE)
        self._write_line(
            f"期別：{heading.period}　　填報組室：{heading.section}　　"
            f"填報期限：{heading.deadline}　　計畫承辦人：{heading.coordinator}",
            styles.SUBTITLE,
        )
        self._write_line("\n".join(self._how_to(heading)), styles.NOTE)
        if notice := self.marks.notice():
            self._write_line(notice, styles.NOTICE)
        self.header = self.last + 1

    def _how_to(self, heading: Heading) -> Iterator[str]:
        form = self.layout.form
        each = "每一列請" if form.is_table else "請"
        yield (
            f"填寫方式：{each}{self.layout.row_expected}。淺黃色的儲存格可以填寫；其他儲存格已鎖定。"
        )
        yield f"寄回方式：填妥後直接回覆原信並附上本檔（{heading.reply_to}）。"
        if form.note:
            yield f"填表說明：{form.note}"

    def _write_line(self, text: str, style: styles.CellStyle) -> None:
        """One line of the title block, across the whole table."""
        self.last += 1
        cell = cell_at(self.sheet, self.last, 1)
        style.on(cell)
        put_text(cell, text)
        self.sheet.merge_cells(
            start_row=self.last, end_row=self.last, start_column=1, end_column=self._width
        )
        across = sum(width for _, width in self.layout.across)
        self.sheet.row_dimensions[self.last].height = row_height([(text, across)], size=style.size)

    @property
    def _width(self) -> int:
        return len(self.layout.across)

    def write_table(self, rows: Sequence[AskedRow], answers: Mapping[str, Answer]) -> None:
        for place, (title, width) in enumerate(self.layout.across, 1):
            cell = cell_at(self.sheet, self.header, place)
            styles.HEADER.on(cell)
            put_text(cell, title)
            self.sheet.column_dimensions[get_column_letter(place)].width = width
        self.sheet.row_dimensions[self.header].height = 24
        self.last = self.header
        if self.layout.form.is_table:
            self._write_across(rows, answers)
        else:
            self._write_down(answers.get(""))

    def _write_across(self, rows: Sequence[AskedRow], answers: Mapping[str, Answer]) -> None:
        """A row for each thing that is asked about, the fields as columns."""
        locked = len(self.layout.locked)
        for row in rows:
            written = [
                *self._write_locked(row.lead, [width for _, width in self.layout.locked]),
                *(
                    self._write_input(locked + place, row.id, column, answers.get(row.id))
                    for place, column in enumerate(self.layout.answered, 1)
                ),
            ]
            self._mark(cell_at(self.sheet, self.last + 1, 1), row.id, NUMBER)
            self._end_row(written, lines=_LINES)
        for place, column in enumerate(self.layout.answered, locked + 1):
            if rows:
                letter = get_column_letter(place)
                cells = f"{letter}{self.header + 1}:{letter}{self.last}"
                add_validation(self.sheet, column, cells)

    def _write_down(self, answer: Answer | None) -> None:
        """The fields one below the other, each with what is to be said about it at its side."""
        locked = [width for _, width in self.layout.locked]
        for column in self.layout.answered:
            lead = (self.layout.number_of(column), _with_mark(column))
            written = [
                *self._write_locked(lead, locked),
                self._write_input(len(locked) + 1, "", column, answer, width=ANSWER_WIDTH),
                *self._write_locked([column.prompt], [HELP_WIDTH], start=len(locked) + 2),
            ]
            cell = f"{get_column_letter(len(locked) + 1)}{self.last + 1}"
            add_validation(self.sheet, column, cell)
            self._end_row(written, lines=2)

    def _write_locked(
        self, texts: Sequence[str], widths: Sequence[float], start: int = 1
    ) -> list[tuple[str, float]]:
        for place, (text, width) in enumerate(zip(texts, widths, strict=True), start):
            cell = cell_at(self.sheet, self.last + 1, place)
            styles.LOCKED.on(cell, size=fitting_size(text, width, sizes=styles.SIZES))
            put_text(cell, text)
        return list(zip(texts, widths, strict=True))

    def _write_input(
        self,
        place: int,
        row: str,
        column: FormField,
        answer: Answer | None,
        width: float | None = None,
    ) -> tuple[str, float]:
        cell = cell_at(self.sheet, self.last + 1, place)
        content = _content(column, answer)
        text, width = str(content or ""), width or column.columns_wide
        styles.of_input(column).on(cell, size=fitting_size(text, width, sizes=styles.SIZES))
        cell.protection = Protection(locked=False)
        _put(cell, content)
        self._mark(cell, row, column.title)
        return text, width

    def _end_row(self, written: Sequence[tuple[str, float]], *, lines: int) -> None:
        self.last += 1
        height = row_height(written, size=styles.BODY_SIZE, lines=lines)
        row = _GrowingRow(self.sheet, index=self.last, ht=height)
        self.sheet.row_dimensions[self.last] = row

    def _mark(self, cell: Cell, row: str, title: str) -> None:
        problems = self.marks.placed.get((row, title))
        if not problems:
            return
        here = [replace(p, sheet=self.sheet.title, cell=cell.coordinate) for p in problems]
        styles.mark_bad(cell)
        comment = Comment("\n".join(map(str, here)), "計畫承辦人", height=130, width=330)
        cell.comment = comment

    def set_up_page(self) -> None:
        sheet = self.sheet
        styles.set_up_page(sheet)
        sheet.print_title_rows = f"{self.header}:{self.header}"
        sheet.print_area = f"A1:{get_column_letter(self._width)}{self.last}"
        sheet.freeze_panes = f"B{self.header + 1}"
        first = len(self.layout.locked) + 1
        start = f"{get_column_letter(first)}{self.header + 1}"
        for selection in sheet.sheet_view.selection:
            selection.activeCell = selection.sqref = start
        protection = sheet.protection
        protection.sheet = True
        protection.formatRows = protection.formatColumns = False  # False: stays allowed


def _content(column: FormField, answer: Answer | None) -> Value | None:
    if answer is None:
        return None
    if isinstance(column, NothingField):
        return column.choice if answer.nothing else None
    value = answer.values.get(column.id)
    return None if value is None else column.written(value)


def _with_mark(column: FormField) -> str:
    return f"{column.title}（必填）" if column.required else column.title


def _put(cell: Cell, value: Value | None) -> None:
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
