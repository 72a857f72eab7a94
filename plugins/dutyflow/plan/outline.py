"""As much of a plan as a DAG file needs: names, words and the next cycles.

It is read at each parse of a DAG file, so it uses the standard library alone, and the dataclasses
are given no methods that nobody calls: each is compiled at each parse.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True, repr=False)
class CycleOutline:
    """A cycle to come: its name and title, and its days in words.

    `last` is the ISO date of the day on which it is over. Of a cycle whose opening is not
    announced, no day is told.
    """

    name: str
    title: str
    opens: str
    collect_by: str
    report_due: str
    last: str
    provisional: bool


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class DutyOutline:
    """A duty in words: its rules as sentences, its sections by name.

    `rhythm` says by when it is done, in one phrase. `after` is the name of the duty that it comes
    after, `followers` are those of the duties that come after it. `cycles` begin with those that
    were not over when the outline was made.
    """

    id: str
    name: str
    clause: str
    assumption: str
    every: str
    rhythm: str
    opens: str
    collect_by: str
    report_due: str
    sections: tuple[str, ...]
    aspects: tuple[str, ...]
    measures: int
    form: str
    after: str
    followers: tuple[str, ...]
    cycles: tuple[CycleOutline, ...]

    def next_cycles(self, today: date, count: int) -> list[CycleOutline]:
        """The first cycles that are not over. They change only on a day on which one is."""
        return [cycle for cycle in self.cycles if cycle.last >= today.isoformat()][:count]


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class OfficeOutline:
    """An office as its latest plan has it, with the duties of all its plans.

    `director` is what its director is called. `since` is an ISO date before which no period of a
    cycle begins.
    """

    id: str
    name: str
    timezone: str
    title: str
    director: str
    since: str
    duties: tuple[DutyOutline, ...]
