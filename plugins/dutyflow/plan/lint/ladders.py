"""Ladders whose rungs do not fit together, and duties whose ladder is not there. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from dutyflow.plan.catalogue import shipped_ladders
from dutyflow.plan.draft import Draft
from dutyflow.plan.ladders import Ladder, Rung
from dutyflow.plan.model import Plan
from dutyflow.plan.roles import Role
from dutyflow.plan.source import Place, Remark
from dutyflow.plan.texts import shown
from dutyflow.plan.words import did_you_mean, listed, titled


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


def held_back_in_words(plan: Plan) -> Iterator[str]:
    """Of the ladders that a plan's duties climb, the rungs that a gap always holds back. No
    mistake: the next rung takes them in."""
    used = {duty.ladder: plan.ladder_of(duty) for duty in plan.duties}
    for ladder in used.values():
        if ladder.min_gap > 1:
            yield from (f"稽催階段「{ladder.name}」：{each}" for each in _held_back(ladder))


def _held_back(ladder: Ladder) -> Iterator[str]:
    gap = f"最短間隔 {ladder.min_gap} 個工作天"
    for earlier, later in pairwise(ladder.rungs):
        apart = later.working_days - earlier.working_days
        if apart < ladder.min_gap and _asked(earlier) & _asked(later):
            yield (
                f"「{later.when}」與「{earlier.when}」只隔 {apart} 個工作天，短於{gap}；"
                "前一階寄了，這一階就延後，或併入下一階"
            )
    for rung in ladder.rungs:
        if rung.daily:
            yield f"「{rung.when}」因{gap}，實際上每 {ladder.min_gap} 個工作天一次"


def _asked(rung: Rung) -> set[Role]:
    """Whom a rung tells; a deputy is told in the owner's place."""
    return {"owner" if role == "deputy" else role for role in rung.to}


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
