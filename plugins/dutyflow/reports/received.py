"""What a report is made from: a duty of a plan, and what the sections sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from dutyflow.plan.answers import Answer
from dutyflow.plan.model import Duty, Plan
from dutyflow.plan.roles import ROLE_TITLES

from .model import Status


@dataclass(frozen=True, kw_only=True)
class SectionAnswers:
    """What came from one section: its accepted answers, or None if nothing did (逾期未報)."""

    answers: tuple[Answer, ...] | None
    late: bool = False
    waived: bool = False

    @property
    def unanswered(self) -> Status:
        """The status of a row that this section has not answered."""
        return "waived" if self.waived else "missing"


NOT_RECEIVED = SectionAnswers(answers=None)


@dataclass(frozen=True, kw_only=True)
class Material:
    """All that one version of a report is made from.

    `received` is by the sections' ids; a section that is not in it sent nothing.
    """

    plan: Plan
    duty: Duty
    period: str
    version: int
    made_on: date
    due_on: date
    received: Mapping[str, SectionAnswers]

    @property
    def signatures(self) -> tuple[str, ...]:
        """Who signs the report on paper."""
        return ROLE_TITLES["owner"], "複核", self.plan.office.titles.director

    def sent_by(self, section_id: str) -> SectionAnswers:
        return self.received.get(section_id, NOT_RECEIVED)
