"""What a message says of what it is about, each clue looked up when it is first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from dutyflow.forms.judge import stamp_in
from dutyflow.forms.stamp import FormStamp
from dutyflow.ledger.errors import UnknownKey
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.identifiers import is_thread_id, thread_id
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.senders import Sender, sender_of
from dutyflow.plan.texts import folded
from dutyflow.services.workspace import Case, Workspace

from .incoming import Incoming


@dataclass(frozen=True, kw_only=True)
class Clues:
    """The clues of one message that came to an office."""

    workspace: Workspace
    office: OfficePlan
    incoming: Incoming
    _known: dict[str, Case | None] = field(default_factory=dict, compare=False)

    @cached_property
    def sender(self) -> Sender:
        """Who wrote it, by the office's contacts."""
        return sender_of(self.office.contacts, self.incoming.message.sender)

    @cached_property
    def by_token(self) -> list[Case]:
        """The assignments whose tokens stand in the addresses that it was sent to."""
        tokens = self.incoming.message.tokens
        found = map(self.workspace.ledger.assignments.by_token, tokens)
        return self._cases(each.key for each in found if each is not None)

    @cached_property
    def by_thread(self) -> list[Case]:
        """Those of the mail that it answers; where that is none of ours, of any in its thread."""
        message = self.incoming.message
        for ids in ((message.in_reply_to,), message.references):
            notices = self.workspace.ledger.notices.by_message_id(filter(None, ids))
            cases = self._cases(each.about for each in notices)
            if cases:
                return cases
        return self._by_root()

    def _by_root(self) -> list[Case]:
        """Those of the root that all mails about an assignment refer to: it is quoted, too, where
        none of the mails that are named is known."""
        quoted = {self.incoming.message.in_reply_to, *self.incoming.message.references}
        if not any(map(is_thread_id, quoted)):
            return []
        mailbox = self.office.contacts.mailbox.address
        every = self.workspace.ledger.assignments.keys(self.office.office)
        return self._cases(key for key in every if thread_id(key, mailbox=mailbox) in quoted)

    @cached_property
    def named(self) -> list[Case]:
        """What address and thread agree on; either, where there is only one of them."""
        if not (self.by_token and self.by_thread):
            return self.by_token or self.by_thread
        threaded = {case.assignment.key for case in self.by_thread}
        return [case for case in self.by_token if case.assignment.key in threaded]

    @cached_property
    def by_subject(self) -> Case | None:
        """Of the sender's sections, the only assignment whose duty and period the subject names."""
        subject = folded(self.incoming.message.subject)
        found = [
            self.workspace.case(f"{cycle.key}/{assignment.section}")
            for cycle in self.workspace.ledger.cycles.all(office=self.office.office)
            if folded(cycle.title) in subject
            and folded(self.workspace.plan_of(cycle).duty(cycle.duty).name) in subject
            for assignment in self.workspace.ledger.assignments.of(cycle.key)
            if assignment.section in self.sender.sections
        ]
        exact = [case for case in found if folded(case.section_name) in subject]
        return found[0] if len(found) == 1 else exact[0] if len(exact) == 1 else None

    @cached_property
    def stamped(self) -> list[tuple[Attachment, FormStamp | None]]:
        """Its workbooks, each with the stamp that we have signed, None where there is none."""
        opened, secret = self.incoming.workbooks, self.workspace.secret
        return [(file, stamp_in(opened.read(file), secret)) for file in self.incoming.forms]

    def case(self, key: str) -> Case | None:
        """None for what is no assignment of this ledger: the secret may have served another."""
        if key not in self._known:
            try:
                self._known[key] = self.workspace.case(key)
            except UnknownKey:
                self._known[key] = None
        return self._known[key]

    def _cases(self, keys: Iterable[str]) -> list[Case]:
        return [case for key in dict.fromkeys(keys) if (case := self.case(key)) is not None]
