"""What the ledger refuses."""

from __future__ import annotations

from dutyflow.errors import ComesBack, DutyflowError


class LedgerError(DutyflowError):
    """Base of what the ledger refuses."""


class UnknownKey(LedgerError):
    """The ledger holds nothing under that key."""

    def __init__(self, kind: str, key: object) -> None:
        self.key = key
        super().__init__(f"帳本裡沒有{kind}「{key}」；請核對代號，或先開啟該期別")


class NotPossible(LedgerError):
    """The change does not fit the state that the thing is in."""


class LedgerAway(LedgerError, ComesBack):
    """The database cannot be reached, or cannot go on, for now. Nothing was changed."""
