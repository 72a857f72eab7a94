"""The models' fields, found by the way that leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from .source import Place
from .words import FIELD_TITLES


def names(model: type[BaseModel]) -> dict[str, str]:
    """The field names of a model as written in its file, each with its Chinese title."""
    return {
        info.alias or name: info.title or FIELD_TITLES.get(info.alias or name, name)
        for name, info in model.model_fields.items()
    }


def title_of(model: type[BaseModel], place: Place) -> str:
    """The Chinese title of the field at a place, "" where there is none."""
    for length in range(len(place), 0, -1):
        name, parent = place[length - 1], model_at(model, place[: length - 1])
        if parent is not None and isinstance(name, str):
            return names(parent).get(name, "")
    return ""


def model_at(model: type[BaseModel], place: Place) -> type[BaseModel] | None:
    """The model of the mapping at a place; None where something else stands."""
    current: Any = model
    for part in place:
        current = next(_steps(current, part), None)
    return next(_models(current), None)


def _steps(annotation: Any, part: str | int) -> Iterator[Any]:
    """What may stand at one further part of the way."""
    for choice in _unwrapped(annotation):
        origin, arguments = get_origin(choice), get_args(choice)
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            info = _field(choice, part)
            if info is not None:
                yield info.annotation
        elif origin is tuple and isinstance(part, int):
            yield arguments[0]
        elif origin is dict and isinstance(part, str):
            yield arguments[1]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    for choice in _unwrapped(annotation):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            yield choice


def _unwrapped(annotation: Any) -> Iterator[Any]:
    origin = get_origin(annotation)
    if origin is Annotated:
        yield from _unwrapped(get_args(annotation)[0])
    elif origin in (Union, UnionType):
        for choice in get_args(annotation):
            yield from _unwrapped(choice)
    else:
        yield annotation


def _field(model: type[BaseModel], name: str | int) -> FieldInfo | None:
    for field_name, info in model.model_fields.items():
        if name == (info.alias or field_name):
            return info
    return None
