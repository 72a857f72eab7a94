"""分件: which assignments a message is for, and with which of its workbooks.

What tells it of a mail: the token in the address that it was sent to; which of our mails it
answers; the signed stamp in each form, since a digest asks for several forms, and one answer may
bring them all; and where none of these does, who sent it under which subject. What tells it of
files in the shared folder: the stamps, whatever the files are called; and of evidence without a
form, the section whose folder it was put into, where that has one assignment to answer. Where two
of them disagree, nothing is taken for granted: a person decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dutyflow.ledger.records import RequestRecord
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.authentication import is_forged
from dutyflow.mail.inbound.message import ParsedMessage
from dutyflow.nagging.reasons import ReasonCode
from dutyflow.nagging.states import SETTLED
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.senders import sender_of
from dutyflow.plan.texts import folded
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.workspace import Case, Workspace

from .clues import Clues
from .incoming import Incoming
from .reasons import QuarantineReason

BY_TOKEN, BY_THREAD, BY_STAMP, BY_SUBJECT, BY_FOLDER = (
    "收件地址的代碼",
    "所回覆的通知",
    "表單的識別資料",
    "寄件人與主旨",
    "共用資料夾的位置",
)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a message brings for one assignment; without a workbook it only names it. `matched_by`
    says, in words, what told which one it is."""

    case: Case
    workbooks: tuple[Attachment, ...] = ()
    matched_by: str = ""


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A workbook that none of the message's assignments can take; `belongs` is the one that it
    says it is of, None where it carries no stamp of ours."""

    workbook: Attachment
    belongs: Case | None

    @property
    def title(self) -> str:
        return _title(self.belongs) if self.belongs else ""

    @property
    def suggested(self) -> str:
        return self.belongs.assignment.key if self.belongs else ""

    @property
    def reason(self) -> QuarantineReason:
        name = self.workbook.name
        if self.belongs is None:
            return QuarantineReason.of(ReasonCode.FORM_WITHOUT_STAMP, file=name)
        return QuarantineReason.of(
            ReasonCode.FORM_OF_OTHER_ASSIGNMENT, file=name, assignment=self.title
        )


@dataclass(frozen=True, kw_only=True)
class Match:
    """What a message is for: assignments, each with its part, or a request that it decides.

    `strays` belong to none of them. `named` is the assignment that the message itself is about,
    whatever its forms are of. `reason` says why all of it is quarantined, None where it counts.
    """

    parts: tuple[Part, ...] = ()
    strays: tuple[Stray, ...] = ()
    named: Case | None = None
    request: RequestRecord | None = None
    reason: QuarantineReason | None = None

    @property
    def suggested(self) -> str:
        """The key of the assignment that it would count for, "" where none is known."""
        cases = [part.case for part in self.parts] or ([self.named] if self.named else [])
        return cases[0].assignment.key if cases else ""


def match_incoming(workspace: Workspace, office: OfficePlan, incoming: Incoming) -> Match:
    """Find out what a message is for, or why that is not clear or must not count."""
    clues = Clues(workspace=workspace, office=office, incoming=incoming)
    if incoming.channel == "folder":
        return _of_files(clues)
    if incoming.unreadable is not None:
        return replace(_of_mail(clues), reason=incoming.unreadable)
    doubt = doubt_about_the_sender(office, incoming.message)
    request = None if _is_forged(doubt) else _request_decided_by(workspace, incoming.message)
    if request is not None:
        return Match(request=request)
    found = _of_mail(clues)
    return replace(found, reason=doubt) if doubt else found


def doubt_about_the_sender(office: OfficePlan, message: ParsedMessage) -> QuarantineReason | None:
    """Why the sender of a mail is not believed; None for one who is."""
    contacts = office.contacts
    if not sender_of(contacts, message.sender).is_known:
        return QuarantineReason.of(ReasonCode.UNKNOWN_SENDER, sender=message.sender)
    if is_forged(message, trusted=contacts.mailbox.authserv_ids):
        return QuarantineReason.of(ReasonCode.SENDER_NOT_PROVED)
    return None


def _is_forged(doubt: QuarantineReason | None) -> bool:
    return doubt is not None and doubt.code is ReasonCode.SENDER_NOT_PROVED


def _request_decided_by(workspace: Workspace, message: ParsedMessage) -> RequestRecord | None:
    """The request for more time in whose mail the address of this one was given."""
    found = map(workspace.ledger.requests.by_token, message.tokens)
    return next((request for request in found if request is not None), None)


def _of_mail(clues: Clues) -> Match:
    if clues.by_token and clues.by_thread and not clues.named:
        asked, answered = clues.by_token[0], clues.by_thread[0]
        return Match(
            named=asked,
            reason=QuarantineReason.of(
                ReasonCode.ADDRESS_AND_THREAD_DISAGREE,
                address=_title(asked),
                thread=_title(answered),
            ),
        )
    return _doubted(clues, _by_address(clues) if clues.named else _by_stamp(clues))


def _by_address(clues: Clues) -> Match:
    """Forms stamped for another assignment are strays; those without a usable stamp go to the
    assignment that is named, to be judged there, if it is one alone that is."""
    by = BY_TOKEN if clues.by_token else BY_THREAD
    alone = clues.named[0] if clues.by_token or len(clues.named) == 1 else None
    heaps: dict[str, list[Attachment]] = {case.assignment.key: [] for case in clues.named}
    strays: list[Stray] = []
    for file, stamp in clues.stamped:
        key = stamp.assignment if stamp else alone.assignment.key if alone else ""
        if key in heaps:
            heaps[key].append(file)
        else:
            strays.append(Stray(workbook=file, belongs=clues.case(key) if key else None))
    parts = tuple(
        Part(case=case, workbooks=tuple(heap), matched_by=by)
        for case in clues.named
        if (heap := heaps[case.assignment.key])
    )
    if not clues.stamped and alone is not None:
        parts = (Part(case=alone, matched_by=by),)
    return Match(parts=parts, strays=tuple(strays), named=clues.named[0])


def _by_stamp(clues: Clues) -> Match:
    """What carries no stamp goes where sender and subject say, if they do."""
    parts, loose = _stamped_parts(clues)
    if not parts and clues.by_subject is not None:
        case = clues.by_subject
        part = Part(case=case, workbooks=tuple(loose), matched_by=BY_SUBJECT)
        return Match(parts=(part,), named=case)
    strays = tuple(Stray(workbook=file, belongs=None) for file in loose)
    return Match(parts=parts, strays=strays, named=parts[0].case if parts else None)


def _doubted(clues: Clues, found: Match) -> Match:
    """The same, unless who sent it or its subject speaks against it."""
    if not found.parts:
        if found.named and found.strays:
            return found
        return Match(reason=QuarantineReason.of(ReasonCode.NO_ASSIGNMENT))
    sections = clues.sender.sections
    for case in (part.case for part in found.parts):
        if sections and case.assignment.section not in sections:
            reason = QuarantineReason.of(
                ReasonCode.SENDER_OF_OTHER_SECTION,
                section=_section_name(clues.office, sections[0]),
                assignment=_title(case),
            )
            return Match(named=case, reason=reason)
    told = {part.case.assignment.key for part in found.parts}
    subject = clues.by_subject
    if subject is not None and subject.assignment.key not in told:
        first = found.parts[0].case
        reason = QuarantineReason.of(
            ReasonCode.SUBJECT_OF_OTHER_ASSIGNMENT,
            subject=_title(subject),
            assignment=_title(first),
        )
        return Match(named=first, reason=reason)
    return found


def _of_files(clues: Clues) -> Match:
    """By the stamps. What has lost its own is judged with the form of the only assignment that has
    one."""
    parts, loose = _stamped_parts(clues, of_this_office=True)
    if len(parts) == 1:
        whole = (*parts[0].workbooks, *loose)
        return Match(parts=(replace(parts[0], workbooks=whole),))
    return Match(parts=parts) if parts else _by_folder(clues, loose)


def _by_folder(clues: Clues, loose: Sequence[Attachment]) -> Match:
    incoming = clues.incoming
    section = _section_named(clues.office, incoming.folder)
    if section is None or not incoming.files:
        return Match(reason=_why_unknown(incoming))
    found = list(_open_cases(clues.workspace, clues.office, section))
    waiting = [case for case in found if case.assignment.state not in SETTLED]
    if len(waiting) != 1 and len(found) != 1:
        reason = QuarantineReason.of(
            ReasonCode.EVIDENCE_OF_UNKNOWN,
            folder=incoming.folder,
            file=incoming.message.subject,
        )
        return Match(reason=reason)
    case = waiting[0] if len(waiting) == 1 else found[0]
    return Match(parts=(Part(case=case, workbooks=tuple(loose), matched_by=BY_FOLDER),))


def _why_unknown(incoming: Incoming) -> QuarantineReason:
    lacking = incoming.message.ignored
    if lacking and not incoming.files:
        return QuarantineReason.of(ReasonCode.FILE_TOO_LARGE, file=lacking[0])
    return QuarantineReason.of(ReasonCode.FILE_WITHOUT_STAMP, file=incoming.message.subject)


def _stamped_parts(
    clues: Clues, *, of_this_office: bool = False
) -> tuple[tuple[Part, ...], list[Attachment]]:
    """The workbooks by the assignments that their stamps name, and those that name none. With
    `of_this_office` a form of another office is one of these: it lies in the wrong folder."""
    heaps: dict[str, list[Attachment]] = {}
    loose: list[Attachment] = []
    for file, stamp in clues.stamped:
        case = clues.case(stamp.assignment) if stamp else None
        if case is not None and of_this_office and case.cycle.office != clues.office.office:
            case = None
        heap = loose if case is None else heaps.setdefault(case.assignment.key, [])
        heap.append(file)
    parts = (
        Part(case=case, workbooks=tuple(heap), matched_by=BY_STAMP)
        for key, heap in heaps.items()
        if (case := clues.case(key)) is not None
    )
    return tuple(parts), loose


def _section_named(office: OfficePlan, folder: str) -> str | None:
    """The section that a folder is named after, by name or by id."""
    names = {
        folded(name).casefold(): section.id
        for plan in office.plans
        for section in plan.sections
        for name in (section.id, section.name)
    }
    return names.get(folded(folder).casefold()) if folder else None


def _section_name(office: OfficePlan, section: str) -> str:
    names = {each.id: each.name for plan in office.plans for each in plan.sections}
    return names.get(section, section)


def _open_cases(workspace: Workspace, office: OfficePlan, section: str) -> Iterator[Case]:
    for cycle in workspace.ledger.cycles.all(office=office.office, state="open"):
        for assignment in workspace.ledger.assignments.of(cycle.key):
            if assignment.section == section and assignment.state != "waived":
                yield workspace.case(assignment.key)


def _title(case: Case) -> str:
    about = AssignmentMail(case).about
    return f"{about.title}（{about.section}）"
