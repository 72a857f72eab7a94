"""A rung in words, from the key under which the ledger has it."""

from __future__ import annotations

import re

from . import moving, opening
from .decisions import UNREACHABLE
from .undecided import UNDECIDED

_STEP = re.compile(r"(?P<name>before|due|overdue|given_up)(_(?P<days>\d+))?@(?P<deadline>\S+)")
_TITLES = {
    "before": "到期前 {} 個工作天",
    "due": "今日截止",
    "overdue": "逾期第 {} 日",
    "given_up": "不再稽催",
}


_OTHERS = {
    "answer": "回覆填報",
    "returned": "退回補正",
    "delivery": "報送",
    "undeliverable": "信箱退信",
    "request": "申請展期",
    "waived": "免報",
    "misplaced": "回覆填報",
    "summary": "晨間摘要",
}


def rung_title(rung: str) -> str:
    """`before_5@2018-07-04` is 到期前 5 個工作天; what is no step of a ladder, by its own name."""
    if rung == opening.RUNG:
        return opening.REASON
    if rung.startswith(UNREACHABLE):
        return f"{rung_title(rung.removeprefix(UNREACHABLE))}，組室無人可收信"
    if rung.startswith(moving.rung("")):
        return moving.REASON
    if rung.startswith(UNDECIDED):
        step, _, day = rung.removeprefix(UNDECIDED).partition(":")
        return f"待核定，{rung_title(f'{step}@{day}')}"
    if rung.partition(":")[0] in _OTHERS:
        return _OTHERS[rung.partition(":")[0]]
    match = _STEP.fullmatch(rung)
    return _TITLES[match["name"]].format(match["days"]) if match else rung


def is_step(rung: str) -> bool:
    """Whether a notice's key is that of a ladder's step: a reminder."""
    return _STEP.fullmatch(rung) is not None


def step_name(rung: str) -> str:
    """`before_5` of `before_5@2018-07-04`: the same step, whatever the day it was about."""
    return rung.partition("@")[0]
