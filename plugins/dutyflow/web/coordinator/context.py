"""What the pages are given by whoever serves them: visitors, runs, workspace, clock.

Airflow stands behind it; nothing here knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from dutyflow.ledger.records import AssignmentRecord
from dutyflow.plan.office import OfficePlan
from dutyflow.services.workspace import Workspace


@dataclass(frozen=True)
class Visitor:
    """A person who is logged in. `key` tells one from another for good, `name` goes on record.

    `may_edit` says whether they may edit all of these duties of an office, by their ids.
    """

    key: str
    name: str
    may_edit: Callable[[str, Collection[str]], bool]

    def may_see(self, office: OfficePlan) -> bool:
        """Whether an office's submissions are theirs to handle: who may run all of its duties."""
        duties = {duty.id for duty in office.plans[-1].duties}
        return bool(duties) and self.may_edit(office.office, duties)


class Runs(Protocol):
    """The runs that collect: which have stopped, and how to start them again."""

    def stopped(self, assignments: Iterable[AssignmentRecord]) -> set[str]:
        """The assignments, by key, that are not waited for any more: they were late."""

    def collect_again(self, assignment: AssignmentRecord, *, who: str) -> None:
        """Wait for it again, or take in what came late. Raises DutyflowError."""

    def tell_assigned(self, submission: int, *, who: str) -> None:
        """Send the mails that follow where something was assigned. Raises DutyflowError."""

    def tell_returned(self, assignment: AssignmentRecord, *, who: str) -> None:
        """Tell its section what to correct. Raises DutyflowError."""


@dataclass(frozen=True, kw_only=True)
class CoordinatorContext:
    """The app's one object, `app.state.context`.

    `admit` is a FastAPI dependency that lets nobody in who is not logged in, and puts the Visitor
    into `request.state.visitor`. `hosts` are the names, with port, under which people reach the
    pages besides the one that a request itself names.
    """

    admit: Callable[..., Any]
    runs: Runs
    open_workspace: Callable[[], AbstractContextManager[Workspace]]
    clock: Callable[[], datetime]
    hosts: Collection[str] = ()
