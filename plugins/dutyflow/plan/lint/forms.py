"""Forms whose parts do not fit together: their fields, their conditions, their rows. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dutyflow.plan.asking import NOTHING_ID, RESERVED
from dutyflow.plan.catalogue import shipped_forms
from dutyflow.plan.conditions import Above, Below, Equals
from dutyflow.plan.draft import Draft
from dutyflow.plan.field_types import FIELD_TYPES, FormField
from dutyflow.plan.forms import Form
from dutyflow.plan.model import Duty
from dutyflow.plan.source import Place, Remark
from dutyflow.plan.texts import shown
from dutyflow.plan.words import did_you_mean, listed, titled

# What the report 考核結果彙整表 reads of its form.
SCORED_FIELDS = {"text": "text", "score": "number"}


def lint_forms(draft: Draft) -> Iterator[Remark]:
    """What does not fit together in the forms of one plan file, and in what its duties ask with."""
    for index, form in draft.forms.items():
        yield from _form(("forms", index), form)
    for index, duty in draft.duties.items():
        yield from _form_of(("duties", index), duty, draft)


def _form(place: Place, form: Form) -> Iterator[Remark]:
    yield from _repeated(place, form, "id")
    yield from _repeated(place, form, "title")
    for index, field in enumerate(form.fields):
        here = (*place, "fields", index)
        yield from _reserved(here, field)
        yield from _attributes(here, field)
        yield from _condition((*here, "required_when"), field, form)
    if not any(field.required for field in form.fields):
        yield Remark(
            place=(*place, "fields"),
            found=f"填報表 {titled(form.id, {form.id: form.name})}沒有必填的欄位",
            expected="至少一個欄位 required: true，否則空白也算填了",
        )
    if isinstance(form.rows, tuple):
        yield from _rows_twice((*place, "rows"), form.rows)


def _repeated(place: Place, form: Form, what: str) -> Iterator[Remark]:
    """Ids or titles that are used twice; the reasons beside 是否 questions count as well."""
    name = {"id": "代碼", "title": "欄位標題"}[what]
    first: dict[str, Place] = {}
    for index, field in enumerate(form.fields):
        for each in (field, *field.beside()):
            here, value = (*place, "fields", index, what), getattr(each, what)
            if value in first:
                yield Remark(
                    place=here,
                    found=f"{name}{shown(value)}重複",
                    expected=f"同一張表內每一個{name}只用一次",
                    see=first[value],
                )
            first.setdefault(value, here)


def _reserved(place: Place, field: FormField) -> Iterator[Remark]:
    if field.title in RESERVED:
        yield Remark(
            place=(*place, "title"),
            found=f"欄位標題{shown(field.title)}",
            expected=f"其他標題：{listed(sorted(RESERVED))}為表單固定欄位所用",
        )
    if field.id == NOTHING_ID:
        yield Remark(
            place=(*place, "id"),
            found=f"欄位代碼「{NOTHING_ID}」",
            expected=f"其他代碼：{NOTHING_ID} 用來表示無辦理事項",
        )


def _attributes(place: Place, field: FormField) -> Iterator[Remark]:
    for each in field.mistakes():
        yield Remark(place=(*place, *each.place), found=each.found, expected=each.expected)


def _rows_twice(place: Place, rows: tuple[str, ...]) -> Iterator[Remark]:
    for position, name in enumerate(rows):
        if name in rows[:position]:
            found = f"列名{shown(name)}重複"
            yield Remark(place=(*place, position), found=found, expected="每一個列名只列一次")


def _condition(place: Place, field: FormField, form: Form) -> Iterator[Remark]:
    when = field.required_when
    if when is None:
        return
    others = {each.id: each for each in form.fields if each.id != field.id}
    asked = others.get(when.field)
    if asked is None:
        titles = {each.id: each.title for each in others.values()}
        yield Remark(
            place=(*place, "field"),
            found=f"同一張表沒有其他欄位{shown(when.field)}",
            expected=listed(titled(each, titles) for each in titles) if titles else "另一個欄位",
            hint=did_you_mean(when.field, titles, titles),
        )
    elif isinstance(when, (Below, Above)) and not asked.is_numeric:
        yield Remark(
            place=place,
            found=f"below 或 above 所指的欄位 {asked.id}（{asked.title}）不是數字",
            expected=_of_types(name for name, each in FIELD_TYPES.items() if each.is_numeric),
        )
    elif isinstance(when, Equals) and when.equals not in asked.options:
        closed = (name for name, each in FIELD_TYPES.items() if each.is_closed)
        yield Remark(
            place=(*place, "is"),
            found=f"欄位 {asked.id}（{asked.title}）不會是{shown(when.equals)}",
            expected=listed(asked.options, "或") or _of_types(closed),
            hint=did_you_mean(when.equals, asked.options, {}),
        )


def _of_types(types: Iterable[str]) -> str:
    return f"type: {' 或 '.join(types)} 的欄位"


def _form_of(place: Place, duty: Duty, draft: Draft) -> Iterator[Remark]:
    """A duty whose form is not there, or does not ask what its report tells."""
    known = {**{key: form.name for key, form in shipped_forms().items()}, **draft.form_names}
    if duty.form not in known:
        yield Remark(
            place=(*place, "form"),
            found=f"沒有填報表{shown(duty.form)}",
            expected=f"forms 自訂，或內附的：{listed(titled(each, known) for each in known)}",
            hint=did_you_mean(duty.form, known, known),
        )
        return
    own = {form.id: form for form in draft.forms.values()}
    form = own.get(duty.form) or shipped_forms().get(duty.form)
    if duty.report == "assessment_summary" and form is not None:
        yield from _scored((*place, "report"), form)


def _scored(place: Place, form: Form) -> Iterator[Remark]:
    types = {field.id: field.type for field in form.fields}
    lacking = [each for each, kind in SCORED_FIELDS.items() if types.get(each) != kind]
    if form.rows != "measures" or lacking:
        yield Remark(
            place=place,
            found=f"考核結果彙整表所用的填報表 {titled(form.id, {form.id: form.name})}"
            f"{_what_lacks(form, lacking)}",
            expected="rows: measures，且有 text（文字）與 score（數字）兩個欄位",
            hint="不計分者請用 report: plain",
        )


def _what_lacks(form: Form, lacking: Iterable[str]) -> str:
    return f"沒有欄位 {listed(lacking)}" if form.rows == "measures" else "不是每項具體作法一列"
