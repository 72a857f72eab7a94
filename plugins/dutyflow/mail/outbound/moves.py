"""Days that have moved, or may yet (改期, 推估): what sections and the coordinator are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dutyflow.calendars.roc import format_roc

from .contexts import About, Content, Deadline


@dataclass(frozen=True, kw_only=True)
class MovedDay:
    """A day that has moved: what it is called, from when to when, and why."""

    name: str
    was: date
    becomes: date
    reasons: tuple[str, ...]

    @property
    def title(self) -> str:
        was, becomes = (format_roc(day, weekday=True) for day in (self.was, self.becomes))
        return f"由 {was}改為 {becomes}"

    @property
    def reason(self) -> str:
        return "、".join(self.reasons)


@dataclass(frozen=True, kw_only=True)
class Moved(Content):
    """期限改為: an assignment's deadline is now another day."""

    template = "moved"

    about: About
    deadline: Deadline
    moved: MovedDay

    @property
    def earlier(self) -> bool:
        return self.moved.becomes < self.moved.was

    @property
    def subject(self) -> str:
        return f"期限改為 {self.deadline.title}：{self.about.title}（{self.about.section}）"


@dataclass(frozen=True, kw_only=True)
class MovedCycle:
    """What has moved of one cycle. `told` are the sections that are told of it, `kept` those that
    keep a deadline of their own, with it."""

    title: str
    days: tuple[MovedDay, ...]
    told: tuple[str, ...]
    kept: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MovedCycles(Content):
    """期限移動: for the coordinator, what closures moved of what is open."""

    template = "moved_cycles"

    office: str
    cycles: tuple[MovedCycle, ...]

    @property
    def subject(self) -> str:
        first, *more = self.cycles
        others = f"等 {len(self.cycles)} 期" if more else ""
        return f"期限已調整：{first.title}{others}"

    @property
    def tells(self) -> bool:
        """Whether any section is told as well."""
        return any(cycle.told for cycle in self.cycles)


@dataclass(frozen=True, kw_only=True)
class Estimated(Content):
    """期限為推估: for the coordinator, once a year. `duties` are lines: a duty with its cycles.

    No day is named: an estimate says little, and an unannounced day is not to be told.
    """

    template = "estimated"

    office: str
    year: int
    count: int
    duties: tuple[str, ...]

    @property
    def subject(self) -> str:
        return f"{self.year}年有 {self.count} 期的期限為推估：{self.office}"
