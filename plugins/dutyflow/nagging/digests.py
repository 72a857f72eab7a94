"""One digest for each person: everything that they are told today, the most urgent first. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import time

from dutyflow.plan.ladders import Tone
from dutyflow.plan.model import Person

from .decisions import Nag, Silence, silence_of
from .people import person_key
from .reasons import Reason, ReasonCode

OFFICE_HOURS = (time(8), time(18))

_URGENCY: dict[Tone, int] = {"urgent": 0, "firm": 1, "plain": 2}


@dataclass(frozen=True, kw_only=True)
class Digest:
    """What one person is told in one mail. There is at least one nag."""

    to: Person
    nags: tuple[Nag, ...]

    @property
    def tone(self) -> Tone:
        return self.nags[0].tone

    @property
    def offices(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(nag.office for nag in self.nags))

    def out_of_hours(self) -> tuple[Digest | None, tuple[Silence, ...]]:
        """What of it may go out of office hours, None where nothing may; and what waits."""
        may = tuple(nag for nag in self.nags if nag.step.any_hour)
        why = Reason(ReasonCode.OUT_OF_HOURS)
        waits = (silence_of(nag, why) for nag in self.nags if not nag.step.any_hour)
        return (replace(self, nags=may) if may else None), tuple(waits)


def digests_of(nags: Iterable[Nag]) -> list[Digest]:
    """The nags by person, across duties, sections and offices; what is due first stands first."""
    by_person: dict[str, list[Nag]] = {}
    for nag in nags:
        by_person.setdefault(person_key(nag.to.person), []).append(nag)
    return [
        Digest(to=own[0].to.person, nags=tuple(sorted(own, key=_first)))
        for own in by_person.values()
    ]


def _first(nag: Nag) -> tuple[int, object, str]:
    return (_URGENCY[nag.tone], nag.deadline, nag.assignment)
