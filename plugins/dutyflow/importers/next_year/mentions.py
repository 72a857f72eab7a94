"""Texts of a plan that speak of a year: a new year's plan may have to say something else. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dutyflow.calendars.roc import ROC_EPOCH
from dutyflow.plan.fields import title_of
from dutyflow.plan.model import Plan
from dutyflow.plan.source import Place, Source

NEAR = 30  # years on either side of the plan's: `10 年以上` speaks of no year
AROUND = 12  # characters shown on either side
_IN_DIGITS = re.compile(
    r"(?<!\d)(\d{2,4})(?:\s*[)）]?\s*年|[./-]\d{1,2}[./-]\d{1,2}(?!\d))"  # 本(107)年, 107.3.29
)
_DATE = re.compile(r"\d+-\d+-\d+")
_IN_WORDS = re.compile(r"[一二三四五六七八九十百零〇○]{3,}\s*年")


@dataclass(frozen=True, kw_only=True)
class Mention:
    """One text that speaks of years: where it stands, what it is called, and what it says there."""

    place: Place
    line: int
    title: str
    excerpts: tuple[str, ...]


def mentions_of_years(source: Source, year: int) -> Iterator[Mention]:
    """The texts of a plan file that speak of years near that ROC year, in their order."""
    for place, text in _texts(source.data, ()):
        excerpts = tuple(_excerpts(text, year))
        if excerpts:
            yield Mention(
                place=place,
                line=source.line(place),
                title=" ".join(filter(None, [_item(source.data, place), title_of(Plan, place)])),
                excerpts=excerpts,
            )


def _item(data: Any, place: Place) -> str:
    """The code of the measure, form or duty that a text is of."""
    match place:
        case (str() as part, int() as index, *_):
            return str(data[part][index].get("id", ""))
    return ""


def _texts(data: Any, place: Place) -> Iterator[tuple[Place, str]]:
    """What is written in words; not the dates that are fields of their own."""
    if isinstance(data, str) and not _DATE.fullmatch(data):
        yield place, data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from _texts(value, (*place, name))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            yield from _texts(value, (*place, number))


def _years(text: str, year: int) -> Iterator[re.Match[str]]:
    for match in _IN_DIGITS.finditer(text):
        number = int(match[1])
        if abs((number - ROC_EPOCH if number > ROC_EPOCH else number) - year) <= NEAR:
            yield match
    yield from _IN_WORDS.finditer(text)


def _excerpts(text: str, year: int) -> Iterator[str]:
    """The words around each year; those that lie close together as one."""
    around: list[tuple[int, int]] = []
    for match in sorted(_years(text, year), key=lambda each: each.start()):
        start, end = max(match.start() - AROUND, 0), min(match.end() + AROUND, len(text))
        if around and start <= around[-1][1]:
            start = around.pop()[0]
        around.append((start, end))
    for start, end in around:
        words = " ".join(text[start:end].split())
        yield f"{'…' if start else ''}{words}{'…' if end < len(text) else ''}"
