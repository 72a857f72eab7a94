"""Compare two versions of a plain report, in sentences (版本差異)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dutyflow.calendars.roc import format_roc

from .plain import PlainReport, PlainRow
from .wording import STATUS_WORDS

_SHOWN = 20  # characters of an answer that are repeated in a sentence
_SPELLED_OUT = 6  # so many differing answers of one section; more are told by their number

Key = tuple[str, str]


def plain_changes(before: PlainReport, after: PlainReport) -> list[str]:
    """What a reader of `before` has to know about `after`; empty if nothing differs.

    First who has answered since, then which answers differ.
    """
    return [*_due(before, after), *_moved(before, after), *_updated(before, after)]


def _due(before: PlainReport, after: PlainReport) -> Iterator[str]:
    if before.due_on != after.due_on:
        old, new = (format_roc(day, weekday=True) for day in (before.due_on, after.due_on))
        yield f"應報日期 {old} → {new}"


def _by_key(report: PlainReport) -> dict[Key, PlainRow]:
    return {(row.section, row.row): row for row in report.rows}


def _pairs(before: PlainReport, after: PlainReport) -> Iterator[tuple[PlainRow, PlainRow]]:
    """The rows that both versions have; a cycle keeps its plan, and so its rows."""
    old = _by_key(before)
    return ((old[key], row) for key, row in _by_key(after).items() if key in old)


def _moved(before: PlainReport, after: PlainReport) -> Iterator[str]:
    moved = [(was, now) for was, now in _pairs(before, after) if was.status != now.status]
    for (section, was, now), rows in groupby(
        moved, key=lambda pair: (pair[1].section, pair[0].status, pair[1].status)
    ):
        count = len(list(rows))
        many = f" {count} 列" if after.leads else ""
        yield f"{section}{many}由{STATUS_WORDS[was]}改為{STATUS_WORDS[now]}"


def _updated(before: PlainReport, after: PlainReport) -> Iterator[str]:
    same = [(was, now) for was, now in _pairs(before, after) if was.status == now.status]
    told = [(now.section, sentence) for was, now in same for sentence in _told(after, was, now)]
    for section, group in groupby(told, key=lambda each: each[0]):
        sentences = [sentence for _, sentence in group]
        yield from sentences[:_SPELLED_OUT]
        if sentences[_SPELLED_OUT:]:
            yield f"{section}另有 {len(sentences) - _SPELLED_OUT} 處更新"


def _told(report: PlainReport, was: PlainRow, now: PlainRow) -> Iterator[str]:
    where = f"{now.section}　{now.lead[-1]}" if now.lead else now.section
    for question, old, new in zip(report.questions, was.values, now.values, strict=False):
        if old != new:
            shown = (_short(question.shown(value)) for value in (old, new))
            yield f"{where}：{question.title} {' → '.join(shown)}"
    if was.late != now.late:
        yield f"{where}：改列{'逾期' if now.late else '準時'}填報"


def _short(text: str) -> str:
    line = " ".join(text.split()) or "（空白）"
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"
