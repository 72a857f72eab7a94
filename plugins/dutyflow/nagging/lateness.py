"""When the time for an answer is over, and whether one came in time. The only place that decides.

A cut-off is a moment: where the plan names a day, the first of the day after. It is the first
moment at which nothing is waited for any more.
"""

from __future__ import annotations

from datetime import datetime

from .states import SETTLED, AssignmentState


def is_over(cut_off: datetime, now: datetime) -> bool:
    """Whether the time until a cut-off has run out."""
    return now >= cut_off


def is_late(state: AssignmentState, cut_off: datetime, now: datetime) -> bool:
    """Whether an answer is still to come though its time is over."""
    return state not in SETTLED and is_over(cut_off, now)


def has_ended(state: AssignmentState, cut_off: datetime, now: datetime) -> bool:
    """Whether collecting ends without an answer: its time is over, or it is on record as late,
    also where a new cut-off was given since."""
    return state == "late" or is_late(state, cut_off, now)


def is_on_time(received_at: datetime, due_by: datetime) -> bool:
    """Whether an answer that is accepted came in time. At the very moment it still does."""
    return received_at <= due_by
