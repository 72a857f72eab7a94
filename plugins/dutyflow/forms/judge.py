"""Judge a form that came back: its answers, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import AskedRow
from dutyflow.plan.forms import Form

from .layout import FormLayout, layout_of
from .problems import Problem, quoted, shown
from .reader import Sheet, Workbook
from .rows import TableReading
from .stamp import BadStamp, FormStamp, spoken, unsign
from .table import FormTable, find_tables

__all__ = ["Problem", "Verdict", "judge", "stamp_in"]

STAMP_SHEET = "_dutyflow"
STAMP_KEY = "stamp"

_AGAIN = "請改填原信所附的表單"


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a form says and what is wrong with it; it is accepted where nothing is.

    `answers` holds what is valid, also where there are problems; that may be a part of a row.

    `files` are the names of the files that the answers rely on. `stamp` is there when its signature
    is ours, whatever assignment it names.
    """

    answers: tuple[Answer, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: tuple[str, ...] = ()
    stamp: FormStamp | None = None

    @property
    def accepted(self) -> bool:
        return not self.problems


def judge(
    workbook: Workbook,
    *,
    form: Form,
    rows: Sequence[AskedRow],
    secret: bytes,
    assignment: str,
    plan_hash: str,
    attached: Collection[str] = (),
) -> Verdict:
    """The verdict on a workbook that a section sent for its assignment.

    `rows` are what the assignment asks about, `attached` the keys of the files that have come (see
    `file_key`); a verdict that names no files is the same whatever has come.
    Raises nothing for what a stranger sent: whatever is wrong with it becomes Problems.
    """
    if workbook.refusal is not None:
        return Verdict(problems=(workbook.refusal,))
    layout, sheets = layout_of(form), workbook.sheets
    try:
        stamp, wrong_stamp = _stamp(sheets, secret), None
    except BadStamp as bad:
        stamp, wrong_stamp = None, _unusable_stamp(str(bad))
    if stamp is not None:
        if stamp.assignment != assignment or stamp.form != form.id:
            return Verdict(problems=(_other_form(stamp, assignment),), stamp=stamp)
        wrong_stamp = _outdated(stamp, form, plan_hash)
    tables = find_tables(sheets, layout)
    if len(tables) != 1:
        found = (wrong_stamp, _no_single_table(tables, layout))
        return Verdict(problems=tuple(filter(None, found)), stamp=stamp)
    asked = tuple(row.id for row in rows)
    reading = TableReading(layout=layout, table=tables[0], asked=asked, attached=attached)
    # An old form has other rows: that it must be replaced is all there is to say of them.
    reading.read(same_rows=stamp is None or stamp.plan_hash == plan_hash)
    problems = [wrong_stamp, *reading.problems] if wrong_stamp else reading.problems
    return Verdict(
        answers=tuple(reading.answers),
        problems=tuple(problems),
        files=tuple(files_named(layout, reading.answers)),
        stamp=stamp,
    )


def stamp_in(workbook: Workbook, secret: bytes) -> FormStamp | None:
    """Which form a workbook says that it is, if the signature is ours. Raises nothing."""
    try:
        return _stamp(workbook.sheets, secret)
    except BadStamp:
        return None


def files_named(layout: FormLayout, answers: Iterable[Answer]) -> Iterator[str]:
    """The files that the answers rely on."""
    for answer in answers:
        for field in layout.files:
            yield from field.files_named(answer.text(field.id))


def _stamp(sheets: Mapping[str, Sheet], secret: bytes) -> FormStamp:
    for row in sheets[STAMP_SHEET].rows if STAMP_SHEET in sheets else []:
        if len(row) > 1 and row[0] == STAMP_KEY:
            return unsign(str(row[1]), secret)
    raise BadStamp("找不到表單的識別資料")


def _unusable_stamp(found: str) -> Problem:
    hint = f"{_AGAIN}，不要複製到新的檔案"
    return Problem(sheet="", cell="", found=found, expected="本次寄出的表單", hint=hint)


def _other_form(stamp: FormStamp, assignment: str) -> Problem:
    return Problem(
        sheet="",
        cell="",
        found=f"這是另一份表單（{shown(spoken(stamp.assignment))}）",
        expected=f"本次寄出的表單（{shown(spoken(assignment))}）",
        hint=_AGAIN,
    )


def _outdated(stamp: FormStamp, form: Form, plan_hash: str) -> Problem | None:
    if stamp.plan_hash == plan_hash and stamp.form_version == form.version:
        return None
    return Problem(
        sheet="",
        cell="",
        found="這是舊版的表單，計畫內容已更新",
        expected="最新寄出的表單",
        hint="請改填新表單；已填的內容會盡量帶入",
    )


def _no_single_table(tables: Sequence[FormTable], layout: FormLayout) -> Problem:
    if not tables:
        titles = "、".join(f"「{title}」" for title, _ in layout.across)
        found, hint = "找不到填報的表格", f"{_AGAIN}，標題列（{titles}）請勿更動"
        return Problem(
            sheet="", cell="", found=found, expected=f"「{layout.form.name}」工作表", hint=hint
        )
    names = "、".join(quoted(table.sheet) for table in tables)
    return Problem(
        sheet="",
        cell="",
        found=f"有 {len(tables)} 個填過的工作表（{names}）",
        expected="只有一個",
        hint="請刪除多餘的工作表",
    )
