"""The forms that dutyflow ships, for duties that many offices have. A plan's own form wins."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from .forms import Form

FOLDER = Path(__file__).with_name("catalogue")  # a file for each form, named after its id


def shipped_form(form_id: str) -> Form:
    """Raises LookupError."""
    return shipped_forms()[form_id]


@cache
def shipped_forms() -> dict[str, Form]:
    """Every form that is shipped, by its id."""
    forms = map(_read, sorted(FOLDER.glob("*.yaml")))
    return {form.id: form for form in forms}


def _read(path: Path) -> Form:
    from .source import parse  # YAML: not where only a snapshot is read

    return Form.model_validate(parse(path.read_bytes(), path.name).data)
