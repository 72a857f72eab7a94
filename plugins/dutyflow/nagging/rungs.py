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


class StepKind(StrEnum):
    """What steps a ladder has, by where they stand to the deadline."""

    BEFORE = "before"
    DUE = "due"
    OVERDUE = "overdue"
    GIVEN_UP = "given_up"


_NAME = re.compile(r"(before|due|overdue|given_up)(?:_([0-9]+))?")
_COUNTED = frozenset({StepKind.BEFORE, StepKind.OVERDUE})


@dataclass(frozen=True, kw_only=True, slots=True)
class StepName:
    """A step of a ladder: so many working days before the deadline or after it."""

    kind: StepKind
    days: int = 0

    def __str__(self) -> str:
        """`before_5`, `due`, `overdue_2`, `given_up`."""
        return f"{self.kind}_{self.days}" if self.kind in _COUNTED else self.kind.value

    @classmethod
    def parse(cls, name: str) -> StepName:
        """Raises ValueError for what is no step's name."""
        match = _NAME.fullmatch(name)
        found = cls(kind=StepKind(match[1]), days=int(match[2] or 0)) if match else None
        if found is None or str(found) != name:
            raise ValueError(f"no step of a ladder: {name!r}")
        return found


_BY_PREFIX = {kind.value: kind for kind in RungKind if kind not in (RungKind.STEP, RungKind.OTHER)}
_OF_STEPS = frozenset({RungKind.UNREACHABLE, RungKind.UNDECIDED, RungKind.REQUEST})


@dataclass(frozen=True, kw_only=True, slots=True)
class Rung:
    """One rung. `step` is the ladder's step that it is about and `deadline` the day to which that
    counts, where it is about one; `which` tells it from others of its kind."""

    kind: RungKind
    step: StepName | None = None
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


def _step_of(text: str) -> tuple[StepName, date] | None:
    name, _, day = text.replace(":", "@").partition("@")
    try:
        return StepName.parse(name), date.fromisoformat(day)
    except ValueError:  # no key of ours
        return None
