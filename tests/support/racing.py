"""Doing the same thing several times at the same moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

T = TypeVar("T")


def at_once(action: Callable[[int], T], runners: int = 4) -> list[T]:
    """What each of the runners got who all started together; raises what one of them raised."""
    start = Barrier(runners)

    def run(number: int) -> T:
        start.wait()
        return action(number)

    with ThreadPoolExecutor(runners) as pool:
        return list(pool.map(run, range(runners)))
