"""What the commands share: dates as options, tables and JSON as output, plans by path."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import click

from dutyflow.calendars.roc import parse_date
from dutyflow.errors import DutyflowError

_WIDE = frozenset("WFA")  # East Asian width of characters that take two columns of a terminal


class Refused(DutyflowError):
    """What was asked for makes no sense; the sentence says why."""


class Day(click.ParamType[date]):
    """A date as an option: ROC (107-07-06) or ISO (2018-07-06)."""

    name = "date"

    def convert(
        self,
        value: Any,
        param: click.Parameter | None,
        ctx: click.Context | None,  # noqa: ARG002
    ) -> date:
        try:
            return parse_date(value)
        except ValueError as error:
            option = param.opts[0] if param else "date"
            raise Refused(f"{option}：{error}") from None


json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def echo_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def echo_table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, Chinese characters counted as two."""
    lines = [tuple(heading), *map(tuple, rows)]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        cells = (
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        )
        click.echo("  ".join(cells).rstrip())


def near(path: Path) -> Path:
    """The path as short as it can be written from here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def save(path: Path, content: bytes) -> None:
    """Write a file, and the folders to it. Raises Refused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise Refused(f"無法寫入 {path}：{error.strerror}") from None


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(each) in _WIDE else 1 for each in text)
