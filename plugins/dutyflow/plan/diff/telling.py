"""The values of a plan's fields, in words for a coordinator. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from pydantic import BaseModel

from dutyflow.calendars.roc import format_roc
from dutyflow.calendars.rules import Unannounced
from dutyflow.plan.catalogue import shipped_forms, shipped_ladders
from dutyflow.plan.conditions import Above, Below, Equals
from dutyflow.plan.extensions import Level
from dutyflow.plan.field_types import NO, TYPE_TITLES, YES
from dutyflow.plan.ladders import TONE_TITLES, Rung
from dutyflow.plan.model import ALL, FrequencyCovers, MeasureCovers, NamedSpan, Plan, Span
from dutyflow.plan.overview import EVERY_SECTION
from dutyflow.plan.roles import ROLE_TITLES
from dutyflow.plan.words import CHOICE_TITLES, listed

NOTHING, BLANK = "（無）", "（空白）"
# Whose values are words of the plan file, not of a person.
_CODED = frozenset({"every", "frequency", "report", "deliver_to", "to"})
_ROWS = {"once": "每組室一份", "measures": "每項具體作法一列", "sections": "每個組室一列"}


def told(value: Any, field: str, plan: Plan) -> str:
    """What a field says. `plan` knows the names of what the value refers to."""
    match value:
        case None:
            return NOTHING
        case bool():
            return YES if value else NO
        case date():
            return format_roc(value)
        case float():
            return f"{value:g}"
        case str():
            return _word(value, field, plan)
        case Mapping():
            return _list(f"{name} {told(each, '', plan)}" for name, each in value.items())
        case tuple() | list():
            named = "" if field == "rows" else field  # rows that a person has named
            return _list(told(each, named, plan) for each in value)
        case BaseModel():
            return _part(value, plan)
    return str(value)


def _word(word: str, field: str, plan: Plan) -> str:
    return _names(field, plan).get(word, word) or BLANK


def _names(field: str, plan: Plan) -> Mapping[str, str]:
    """What the codes in a field stand for; those that stand for nothing are told as they are."""
    match field:
        case "owners":
            return {section.id: section.name for section in plan.sections} | {ALL: EVERY_SECTION}
        case "after":
            return {duty.id: duty.name for duty in plan.duties}
        case "form":
            return {form.id: form.name for form in (*shipped_forms().values(), *plan.forms)}
        case "ladder":
            return {each.id: each.name for each in (*shipped_ladders().values(), *plan.ladders)}
        case "tone":
            return TONE_TITLES
        case "type":
            return TYPE_TITLES
        case "rows":
            return _ROWS
    return CHOICE_TITLES if field in _CODED else {}


def _part(part: BaseModel, plan: Plan) -> str:
    match part:
        case FrequencyCovers():
            return f"執行期間為{told(part.frequency, 'frequency', plan)}者"
        case MeasureCovers():
            return f"具體作法 {told(part.measures, '', plan)}"
        case NamedSpan():
            return f"{part.name}（{_span(part)}）"
        case Span():
            return _span(part)
        case Below():
            return f"{part.field} 低於 {part.below:g}"
        case Above():
            return f"{part.field} 高於 {part.above:g}"
        case Equals():
            return f"{part.field} 為「{part.equals}」"
        case Rung():
            return f"{part.when}（{told(part.to, 'to', plan)}）"
        case Level():
            days = f"{part.working_days} 個工作天" if part.working_days else "不限"
            return f"{ROLE_TITLES[part.by]} {days}"
        case Unannounced() if part.seed:
            return f"{part}（抽籤種子「{part.seed}」）"
    return str(part)


def _span(span: Span) -> str:
    return f"{format_roc(span.start)}至{format_roc(span.end)}"


def _list(words: Iterable[str]) -> str:
    return listed(words) if (words := list(words)) else NOTHING
