"""Cycles and their assignments."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

from dutyflow.calendars.working_days import Closure
from dutyflow.nagging.states import AssignmentState

from ..columns import utc

CycleState = Literal["open", "closed"]


@dataclass(frozen=True, kw_only=True)
class NewCycle:
    """A cycle (期別) to open. `collect_by` is the cut-off moment, `report_due` a day.

    A day that is `given` was named by a person; the others follow from the plan's rules, counted
    from `opens` or from the approval before it, with the office's `closures`.
    """

    office: str
    duty: str
    name: str
    title: str
    plan_hash: str
    period_start: date
    period_end: date
    opens: date
    collect_by: datetime
    report_due: date
    collect_by_given: bool = False
    report_due_given: bool = False
    approved_on: date | None = None
    closures: tuple[Closure, ...] = ()

    def __post_init__(self) -> None:
        utc(self.collect_by)

    @property
    def key(self) -> str:
        """`pingtung/self_assessment/107H1`."""
        return f"{self.office}/{self.duty}/{self.name}"


@dataclass(frozen=True, kw_only=True)
class CycleRecord:
    """One occurrence of a duty (期別). `closures` are those that its days were worked out with."""

    key: str
    office: str
    duty: str
    name: str
    title: str
    plan_hash: str
    period_start: date
    period_end: date
    opens: date
    collect_by: datetime
    collect_by_given: bool
    report_due: date
    report_due_given: bool
    approved_on: date | None
    closures: tuple[Closure, ...]
    state: CycleState
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Account:
    """What an event says of a change: to people, and to programs (JSON)."""

    why: str
    detail: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class NewDays:
    """The days to which an open cycle moves, and the closures that they were worked out with.

    `followers_story` is told of each assignment that goes along with a new `collect_by`.
    """

    collect_by: datetime
    report_due: date
    closures: tuple[Closure, ...]
    story: Account
    followers_story: Account

    def __post_init__(self) -> None:
        utc(self.collect_by)


@dataclass(frozen=True, kw_only=True)
class AssignmentRecord:
    """One section's part in one cycle (應辦事項).

    `collect_by` is until when it is waited for; `due_by` the cut-off that counts for being on time:
    an extension moves both, collecting again after being late only the first. With `own_cut_off`
    a person gave it one that stays when its cycle's moves. `on_time` is None until something is
    accepted, then final. `accepted_submission` is the one that counts, also while the assignment is
    returned or late again.
    """

    key: str
    cycle: str
    section: str
    position: int
    token: str
    state: AssignmentState
    collect_by: datetime
    due_by: datetime
    own_cut_off: bool
    on_time: bool | None
    returned_note: str
    returns: int
    accepted_submission: int | None
    paused_until: date | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a wait needs to know at each look."""

    state: AssignmentState
    collect_by: datetime
