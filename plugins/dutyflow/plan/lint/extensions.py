"""Levels of authority over extensions that do not fit together. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dutyflow.plan.draft import Draft
from dutyflow.plan.extensions import Extensions
from dutyflow.plan.roles import ROLE_TITLES
from dutyflow.plan.source import Place, Remark

_PLACE: Place = ("extensions", "levels")


def lint_extensions(draft: Draft) -> Iterator[Remark]:
    if draft.extensions is not None:
        yield from _order(draft.extensions)
        yield from _once(draft.extensions)


def _order(rules: Extensions) -> Iterator[Remark]:
    """Each level goes further than the one before; only the last may be without an end."""
    for position, (lower, higher) in enumerate(pairwise(rules.levels)):
        if lower.working_days is None:
            yield Remark(
                place=(*_PLACE, position),
                found=f"第 {position + 1} 級沒有 working_days，其後還有別級",
                expected="只有最後一級可以不限工作天數",
            )
        elif higher.working_days is not None and higher.working_days <= lower.working_days:
            yield Remark(
                place=(*_PLACE, position + 1, "working_days"),
                found=f"第 {position + 2} 級為 {higher.working_days} 個工作天，"
                f"前一級為 {lower.working_days} 個",
                expected="由低而高，每一級的工作天數都比前一級大",
            )


def _once(rules: Extensions) -> Iterator[Remark]:
    seen: set[str] = set()
    for position, level in enumerate(rules.levels):
        if level.by in seen:
            yield Remark(
                place=(*_PLACE, position, "by"),
                found=f"核准人 {level.by}（{ROLE_TITLES[level.by]}）重複",
                expected="每一位核准人只有一級",
            )
        seen.add(level.by)
