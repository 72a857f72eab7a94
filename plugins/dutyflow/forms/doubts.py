"""Find what is odd about valid answers (存疑), for the coordinator to look at. Pure.

A doubt refuses nothing: text pasted into every row, a text or a number that is as it was or far
from what it was in the cycle before, evidence left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import AskedRow
from dutyflow.plan.field_types import FormField
from dutyflow.plan.forms import Form
from dutyflow.plan.texts import folded

from .texts import plain

Kind = Literal["as_before", "far", "blank", "pasted"]
Answers = Mapping[str, Answer]  # by their rows
SHOWN = 5  # rows that are named
PASTED_ROWS = 3  # the same in fewer may well be true


@dataclass(frozen=True, kw_only=True)
class Doubt:
    """Something odd about one field.

    `rows` are the ids of all rows in which it is so, none in a form that is filled once. `said` is
    a sentence without its full stop.
    """

    kind: Kind
    column: str
    rows: tuple[str, ...]
    said: str


def doubts(
    form: Form, rows: Sequence[AskedRow], answers: Iterable[Answer], before: Iterable[Answer] = ()
) -> tuple[Doubt, ...]:
    """The doubts about answers, in the order of the form's fields.

    `before` are the answers of the cycle before, without those to rows that asked for something
    else then.
    """
    order = {row.id: place for place, row in enumerate(rows)}
    given = {each.row: each for each in answers if each.row in order and not each.nothing}
    given = dict(sorted(given.items(), key=lambda item: order[item[0]]))
    earlier = {each.row: each for each in before if not each.nothing}
    found = (look(each, given, earlier) for each in form.asked for look in _LOOKS)
    return tuple(doubt for doubt in found if doubt is not None)


def _as_before(field: FormField, given: Answers, earlier: Answers) -> Doubt | None:
    if not (field.is_prose and field.required):
        return None
    same = [
        row
        for row, answer in given.items()
        if row in earlier
        and (text := folded(answer.text(field.id)))
        and text == folded(earlier[row].text(field.id))
    ]
    return _doubt("as_before", field, same, "文字與上一期相同")


def _far(field: FormField, given: Answers, earlier: Answers) -> Doubt | None:
    if (limit := field.far_off) is None:
        return None
    found: dict[str, str] = {}
    for row, answer in given.items():
        now, then = answer.number(field.id), earlier.get(row, Answer()).number(field.id)
        if now is not None and then is not None and abs(now - then) >= limit:
            found[row] = f"{plain(field.written(then))} → {plain(field.written(now))}"
    said = f"與上一期相差 {plain(limit)} {field.measured_in}".rstrip() + "以上"
    return _doubt("far", field, list(found), said, found)


def _blank(field: FormField, given: Answers, _earlier: Answers) -> Doubt | None:
    if not field.wanted:
        return None
    return _doubt("blank", field, [r for r, a in given.items() if field.id not in a.values], "未填")


def _pasted(field: FormField, given: Answers, _earlier: Answers) -> Doubt | None:
    """The same text in more than half of the rows."""
    if not (field.is_prose and field.required):
        return None
    texts = {row: text for row, answer in given.items() if (text := folded(answer.text(field.id)))}
    if not texts:
        return None
    text, count = Counter(texts.values()).most_common(1)[0]
    if count < PASTED_ROWS or count * 2 <= len(texts):
        return None
    return _doubt("pasted", field, [row for row in texts if texts[row] == text], "各列文字相同")


_Look = Callable[[FormField, Answers, Answers], Doubt | None]
_LOOKS: tuple[_Look, ...] = (_pasted, _as_before, _far, _blank)


def _doubt(
    kind: Kind, field: FormField, rows: list[str], what: str, notes: Mapping[str, str] | None = None
) -> Doubt | None:
    if not rows:
        return None
    said = f"「{field.title}」{what}"
    named = "、".join(_named(rows[:SHOWN], notes or {}))
    if named:
        said += f"：{named}" + (f" 等 {len(rows)} 項" if len(rows) > SHOWN else "")
    return Doubt(kind=kind, column=field.title, rows=tuple(filter(None, rows)), said=said)


def _named(rows: Iterable[str], notes: Mapping[str, str]) -> Iterator[str]:
    for row in rows:
        note = notes.get(row, "")
        if row or note:
            yield f"{row}（{note}）" if row and note else row or note
