"""Print the counts and scores of a report, by aspect and by section (面向統計)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.reports import paper
from dutyflow.reports.model import Assessment, Tally
from dutyflow.reports.paper import CENTRED, FREE, HEADER, PLAIN, SCORE, PrintStyle, put, spread
from dutyflow.reports.wording import NO_SCORE, STATUS_WORDS, punctuality

NAME = "面向統計"
WIDTHS = (150.0, *[88.0] * 7)
LAST = len(WIDTHS)
COUNTS = ("應填", "已填", STATUS_WORDS["nothing"], "未報", STATUS_WORDS["waived"])
BY_ASPECT = ("面向", "權重", *COUNTS, "平均分數")
BY_SECTION = ("組室", *COUNTS, "平均自評分數", "填報情形")
ROW = 24.0
BAD = replace(CENTRED, bold=True, color=paper.RED)

Cells = Sequence[tuple[str | float, PrintStyle]]


def write(sheet: Worksheet, report: Assessment) -> None:
    """Fill an empty sheet, ready to be printed."""
    paper.set_up(sheet, report, WIDTHS)
    row = paper.put_heading(sheet, report, f"{report.period}{NAME}", LAST)
    row = _table(sheet, row + 1, "一、各面向", BY_ASPECT, _aspects(report))
    row = _table(sheet, row + 1, "二、各組室", BY_SECTION, _sections(report))
    sheet.print_area = f"A1:H{row - 1}"


def _aspects(report: Assessment) -> Iterator[Cells]:
    for aspect in report.aspects:
        yield _line(aspect.name, aspect.weight, aspect.tally, aspect.score, PLAIN)
    weights = sum(aspect.weight for aspect in report.aspects)
    yield _line("總分（依權重加權平均）", weights, report.tally(), report.total, HEADER)


def _line(name: str, weight: float, tally: Tally, score: float | None, look: PrintStyle) -> Cells:
    middle = replace(look, horizontal="center")
    counts = [(cell, replace(counted, fill=look.fill)) for cell, counted in _counts(tally)]
    return (
        (name, replace(look, horizontal="left")),
        (weight, middle),
        *counts,
        (_or_dash(score), replace(SCORE, bold=True, fill=look.fill)),
    )


def _sections(report: Assessment) -> Iterator[Cells]:
    for section in report.sections:
        tally = report.tally(section)
        yield (
            (section, PLAIN),
            *_counts(tally),
            (_or_dash(tally.average), SCORE),
            (punctuality(tally), BAD if tally.missing or tally.late else CENTRED),
        )


def _counts(tally: Tally) -> Cells:
    missing = BAD if tally.missing else CENTRED
    return (
        (tally.expected, CENTRED),
        (tally.answered, CENTRED),
        (tally.nothing, CENTRED),
        (tally.missing, missing),
        (tally.waived, CENTRED),
    )


def _or_dash(score: float | None) -> str | float:
    return NO_SCORE if score is None else score


def _table(
    sheet: Worksheet, row: int, title: str, headings: Sequence[str], lines: Iterator[Cells]
) -> int:
    """Write a table with its title. Returns the row after it."""
    spread(sheet, row, 1, LAST, title, replace(FREE, size=12, bold=True))
    written: list[Cells] = [[(heading, HEADER) for heading in headings], *lines]
    for at, cells in enumerate(written, row + 1):
        for column, (value, look) in enumerate(cells, 1):
            put(sheet, at, column, value, look)
        texts = [value if isinstance(value, str) else "" for value, _ in cells]
        sheet.row_dimensions[at].height = max(ROW, paper.row_height(texts, WIDTHS))
    sheet.row_dimensions[row].height = ROW
    return row + 1 + len(written)
