"""The states of an assignment, and what holds in which of them. One definition each."""

from __future__ import annotations

from typing import Literal

AssignmentState = Literal["open", "submitted", "accepted", "returned", "late", "waived"]

STATE_TITLES: dict[AssignmentState, str] = {
    "open": "待填報",
    "submitted": "待修正",
    "accepted": "已填報",
    "returned": "退回補正",
    "late": "逾期",
    "waived": "免報",
}

# No answer is waited for any more, while it is in that state.
SETTLED: frozenset[AssignmentState] = frozenset({"accepted", "waived"})
# A first answer is waited for: nothing has been accepted, and its time is not over.
AWAITED: frozenset[AssignmentState] = frozenset({"open", "submitted"})
# It goes along when its cycle's cut-off moves. One that is waived may still be answered.
MOVABLE: frozenset[AssignmentState] = AWAITED | {"waived"}
# It has an answer that can be sent back, or was sent back already.
RETURNABLE: frozenset[AssignmentState] = frozenset({"accepted", "returned"})
