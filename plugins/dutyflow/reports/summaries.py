"""Sum up a report in Markdown, for the person who decides on it."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Assessment, Tally
from .plain import PlainReport
from .wording import NO_SCORE


def assessment_summary(report: Assessment) -> list[str]:
    return [
        "| 面向 | 應填 | 已填 | 分數 |",
        "| --- | ---: | ---: | ---: |",
        *(
            f"| {part.name} | {part.expected} | {part.answered} | {_score(part.score)} |"
            for part in report.aspects
        ),
        f"| **總分** | | | **{_score(report.total)}** |",
    ]


def plain_summary(report: PlainReport) -> list[str]:
    return [
        "| 組室 | 應填 | 已填 | 無辦理事項 | 未報 |",
        "| --- | ---: | ---: | ---: | ---: |",
        *_sections(report),
    ]


def _sections(report: PlainReport) -> Iterator[str]:
    for section in report.sections:
        yield f"| {section} | {_counts(report.tally(section))} |"
    if len(report.sections) > 1:
        yield f"| **合計** | {_counts(report.tally())} |"


def _counts(tally: Tally) -> str:
    counts = (tally.expected, tally.answered, tally.nothing, tally.missing)
    return " | ".join(map(str, counts))


def _score(score: float | None) -> str:
    return NO_SCORE if score is None else f"{score:.2f}"
