"""待核定: who is reminded of a report that nobody has decided on, by the ladder of its duty. Pure.

The ladder's days are counted to the day on which the report is due. Whoever decides is the
coordinator: what would be told the section is told them, what is told the director is told both.
Its gap, and how many mails it allows a day, hold here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dutyflow.calendars.working_days import WorkingDays
from dutyflow.plan.ladders import Ladder, Tone

from .reasons import Reason, ReasonCode
from .rungs import Rung, RungKind
from .steps import Schedule
from .throttle import had_enough, too_soon


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A report to decide on, as it stands: `made` is the day on which it was assembled."""

    cycle: str
    made: date
    due: date


@dataclass(frozen=True, kw_only=True)
class Urging:
    """What today's step says of a decision; before the first, it has no `rung`: no notice."""

    rung: Rung | None
    reason: Reason
    tone: Tone
    director: bool


WAITS = Urging(rung=None, reason=Reason(ReasonCode.REPORT_UNDECIDED), tone="plain", director=False)


def urge(decision: Decision, ladder: Ladder, calendar: WorkingDays, today: date) -> Urging:
    """The step that counts today. One that was missed is collapsed into it."""
    due = Schedule(ladder, decision.due, calendar).due(today, opened=decision.made)
    if due is None:
        return WAITS
    step = due.step
    return Urging(
        rung=Rung(kind=RungKind.UNDECIDED, step=step.id, deadline=decision.due),
        reason=Reason.of(
            ReasonCode.REPORT_UNDECIDED, step=step.name, late_by=max(step.offset, 0) or None
        ),
        tone=step.tone,
        director="director" in step.to,
    )


@dataclass(frozen=True, kw_only=True)
class Heard:
    """What somebody was told: `last`, the day on which they were last urged of the report; `today`,
    how many reminders they have had on this day; `waited`, whether they were spared for that reason
    on a day before, and have not been urged since."""

    last: date | None = None
    today: int = 0
    waited: bool = False


def held_back(heard: Heard, ladder: Ladder, calendar: WorkingDays, today: date) -> Reason | None:
    """Why they are not urged today; None where they are.

    Who had their day's mails is spared for one day. Reminders of late sections may come on every
    day, and would keep a report from the director for weeks.
    """
    if heard.today >= ladder.max_per_day and not heard.waited:
        return had_enough(heard.today)
    return too_soon(ladder, calendar, heard.last, today)
