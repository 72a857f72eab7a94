"""Templates whose every value is escaped and cannot change how the text around it reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dutyflow.mail.text import one_line, printable


def html_environment(folder: Path, filters: Mapping[str, Callable[..., object]]) -> Environment:
    """The templates of a folder, with `line` and these filters.

    A value that is put into a page is escaped, and loses its controls and what turns the reading
    direction round. A name that nobody gave raises jinja2's UndefinedError.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        undefined=StrictUndefined,
        autoescape=True,
        finalize=_without_controls,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(line=one_line, **filters)
    return environment


def _without_controls(value: object) -> object:
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return printable(value)
