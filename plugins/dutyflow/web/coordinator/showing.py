"""From what came in to HTML: everything is escaped, and nothing in it can turn the text round."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dutyflow.calendars.roc import format_roc, format_roc_moment, in_zone
from dutyflow.ledger.records import number_of
from dutyflow.mail.text import one_line, printable

TEMPLATES = Path(__file__).with_name("templates")
STYLE = Path(__file__).parent / "static" / "coordinator.css"
LINES_SHOWN = 6
LINE_SHOWN = 200  # characters
CHANNELS = {"mail": "電子郵件", "upload": "上傳頁", "folder": "資料夾"}


def render(template: str, **words: Any) -> str:
    """Put values into a page. Raises jinja2's UndefinedError for a name that nobody gave."""
    return _environment().get_template(template).render(words)


def excerpt(text: str) -> str:
    """The first lines of what somebody wrote, as plain text."""
    lines = [line for line in printable(text).splitlines() if line.strip()]
    shown = [_cut(line, LINE_SHOWN) for line in lines[:LINES_SHOWN]]
    return "\n".join([*shown, "…"] if len(lines) > LINES_SHOWN else shown)


def spoken_size(size: int) -> str:
    """Bytes in words: `3 KB`, `1.4 MB`."""
    if size < 1024:
        return f"{size} 位元組"
    return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"


def spoken_day(moment: datetime, zone: ZoneInfo) -> str:
    return format_roc(in_zone(moment, zone).date(), weekday=True)


def spoken_channel(name: str) -> str:
    return CHANNELS.get(name, name)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


FILTERS: dict[str, Callable[..., str]] = {
    "line": one_line,
    "printable": printable,
    "excerpt": excerpt,
    "size": spoken_size,
    "moment": format_roc_moment,
    "day": spoken_day,
    "number": number_of,
    "channel": spoken_channel,
}


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(FILTERS)
    return environment
