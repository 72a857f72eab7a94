"""The reply to what came in, and how robots are kept from being answered for ever."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from typing import Any

from dutyflow.calendars.roc import in_zone
from dutyflow.forms.judge import Verdict
from dutyflow.forms.problems import Problem
from dutyflow.ledger.records import NoticeRecord, SubmissionRecord
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.outbound.contexts import Content, Receipt
from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind
from dutyflow.plan.model import Person, address_key
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.workspace import Case, Workspace

from .incoming import Incoming

A_DAY = timedelta(days=1)
REPLIES_A_DAY = 20  # to one who sends nothing that counts: a robot would answer each
_REPLIES = (RungKind.ANSWER, RungKind.MISPLACED)


class Throttle(Enum):
    """When a reply is held back, lest two robots write to each other for ever."""

    NEVER = auto()  # it changes what counts: whoever sent it is told, whatever they were told
    TOO_MANY = auto()  # they have been told as much today as anybody needs
    SAME_TODAY = auto()  # so; or the same today
    SAME_EVER = auto()  # they have been told the same, on whatever day


class Told(StrEnum):
    """What a reply says, under the name that the ledger keeps: it must not change."""

    RECEIPT = "receipt"
    MISTAKES = "mistakes"
    NO_FORM = "no_form"
    FORMS_ELSEWHERE = "forms_elsewhere"
    QUARANTINED = "quarantined"
    EXTENSION = "extension"
    DECISION = "decision"


def reason_of(content: Content, told: Told, *, subject: str = "", **parameters: Any) -> Reason:
    """Why a reply is sent: what it tells, with whatever makes that another thing to be told; and in
    words, for a proof, its subject or what is given instead."""
    subject = subject or content.subject
    return Reason.of(ReasonCode.REPLY, subject=subject, told=told.value, **parameters)


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What whoever sent something is told of it: shown on the page, or sent as a mail.

    `reason` says what it tells, as a value. `case` is the assignment that it is about, None where
    it is about none; `submission` what is on record, None where nothing was judged. `others` are
    mails to others that follow from it, and go out first. `enclosed` makes the files that go along.
    `token` is that of the address to answer to, the assignment's where none is given.
    """

    incoming: Incoming
    content: Content
    reason: Reason
    case: Case | None = None
    submission: SubmissionRecord | None = None
    verdict: Verdict | None = None
    others: tuple[OutgoingMail, ...] = ()
    enclosed: Callable[[], Sequence[Attachment]] = tuple
    throttle: Throttle = Throttle.SAME_TODAY
    kind: RungKind = RungKind.ANSWER
    token: str = ""

    @property
    def accepted(self) -> bool:
        return isinstance(self.content, Receipt)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with what was sent, each mistake at its place."""
        return self.verdict.problems if self.verdict else ()

    def mails(self, workspace: Workspace, now: datetime) -> tuple[OutgoingMail, ...]:
        """The mails to be sent: to others, and the reply itself, if somebody can be reached and it
        is not held back."""
        to = self._reader()
        if to is None or self._is_throttled(workspace, to, now):
            return self.others
        return (*self.others, self._mail(to))

    def _mail(self, to: Person) -> OutgoingMail:
        mail = OutgoingMail(
            about=self._about,
            rung=Rung(kind=self.kind, which=self.incoming.identity),
            to=to,
            reason=self.reason,
            content=self.content,
            answers=self.incoming.message.message_id,
            attachments=tuple(self.enclosed()),
        )
        if self.case is None:
            return mail
        assignment = self.case.assignment
        return replace(
            mail,
            cycle=self.case.cycle.key,
            thread=assignment.key,
            token=self.token or assignment.token,
        )

    @property
    def _about(self) -> str:
        return self.case.assignment.key if self.case else f"{self.incoming.office}/inbox"

    def _reader(self) -> Person | None:
        """Whoever wrote. A folder has no sender: the section's first owner who can be reached."""
        case, incoming = self.case, self.incoming
        if case is None or incoming.channel != "folder":
            return incoming.writer(case.section_name if case else "您好")
        day = in_zone(incoming.received_at, case.zone).date()
        reachable = case.workspace.reachability(case.office, day)
        owners = case.people.owners
        return next((each for each in owners if not reachable.why_not(each, day)), owners[0])

    def _is_throttled(self, workspace: Workspace, to: Person, now: datetime) -> bool:
        """Whether they have been told enough: a robot that does not say that it is one would answer
        each of our replies."""
        if self.throttle is Throttle.NEVER:
            return False
        told = [
            notice
            for notice in workspace.ledger.notices.of(about=self._about)
            if self._is_other_reply(notice, to)
        ]
        if self.throttle is Throttle.SAME_EVER:
            return any(map(self._says_the_same, told))
        today = [notice for notice in told if notice.claimed_at > now - A_DAY]
        if len(today) >= REPLIES_A_DAY:
            return True
        return self.throttle is Throttle.SAME_TODAY and any(map(self._says_the_same, today))

    def _is_other_reply(self, notice: NoticeRecord, to: Person) -> bool:
        """What this very message has been told does not count: it may be read again before its
        reply has gone out."""
        rung = Rung.parse(notice.rung)
        of_another = rung.kind in _REPLIES and rung.which != self.incoming.identity
        return of_another and address_key(notice.recipient) == to.key

    def _says_the_same(self, notice: NoticeRecord) -> bool:
        """By what was told. A reply that is older than that is known by its subject alone."""
        why = notice.why
        if why is None or why.get("told") is None:
            return notice.reason == str(self.reason.get("subject"))
        return why.without("subject") == self.reason.without("subject")
