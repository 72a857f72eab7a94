"""Stretches of time in a cell: `春節前：107-12-15～108-02-03`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from dutyflow.plan.model import NamedSpan, Span
from dutyflow.plan.writing import written_date

from .codecs import Codec, Shown, Slip, read_day

_NUMBER = r"\s*[0-9０-９]{1,4}\s*"
_DAY = rf"(?:中華)?(?:民國)?{_NUMBER}[-./年]{_NUMBER}[-./月]{_NUMBER}日?"
_SPAN = re.compile(
    rf"(?:(?P<name>.*\S)\s*[：:]|(?P<bare>.*\S)\s)?\s*"
    rf"(?P<start>{_DAY})\s*[~～至到—–-]+\s*(?P<end>{_DAY})"
)


class Spans(Codec):
    """The periods that a duty is given: one of them, or one with its name on each line."""

    def show(self, value: Sequence[Span]) -> Shown:
        return "\n".join(map(_told, value))

    def read(self, text: str) -> list[dict[str, Any]]:
        spans = _spans(text, "起日～迄日，例如 107-11-01～108-02-28；一期一行，前面寫名稱與冒號")
        unnamed = [each for each in spans if "name" not in each]
        if len(spans) > 1 and unnamed:
            raise Slip("每一期都有名稱，例如 春節前：107-12-15～108-02-03")
        return spans


class Absences(Codec):
    """The days on which a person is away, one stretch on each line."""

    def show(self, value: Sequence[Span]) -> Shown:
        return "\n".join(map(_told, value))

    def read(self, text: str) -> list[dict[str, Any]]:
        expected = "起日～迄日，例如 107-07-02～107-07-06；一段一行"
        spans = _spans(text, expected)
        if any("name" in each for each in spans):
            raise Slip(expected)
        return spans


def _spans(text: str, expected: str) -> list[dict[str, Any]]:
    return [_span(each.strip(), expected) for each in text.split("\n") if each.strip()]


def _told(span: Span) -> str:
    days = f"{written_date(span.start)}～{written_date(span.end)}"
    return f"{span.name}：{days}" if isinstance(span, NamedSpan) else days


def _span(text: str, expected: str) -> dict[str, Any]:
    match = _SPAN.fullmatch(text)
    if match is None:
        raise Slip(expected)
    name = match["name"] or match["bare"]
    span = {"start": read_day(match["start"]), "end": read_day(match["end"])}
    return {"name": name, **span} if name else span
