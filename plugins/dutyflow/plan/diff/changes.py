"""What is different between two plans, field by field, in words and as data. Pure.

No difference means that the plans are equal, and each field that differs is named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from dutyflow.plan.field_types import FormField
from dutyflow.plan.fields import names
from dutyflow.plan.forms import Form
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.model import FREQUENCY_TITLES, Duty, Measure, Plan
from dutyflow.plan.parts import PlanPart
from dutyflow.plan.words import CHOICE_TITLES, FIELD_TITLES, listed

from .matching import Item, called, matched, out_of_place
from .redline import redlined
from .telling import told

Kind = Literal["added", "removed", "changed", "moved"]

WHOLE = "plan"  # the part that `year` and `effective_from` are of
PARTS = (
    "office",
    "header",
    "sections",
    "scoring",
    "measures",
    "forms",
    "ladders",
    "extensions",
    "duties",
)
PART_TITLES: Mapping[str, str] = {WHOLE: "計畫", **{part: FIELD_TITLES[part] for part in PARTS}}
_WORDY = 12  # characters; of longer texts only what has changed is told


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One thing that is not as it was.

    `part` is a field of the plan; `id` and `name` say which of its items, `field` which field of
    that, its way joined by dots: each is empty where there is none. `was` and `becomes` are as in
    the plan file, None where nothing stood; `sentence` tells it to a person.
    """

    part: str
    kind: Kind
    id: str = ""
    name: str = ""
    field: str = ""
    was: Any = None
    becomes: Any = None
    sentence: str


def differences(before: Plan, after: Plan) -> tuple[Difference, ...]:
    """Everything in which the later plan is not as the earlier one, in the order of PART_TITLES."""
    return tuple(_Comparison(before, after).of_plans())


@dataclass(frozen=True, kw_only=True)
class _At:
    """Where the comparison stands; `title` names an item within an item."""

    part: str
    id: str = ""
    name: str = ""
    way: tuple[str, ...] = ()
    title: str = ""

    def item(self, item: Item) -> _At:
        if isinstance(item, FormField):
            return replace(self, way=(*self.way, item.id), title=f"欄位「{item.title}」")
        name = item.item if isinstance(item, Measure) else item.name
        return replace(self, id=item.id, name=name)

    def difference(
        self, kind: Kind, sentence: str, *, field: str = "", was: Any = None, becomes: Any = None
    ) -> Difference:
        way = (*self.way, field) if field else self.way
        return Difference(
            part=self.part,
            kind=kind,
            id=self.id,
            name=self.name,
            field=".".join(way),
            was=was,
            becomes=becomes,
            sentence=f"{self.title}{sentence}",
        )


@dataclass(frozen=True)
class _Comparison:
    before: Plan
    after: Plan

    def of_plans(self) -> Iterator[Difference]:
        for field in ("year", "effective_from"):
            yield from self._field(_At(part=WHOLE), self.before, self.after, field)
        for part in PARTS:
            was, becomes = getattr(self.before, part), getattr(self.after, part)
            if isinstance(was, tuple):
                yield from self._lists(_At(part=part), was, becomes)
            else:
                yield from self._fields(_At(part=part), was, becomes)

    def _lists(
        self, at: _At, before: Sequence[Item], after: Sequence[Item]
    ) -> Iterator[Difference]:
        pairs = matched(before, after)
        for was, becomes in pairs:
            if was is not None and becomes is not None:
                yield from self._fields(at.item(becomes), was, becomes)
            elif becomes is not None:
                sentence = f"新增：{_summary(becomes, self.after)}"
                yield at.item(becomes).difference("added", sentence, becomes=_data(becomes))
            elif was is not None:
                sentence = f"刪除：{_summary(was, self.before)}"
                yield at.item(was).difference("removed", sentence, was=_data(was))
        for item, behind in out_of_place(before, pairs):
            sentence = f"順序：移到「{_known_by(behind)}」之後" if behind else "順序：移到最前面"
            yield at.item(item).difference("moved", sentence, becomes=behind.id if behind else None)

    def _fields(self, at: _At, was: PlanPart, becomes: PlanPart) -> Iterator[Difference]:
        for field in {**names(type(was)), **names(type(becomes))}:
            if isinstance(was, Form) and isinstance(becomes, Form) and field == "fields":
                here = replace(at, way=(*at.way, field))
                yield from self._lists(here, was.fields, becomes.fields)
            elif isinstance(was, Ladder) and isinstance(becomes, Ladder) and field == "rungs":
                yield from self._rungs(replace(at, way=(*at.way, field)), was, becomes)
            else:
                yield from self._field(at, was, becomes, field)

    def _rungs(self, at: _At, before: Ladder, after: Ladder) -> Iterator[Difference]:
        """A rung is known by its day: on another day it is another one."""
        was = {rung.working_days: rung for rung in before.rungs}
        now = {rung.working_days: rung for rung in after.rungs}
        for days in sorted(was.keys() | now.keys()):
            old, new = was.get(days), now.get(days)
            here = replace(at, way=(*at.way, str(days)))
            if old is not None and new is not None:
                yield from self._fields(replace(here, title=f"「{new.when}」"), old, new)
            elif new is not None:
                sentence = f"新增階段：{told(new, '', self.after)}"
                yield here.difference("added", sentence, becomes=_data(new))
            elif old is not None:
                sentence = f"刪除階段：{told(old, '', self.before)}"
                yield here.difference("removed", sentence, was=_data(old))

    def _field(self, at: _At, was: PlanPart, becomes: PlanPart, field: str) -> Iterator[Difference]:
        old, new = getattr(was, field, None), getattr(becomes, field, None)
        if old == new:
            return
        old_data, new_data = _data(was).get(field), _data(becomes).get(field)
        words = told(old, field, self.before), told(new, field, self.after)
        if words[0] == words[1]:  # the same words for something else
            words = str(old_data), str(new_data)
        title = names(type(becomes)).get(field) or names(type(was))[field]
        wordy = isinstance(old, (str, tuple)) and min(map(len, words)) > _WORDY
        changed = redlined(*words) if wordy else f"{words[0]} → {words[1]}"
        sentence = f"{title}：{changed}"
        yield at.difference("changed", sentence, field=field, was=old_data, becomes=new_data)


def _data(part: PlanPart) -> dict[str, Any]:
    data: dict[str, Any] = part.model_dump(mode="json", by_alias=True)
    return data


def _known_by(item: Item) -> str:
    return item.id if isinstance(item, Measure) else called(item)


def _summary(item: Item, plan: Plan) -> str:
    """An item that came or went, in a few words."""
    match item:
        case Measure():
            owners = told(item.owners, "owners", plan)
            return f"{called(item)}（{owners}；{FREQUENCY_TITLES[item.frequency]}）"
        case Duty():
            days = listed(f"{FIELD_TITLES[name]} {rule}" for name, rule in item.rules.items())
            return f"{CHOICE_TITLES[item.every]}；{days}"
        case Form():
            return f"欄位 {listed(each.title for each in item.fields)}"
        case Ladder():
            return listed(told(each, "", plan) for each in item.rungs)
    return called(item)
