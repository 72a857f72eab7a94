"""From values to a page: the templates, and what they may call."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from dutyflow.calendars.roc import format_roc
from dutyflow.errors import Finding
from dutyflow.mail.outbound.rendering import brief
from dutyflow.mail.text import one_line

HERE = Path(__file__).parent
STATIC = HERE / "static"


@dataclass(frozen=True, kw_only=True)
class Pages:
    """`root` is the path under which the app lies."""

    root: str

    def page(self, template: str, *, status: int = 200, **words: object) -> Response:
        """Raises jinja2's UndefinedError for a name that nobody gave."""
        text = self._environment.get_template(f"{template}.html").render(words)
        return HTMLResponse(text, status_code=status)

    def static(self, name: str) -> str:
        return f"{self.root}/static/{name}?v={_version(name)}"

    @cached_property
    def _environment(self) -> Environment:
        environment = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        environment.globals.update(root=self.root, static=self.static)
        environment.filters.update(line=one_line, brief=brief, placeless=_placeless, roc=_day)
        return environment


def _placeless(problems: Iterable[Finding]) -> list[tuple[str, Finding]]:
    """For a summary of what is wrong with no field of this page."""
    return [("", problem) for problem in problems]


def _day(day: date) -> str:
    return format_roc(day, weekday=True)


@cache
def _version(name: str) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:8]
