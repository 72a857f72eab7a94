"""The one clock. Only the edge (command line, Airflow, web) reads it; all else is told `now`."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)
