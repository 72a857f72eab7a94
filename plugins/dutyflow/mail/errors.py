"""What can be wrong with a mail, outgoing or incoming."""

from __future__ import annotations

from dutyflow.errors import ComesBack, DutyflowError


class MailError(DutyflowError):
    """Base of this package's errors."""


class BadLetterError(MailError, ValueError):
    """A letter that cannot become a mail: an address, token or key that no mail can carry."""


class UnusableTemplate(MailError):
    """A template that cannot be put into words: somebody has changed it, or what it is given."""


class UnreadableMessage(MailError):
    """Bytes that cannot be taken for a mail. They are kept; a person has to look at them.

    `advice` says what whoever wrote should do; "" where it is the usual.
    """

    def __init__(self, why: str, advice: str = "") -> None:
        self.advice = advice
        super().__init__(why)


class MailDeferred(MailError, ComesBack):
    """The mail could not be sent now. Trying again later is safe."""


class MailboxAway(MailError, ComesBack):
    """The server of a mailbox cannot be reached, or does not let us in. The mail waits there.

    `over` is the id of the message that it was asked for when the line broke, "" for none: some
    servers hang up on whoever asks for a message that they cannot give.
    """

    over: str = ""
