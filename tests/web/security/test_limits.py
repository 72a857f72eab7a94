"""Limits of rate; those of size are tested where bodies are read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dutyflow.web.security.limits import RateLimit, TooManyRequests


def ticking(*moments: float) -> Iterator[float]:
    yield from moments


def test_a_limit_recovers_with_time() -> None:
    clock = ticking(0, 0, 0, 1, 1, 11)
    limit = RateLimit(burst=2, per_second=0.1, clock=lambda: next(clock))
    waits = [limit.take("a") for _ in range(4)]
    assert waits[:2] == [0, 0]
    assert waits[2] in (10, 11)
    assert waits[3] in (9, 10)
    assert limit.take("b") == 0
    assert limit.take("a") == 0


def test_keys_are_not_kept_without_end() -> None:
    limit = RateLimit(burst=1, per_second=1, most_keys=100)
    for number in range(1000):
        limit.take(str(number))
    assert len(limit._left) == 100


def test_who_asks_too_often_is_told_how_long_to_wait() -> None:
    limit = RateLimit(burst=1, per_second=0.1, clock=lambda: 0)
    limit.check("a")
    with pytest.raises(TooManyRequests) as refused:
        limit.check("a")
    assert (refused.value.seconds, refused.value.headers) == (11, {"Retry-After": "11"})
