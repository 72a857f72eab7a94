"""What came, put on record: as a judged submission, or quarantined until a person has looked."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime

from dutyflow.forms.doubts import doubts
from dutyflow.ledger.records import NewSubmission, Recorded
from dutyflow.mail.attachment import Attachment
from dutyflow.nagging.reasons import ReasonCode
from dutyflow.plan.answers import Answer, from_json, to_json
from dutyflow.plan.senders import sender_of
from dutyflow.services.workspace import Case, Workspace

from . import wording
from .contents import kept
from .incoming import Incoming
from .judgement import Judgement
from .matching import Part
from .reasons import QuarantineReason

TEXT_KEPT = 2000  # characters of what was written with it, for a person to read in a list


def record(part: Part, incoming: Incoming, judgement: Judgement, now: datetime) -> Recorded:
    """Put on record what came for an assignment, with its verdict and with what is odd about it.

    Files that cannot stand as evidence are quarantined, each by itself. Raises StoreError,
    LedgerAway.
    """
    case, workspace, verdict = part.case, part.case.workspace, judgement.verdict
    for file, why in incoming.unfit:
        reason = QuarantineReason.of(ReasonCode.UNFIT_FILE, file=file.name, why=why)
        quarantine_file(workspace, incoming, file, reason, now=now)
    accepted = judgement.reason is None
    odd = doubts(case.form, case.rows, verdict.answers, _answers_before(case)) if accepted else ()
    submission = replace(
        _as_it_came(workspace, incoming, incoming.fit),
        assignment=case.assignment.key,
        content_hash=judgement.content,
        verdict="accepted" if accepted else "rejected",
        problems=[asdict(problem) for problem in verdict.problems],
        answers=to_json(verdict.answers),
        reason=wording.worded(judgement.reason) if judgement.reason else "",
        why=judgement.reason,
        role=_role_of(case, incoming),
        matched_by=part.matched_by,
        doubts=[asdict(doubt) for doubt in odd],
    )
    return workspace.ledger.submissions.record(submission, now=now)


def quarantine(
    workspace: Workspace,
    incoming: Incoming,
    reason: QuarantineReason,
    *,
    suggested: str = "",
    now: datetime,
) -> Recorded:
    """Keep what belongs to no assignment, or must not count, until a person has looked at it.

    `suggested` is the key of the assignment that it seems to belong to. Raises StoreError,
    LedgerAway.
    """
    words = wording.worded(reason)
    submission = replace(
        _as_it_came(workspace, incoming, incoming.files),
        reason=words,
        why=reason,
        suggested=suggested,
        put_aside=words if reason.needs_nobody else "",
    )
    return workspace.ledger.submissions.record(submission, now=now)


def quarantine_file(
    workspace: Workspace,
    incoming: Incoming,
    file: Attachment,
    reason: QuarantineReason,
    *,
    suggested: str = "",
    now: datetime,
) -> Recorded:
    """Quarantine one file of several; the others count. Raises StoreError, LedgerAway."""
    submission = replace(
        _as_it_came(workspace, incoming, (file,)),
        content_hash=workspace.store.put(file.data),
        reason=wording.worded(reason),
        why=reason,
        suggested=suggested,
    )
    return workspace.ledger.submissions.record(submission, now=now)


def _as_it_came(
    workspace: Workspace, incoming: Incoming, files: tuple[Attachment, ...]
) -> NewSubmission:
    """A submission of nobody's yet: it is quarantined, if nothing else is said of it."""
    message = incoming.message
    return NewSubmission(
        assignment=None,
        channel=incoming.channel,
        sender=message.sender,
        received_at=incoming.received_at,
        message_id=message.message_id,
        content_hash=incoming.blob,
        raw_blob=incoming.blob,
        verdict="quarantined",
        files=[kept(workspace, file) for file in files],
        office=incoming.office,
        subject=message.subject,
        text=message.text[:TEXT_KEPT],
    )


def _role_of(case: Case, incoming: Incoming) -> str:
    """What the sender is to the section, in words; "" where nobody says who sent it."""
    if not incoming.message.sender:
        return ""
    sender = sender_of(case.office.contacts, incoming.message.sender)
    theirs = sender.sections[0] if sender.sections else ""
    names = {section.id: section.name for section in case.plan.sections}
    return sender.role(case.assignment.section, case.titles, names.get(theirs, theirs))


def _answers_before(case: Case) -> tuple[Answer, ...]:
    """What the section answered in the cycle before, where it was asked the same: a measure's words
    may be others in a later plan."""
    workspace, cycle = case.workspace, case.cycle
    earlier = [
        each
        for each in workspace.ledger.cycles.all(office=cycle.office, duty=cycle.duty)
        if each.period_start < cycle.period_start
    ]
    for each in reversed(earlier):
        key = f"{each.key}/{case.assignment.section}"
        kept_then = workspace.ledger.submissions.accepted(each.key).get(key)
        if kept_then is not None:
            same = {row.id for row in set(workspace.case(key).rows) & set(case.rows)}
            answers = from_json(kept_then.answers)
            return tuple(answer for answer in answers if answer.row in same)
    return ()
