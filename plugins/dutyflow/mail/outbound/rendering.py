"""From a context to the two texts of a mail."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from dutyflow.mail.errors import UnusableTemplate
from dutyflow.mail.text import one_line, printable
from dutyflow.plan.model import Person

from .contexts import Content

TEMPLATES = Path(__file__).with_name("templates")
CELL_SHOWN = 120  # characters of a stranger's cell or file name that are quoted back

_EMPTY_LINES = re.compile(r"\n{3,}")


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The same words twice: for programs that show plain text, and as HTML."""

    text: str
    html: str


def render(content: Content, *, to: Person) -> Rendered:
    """Put a context into words. Raises UnusableTemplate where its template does not fit it."""
    words = {"it": content, "to": one_line(to.name)}
    text = _render(f"{content.template}.txt", words)
    return Rendered(
        text=_EMPTY_LINES.sub("\n\n", text).strip() + "\n",
        html=_render(f"{content.template}.html", words),
    )


def _render(name: str, words: dict[str, object]) -> str:
    try:
        return printable(_environment().get_template(name).render(words))
    except Exception as trouble:  # a template can do whatever an expression can
        line = getattr(trouble, "lineno", None)
        where = f"{name} 第 {line} 行" if line else f"{name} "
        raise UnusableTemplate(
            f"範本 {where}無法套用（{trouble}）；請還原或更正 mail/outbound/templates/{name}"
        ) from trouble


def brief(text: str) -> str:
    """A stranger's words on one line, cut where they are long."""
    line = one_line(text)
    return line if len(line) <= CELL_SHOWN else f"{line[: CELL_SHOWN - 1]}…"


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["brief"] = brief
    environment.filters["line"] = one_line
    return environment
