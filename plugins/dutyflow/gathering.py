"""取件: what sections put into the shared folder comes in by the same door as their mail."""

from __future__ import annotations

import logging
import smtplib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTPUTF8
from hashlib import sha256
from mimetypes import guess_type

from .calendars.roc import in_zone
from .errors import ComesBack
from .folders import TAKEN, UNKNOWN, Found
from .forms.judge import stamp_in
from .judging import judge_parcel
from .keeping import Apart, Delivered, Parcel, quarantine
from .ledger.errors import UnknownKey
from .mail.attachment import Attachment
from .mail.text import file_name
from .plan.office import OfficePlan
from .posting import Dispatch, post_or_note
from .sorting import BY_STAMP
from .workspace import Case, Workspace

SETTLING_SECONDS = 2.0  # between the two looks that tell what is still being copied

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What became of a file: where it is put, and the mails that follow."""

    to: str
    mails: tuple[Dispatch, ...] = ()


def empty_folder(
    desk: Workspace,
    client: smtplib.SMTP,
    office_id: str,
    *,
    clock: Callable[[], datetime],
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Take in every file that lies whole in the office's shared folder, one after another. Returns
    how many.

    A file is put away once it is on record and answered; until then it will be met again. Raises
    ComesBack when it cannot go on now.
    """
    office = desk.office(office_id)
    folder = desk.folder(office)
    before = folder.look()
    if not before:
        return 0
    pause(SETTLING_SECONDS)
    count = 0
    for name in folder.whole(before, clock()):
        found = folder.read(name)
        if found is None:
            continue
        taken = _taken_in(desk, office, found, clock())
        for dispatch in taken.mails:
            post_or_note(desk, client, dispatch, mailbox=office.contacts.mailbox, now=clock())
        folder.put_away(found, to=taken.to, day=in_zone(clock(), office.zone).date())
        count += 1
    return count


def _taken_in(desk: Workspace, office: OfficePlan, found: Found, now: datetime) -> Taken:
    """As `take_in`; a file that we stumble over is set aside, so that the next one has its turn."""
    try:
        return take_in(desk, office, found, now=now)
    except ComesBack:
        raise
    except Exception as trouble:
        log.exception("a file could not be taken in; it is set aside")
        reason = f"處理時發生錯誤（{type(trouble).__name__}），請聯絡系統管理者"
        return _unknown(desk, _delivered(desk, office, found), reason, now)


def take_in(desk: Workspace, office: OfficePlan, found: Found, *, now: datetime) -> Taken:
    """Keep a file, judge it for the assignment that its stamp names, put the verdict on record.

    A folder has no sender: the section's owner is told.
    """
    delivered = _delivered(desk, office, found)
    if found.data is None:
        return _unknown(desk, delivered, f"共用資料夾的「{_name(found)}」太大，沒有讀取", now)
    case = _case_of(desk, office, found.data)
    if case is None:
        reason = f"共用資料夾的「{_name(found)}」沒有可以辨認的識別資料"
        return _unknown(desk, delivered, reason, now)
    parcel = Parcel(case=case, workbooks=delivered.files, matched_by=BY_STAMP)
    return Taken(to=TAKEN, mails=judge_parcel(parcel, delivered, now).mails)


def _case_of(desk: Workspace, office: OfficePlan, data: bytes) -> Case | None:
    """None also for a form of another office: it lies in the wrong folder."""
    stamp = stamp_in(data, desk.secret)
    try:
        case = desk.case(stamp.assignment) if stamp else None
    except UnknownKey:
        return None
    return case if case is not None and case.cycle.office == office.office else None


def _unknown(desk: Workspace, delivered: Delivered, reason: str, now: datetime) -> Taken:
    quarantine(desk, delivered, Apart(reason=reason), now)
    return Taken(to=UNKNOWN)


def _delivered(desk: Workspace, office: OfficePlan, found: Found) -> Delivered:
    """A file has come once more where it was put there once more, whatever is in it."""
    name = _name(found)
    files: tuple[Attachment, ...] = ()
    if found.data is not None:
        kind = guess_type(name)[0] or "application/octet-stream"
        files = (Attachment(name=name, content_type=kind, data=found.data),)
        desk.store.put(found.data)
    return Delivered(
        blob=desk.store.put(_note(office, found)),
        received_at=found.put_at,
        channel="folder",
        office=office.office,
        subject=name,
        files=files,
    )


def _note(office: OfficePlan, found: Found) -> bytes:
    """How it came, written as a mail says it: to whom, what, when."""
    note = EmailMessage(policy=SMTPUTF8)
    note["Delivered-To"] = office.contacts.mailbox.address
    note["Subject"] = _name(found)
    note["Date"] = found.put_at
    note["X-Dutyflow-File"] = f"{found.mark.node} {found.mark.size} {found.mark.written}"
    note["X-Dutyflow-SHA256"] = sha256(found.data).hexdigest() if found.data is not None else "-"
    return note.as_bytes()


def _name(found: Found) -> str:
    return file_name(found.name)
