"""Who looks at the page, and what the page asks of whoever runs the duties. Airflow stands behind
both; nothing here knows it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

from dutyflow.ledger.records import AssignmentRecord
from dutyflow.plan.office import OfficePlan


@dataclass(frozen=True)
class Visitor:
    """A person who is logged in. `key` tells one from another for good, `name` goes on record.

    `may_edit` says whether they may edit all of these duties of an office, by their ids.
    """

    key: str
    name: str
    may_edit: Callable[[str, Collection[str]], bool]

    def may_see(self, office: OfficePlan) -> bool:
        """Whether what came in at an office is theirs to see to: who may run all of its duties."""
        duties = {duty.id for duty in office.plans[-1].duties}
        return bool(duties) and self.may_edit(office.office, duties)


class Runs(Protocol):
    """The runs that collect: what has stopped, and setting it going again."""

    def stopped(self, assignments: Iterable[AssignmentRecord]) -> set[str]:
        """Those, by key, that are not waited for any more: they were late."""

    def collect_again(self, assignment: AssignmentRecord, *, who: str) -> None:
        """Wait for it again, or take in what came late. Raises DutyflowError."""

    def tell_assigned(self, submission: int, *, who: str) -> None:
        """Send the mails that follow where something was assigned. Raises DutyflowError."""

    def tell_returned(self, assignment: AssignmentRecord, *, who: str) -> None:
        """Tell its section what to correct. Raises DutyflowError."""
