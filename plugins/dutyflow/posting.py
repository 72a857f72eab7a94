"""寄信: every mail goes through here. Decide → claim → send → record.

A crash between sending and recording may repeat one mail under its own Message-ID; it never loses
one, and never marks one as sent that was not.
"""

from __future__ import annotations

import logging
import smtplib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from .errors import ComesBack, DutyflowError
from .ledger.records import Claim, NewNotice, NoticeRecord
from .ledger.what import SYSTEM
from .mail.attachment import Attachment
from .mail.contexts import Content
from .mail.errors import UnusableTemplate
from .mail.identifiers import message_id
from .mail.letter import Letter, compose
from .mail.sending import send
from .plan.model import Mailbox, Person
from .workspace import Workspace

log = logging.getLogger(__name__)


class MailDeferred(ComesBack):
    """The mail could not be sent now. Trying again later is safe."""


class MailRefused(DutyflowError):
    """The mail server refuses this mail for good; a person has to see to it."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One of the things that a mail is about; with the recipient, a notice of its own."""

    about: str
    rung: str
    reason: str
    cycle: str | None = None
    acting_for: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispatch:
    """One mail to one person, decided but not yet sent: a notice (通知), or several in a digest.

    `about` is the assignment's key, or another thing's; with `rung` and the recipient it is the
    notice's identity. `reason` says why it is sent, in words for a proof. What the mail is about
    besides are its `more` points, in the order of its content's lines.
    """

    about: str
    rung: str
    to: Person
    reason: str
    content: Content
    cycle: str | None = None
    thread: str = ""
    threads: tuple[str, ...] = ()
    token: str = ""
    answers: str = ""
    attachments: tuple[Attachment, ...] = ()
    acting_for: str = ""
    more: tuple[Point, ...] = ()

    @property
    def points(self) -> tuple[Point, ...]:
        first = Point(
            about=self.about,
            rung=self.rung,
            reason=self.reason,
            cycle=self.cycle,
            acting_for=self.acting_for,
        )
        return (first, *self.more)

    def only(self, places: Sequence[int]) -> Dispatch:
        """The same mail about fewer of its points."""
        if len(places) == len(self.points):
            return self
        first, *more = (self.points[place] for place in places)
        content = self.content.only(places)
        return replace(self, **vars(first), more=tuple(more), content=content)

    def letter(self, message_id: str = "") -> Letter:
        return Letter(
            key=f"{self.about} {self.rung} {self.to.email}",
            to=self.to,
            content=self.content,
            thread=self.thread,
            threads=self.threads,
            token=self.token,
            answers=self.answers,
            attachments=self.attachments,
            message_id=message_id,
        )


def post(
    desk: Workspace, client: smtplib.SMTP, dispatch: Dispatch, *, mailbox: Mailbox, now: datetime
) -> NoticeRecord:
    """Send one mail, once; what it is about that was sent before is left out of it.

    Gives the first of its notices. Raises MailDeferred when it should be tried again, MailRefused
    when that is no use.
    """
    claims = _claim(desk, dispatch, mailbox, now)
    granted = [place for place, claim in enumerate(claims) if claim.granted]
    if not granted:
        return _settled_before(desk.ledger.notices.get(claims[0].notice_id))
    ids = {claims[place].message_id for place in granted}
    letter = dispatch.only(granted).letter(ids.pop() if len(ids) == 1 else "")
    held = [claims[place].notice_id for place in granted]
    try:
        message = compose(letter, mailbox=mailbox, now=now)
    except UnusableTemplate as trouble:  # once it is mended, the mail goes out after all
        desk.ledger.notices.record_all(held, "deferred", now=now, detail=str(trouble))
        return _settled(desk.ledger.notices.get(held[0]))
    blob = desk.store.put(message.as_bytes())
    outcome = send(client, message)
    desk.ledger.notices.record_all(
        held, outcome.state, now=now, detail=outcome.detail, message_blob=blob
    )
    for address in outcome.unreachable:
        desk.ledger.people.mark_undeliverable(address, now=now, why=outcome.detail, who=SYSTEM)
    return _settled(desk.ledger.notices.get(held[0]))


def post_or_note(
    desk: Workspace, client: smtplib.SMTP, dispatch: Dispatch, *, mailbox: Mailbox, now: datetime
) -> None:
    """As `post`; a mail that is refused for good is on record as that, and stops nothing else."""
    try:
        post(desk, client, dispatch, mailbox=mailbox, now=now)
    except MailRefused as refused:
        log.warning("%s", refused)


def _claim(desk: Workspace, dispatch: Dispatch, mailbox: Mailbox, now: datetime) -> list[Claim]:
    letter = dispatch.letter()
    wanted = [
        NewNotice(
            about=point.about,
            cycle=point.cycle,
            rung=point.rung,
            recipient=dispatch.to.email,
            recipient_name=dispatch.to.name,
            subject=letter.subject,
            reason=point.reason,
            message_id=message_id(letter.key, mailbox=mailbox.address),
            acting_for=point.acting_for,
        )
        for point in dispatch.points
    ]
    return desk.ledger.notices.claim_all(wanted, now=now)


@dataclass(frozen=True, kw_only=True)
class Batch:
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
            again = any(isinstance(trouble, ComesBack) for trouble in self.troubles)
            raise (MailDeferred if again else MailRefused)("；".join(map(str, self.troubles)))


def _settled_before(notice: NoticeRecord) -> NoticeRecord:
    if notice.state == "claimed":
        raise MailDeferred(f"給 {notice.recipient} 的信正由另一個工作寄送；稍後自動確認")
    if notice.state == "refused":
        return _settled(notice)
    # Sent; or twice unknown, or come back: the coordinator knows, and nobody sends it again.
    return notice


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
