"""Why something is sent, is not sent, or does not count: as a value; `wording` has the words.

Decisions look at codes and parameters, never at the words, so that what people read can be changed
without changing what happens. The ledger keeps both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Self


class ReasonCode(StrEnum):
    """Every reason, under the name that the ledger keeps: it must not change.

    A new one is an entry here, and its words in `wording.py`.
    """

    # Why somebody is told something.
    OPENING = "opening"
    REMINDER = "reminder"
    NOBODY_REACHABLE = "nobody_reachable"
    REPORT_UNDECIDED = "report_undecided"
    MORNING_SUMMARY = "morning_summary"
    WEEKLY_STATUS = "weekly_status"
    DAYS_MOVED = "days_moved"
    DAYS_ESTIMATED = "days_estimated"
    RETURNED = "returned"
    REPORT_DELIVERED = "report_delivered"
    ADDRESS_UNDELIVERABLE = "address_undeliverable"
    EXTENSION_ASKED = "extension_asked"
    EXTENSION_UNDECIDED = "extension_undecided"
    EXTENSION_GRANTED = "extension_granted"
    EXTENSION_REFUSED = "extension_refused"
    COLLECTED_AGAIN = "collected_again"
    EXEMPTED = "exempted"
    REPLY = "reply"

    # Why nobody is told of a step, or one person is not.
    ANSWERED = "answered"
    WAIVED = "waived"
    PAUSED = "paused"
    TOO_SOON = "too_soon"
    DAILY_MAXIMUM = "daily_maximum"
    OUT_OF_HOURS = "out_of_hours"

    # Why a person cannot be told.
    AWAY = "away"
    MAIL_RETURNED = "mail_returned"

    # Why something that came does not count before a person has looked at it.
    UNREADABLE = "unreadable"
    INTAKE_FAILED = "intake_failed"
    INTAKE_GIVEN_UP = "intake_given_up"
    UNKNOWN_SENDER = "unknown_sender"
    SENDER_NOT_PROVED = "sender_not_proved"
    MAY_NOT_DECIDE = "may_not_decide"
    NO_ASSIGNMENT = "no_assignment"
    ADDRESS_AND_THREAD_DISAGREE = "address_and_thread_disagree"
    SENDER_OF_OTHER_SECTION = "sender_of_other_section"
    SUBJECT_OF_OTHER_ASSIGNMENT = "subject_of_other_assignment"
    FORM_WITHOUT_STAMP = "form_without_stamp"
    FORM_OF_OTHER_ASSIGNMENT = "form_of_other_assignment"
    UNFIT_FILE = "unfit_file"
    FILE_WITHOUT_STAMP = "file_without_stamp"
    FILE_TOO_LARGE = "file_too_large"
    EVIDENCE_OF_UNKNOWN = "evidence_of_unknown"
    AUTOMATIC_REPLY = "automatic_reply"
    ABSENCE_NOTE = "absence_note"
    BOUNCE_OF_OTHER_MAIL = "bounce_of_other_mail"
    BOUNCE_OF_UNKNOWN_ADDRESS = "bounce_of_unknown_address"

    # Why an answer is not accepted.
    MISTAKES = "mistakes"
    UNTOUCHED_FORM = "untouched_form"
    NO_FORM = "no_form"


# What a ladder's step brings: of these one person gets no more than so many mails a day.
REMINDERS = frozenset(
    {ReasonCode.REMINDER, ReasonCode.NOBODY_REACHABLE, ReasonCode.EXTENSION_UNDECIDED}
)


@dataclass(frozen=True)
class Reason:
    """A reason: its code, and parameters of plain values (numbers, names, ISO dates, codes).

    Build one with `of`. Equal where both are equal, also after a journey through the ledger.
    """

    code: ReasonCode
    parameters: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", _frozen(self.parameters))

    @classmethod
    def of(cls, code: ReasonCode, **parameters: Any) -> Self:
        """The reason with those of the parameters that say something: None, False and "" do not."""
        said = {name: value for name, value in parameters.items() if not _says_nothing(value)}
        return cls(code, said)

    def get(self, name: str) -> Any:
        """A parameter; None where the reason has none of that name."""
        return self.parameters.get(name)

    def without(self, *names: str) -> Reason:
        """The same reason, told without some of its parameters."""
        left = {name: value for name, value in self.parameters.items() if name not in names}
        return Reason(self.code, left)

    @property
    def plain(self) -> dict[str, Any]:
        """The parameters as JSON can say them."""
        found: dict[str, Any] = _thawed(self.parameters)
        return found


def _says_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("", ())


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({name: _frozen(each) for name, each in value.items()})
    return tuple(map(_frozen, value)) if isinstance(value, list | tuple) else value


def _thawed(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _thawed(each) for name, each in value.items()}
    return [_thawed(each) for each in value] if isinstance(value, tuple) else value
