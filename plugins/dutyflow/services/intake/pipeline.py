"""收件: the way of everything that comes in, by mail, folder or page, on one screen.

Whoever is at a door stores the bytes and reads them into an `Incoming` (`mailbox`, `folder`,
`web_form`), calls `take_in`, and sends or shows the replies.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dutyflow.plan.office import OfficePlan
from dutyflow.services.extensions.requests import Asking
from dutyflow.services.messaging.post import OutgoingMail
from dutyflow.services.workspace import Workspace

from .automatic import take_in_automatic
from .incoming import Incoming
from .judgement import judge_part
from .matching import Match, Part, match_incoming
from .more_time import ask_for_time, decide_request
from .record import quarantine, quarantine_file, record
from .replies import Reply
from .reply_contents import reply_to_quarantined, reply_to_strays, reply_to_submission


@dataclass(frozen=True, kw_only=True)
class TakenIn:
    """What became of a message: whether it is for something that we know, and the replies."""

    is_matched: bool
    replies: tuple[Reply, ...] = ()

    def mails(self, workspace: Workspace, now: datetime) -> tuple[OutgoingMail, ...]:
        """The mails to be sent. None where nobody can be reached, or has been told enough."""
        return tuple(mail for reply in self.replies for mail in reply.mails(workspace, now))


def take_in(
    workspace: Workspace,
    office: OfficePlan,
    incoming: Incoming,
    *,
    match: Match | None = None,
    now: datetime,
) -> TakenIn:
    """Take in a message that is stored and read: match → judge → record → reply.

    A `match` given is one that somebody knows already: the page by its link, the coordinator. What
    a machine wrote is no answer. Raises LedgerAway, StoreError; for nothing that a stranger sent.
    """
    if incoming.is_automatic:
        take_in_automatic(workspace, office, incoming, now)
        return TakenIn(is_matched=False)
    found = match or match_incoming(workspace, office, incoming)
    if found.reason is not None:
        quarantine(workspace, incoming, found.reason, suggested=found.suggested, now=now)
        told = reply_to_quarantined(office, incoming, found.reason)
        return TakenIn(is_matched=False, replies=(told,) if told else ())
    if found.request is not None:
        told = decide_request(workspace, incoming, found.request, now)
        return TakenIn(is_matched=told is not None, replies=(told,) if told else ())
    if match is None and (writer := incoming.message.sender):
        why = "從這個信箱收到回覆"
        workspace.ledger.people.mark_deliverable(writer, now=now, who=writer, why=why)
    replies = [_take_in_part(part, incoming, now) for part in found.parts]
    if found.strays:
        replies.append(_quarantine_strays(workspace, incoming, found, now))
    return TakenIn(is_matched=True, replies=tuple(replies))


def _take_in_part(part: Part, incoming: Incoming, now: datetime) -> Reply:
    judged = judge_part(part, incoming)
    if isinstance(judged, Asking):
        return ask_for_time(part.case, incoming, judged, now)
    recorded = record(part, incoming, judged, now)
    case = part.case.workspace.case(part.case.assignment.key)  # as it stands now
    return reply_to_submission(case, incoming, judged, recorded, now)


def _quarantine_strays(
    workspace: Workspace, incoming: Incoming, found: Match, now: datetime
) -> Reply:
    """Keep the forms that belong elsewhere, each by itself, and say where."""
    kept = [
        quarantine_file(
            workspace,
            incoming,
            stray.workbook,
            stray.reason,
            suggested=stray.suggested,
            now=now,
        )
        for stray in found.strays
    ]
    return reply_to_strays(found, incoming, are_new=any(each.is_new for each in kept))
