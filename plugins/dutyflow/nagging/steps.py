"""A ladder's steps on the days of one deadline: which of them have come, and which counts. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dutyflow.calendars.working_days import WorkingDays
from dutyflow.plan import ladders
from dutyflow.plan.ladders import Ladder, Tone
from dutyflow.plan.roles import Role

from .rungs import Rung, RungKind, StepKind, StepName


@dataclass(frozen=True, kw_only=True)
class Step:
    """One reminder of a ladder: a rung, or one day of a rung that comes daily.

    `offset` is in working days from the deadline. One at `any_hour` goes out of office hours too.
    The `last` one tells the coordinator that the section is told no more.
    """

    offset: int
    to: tuple[Role, ...]
    tone: Tone
    form: bool
    subject: str = ""
    any_hour: bool = False
    last: bool = False

    @property
    def id(self) -> StepName:
        if self.last:
            return StepName(kind=StepKind.GIVEN_UP)
        if self.offset == 0:
            return StepName(kind=StepKind.DUE)
        kind = StepKind.OVERDUE if self.offset > 0 else StepKind.BEFORE
        return StepName(kind=kind, days=abs(self.offset))

    @property
    def name(self) -> str:
        """`before_5`, `due`, `overdue_2`, `given_up`: half of a notice's key."""
        return str(self.id)

    @property
    def gives_up_after(self) -> int | None:
        """Of the last one: for how many working days the section was told that it is late."""
        return self.offset - 1 if self.last else None

    def rung(self, deadline: date) -> Rung:
        """The rung of a notice: the same step for another deadline is another one."""
        return Rung(kind=RungKind.STEP, step=self.id, deadline=deadline)


@dataclass(frozen=True, kw_only=True)
class Due:
    """The step that counts on a day; `collapsed` are those before it whose day has come as well.

    Which of these were told in time, and which were missed, the notices tell.
    """

    step: Step
    collapsed: tuple[Step, ...]


def steps_of(ladder: Ladder) -> tuple[Step, ...]:
    """Every step in the order of their days, the daily ones one by one, the giving up last."""
    return tuple(_steps(ladder))


def _steps(ladder: Ladder) -> Iterator[Step]:
    ends = [later.working_days for _, later in pairwise(ladder.rungs)]
    for rung, end in zip(ladder.rungs, [*ends, ladder.gives_up_after + 1], strict=True):
        yield _step(rung, rung.working_days)
        if rung.daily:
            yield from (_step(rung, offset) for offset in range(rung.working_days + 1, end))
    if any(rung.working_days > 0 for rung in ladder.rungs):
        yield Step(
            offset=ladder.gives_up_after + 1,
            to=("coordinator",),
            tone="plain",
            form=False,
            last=True,
        )


def _step(rung: ladders.Rung, offset: int) -> Step:
    return Step(
        offset=offset,
        to=rung.to,
        tone=rung.tone,
        form=rung.form,
        subject=rung.subject,
        any_hour=rung.any_hour,
    )


class Schedule:
    """The days of a ladder's steps for one deadline, which is the last day for an answer."""

    def __init__(self, ladder: Ladder, deadline: date, calendar: WorkingDays) -> None:
        self.deadline = deadline
        self._steps = steps_of(ladder)
        self._days = [_day(step.offset, deadline, calendar) for step in self._steps]

    @property
    def last_day(self) -> date:
        return self._days[-1]

    def next_after(self, today: date, *, opened: date) -> tuple[Step, date] | None:
        """The next step whose day is still to come, and that day."""
        at = bisect_right(self._days, max(today, opened))
        return (self._steps[at], self._days[at]) if at < len(self._days) else None

    def due(self, today: date, *, opened: date) -> Due | None:
        """The highest step whose day has come. A step whose day was not after that of the opening
        mail (or of a grant of more time) never was one: that mail says it all."""
        first = bisect_right(self._days, opened)
        last = bisect_right(self._days, today)
        if last <= first:
            return None
        return Due(step=self._steps[last - 1], collapsed=self._steps[first : last - 1])


def _day(offset: int, deadline: date, calendar: WorkingDays) -> date:
    """The deadline's own step is on the last working day that is not after it: a reminder on a
    holiday would come too late to help."""
    return calendar.shift(deadline, offset) if offset else calendar.roll(deadline, "previous")
