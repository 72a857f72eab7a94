"""The models' fields, found by the way that leads to them."""

from __future__ import annotations

from collections.abc import Iterator
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, Tag
from pydantic.fields import FieldInfo

from .source import Place
from .words import FIELD_TITLES

# Pydantic's way to a place: fields and indices, and the tag of the member where a union is passed.
Way = Place


def names(model: type[BaseModel]) -> dict[str, str]:
    """The field names of a model as written in its file, each with its Chinese title."""
    return {
        info.alias or name: info.title or FIELD_TITLES.get(info.alias or name, name)
        for name, info in model.model_fields.items()
    }


def title_of(model: type[BaseModel], way: Way) -> str:
    """The Chinese title of the field that the way leads to or through, "" where there is none."""
    for length in range(len(way), 0, -1):
        parent = model_at(model, way[: length - 1])
        titles = names(parent) if parent is not None else {}
        if way[length - 1] in titles:
            return titles[str(way[length - 1])]
    return ""


def model_at(model: type[BaseModel], way: Way) -> type[BaseModel] | None:
    """The model of the mapping that the way leads to; None where something else stands."""
    current: Any = model
    for part in way:
        current = next(_steps(current, part), None)
    return next(_models(current), None)


def _steps(annotation: Any, part: str | int) -> Iterator[Any]:
    """What may stand at one further part of the way."""
    for choice, tag in _members(annotation):
        origin, arguments = get_origin(choice), get_args(choice)
        if tag is not None and part == tag:
            yield choice
        elif isinstance(choice, type) and issubclass(choice, BaseModel):
            info = _field(choice, part)
            if info is not None:
                yield info.annotation
        elif origin is tuple and isinstance(part, int):
            yield arguments[0]
        elif origin is dict and isinstance(part, str):
            yield arguments[1]


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    for choice, _ in _members(annotation):
        if isinstance(choice, type) and issubclass(choice, BaseModel):
            yield choice


def _members(annotation: Any, tag: str | None = None) -> Iterator[tuple[Any, str | None]]:
    """The types that an annotation admits, each with its tag where it is a union's member."""
    origin = get_origin(annotation)
    if origin is Annotated:
        inner, *notes = get_args(annotation)
        tags = [note.tag for note in notes if isinstance(note, Tag)]
        yield from _members(inner, *tags)
    elif origin in (Union, UnionType):
        for choice in get_args(annotation):
            yield from _members(choice)
    else:
        yield annotation, tag


def _field(model: type[BaseModel], name: str | int) -> FieldInfo | None:
    for field_name, info in model.model_fields.items():
        if name == (info.alias or field_name):
            return info
    return None
