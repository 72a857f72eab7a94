"""One message that cannot be taken in keeps no other from its turn, and is not tried for ever."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from dutyflow.errors import ComesBack, DutyflowError
from dutyflow.infra.blob_store import StoreAway
from dutyflow.ledger.errors import LedgerAway
from dutyflow.ledger.records import Stumble
from dutyflow.mail.errors import MailboxAway, MailDeferred
from dutyflow.mail.mailboxes.inbox import Inbox, RawMessage, Withheld
from dutyflow.nagging.reasons import ReasonCode
from dutyflow.services.workspace import Workspace

from .incoming import unread_mail
from .reasons import QuarantineReason
from .record import quarantine

TRIES = 8  # some minutes, as the intake is retried: after pauses that double

log = logging.getLogger(__name__)


class StillWaits(ComesBack):
    """Some messages could not be taken in; the others were. They are tried again."""


@dataclass(frozen=True, kw_only=True)
class Tries:
    """A pass over an inbox, which knows what earlier passes have stumbled over."""

    workspace: Workspace
    office: str
    clock: Callable[[], datetime]
    troubles: list[str] = field(default_factory=list)
    known: dict[str, Stumble] = field(default_factory=dict)

    def give_up(self, inbox: Inbox) -> None:
        """What has failed often enough is kept for the coordinator, and waits no more."""
        for stumble in self.workspace.ledger.stumbles.of(self.office):
            if stumble.tries < TRIES:
                self.known[stumble.message] = stumble
                continue
            reason = QuarantineReason.of(
                ReasonCode.INTAKE_GIVEN_UP, tries=stumble.tries, why=stumble.why
            )
            blob = stumble.blob or self.workspace.store.put(_note(stumble))
            kept = unread_mail(blob, stumble.since, self.office)
            quarantine(self.workspace, kept, reason, now=self.clock())
            inbox.done(stumble.message)
            self.workspace.ledger.stumbles.forget(self.office, stumble.message)

    def each(self, inbox: Inbox) -> Iterator[RawMessage]:
        """What can be read, what was stumbled over before at the end. Raises MailboxAway."""
        try:
            for message in inbox.messages(last=self.known):
                if isinstance(message, Withheld):
                    self._stumbled(message.id, message.why)
                else:
                    yield message
        except MailboxAway as away:
            if away.over:
                self._stumbled(away.over, str(away))
            raise

    @contextmanager
    def at(self, stored: RawMessage) -> Iterator[None]:
        """One message. What goes wrong with it is noted; where the ledger or the store is away, it
        is not the message's fault, and all of it waits: raises LedgerAway, StoreAway."""
        try:
            yield
        except StoreAway:
            raise
        except (MailDeferred, MailboxAway) as trouble:
            self.troubles.append(str(trouble))
        except Exception as trouble:
            if isinstance(trouble, ComesBack) and not isinstance(trouble, LedgerAway):
                raise
            log.exception("a message could not be taken in; it is tried again")
            said = str(trouble) if isinstance(trouble, DutyflowError) else type(trouble).__name__
            # A ledger that can note this is not away: it is this message that it cannot take.
            self._stumbled(stored.id, said, blob=self.workspace.store.put(stored.data))
        else:
            if stored.id in self.known:
                self.workspace.ledger.stumbles.forget(self.office, stored.id)

    def settle(self) -> None:
        """Raises StillWaits where something could not be taken in."""
        if self.troubles:
            raise StillWaits("；".join(self.troubles))

    def _stumbled(self, message: str, why: str, blob: str = "") -> None:
        self.troubles.append(why)
        self.workspace.ledger.stumbles.add(
            self.office, message, now=self.clock(), why=why, blob=blob
        )


def _note(stumble: Stumble) -> bytes:
    """What stands for a message whose bytes could not be had."""
    return f"X-Dutyflow-Message: {stumble.office} {stumble.message}\r\n\r\n{stumble.why}".encode()
