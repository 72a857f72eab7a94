"""寄信: every mail goes through here. Decide → claim → send → record.

A crash between sending and recording may repeat one mail under its own Message-ID; it never loses
one, and never marks one as sent that was not.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from .errors import DutyflowError
from .ledger.records import NewNotice, NoticeRecord
from .mail.attachment import Attachment
from .mail.contexts import Content
from .mail.letter import Letter, compose
from .mail.sending import send
from .plan.model import Mailbox, Person
from .workspace import Workspace


class MailDeferred(DutyflowError):
    """The mail could not be sent now. Trying again later is safe."""


class MailRefused(DutyflowError):
    """The mail server refuses this mail for good; a person has to see to it."""


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """One notice (通知) to one person, decided but not yet sent.

    `about` is the assignment's key, or another thing's; with `rung` and the recipient it is the
    notice's identity. `reason` says why it is sent, in words for a proof.
    """

    about: str
    rung: str
    to: Person
    reason: str
    content: Content
    cycle: str | None = None
    thread: str = ""
    token: str = ""
    answers: str = ""
    attachments: tuple[Attachment, ...] = ()

    def letter(self) -> Letter:
        return Letter(
            key=f"{self.about} {self.rung} {self.to.email}",
            to=self.to,
            content=self.content,
            thread=self.thread,
            token=self.token,
            answers=self.answers,
            attachments=self.attachments,
        )


def post(
    desk: Workspace, client: smtplib.SMTP, dispatch: Dispatch, *, mailbox: Mailbox, now: datetime
) -> NoticeRecord:
    """Send one notice, once. One that was sent before is not sent again.

    Raises MailDeferred when it should be tried again, MailRefused when that is no use.
    """
    letter = dispatch.letter()
    message = compose(letter, mailbox=mailbox, now=now)
    notice = _notice(dispatch, letter.subject, str(message["Message-ID"]))
    claim = desk.ledger.notices.claim(notice, now=now)
    if not claim.granted:
        return _settled_before(desk.ledger.notices.get(claim.notice_id))
    blob = desk.store.put(message.as_bytes())
    outcome = send(client, message)
    desk.ledger.notices.record(
        claim.notice_id, outcome.state, now=now, detail=outcome.detail, message_blob=blob
    )
    return _settled(desk.ledger.notices.get(claim.notice_id))


@dataclass(frozen=True, kw_only=True)
class Round:
    """Several notices, each tried whatever becomes of the others, whose `troubles` are kept."""

    desk: Workspace
    client: smtplib.SMTP
    mailbox: Mailbox
    now: datetime
    troubles: list[DutyflowError] = field(default_factory=list)

    def post(self, dispatches: Iterable[Dispatch]) -> None:
        """Send them, once each; also what keeps one from being written is kept for the end."""
        waiting = iter(dispatches)
        while True:
            try:
                dispatch = next(waiting, None)
                if dispatch is None:
                    return
                post(self.desk, self.client, dispatch, mailbox=self.mailbox, now=self.now)
            except DutyflowError as trouble:
                self.troubles.append(trouble)

    def settle(self) -> None:
        """Raise MailDeferred if one should be tried again, MailRefused if one is in trouble."""
        if self.troubles:
            again = any(isinstance(trouble, MailDeferred) for trouble in self.troubles)
            raise (MailDeferred if again else MailRefused)("；".join(map(str, self.troubles)))


def _notice(dispatch: Dispatch, subject: str, message_id: str) -> NewNotice:
    return NewNotice(
        about=dispatch.about,
        cycle=dispatch.cycle,
        rung=dispatch.rung,
        recipient=dispatch.to.email,
        recipient_name=dispatch.to.name,
        subject=subject,
        reason=dispatch.reason,
        message_id=message_id,
    )


def _settled_before(notice: NoticeRecord) -> NoticeRecord:
    if notice.state == "claimed":
        raise MailDeferred(f"給 {notice.recipient} 的信正由另一個工作寄送；稍後自動確認")
    if notice.state == "refused":
        return _settled(notice)
    return notice  # sent, or twice unknown: the coordinator sees it, nobody sends it a third time


def _settled(notice: NoticeRecord) -> NoticeRecord:
    if notice.state == "deferred":
        raise MailDeferred(
            f"給 {notice.recipient} 的信暫時寄不出去（{notice.detail}）；稍後自動重試"
        )
    if notice.state == "unknown":
        raise MailDeferred(
            f"給 {notice.recipient} 的信是否寄達無法確定（{notice.detail}）；"
            "稍後以同一識別碼重寄一次"
        )
    if notice.state == "refused":
        raise MailRefused(
            f"給 {notice.recipient_name}（{notice.recipient}）的信被郵件伺服器拒收"
            f"（{notice.detail}）；請更正通訊錄 contacts.yaml 後重新執行"
        )
    return notice
