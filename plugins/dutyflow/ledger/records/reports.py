"""Reports with their files, and events."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Decision = Literal["approved", "returned", "withheld"]
ReportState = Literal["assembled", "approved", "returned", "withheld", "delivered"]


@dataclass(frozen=True, kw_only=True)
class ReportFile:
    """One rendering: `size` in bytes, `blob` the hash under which the store keeps it."""

    name: str
    blob: str
    size: int


@dataclass(frozen=True, kw_only=True)
class ReportRecord:
    """One version of a cycle's report (彙整表): 1 the first, then amendments."""

    cycle: str
    version: int
    plan_hash: str
    content: dict[str, Any]
    files: tuple[ReportFile, ...]
    state: ReportState
    made_at: datetime
    decided_by: str
    note: str


@dataclass(frozen=True, kw_only=True)
class EventRecord:
    """Something that happened. `hash` covers it and, by the hash before, all that came before."""

    id: int
    at: datetime
    who: str
    what: str
    about: str
    why: str
    detail: dict[str, Any] = field(default_factory=dict)
    hash: str
