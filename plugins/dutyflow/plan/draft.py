"""The parts of a plan file that can be understood, though others cannot.

One broken measure must not hide what is wrong with the other eighty-eight, nor one broken field of
it what is wrong with its others: what validates is looked at, a stand-in that nothing can be said
against takes the place of what does not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from dutyflow.calendars.roc import RocDate

from .catalogue import shipped_ladders
from .extensions import Extensions
from .fields import names
from .forms import Form
from .ladders import Ladder
from .model import ALL, Duty, Measure, Office, Scoring, Section
from .words import guess

Part = TypeVar("Part", bound=BaseModel)
# Stand-ins by field; an id is followed by the item's index. A duty's periods, days and measures
# have none: they are looked at together, and of a part of them wrong things would be said.
_MEASURE: Mapping[str, Any] = {
    "id": "0.",
    "aspect": "-",
    "strategy": "-",
    "item": "",
    "text": "-",
    "owners": ALL,
    "frequency": "ongoing",
}
_DUTY: Mapping[str, Any] = {
    "id": "unknown_",
    "name": "-",
    "clause": "-",
    "assumption": "",
    "collect_again": 3,
    "ladder": "standard",
    "form": "self_assessment",
    "report": "assessment_summary",
    "deliver_to": ["head_office"],
    "publish": False,
}

_DATE: TypeAdapter[date] = TypeAdapter(RocDate)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """A plan as far as it is understood. Parts of lists are kept under their index in the file.

    The names (`section_names` … `duty_names`), `aspects`, `frequencies` and `measure_ids` are of
    all parts that tell them, so that a reference to a part which is wrong in another respect
    still counts as good.
    """

    office: Office | None
    year: int | None
    effective_from: date | None
    sections: Mapping[int, Section]
    measures: Mapping[int, Measure]
    forms: Mapping[int, Form]
    ladders: Mapping[int, Ladder]
    extensions: Extensions | None
    duties: Mapping[int, Duty]
    scoring: Scoring | None
    section_names: Mapping[str, str]
    aspects: tuple[str, ...]
    frequencies: frozenset[str]
    measure_ids: tuple[str, ...]
    form_names: Mapping[str, str]
    ladder_names: Mapping[str, str]
    duty_names: Mapping[str, str]

    def ladder_of(self, duty: Duty) -> Ladder | None:
        """The duty's ladder, as far as it is understood."""
        own = {ladder.id: ladder for ladder in self.ladders.values()}
        return own.get(duty.ladder) or shipped_ladders().get(duty.ladder)


def draft_of(data: Any) -> Draft:
    """Make out what can be made out. Raises nothing, whatever the data is."""
    fields: dict[str, Any] = data if isinstance(data, dict) else {}
    measures = list(_mappings(fields.get("measures")))
    return Draft(
        office=_part(Office, fields.get("office")),
        year=_year(fields.get("year")),
        effective_from=_date(fields.get("effective_from")),
        sections=_parts(Section, fields.get("sections")),
        measures=_parts(Measure, fields.get("measures"), _MEASURE),
        forms=_parts(Form, fields.get("forms")),
        ladders=_parts(Ladder, fields.get("ladders")),
        extensions=_part(Extensions, fields.get("extensions", {})),
        duties=_parts(Duty, fields.get("duties"), _DUTY),
        scoring=_part(Scoring, fields.get("scoring")),
        section_names=_names(fields.get("sections")),
        aspects=tuple(dict.fromkeys(_told("aspect", measures))),
        frequencies=frozenset(_told("frequency", measures)),
        measure_ids=tuple(_told("id", measures)),
        form_names=_names(fields.get("forms")),
        ladder_names=_names(fields.get("ladders")),
        duty_names=_names(fields.get("duties")),
    )


def _part(model: type[Part], data: Any) -> Part | None:
    try:
        return model.model_validate(data)
    except ValidationError:
        return None


def _parts(
    model: type[Part], data: Any, stand_ins: Mapping[str, Any] = MappingProxyType({})
) -> dict[int, Part]:
    items = data if isinstance(data, list) else []
    parts = (
        (index, _part(model, item) or _mended(model, item, index, stand_ins))
        for index, item in enumerate(items)
    )
    return {index: part for index, part in parts if part is not None}


def _mended(model: type[Part], item: Any, index: int, stand_ins: Mapping[str, Any]) -> Part | None:
    """The item with a stand-in for each field that is wrong; None where one has no stand-in."""
    if not isinstance(item, dict):
        return None
    try:
        return model.model_validate(item)
    except ValidationError as error:
        wrong = {str(problem["loc"][0]) for problem in error.errors()}
    if not stand_ins.keys() >= _concerned(model, wrong):
        return None
    good = {field: value for field, value in item.items() if field not in wrong}
    own_id = {"id": f"{stand_ins['id']}{index}"} if "id" in stand_ins else {}
    replaced = {**stand_ins, **own_id}
    return _part(model, {**good, **{field: replaced[field] for field in wrong & replaced.keys()}})


def _concerned(model: type[BaseModel], wrong: set[str]) -> set[str]:
    """The fields that are wrong, or seem to stand there under a wrong name."""
    fields = names(model)
    guesses = (guess(each, fields, fields) for each in wrong)
    return wrong & fields.keys() | {meaning[0] for meaning in guesses if meaning is not None}


def _date(data: Any) -> date | None:
    try:
        return _DATE.validate_python(data)
    except ValidationError:
        return None


def _year(data: Any) -> int | None:
    return data if type(data) is int and 1 <= data <= 999 else None


def _mappings(data: Any) -> Iterator[dict[str, Any]]:
    return (item for item in (data if isinstance(data, list) else []) if isinstance(item, dict))


def _told(field: str, items: list[dict[str, Any]]) -> Iterator[str]:
    return (item[field] for item in items if isinstance(item.get(field), str))


def _names(data: Any) -> dict[str, str]:
    return {
        item["id"]: str(item.get("name", ""))
        for item in _mappings(data)
        if isinstance(item.get("id"), str)
    }
