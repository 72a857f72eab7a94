"""寄信: every mail goes through here. Decide → claim → send → record.

A crash between sending and recording may repeat one mail under its own Message-ID; it never loses
one, and never marks one as sent that was not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from itertools import chain

from dutyflow.errors import ComesBack, DutyflowError
from dutyflow.ledger.claims import Settlement
from dutyflow.ledger.event_types import SYSTEM
from dutyflow.ledger.records import Claim, NewNotice, NoticeRecord
from dutyflow.mail.errors import MailDeferred, UnusableTemplate
from dutyflow.mail.identifiers import message_id
from dutyflow.mail.outbound.letter import Letter
from dutyflow.nagging import wording
from dutyflow.nagging.reasons import Reason
from dutyflow.nagging.rungs import Rung
from dutyflow.plan.model import Mailbox
from dutyflow.services.workspace import Workspace

log = logging.getLogger(__name__)


class MailRefused(DutyflowError):
    """The mail server refuses this mail for good; a person has to see to it."""


@dataclass(frozen=True, kw_only=True)
class Point:
    """One of the things that a mail is about; with the recipient, a notice of its own."""

    about: str
    rung: Rung
    reason: Reason
    cycle: str | None = None
    acting_for: str = ""


@dataclass(frozen=True, kw_only=True)
class OutgoingMail(Letter):
    """A letter that is decided but not yet sent: a notice (通知), or several in a digest.

    `about` is the assignment's key, or another thing's; with `rung` and the recipient it is the
    notice's identity. `reason` says why it is sent. What the mail is about besides are its `more`
    points, in the order of its content's lines.
    """

    key: str = field(init=False, default="")
    about: str
    rung: Rung
    reason: Reason
    cycle: str | None = None
    acting_for: str = ""
    more: tuple[Point, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", f"{self.about} {self.rung.key} {self.to.email}")
        super().__post_init__()

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

    def only(self, places: Sequence[int]) -> OutgoingMail:
        """The same mail about fewer of its points."""
        if len(places) == len(self.points):
            return self
        first, *more = (self.points[place] for place in places)
        content = self.content.only(places)
        return replace(self, **vars(first), more=tuple(more), content=content)


def post(
    workspace: Workspace,
    dispatch: OutgoingMail,
    *,
    mailbox: Mailbox,
    now: datetime,
) -> NoticeRecord:
    """Send one mail, once; what it is about that was sent before is left out of it.

    Gives the first of its notices. Raises MailDeferred when it should be tried again, MailRefused
    when that is no use.
    """
    posting = _Posting(workspace=workspace, mailbox=mailbox, now=now, clock=lambda: now)
    (result,) = posting.results([dispatch])
    if isinstance(result, DutyflowError):
        raise result
    return result


def post_or_note(
    workspace: Workspace,
    dispatch: OutgoingMail,
    *,
    mailbox: Mailbox,
    now: datetime,
) -> None:
    """As `post`; a mail that is refused for good is on record as that, and stops nothing else."""
    try:
        post(workspace, dispatch, mailbox=mailbox, now=now)
    except MailRefused as refused:
        log.warning("%s", refused)


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Several mails, each tried whatever becomes of the others, whose `troubles` are kept.

    `clock` tells when a claim is made and an outcome known, for a batch that takes minutes; without
    one, all of it is at `now`.
    """

    workspace: Workspace
    mailbox: Mailbox
    now: datetime
    clock: Callable[[], datetime] | None = None
    troubles: list[DutyflowError] = field(default_factory=list)

    def post(self, dispatches: Iterable[OutgoingMail]) -> None:
        """Send them, once each; also what keeps one from being written is kept for the end."""
        posting = _Posting(
            workspace=self.workspace,
            mailbox=self.mailbox,
            now=self.now,
            clock=self.clock or (lambda: self.now),
        )
        for result in posting.results(dispatches):
            if isinstance(result, DutyflowError):
                self.troubles.append(result)

    def settle(self) -> None:
        """Raise MailDeferred if one should be tried again, MailRefused if one is in trouble."""
        if self.troubles:
            again = any(isinstance(trouble, ComesBack) for trouble in self.troubles)
            raise (MailDeferred if again else MailRefused)("；".join(map(str, self.troubles)))


@dataclass(frozen=True, kw_only=True)
class _Written:
    """A mail whose turn is next, and the notices of which it asks to be sent."""

    dispatch: OutgoingMail
    wanted: tuple[NewNotice, ...]
    claims: tuple[Claim, ...] = ()

    @property
    def granted(self) -> list[int]:
        return [place for place, claim in enumerate(self.claims) if claim.granted]


@dataclass(frozen=True)
class _Sent:
    """What became of a mail whose turn it was, to be put on record."""

    settlement: Settlement
    unreachable: tuple[str, ...] = ()


_Result = NoticeRecord | DutyflowError


@dataclass(frozen=True, kw_only=True)
class _Posting:
    """Mail after mail, with one transaction between two of them.

    It records what became of the one and claims the other. So what the ledger says is on the disk
    before a mail leaves, and one at most is claimed and not settled, whenever this process is
    killed: the one in flight.
    """

    workspace: Workspace
    mailbox: Mailbox
    now: datetime
    clock: Callable[[], datetime]

    def results(self, dispatches: Iterable[OutgoingMail]) -> Iterator[_Result]:
        """For each mail the first of its notices, or the trouble with it."""
        leaving: _Written | None = None
        for following in chain(self._written(dispatches), [None]):
            if leaving is None and following is not None:
                self.workspace.outbox.open()  # before anything is claimed
            # It is written by now, so nothing will delay the record of the one that leaves.
            if isinstance(following, DutyflowError):
                yield following
                continue
            sent = self._send(leaving) if leaving else None
            result, claimed = self._take_turn(sent, following)
            if result is not None:
                yield result
            if isinstance(claimed, DutyflowError):
                yield claimed
            leaving = None if isinstance(claimed, DutyflowError) else claimed

    def _written(self, dispatches: Iterable[OutgoingMail]) -> Iterator[_Written | DutyflowError]:
        waiting = iter(dispatches)
        while True:
            try:
                dispatch = next(waiting, None)
                if dispatch is None:
                    return
                written = _Written(dispatch=dispatch, wanted=tuple(self._notices(dispatch)))
            except DutyflowError as trouble:
                yield trouble
            else:
                yield written

    def _notices(self, dispatch: OutgoingMail) -> Iterator[NewNotice]:
        identifier = message_id(dispatch.key, mailbox=self.mailbox.address)
        for point in dispatch.points:
            yield NewNotice(
                about=point.about,
                cycle=point.cycle,
                rung=point.rung.key,
                recipient=dispatch.to.email,
                recipient_name=dispatch.to.name,
                subject=dispatch.subject,
                reason=wording.worded(point.reason, self.workspace.titles_at(point.about)),
                why=point.reason,
                message_id=identifier,
                acting_for=point.acting_for,
            )

    def _send(self, written: _Written) -> _Sent | _Result:
        """Hand a mail to the server, or give what became of it before."""
        if not written.granted:
            return _settled_before(self.workspace.ledger.notices.get(written.claims[0].notice_id))
        granted = [written.claims[place] for place in written.granted]
        ids = {claim.message_id for claim in granted}
        mail = written.dispatch.only(written.granted)
        if len(ids) == 1:  # it may have been tried before, under that identifier
            mail = replace(mail, message_id=ids.pop())
        held = tuple(claim.notice_id for claim in granted)
        try:
            outcome = self.workspace.outbox.send(mail, mailbox=self.mailbox, now=self.now)
        except UnusableTemplate as trouble:  # once it is mended, the mail goes out after all
            return _Sent(Settlement(notice_ids=held, state="deferred", detail=str(trouble)))
        except DutyflowError as trouble:
            return trouble
        settlement = Settlement(
            notice_ids=held, state=outcome.state, detail=outcome.detail, text=outcome.text
        )
        return _Sent(settlement, outcome.unreachable)

    def _take_turn(
        self, sent: _Sent | _Result | None, following: _Written | None
    ) -> tuple[_Result | None, _Written | DutyflowError | None]:
        """Record the one and claim the other. That the other cannot be claimed is no reason for
        the one not to be on record."""
        settlement = sent.settlement if isinstance(sent, _Sent) else None
        take_turn = partial(self.workspace.ledger.notices.take_turn, settlement, now=self.clock())
        claimed: _Written | DutyflowError | None = None
        try:
            turn = take_turn(following.wanted if following else ())
            claimed = replace(following, claims=turn.claims) if following else None
        except DutyflowError as trouble:
            turn, claimed = take_turn(()), trouble
        if not isinstance(sent, _Sent):
            return sent, claimed
        for address in sent.unreachable:
            self.workspace.ledger.people.mark_undeliverable(
                address, now=self.clock(), why=sent.settlement.detail, who=SYSTEM
            )
        return _settled(turn.settled[0]), claimed


def _settled_before(notice: NoticeRecord) -> _Result:
    if notice.state == "claimed":
        return MailDeferred(f"給 {notice.recipient} 的信正由另一個工作寄送；稍後自動確認")
    if notice.state == "refused":
        return _settled(notice)
    # Sent; or twice unknown, or come back: the coordinator knows, and nobody sends it again.
    return notice


def _settled(notice: NoticeRecord) -> _Result:
    if notice.state == "deferred":
        return MailDeferred(
            f"給 {notice.recipient} 的信暫時寄不出去（{notice.detail}）；稍後自動重試"
        )
    if notice.state == "unknown":
        return MailDeferred(
            f"給 {notice.recipient} 的信是否寄達無法確定（{notice.detail}）；"
            "稍後以同一識別碼重寄一次"
        )
    if notice.state == "refused":
        return MailRefused(
            f"給 {notice.recipient_name}（{notice.recipient}）的信被郵件伺服器拒收"
            f"（{notice.detail}）；請更正通訊錄 contacts.yaml 後重新執行"
        )
    return notice
