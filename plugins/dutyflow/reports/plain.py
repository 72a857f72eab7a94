"""The plain report (填報彙整表): every section's answers as they were given, and who is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from dutyflow.plan.answers import Answer, Value
from dutyflow.plan.asking import AskedRow, asked_rows, leads_of
from dutyflow.plan.field_types import FIELD_TYPES, FormField, TextField
from dutyflow.plan.forms import Form
from dutyflow.plan.model import Section

from .model import Entry, Report, Status, Tally
from .received import Material
from .wording import spoken_score


@dataclass(frozen=True, kw_only=True)
class Question:
    """One field that was asked, as the report keeps it. `width` is its width in the form."""

    id: str
    title: str
    type: str
    width: int
    unit: str = ""

    def shown(self, value: Value | None) -> str:
        """A value in words: a date in ROC years, a number with its unit, "" for none."""
        if value is None:
            return ""
        written = _field_type(self).written(value)
        return f"{spoken_score(written)}{self.unit}" if isinstance(written, float) else written

    @property
    def is_centred(self) -> bool:
        """Whether its values stand in the middle of their column."""
        return _field_type(self).is_centred


def _field_type(question: Question) -> type[FormField]:
    """The question's type of field; that of texts where there is none of its name any more."""
    return FIELD_TYPES.get(question.type, TextField)


@dataclass(frozen=True, kw_only=True)
class PlainRow:
    """One section's answer in one row of the form; `values` in the order of the questions.

    `lead` are the row's locked texts (see `AskedRow`), `row` its id.
    """

    section: str
    row: str
    lead: tuple[str, ...]
    status: Status
    late: bool = False
    values: tuple[Value | None, ...] = ()

    @property
    def entry(self) -> Entry:
        """The row as an entry, to be counted."""
        return Entry(section=self.section, status=self.status, late=self.late)


@dataclass(frozen=True, kw_only=True)
class PlainReport(Report):
    """The report that lists every answer.

    `leads` are the titles of the rows' locked texts; none where a form is filled once.
    """

    kind: Literal["plain"] = "plain"
    leads: tuple[str, ...]
    questions: tuple[Question, ...]
    rows: tuple[PlainRow, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(name for name in self.sections if self.tally(name).missing)

    def tally(self, section: str | None = None) -> Tally:
        """How complete the whole report is, or one section's part in it, counted in rows."""
        wanted = [row for row in self.rows if section in (None, row.section)]
        return Tally.of(row.entry for row in wanted)


def list_answers(material: Material) -> PlainReport:
    """Make the plain report on one cycle.

    A row that was left blank is missing, as are all rows of a section that sent nothing.
    """
    plan, duty = material.plan, material.duty
    form = plan.form_of(duty)
    sections = plan.sections_of(duty)
    return PlainReport(
        title=f"{material.period}{duty.name}彙整表",
        office=plan.office.name,
        duty=duty.name,
        period=material.period,
        version=material.version,
        made_on=material.made_on,
        due_on=material.due_on,
        note=duty.assumption and f"依據：{duty.clause}。假設：{duty.assumption}",
        sections=tuple(section.name for section in sections),
        signatures=material.signatures,
        leads=leads_of(form),
        questions=tuple(map(_question, form.asked)),
        rows=tuple(row for section in sections for row in _rows(material, section)),
    )


def _question(field: FormField) -> Question:
    return Question(
        id=field.id,
        title=field.title,
        type=field.type,
        width=field.columns_wide,
        unit=field.measured_in,
    )


def _rows(material: Material, section: Section) -> Iterator[PlainRow]:
    sent = material.sent_by(section.id)
    answers = {answer.row: answer for answer in sent.answers or ()}
    form = material.plan.form_of(material.duty)
    for asked in asked_rows(material.plan, material.duty, section):
        answer = answers.get(asked.id)
        if answer is None:
            yield _unanswered(section, asked, sent.unanswered)
        else:
            yield _answered(form, section, asked, answer, late=sent.late)


def _unanswered(section: Section, asked: AskedRow, status: Status) -> PlainRow:
    return PlainRow(section=section.name, row=asked.id, lead=asked.lead, status=status)


def _answered(
    form: Form, section: Section, asked: AskedRow, answer: Answer, *, late: bool
) -> PlainRow:
    return PlainRow(
        section=section.name,
        row=asked.id,
        lead=asked.lead,
        status="nothing" if answer.nothing else "reported",
        late=late,
        values=tuple(answer.values.get(field.id) for field in form.asked),
    )
