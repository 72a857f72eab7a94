"""What the benchmarks share: ways that take turns, and the table of what was found."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Times = dict[str, list[float]]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of a table: a measured value and what it should be."""

    what: str
    baseline: str
    value: float
    target: float
    better: Literal["≤", "≥"] = "≤"

    @property
    def met(self) -> bool:
        return self.value <= self.target if self.better == "≤" else self.value >= self.target


def take_turns(ways: Mapping[str, Callable[[], float]], rounds: int) -> Times:
    """The seconds that each way says it took, round by round.

    The ways take turns, and who begins changes, so that a busy machine slows all of them alike.
    """
    times: Times = {name: [] for name in ways}
    for number in range(rounds):
        names = list(ways)
        for name in reversed(names) if number % 2 else names:
            times[name].append(ways[name]())
    return times


def ratio(times: Times, of: str, to: str) -> float:
    """How many times as long as `to` did `of` take? The median of all rounds."""
    return statistics.median(mine / its for mine, its in zip(times[of], times[to], strict=True))


def milliseconds(times: Times, name: str) -> str:
    return f"{statistics.median(times[name]) * 1000:.1f} ms"


def show(title: str, figures: Sequence[Figure], *, measured: str = "median ratio") -> None:
    """Print a table. `measured` names the column of values; a ratio is shown as 1.23x."""
    unit = "x" if "ratio" in measured else ""
    lines = [("what", "baseline", measured, "target", "met")]
    for figure in figures:
        value, target = f"{figure.value:.2f}{unit}", f"{figure.better} {figure.target:g}{unit}"
        met = "met" if figure.met else "MISSED"
        lines.append((figure.what, figure.baseline, value, target, met))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    print(f"{title}\n")
    for line in lines:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print(f"  {'  '.join(cells)}".rstrip(), flush=True)
