"""取件: what sections put into the shared folder is taken in the way their mail is."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from dutyflow.calendars.roc import in_zone
from dutyflow.errors import ComesBack
from dutyflow.infra.shared_folder import (
    TAKEN,
    UNKNOWN,
    FolderAway,
    Found,
    Mark,
    SharedFolder,
    folder_of,
)
from dutyflow.mail.errors import MailDeferred
from dutyflow.nagging.reasons import ReasonCode
from dutyflow.plan.office import OfficePlan
from dutyflow.services.messaging.post import OutgoingMail, post_or_note
from dutyflow.services.workspace import Workspace

from . import pipeline
from .folder_bundles import (
    is_named,
    store_and_read,
    store_bundle,
    texts_in,
    with_files_beside,
)
from .incoming import Incoming, Workbooks
from .matching import Match, match_incoming
from .pipeline import TakenIn
from .reasons import QuarantineReason
from .record import quarantine

SETTLING_SECONDS = 2.0  # between the two looks that tell what is still being copied

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Files that are taken together; and what was read of them already, and found to be theirs,
    None where they have not been looked at."""

    found: Sequence[Found]
    incoming: Incoming | None = None
    match: Match | None = None


def empty_folder(
    workspace: Workspace,
    office_id: str,
    *,
    clock: Callable[[], datetime],
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Take in every file that lies whole in the office's shared folder, one bundle after another.
    Returns how many files.

    A file is put away once it is on record and answered; until then it will be met again. One that
    fails keeps no other waiting. Raises ComesBack when it cannot go on now, or one has failed.
    """
    office = workspace.office(office_id)
    folder = workspace.folder(office)
    before = folder.look()
    if not before:
        return 0
    pause(SETTLING_SECONDS)
    count = 0
    troubles: list[ComesBack] = []
    for bundle in _bundles(workspace, office, folder, before, clock()):
        try:
            to, mails = _taken_in(workspace, office, bundle, clock())
            for mail in mails:
                post_or_note(workspace, mail, mailbox=office.contacts.mailbox, now=clock())
            for each in bundle.found:
                folder.put_away(each, to=to, day=in_zone(clock(), office.zone).date())
                count += 1
        except (MailDeferred, FolderAway) as trouble:
            troubles.append(trouble)
    if troubles:
        raise troubles[0]
    return count


def take_in(workspace: Workspace, office: OfficePlan, bundle: Bundle, *, now: datetime) -> TakenIn:
    """Take in some files that came together: store → read → match → judge → record → reply.

    A folder has no sender: the section's owner is told. Raises LedgerAway, StoreError.
    """
    incoming = bundle.incoming or store_and_read(workspace, office, bundle.found)
    return pipeline.take_in(workspace, office, incoming, match=bundle.match, now=now)


def _taken_in(
    workspace: Workspace, office: OfficePlan, bundle: Bundle, now: datetime
) -> tuple[str, tuple[OutgoingMail, ...]]:
    """Where the files are put, and the mails to be sent. What we stumble over is quarantined, so
    that the next one has its turn."""
    try:
        taken = take_in(workspace, office, bundle, now=now)
        return TAKEN if taken.is_matched else UNKNOWN, taken.mails(workspace, now)
    except ComesBack:
        raise
    except Exception as trouble:
        log.exception("a file could not be taken in; it is quarantined")
        reason = QuarantineReason.of(ReasonCode.INTAKE_FAILED, error=type(trouble).__name__)
        incoming = store_and_read(workspace, office, bundle.found)
        quarantine(workspace, incoming, reason, now=now)
        return UNKNOWN, ()


def _bundles(
    workspace: Workspace,
    office: OfficePlan,
    folder: SharedFolder,
    before: Mapping[str, Mark],
    now: datetime,
) -> Iterator[Bundle]:
    """What is taken together: all that lies in a folder within; in the folder itself, which all
    sections share, a form and what it names of that which lies beside it."""
    beside = folder.complete(before, now)
    for within, names in groupby(folder.whole(before, now), key=folder_of):
        if not within:
            yield from _in_the_folder_itself(workspace, office, folder, names, beside)
            continue
        found = [each for name in names if (each := folder.read(name)) is not None]
        if found:
            yield Bundle(found=found)


def _in_the_folder_itself(
    workspace: Workspace,
    office: OfficePlan,
    folder: SharedFolder,
    names: Iterable[str],
    beside: Sequence[str],
) -> Iterator[Bundle]:
    """Each form of ours with what it names; at the end, what no form has named."""
    left = dict.fromkeys(beside)
    loose: dict[str, Bundle] = {}
    for name in names:
        found = folder.read(name)
        if found is None:
            continue
        incoming = store_and_read(workspace, office, [found])
        match = match_incoming(workspace, office, incoming)
        if match.reason is not None:  # its cells are of no use any more
            unread = replace(incoming, workbooks=Workbooks())
            loose[name] = Bundle(found=[found], incoming=unread, match=match)
            continue
        texts = texts_in(match, incoming)
        wanted = [each for each in left if each != name and is_named(each, texts)]
        more = [each for each in map(folder.read, wanted) if each is not None]
        for each in (found, *more):
            left.pop(each.name, None)
            loose.pop(each.name, None)
        if more:
            beside_it = store_and_read(workspace, office, more)
            blob = store_bundle(workspace, office, [found, *more])
            together = with_files_beside(incoming, beside_it, blob)
            yield Bundle(found=[found, *more], incoming=together)
        else:
            yield Bundle(found=[found], incoming=incoming, match=match)
    yield from loose.values()
