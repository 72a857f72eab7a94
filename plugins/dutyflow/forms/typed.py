"""A form that was typed into a page: the same records as a workbook's, judged by the same rules."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import NOTHING, NOTHING_ID, AskedRow
from dutyflow.plan.field_types import FormField
from dutyflow.plan.forms import Form

from .blank import Blank, blank_of
from .judge import Verdict, files_named
from .problems import Problem
from .records import Record
from .texts import plain

Typed = Mapping[str, Mapping[str, str]]  # by the row's id ("" where there is one), then the field's


class OnThePage(NamedTuple):
    """A record on the page. There are no sheets and cells to name, but rows and titles."""

    row: str

    @property
    def sheet(self) -> str:
        return ""

    def told(self, column: FormField) -> str:
        return f"編號 {self.row}「{column.title}」" if self.row else f"「{column.title}」"

    def merged(self, column: FormField) -> str:  # noqa: ARG002 - nothing is, on a page
        return ""


def judge_typed(
    typed: Typed, *, form: Form, rows: Sequence[AskedRow], attached: Collection[str] = ()
) -> Verdict:
    """The verdict on what was typed; a row or field that nobody asked about is not looked at.

    `attached` are the keys of the files that have come (see `file_key`).
    """
    blank = blank_of(form)
    answers: list[Answer] = []
    problems: list[Problem] = []
    for row in rows:
        record = _record(blank, row.id, typed.get(row.id, {}), attached)
        answer = record.read(whole=True)
        problems += record.problems
        if answer is not None:
            answers.append(answer)
    return Verdict(
        answers=tuple(answers),
        problems=tuple(problems),
        files=tuple(files_named(blank, answers)),
    )


def _record(blank: Blank, row: str, said: Mapping[str, str], attached: Collection[str]) -> Record:
    cells = [said.get(column.id, "") for column in blank.answered]
    return Record(blank=blank, row=row, cells=cells, where=OnThePage(row), attached=attached)


def typed_from(form: Form, answers: Iterable[Answer]) -> dict[str, dict[str, str]]:
    """What would have been typed for these answers: the inverse of judging."""
    fields = blank_of(form).fields
    return {answer.row: _typed(fields, answer) for answer in answers}


def _typed(fields: Mapping[str, FormField], answer: Answer) -> dict[str, str]:
    said = {
        field: plain(fields[field].written(value))
        for field, value in answer.values.items()
        if field in fields
    }
    return {**said, NOTHING_ID: NOTHING} if answer.nothing else said


def all_nothing(form: Form, rows: Sequence[AskedRow]) -> tuple[Answer, ...]:
    """無辦理事項 in every row of the form, or in the only one."""
    ids = [row.id for row in rows] if form.is_table else [""]
    return tuple(Answer(row=row, nothing=True) for row in ids)
