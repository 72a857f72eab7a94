"""HTML pages from templates and values, and how values are worded on them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment

from dutyflow.calendars.roc import format_roc, format_roc_moment, in_zone
from dutyflow.ledger.records import number_of
from dutyflow.mail.text import printable
from dutyflow.web.security.headers import FramedBy, HeaderPolicy
from dutyflow.web.security.html import html_environment

# Shown within Airflow's own pages, which are of the same origin. Nothing but our own style.
HEADER_POLICY = HeaderPolicy(framed_by=FramedBy.OURSELVES, loads=("style",))

TEMPLATES = Path(__file__).with_name("templates")
STYLE = Path(__file__).parent / "static" / "coordinator.css"
LINES_SHOWN = 6
LINE_SHOWN = 200  # characters
CHANNELS = {"mail": "電子郵件", "upload": "上傳頁", "folder": "資料夾"}


def render(template: str, **values: Any) -> str:
    """A filled-in template. Raises jinja2's UndefinedError for a value that is missing."""
    return _environment().get_template(template).render(values)


def excerpt(text: str) -> str:
    """The first lines of a text."""
    lines = [line for line in printable(text).splitlines() if line.strip()]
    shown = [_cut(line, LINE_SHOWN) for line in lines[:LINES_SHOWN]]
    return "\n".join([*shown, "…"] if len(lines) > LINES_SHOWN else shown)


def format_size(size: int) -> str:
    """Bytes in words: `3 KB`, `1.4 MB`."""
    if size < 1024:
        return f"{size} 位元組"
    return f"{size / 1024:.0f} KB" if size < 1024**2 else f"{size / 1024**2:.1f} MB"


def format_day(moment: datetime, zone: ZoneInfo) -> str:
    """A day as `107年7月4日（三）`."""
    return format_roc(in_zone(moment, zone).date(), weekday=True)


def channel_name(name: str) -> str:
    """The way by which something was submitted, in Chinese."""
    return CHANNELS.get(name, name)


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


FILTERS: dict[str, Callable[..., str]] = {
    "excerpt": excerpt,
    "size": format_size,
    "moment": format_roc_moment,
    "day": format_day,
    "number": number_of,
    "channel": channel_name,
}


@cache
def _environment() -> Environment:
    return html_environment(TEMPLATES, FILTERS)
