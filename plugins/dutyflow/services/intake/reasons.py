"""Why something that came does not count, as a value; `wording` has the words."""

from __future__ import annotations

from dutyflow.nagging.reasons import Reason, ReasonCode

# Whoever sent it is told of these: they may have meant something else, or can mend it.
_TOLD_TO_THE_SENDER = frozenset(
    {
        ReasonCode.UNREADABLE,
        ReasonCode.NO_ASSIGNMENT,
        ReasonCode.ADDRESS_AND_THREAD_DISAGREE,
        ReasonCode.SENDER_OF_OTHER_SECTION,
        ReasonCode.SUBJECT_OF_OTHER_ASSIGNMENT,
    }
)


class QuarantineReason(Reason):
    """Why a message, or one of its files, counts for nothing before a person has looked at it."""

    @property
    def needs_nobody(self) -> bool:
        """Whether nobody need look at it either."""
        return self.code is ReasonCode.AUTOMATIC_REPLY

    @property
    def is_told_to_the_sender(self) -> bool:
        return self.code in _TOLD_TO_THE_SENDER
