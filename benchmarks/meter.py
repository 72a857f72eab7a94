"""Processor time and wall time of the same work, the processes included that work for us."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from .figures import Times, take_turns


@dataclass
class Meter:
    """Counts the processor time of this process and of the children that it has waited for; and of
    a `helper` and its children, if any, which must stay as long as a measurement: a database's
    backend does, as long as its connection."""

    helper: int | None = None
    _passed: list[float] = field(default_factory=list)

    def measure(self, work: Callable[[], None], times: int = 1) -> float:
        """The processor's seconds for one of so many; the wall's are remembered."""
        begun, worked = time.perf_counter(), self._processor_time()
        work()
        self._passed.append((time.perf_counter() - begun) / times)
        return (self._processor_time() - worked) / times

    def take_turns(
        self, ways: Mapping[str, Callable[[], float]], rounds: int
    ) -> tuple[Times, Times]:
        """As `figures.take_turns`, for ways that measure once each: processor time, wall time."""
        passed: Times = {name: [] for name in ways}
        worked = take_turns(
            {name: lambda name=name: self._of(ways[name], passed[name]) for name in ways}, rounds
        )
        return worked, passed

    def _of(self, way: Callable[[], float], passed: list[float]) -> float:
        worked = way()
        passed.append(self._passed.pop())
        return worked

    def _processor_time(self) -> float:
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        own = time.process_time() + children.ru_utime + children.ru_stime
        return own + sum(map(_seconds, self._helpers()))

    def _helpers(self) -> list[psutil.Process]:
        if self.helper is None:
            return []
        first = psutil.Process(self.helper)
        return [first, *first.children(recursive=True)]


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def peak_memory() -> int:
    """The most memory that this process has held, in bytes.

    On Linux `ru_maxrss` is no answer: it begins with what the parent held when it started us.
    """
    status = Path("/proc/self/status")
    if status.exists():
        words = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(words["VmHWM"].split()[0]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # bytes, elsewhere than on Linux
