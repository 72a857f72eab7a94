"""What a notice is, beside its assignment and its recipient: one rung of the reminder ladder, or
what else is sent once. As a value; the ledger has it as its key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class RungKind(StrEnum):
    """What kinds of notices there are, under the words with which their keys begin.

    A `STEP` of a ladder has the step's name instead, and `OTHER` is none of ours.
    """

    STEP = "step"
    OPENING = "opening"
    UNREACHABLE = "unreachable"
    UNDECIDED = "undecided"
    MOVED = "moved"
    ESTIMATED = "estimated"
    SUMMARY = "summary"
    WEEK = "week"
    RETURNED = "returned"
    DELIVERY = "delivery"
    UNDELIVERABLE = "undeliverable"
    REQUEST = "request"
    WAIVED = "waived"
    ANSWER = "answer"
    MISPLACED = "misplaced"
    CALL = "call"
    OTHER = "other"


_STEP = re.compile(r"(before_\d+|due|overdue_\d+|given_up)([@:])(\d{4}-\d{2}-\d{2})", re.ASCII)
_BY_PREFIX = {kind.value: kind for kind in RungKind if kind not in (RungKind.STEP, RungKind.OTHER)}
_OF_STEPS = frozenset({RungKind.UNREACHABLE, RungKind.UNDECIDED, RungKind.REQUEST})


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One rung. `step` is the name of the ladder's step that it is about and `deadline` the day to
    which that counts, where it is about one; `which` tells it from others of its kind."""

    kind: RungKind
    step: str = ""
    deadline: date | None = None
    which: str = ""

    @property
    def key(self) -> str:
        """How the ledger has it: `due@2018-07-04`, `unreachable:due@2018-07-04`, `moved:17`."""
        parts = [] if self.kind in (RungKind.STEP, RungKind.OTHER) else [self.kind.value]
        parts += [self.which] if self.which else []
        if self.deadline is not None:
            between = ":" if self.kind is RungKind.UNDECIDED else "@"
            parts.append(f"{self.step}{between}{self.deadline.isoformat()}")
        return ":".join(parts)

    @classmethod
    def parse(cls, key: str) -> Rung:
        """The rung of a key. One that is none of ours is kept whole, as `OTHER`."""
        found = _read(key)
        return found if found.key == key else cls(kind=RungKind.OTHER, which=key)


def _read(key: str) -> Rung:
    if step := _step_of(key):
        return Rung(kind=RungKind.STEP, step=step[0], deadline=step[1])
    prefix, _, rest = key.partition(":")
    kind = _BY_PREFIX.get(prefix, RungKind.OTHER)
    if kind in _OF_STEPS:
        which, last = ("", rest) if kind is RungKind.UNDECIDED else _parted(rest)
        if step := _step_of(last):
            return Rung(kind=kind, which=which, step=step[0], deadline=step[1])
    return Rung(kind=kind, which=rest)


def _parted(rest: str) -> tuple[str, str]:
    which, _, last = rest.rpartition(":")
    return which, last


def _step_of(text: str) -> tuple[str, date] | None:
    match = _STEP.fullmatch(text)
    try:
        return (match[1], date.fromisoformat(match[3])) if match else None
    except ValueError:  # no such day: not a key of ours
        return None
