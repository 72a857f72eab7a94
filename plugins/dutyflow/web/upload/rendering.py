"""HTML pages from templates and values."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment
from starlette.responses import HTMLResponse, Response

from dutyflow.calendars.roc import format_roc
from dutyflow.errors import Finding
from dutyflow.mail.outbound.rendering import brief
from dutyflow.web.security.html import html_environment

HERE = Path(__file__).parent
STATIC = HERE / "static"


@dataclass(frozen=True, kw_only=True)
class Renderer:
    """Renders the app's templates; `root` is the path under which the app lies."""

    root: str

    def page(self, template: str, *, status: int = 200, **values: object) -> Response:
        """A filled-in template. Raises jinja2's UndefinedError for a value that is missing."""
        text = self._environment.get_template(f"{template}.html").render(values)
        return HTMLResponse(text, status_code=status)

    def static(self, name: str) -> str:
        """The address of a style or script, another one once its content changes."""
        return f"{self.root}/static/{name}?v={_version(name)}"

    @cached_property
    def _environment(self) -> Environment:
        environment = html_environment(
            HERE / "templates", {"brief": brief, "placeless": _placeless, "roc": _day}
        )
        environment.globals.update(root=self.root, static=self.static)
        return environment


def _placeless(problems: Iterable[Finding]) -> list[tuple[str, Finding]]:
    """Problems for a summary, each with no field of this page to lead to."""
    return [("", problem) for problem in problems]


def _day(day: date) -> str:
    return format_roc(day, weekday=True)


@cache
def _version(name: str) -> str:
    return sha256((STATIC / name).read_bytes()).hexdigest()[:8]
