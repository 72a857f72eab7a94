"""The errors that people read.

Every error says what was found, where, what was expected and what to do. The people who meet
them are coordinators and sections, so the words are Traditional Chinese.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class DutyflowError(Exception):
    """Base of all errors that dutyflow raises on purpose. Its text is fit for a user's eyes."""


class ComesBack(DutyflowError):
    """Something outside is away for now: a server, a database. Trying again later is safe."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One mistake in something that a person wrote.

    `where` is a place the person can go to (file and line, or sheet and cell), `found` what
    stands there, `expected` what should, `hint` what to do (may be empty).
    """

    where: str
    found: str
    expected: str
    hint: str = ""

    def __str__(self) -> str:
        sentence = f"{self.where}：{self.found}；應為：{self.expected}"
        return f"{sentence}（{self.hint}）" if self.hint else sentence


class Findings(DutyflowError):
    """Several mistakes at once: a person is told all of them, not one after another."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


class PlanError(Findings):
    """A plan, contacts or closures file that cannot be used as it stands."""
