"""Ladders whose rungs do not fit together, and duties whose ladder is not there. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from .catalogue import shipped_ladders
from .draft import Draft
from .ladders import Ladder
from .source import Place, Remark, shown
from .words import did_you_mean, listed, titled


def lint_ladders(draft: Draft) -> Iterator[Remark]:
    for index, ladder in draft.ladders.items():
        yield from _order(("ladders", index, "rungs"), ladder)
        yield from _daily(("ladders", index, "rungs"), ladder)
        yield from _end(("ladders", index), ladder)
    known = {each.id: each.name for each in shipped_ladders().values()} | dict(draft.ladder_names)
    for index, duty in draft.duties.items():
        if duty.ladder not in known:
            yield Remark(
                place=("duties", index, "ladder"),
                found=f"沒有稽催階段{shown(duty.ladder)}",
                expected=f"ladders 自訂，或內附的：{listed(titled(each, known) for each in known)}",
                hint=did_you_mean(duty.ladder, known, known),
            )


def _order(place: Place, ladder: Ladder) -> Iterator[Remark]:
    for position, (earlier, later) in enumerate(pairwise(ladder.rungs), 1):
        if later.working_days <= earlier.working_days:
            yield Remark(
                place=(*place, position, "working_days"),
                found=f"第 {position + 1} 階為 {later.working_days}，"
                f"前一階為 {earlier.working_days}",
                expected="由早到晚，每一階的工作天數都比前一階大",
            )


def _daily(place: Place, ladder: Ladder) -> Iterator[Remark]:
    for position, rung in enumerate(ladder.rungs):
        if rung.daily and rung.working_days < 1:
            yield Remark(
                place=(*place, position, "daily"),
                found=f"截止前（working_days: {rung.working_days}）的階段每日重複",
                expected="daily 只用於逾期的階段（working_days 1 以上）",
            )


def _end(place: Place, ladder: Ladder) -> Iterator[Remark]:
    last = max(rung.working_days for rung in ladder.rungs)
    if ladder.gives_up_after < last:
        yield Remark(
            place=(*place, "gives_up_after"),
            found=f"逾期 {ladder.gives_up_after} 個工作天後不再寄，最後一階卻在第 {last} 天",
            expected=f"{last} 以上",
        )
