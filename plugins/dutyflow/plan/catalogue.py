"""The forms and ladders that dutyflow ships, for duties that many offices have. A plan's own of the
same id win."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from .forms import Form
from .ladders import Ladder

FOLDER = Path(__file__).with_name("catalogue")  # a file for each, named after its id


@cache
def shipped_forms() -> dict[str, Form]:
    """Every form that is shipped, by its id."""
    forms = (Form.model_validate(data) for data in _read("forms"))
    return {form.id: form for form in forms}


@cache
def shipped_ladders() -> dict[str, Ladder]:
    """Every ladder that is shipped, by its id."""
    ladders = (Ladder.model_validate(data) for data in _read("ladders"))
    return {ladder.id: ladder for ladder in ladders}


def _read(kind: str) -> list[Any]:
    from .source import parse  # YAML: not where only a snapshot is read

    paths = sorted((FOLDER / kind).glob("*.yaml"))
    return [parse(path.read_bytes(), path.name).data for path in paths]
