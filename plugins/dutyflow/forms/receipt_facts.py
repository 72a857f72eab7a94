"""Sum up an accepted form in the lines of its receipt: how much was filled, mean scores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dutyflow.plan.answers import Answer
from dutyflow.plan.field_types import FormField
from dutyflow.plan.forms import Form

SCORE_UNIT = "分"  # of what is told as a mean

Fact = tuple[str, str]


def receipt_facts(form: Form, rows: int, answers: Sequence[Answer]) -> tuple[Fact, ...]:
    """Lines of a label and a value. `rows` is how many the form asks for."""
    return tuple(_of_a_table(form, rows, answers) if form.is_table else _of_one(form, answers))


def _of_a_table(form: Form, rows: int, answers: Sequence[Answer]) -> Iterator[Fact]:
    yield "已填項數", f"{len(answers)} 項（應填 {rows} 項）"
    if form.nothing:
        yield "無辦理事項", f"{sum(answer.nothing for answer in answers)} 項"
    for field in form.fields:
        if field.measured_in == SCORE_UNIT:
            yield f"平均{field.title}", _mean(field, answers)


def _of_one(form: Form, answers: Sequence[Answer]) -> Iterator[Fact]:
    if any(answer.nothing for answer in answers):
        yield "填報內容", "無辦理事項"
        return
    filled = sum(len(answer.values) for answer in answers)
    yield "已填欄位", f"{filled} 欄（共 {len(form.asked)} 欄）"


def _mean(field: FormField, answers: Sequence[Answer]) -> str:
    numbers = [n for answer in answers if (n := answer.number(field.id)) is not None]
    if not numbers:
        return "無（沒有評分的項目）"
    return f"{sum(numbers) / len(numbers):.2f} {field.measured_in}"
