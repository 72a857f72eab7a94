"""Rows that are read for many things at once, with no more than is asked of them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from dutyflow.nagging.states import AssignmentState

from .submissions import Verdict


class Standing(NamedTuple):
    """An assignment of an open cycle as a round finds it; a plain row, since there may be many."""

    key: str
    section: str
    state: AssignmentState
    collect_by: datetime
    paused_until: date | None
    office: str
    duty: str
    plan_hash: str
    opened_at: datetime


class Came(NamedTuple):
    """What was taken in for an assignment, with so many problems."""

    assignment: str
    sender: str
    verdict: Verdict
    problems: int
    reason: str
    role: str
    answers: list[dict[str, Any]]
    doubts: list[dict[str, Any]]


class Assignable(NamedTuple):
    """An assignment that something may still be assigned to; `cycle` and `period` are its cycle's
    name and title."""

    key: str
    section: str
    state: AssignmentState
    collect_by: datetime
    duty: str
    cycle: str
    period: str
    plan_hash: str


class Undecided(NamedTuple):
    """A version of a cycle's report that waits for a person to decide."""

    cycle: str
    version: int
    made_at: datetime


class Part(NamedTuple):
    """An assignment as it counts for how reliable a section is."""

    section: str
    plan_hash: str
    state: AssignmentState
    collect_by: datetime
    on_time: bool | None
