"""待核定: who is reminded of a report that nobody has decided on, by the ladder of its duty. Pure.

The ladder's days are counted to the day on which the report is due. Whoever decides is the
coordinator: what would be told the section is told them, what is told the director is told both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dutyflow.calendars.working_days import WorkingDays
from dutyflow.plan.ladders import Ladder, Tone

from .steps import Schedule, Step


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A report to decide on, as it stands: `made` is the day on which it was assembled."""

    cycle: str
    made: date
    due: date


@dataclass(frozen=True, kw_only=True)
class Urging:
    """What today's step says of a decision. `rung` makes the notice of it; "" before the first."""

    rung: str
    reason: str
    tone: Tone
    director: bool


WAITS = Urging(rung="", reason="待核定", tone="plain", director=False)


def urge(decision: Decision, ladder: Ladder, calendar: WorkingDays, today: date) -> Urging:
    """The step that counts today. One that was missed is collapsed into it."""
    due = Schedule(ladder, decision.due, calendar).due(today, opened=decision.made)
    if due is None:
        return WAITS
    step = due.step
    return Urging(
        rung=f"undecided:{step.name}:{decision.due.isoformat()}",
        reason=f"待核定，{_when(step)}",
        tone=step.tone,
        director="director" in step.to,
    )


def _when(step: Step) -> str:
    """The ladder gives up on sections; on whoever decides it does not."""
    return f"逾報送期限 {step.offset} 個工作天" if step.offset > 0 else step.title
