"""Judge a form that was typed into the web page, by the same rules as a workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import NOTHING, NOTHING_ID, AskedRow
from dutyflow.plan.field_types import FormField
from dutyflow.plan.forms import Form

from .judge import Verdict, files_named
from .layout import FormLayout, layout_of
from .problems import Problem
from .records import Record
from .texts import plain

Typed = Mapping[str, Mapping[str, str]]  # by the row's id ("" where there is one), then the field's


class PagePlace(NamedTuple):
    """The place of a record on the page, which has rows and titles but no sheets and cells."""

    row: str

    @property
    def sheet(self) -> str:
        return ""

    def address_of(self, column: FormField) -> str:
        return f"編號 {self.row}「{column.title}」" if self.row else f"「{column.title}」"

    def merged(self, column: FormField) -> str:  # noqa: ARG002 - nothing is, on a page
        return ""


def judge_typed(
    typed: Typed, *, form: Form, rows: Sequence[AskedRow], attached: Collection[str] = ()
) -> Verdict:
    """The verdict on what was typed; rows and fields that were not asked for are ignored.

    `attached` are the keys of the files that have come (see `file_key`).
    """
    layout = layout_of(form)
    answers: list[Answer] = []
    problems: list[Problem] = []
    for row in rows:
        record = _record(layout, row.id, typed.get(row.id, {}), attached)
        answer = record.read(whole=True)
        problems += record.problems
        if answer is not None:
            answers.append(answer)
    return Verdict(
        answers=tuple(answers),
        problems=tuple(problems),
        files=tuple(files_named(layout, answers)),
    )


def _record(
    layout: FormLayout, row: str, said: Mapping[str, str], attached: Collection[str]
) -> Record:
    cells = [said.get(column.id, "") for column in layout.answered]
    return Record(layout=layout, row=row, cells=cells, where=PagePlace(row), attached=attached)


def typed_from(form: Form, answers: Iterable[Answer]) -> dict[str, dict[str, str]]:
    """The texts that stand on the page for these answers: the inverse of judging."""
    fields = layout_of(form).fields
    return {answer.row: _typed(fields, answer) for answer in answers}


def _typed(fields: Mapping[str, FormField], answer: Answer) -> dict[str, str]:
    said = {
        field: plain(fields[field].written(value))
        for field, value in answer.values.items()
        if field in fields
    }
    return {**said, NOTHING_ID: NOTHING} if answer.nothing else said


def all_nothing(form: Form, rows: Sequence[AskedRow]) -> tuple[Answer, ...]:
    """The answers of a section that confirms 無辦理事項 for every row, or for the whole form."""
    ids = [row.id for row in rows] if form.is_table else [""]
    return tuple(Answer(row=row, nothing=True) for row in ids)
