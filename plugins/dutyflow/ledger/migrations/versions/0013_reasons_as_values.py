"""Reasons of notices and silences as values, beside the words in which people were told.

What was written before gets the code that its rung, or its known sentence, tells; of reminders and
silences the parameters too. A sentence that nobody knows stays a sentence.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

Found = tuple[str, dict[str, Any]]
_AT_ONCE = 1_000

_STEP = re.compile(r"(before_\d+|due|overdue_\d+|given_up)[@:]\d{4}-\d\d-\d\d", re.ASCII)
_BY_PREFIX = {
    "opening": "opening",
    "unreachable": "nobody_reachable",
    "undecided": "report_undecided",
    "moved": "days_moved",
    "estimated": "days_estimated",
    "summary": "morning_summary",
    "week": "weekly_status",
    "returned": "returned",
    "delivery": "report_delivered",
    "undeliverable": "address_undeliverable",
    "waived": "exempted",
    "answer": "reply",
    "misplaced": "reply",
    "call": "reply",
}
_OF_REQUESTS = {
    "ask": "extension_asked",
    "granted": "extension_granted",
    "refused": "extension_refused",
    "void": "extension_refused",
    "collect_again": "collected_again",
}
_TITLE = r"到期前 \d+ 個工作天|今日截止|逾期第 \d+ 日"
_REMINDER = re.compile(
    rf"(?P<returned>退回補正，)?(?:{_TITLE}|逾期超過 (?P<after>\d+) 個工作天，不再稽催)"
    rf"(?:，代理 (?P<acting_for>.+?)|，副知(?P<copied_to>組長|處長|計畫承辦人|代理人))?"
    rf"(?:，併入先前未寄的「(?P<missed>{_TITLE})」)?"
)
_ROLES = {"組長": "head", "處長": "director", "計畫承辦人": "coordinator", "代理人": "deputy"}
_CHINESE_ONE = "一"


def upgrade() -> None:
    for table in ("notices", "silences"):
        op.add_column(table, sa.Column("reason_code", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("reason_parameters", sa.Text(), nullable=True))
    _fill("notices", lambda row: _of_notice(row.rung, row.reason))
    _fill("silences", lambda row: _of_silence(row.reason))


def _fill(table: str, found: Callable[[Any], Found | None]) -> None:
    """Some rows at a time, so that a large ledger takes no more memory than a small one."""
    connection = op.get_bind()
    names = ("id", "rung", "reason", "reason_code", "reason_parameters")
    rows_of = sa.table(table, *map(sa.column, names))
    some = sa.select(rows_of.c.id, rows_of.c.rung, rows_of.c.reason).order_by(rows_of.c.id)
    change = (
        sa.update(rows_of)
        .where(rows_of.c.id == sa.bindparam("row"))
        .values(reason_code=sa.bindparam("code"), reason_parameters=sa.bindparam("parameters"))
    )
    last = 0
    while rows := connection.execute(some.where(rows_of.c.id > last).limit(_AT_ONCE)).all():
        changes = list(_changes(rows, found))
        if changes:
            connection.execute(change, changes)
        last = rows[-1].id


def _changes(rows: Any, found: Callable[[Any], Found | None]) -> Iterator[dict[str, Any]]:
    for row in rows:
        known = found(row)
        if known is not None:
            parameters = {name: value for name, value in known[1].items() if value}
            yield {"row": row.id, "code": known[0], "parameters": _json(parameters)}


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _of_notice(rung: str, reason: str) -> Found | None:
    if step := _STEP.fullmatch(rung):
        return "reminder", _of_reminder(step[1], reason)
    prefix, _, rest = rung.partition(":")
    if prefix == "request":
        return _of_request(rest)
    code = _BY_PREFIX.get(prefix)
    if code is None:
        return None
    return code, {"subject": reason} if code == "reply" else _step_in(rest)


def _of_request(rest: str) -> Found | None:
    _, _, what = rest.partition(":")
    if what in _OF_REQUESTS:
        return _OF_REQUESTS[what], {}
    asked, _, _ = what.partition(":")
    return ("extension_undecided", _step_in(rest)) if asked == "ask" else None


def _step_in(rest: str) -> dict[str, Any]:
    found = _STEP.search(rest)
    return {"step": found[1]} if found else {}


def _of_reminder(step: str, reason: str) -> dict[str, Any]:
    told = _REMINDER.fullmatch(reason)
    if told is None:
        return {"step": step}
    return {
        "step": step,
        "after": int(told["after"] or 0),
        "returned": bool(told["returned"]),
        "acting_for": told["acting_for"],
        "copied_to": _ROLES.get(told["copied_to"]),
        "missed": _name_of(told["missed"]) if told["missed"] else None,
    }


def _name_of(title: str) -> str:
    if title == "今日截止":
        return "due"
    days = "".join(filter(str.isdecimal, title))
    return f"before_{days}" if title.startswith("到期前") else f"overdue_{days}"


def _of_silence(reason: str) -> Found | None:
    for pattern, read in _SILENCES:
        if told := pattern.fullmatch(reason):
            return read(told)
    return None


def _until(told: re.Match[str]) -> Found:
    year, month, day = (int(told[place]) for place in (1, 2, 3))
    return "paused", {"until": date(year + 1911, month, day).isoformat()}


def _daily_maximum(told: re.Match[str]) -> Found:
    had = 1 if told[1] == _CHINESE_ONE else int(told[1])
    return "daily_maximum", {"had": had}


def _unreachable(told: re.Match[str]) -> Found:
    code = "away" if told[1] == "請假" else "mail_returned"
    return code, {"stood_in_by": told[2]}


_SILENCES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Found]], ...] = (
    (re.compile("未寄：已填報"), lambda _: ("answered", {})),
    (re.compile("未寄：已免報"), lambda _: ("waived", {})),
    (re.compile(r"未寄：暫停至(\d+)年(\d+)月(\d+)日"), _until),
    (
        re.compile(r"未寄：距上次通知未滿 (\d+) 個工作天"),
        lambda told: ("too_soon", {"days": int(told[1])}),
    ),
    (re.compile(r"未寄：今日已寄過 ?(一|\d+) ?封，併入下次"), _daily_maximum),
    (re.compile("未寄：不在辦公時間（08:00–18:00），併入下次"), lambda _: ("out_of_hours", {})),
    (re.compile("未寄：(請假|信箱退信)(?:，已由代理人(.+)收受)?"), _unreachable),
)
