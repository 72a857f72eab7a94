"""取件: what sections put into the shared folder comes in by the same door as their mail."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
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
from dutyflow.plan.office import OfficePlan
from dutyflow.services.messaging.post import OutgoingMail, post_or_note
from dutyflow.services.workspace import Workspace

from .folder_bundles import Bundle, names_it, parcels_of
from .judgement import judge_parcel
from .record import Apart, Incoming, quarantine

SETTLING_SECONDS = 2.0  # between the two looks that tell what is still being copied

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of some files: where they are put, and the mails that follow."""

    to: str
    mails: tuple[OutgoingMail, ...] = ()


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
    for found, *beside in _bundles(workspace, office, folder, before, clock()):
        try:
            taken = _taken_in(workspace, office, found, beside, clock())
            for dispatch in taken.mails:
                post_or_note(workspace, dispatch, mailbox=office.contacts.mailbox, now=clock())
            for each in (found, *beside):
                folder.put_away(each, to=taken.to, day=in_zone(clock(), office.zone).date())
                count += 1
        except (MailDeferred, FolderAway) as trouble:
            troubles.append(trouble)
    if troubles:
        raise troubles[0]
    return count


def _bundles(
    workspace: Workspace,
    office: OfficePlan,
    folder: SharedFolder,
    before: Mapping[str, Mark],
    now: datetime,
) -> Iterator[Sequence[Found]]:
    """What is taken together: all that lies in a folder within; in the folder itself, which all
    sections share, a form and what it names of that which lies beside it."""
    beside = dict.fromkeys(folder.complete(before, now))
    for within, names in groupby(folder.whole(before, now), key=folder_of):
        if within:
            bundle = [each for name in names if (each := folder.read(name)) is not None]
            yield from [bundle] if bundle else []
            continue
        loose: list[Found] = []
        for name in names:
            found = folder.read(name)
            if found is None:
                continue
            named = _named(
                workspace, office, folder, found, [each for each in beside if each != name]
            )
            if named is None:
                loose.append(found)
                continue
            for each in (found, *named):
                beside.pop(each.name, None)
                loose = [other for other in loose if other.name != each.name]
            yield [found, *named]
        yield from ([found] for found in loose)


def _named(
    workspace: Workspace,
    office: OfficePlan,
    folder: SharedFolder,
    found: Found,
    beside: Sequence[str],
) -> list[Found] | None:
    """What a form names of the files beside it; None for what is no form of ours."""
    bundle = Bundle.of(workspace, office, [found])
    parcels, _ = parcels_of(workspace, office, bundle)
    if not parcels:
        return None
    names = [name for name in beside if names_it(parcels, name)]
    return [each for name in names if (each := folder.read(name)) is not None]


def _taken_in(
    workspace: Workspace, office: OfficePlan, found: Found, beside: Sequence[Found], now: datetime
) -> Taken:
    """As `take_in`; what we stumble over is set aside, so that the next one has its turn."""
    try:
        return take_in(workspace, office, found, beside=beside, now=now)
    except ComesBack:
        raise
    except Exception as trouble:
        log.exception("a file could not be taken in; it is set aside")
        reason = f"處理時發生錯誤（{type(trouble).__name__}），請聯絡系統管理者"
        bundle = Bundle.of(workspace, office, [found, *beside])
        return _unknown(workspace, bundle.delivered, reason, now)


def take_in(
    workspace: Workspace,
    office: OfficePlan,
    found: Found,
    *,
    beside: Sequence[Found] = (),
    now: datetime,
) -> Taken:
    """Keep some files that came together, judge them for the assignments that they are of, put the
    verdicts on record.

    A folder has no sender: the section's owner is told.
    """
    bundle = Bundle.of(workspace, office, [found, *beside])
    parcels, why_not = parcels_of(workspace, office, bundle)
    if not parcels:
        return _unknown(workspace, bundle.delivered, why_not, now)
    judged = [judge_parcel(parcel, bundle.delivered, now) for parcel in parcels]
    return Taken(to=TAKEN, mails=tuple(mail for each in judged for mail in each.mails))


def _unknown(workspace: Workspace, delivered: Incoming, reason: str, now: datetime) -> Taken:
    quarantine(workspace, delivered, Apart(reason=reason), now)
    return Taken(to=UNKNOWN)
