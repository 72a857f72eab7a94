"""The report (彙整表) as a value, from which alone it is rendered and compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

Status = Literal["reported", "nothing", "missing", "waived"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """What one section reported about one measure.

    `nothing` is 無辦理事項, `missing` 逾期未報, `waived` 免報. `score` is on the plan's scale, and
    only ever set where something was reported. `late`: it came after the cut-off.
    """

    section: str
    status: Status
    text: str = ""
    score: float | None = None
    evidence: str = ""
    late: bool = False


@dataclass(frozen=True, kw_only=True)
class MeasureRow:
    """One measure (具體作法) with one entry for each section that owns it, in the plan's order."""

    measure: str
    strategy: str
    item: str
    text: str
    frequency: str
    entries: tuple[Entry, ...]
    score: float | None


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts of entries by their status, and the mean of their scores.

    expected = answered + nothing + missing + waived.
    """

    expected: int
    answered: int
    nothing: int
    missing: int
    waived: int
    late: int
    average: float | None

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> Tally:
        """Count entries; `average` is the mean of the scores among them."""
        counted = tuple(entries)
        statuses = [entry.status for entry in counted]
        return cls(
            expected=len(counted),
            answered=statuses.count("reported"),
            nothing=statuses.count("nothing"),
            missing=statuses.count("missing"),
            waived=statuses.count("waived"),
            late=sum(entry.late for entry in counted),
            average=mean(entry.score for entry in counted),
        )


@dataclass(frozen=True, kw_only=True)
class AspectResult:
    """One aspect (面向): its measures and its score."""

    name: str
    weight: float
    rows: tuple[MeasureRow, ...]
    score: float | None

    @property
    def tally(self) -> Tally:
        return Tally.of(entry for row in self.rows for entry in row.entries)

    @property
    def answered(self) -> int:
        return self.tally.answered

    @property
    def expected(self) -> int:
        return self.tally.expected


@dataclass(frozen=True, kw_only=True)
class Report:
    """One version of what an office reports on one cycle of a duty (彙整表).

    `sections` are the names of all sections that were asked, in the plan's order. `note` may hold
    several paragraphs. `changes` says what differs from the version before, in sentences.
    """

    title: str
    office: str
    duty: str
    period: str
    version: int
    made_on: date
    due_on: date
    note: str
    sections: tuple[str, ...]
    signatures: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The title without the period."""
        return self.title.removeprefix(self.period)

    @property
    def missing(self) -> tuple[str, ...]:
        """The sections from which something is missing (逾期未報), in the plan's order."""
        raise NotImplementedError


@dataclass(frozen=True, kw_only=True)
class Assessment(Report):
    """The report that scores measures, aspects and the whole (考核結果彙整表)."""

    kind: Literal["assessment_summary"] = "assessment_summary"
    aspects: tuple[AspectResult, ...]
    total: float | None

    @property
    def rows(self) -> Iterator[MeasureRow]:
        return (row for aspect in self.aspects for row in aspect.rows)

    @property
    def entries(self) -> Iterator[Entry]:
        return (entry for row in self.rows for entry in row.entries)

    @property
    def missing(self) -> tuple[str, ...]:
        """The sections from which something is missing (逾期未報), in the plan's order."""
        return tuple(name for name in self.sections if self.tally(name).missing)

    def tally(self, section: str | None = None) -> Tally:
        """How complete the whole report is, or one section's part in it."""
        return Tally.of(e for e in self.entries if section is None or e.section == section)


def mean(scores: Iterable[float | None], weights: Iterable[float] | None = None) -> float | None:
    """The (weighted) mean of the scores that exist; None if there are none.

    Computed in fractions, so that it never leaves the range of its scores by a rounding error.
    """
    listed = list(scores)
    weighing = [1.0] * len(listed) if weights is None else weights
    pairs = [
        (Fraction(score), Fraction(weight))
        for score, weight in zip(listed, weighing, strict=True)
        if score is not None
    ]
    if not pairs:
        return None
    return float(sum(s * w for s, w in pairs) / sum(w for _, w in pairs))
