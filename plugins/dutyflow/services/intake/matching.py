"""分件: which assignments a message answers, and with which of its workbooks.

What tells it: the token in the address that it was sent to; which of our mails it answers; the
signed stamp in each form, since a digest asks for several forms, and one answer may bring them all;
and where none of these does, who sent it under which subject. Where two of them disagree, nothing
is taken for granted: a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from dutyflow.forms.judge import stamp_in
from dutyflow.forms.reader import read
from dutyflow.forms.stamp import FormStamp
from dutyflow.forms.texts import folded
from dutyflow.ledger.errors import UnknownKey
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.identifiers import is_thread_id, thread_id
from dutyflow.mail.inbound.message import ParsedMessage
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.senders import Sender, sender_of
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.workspace import Case, Workspace

from .record import Apart, Parcel, is_workbook

BY_TOKEN, BY_THREAD, BY_STAMP, BY_SUBJECT = (
    "收件地址的代碼",
    "所回覆的通知",
    "表單的識別資料",
    "寄件人與主旨",
)
NO_MATCH = "找不到對應的應辦事項"


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
    def apart(self) -> Apart:
        if self.belongs is None:
            return Apart(reason=f"「{self.workbook.name}」沒有可以辨認的識別資料")
        reason = f"「{self.workbook.name}」是「{self.title}」的表單，與收件地址所指的應辦事項不符"
        return Apart(reason=reason, suggested=self.belongs.assignment.key)


@dataclass(frozen=True, kw_only=True)
class Match:
    """`named` is the assignment that the message itself is about, whatever its forms are of.
    `apart` says why all of it waits for a person."""

    parcels: tuple[Parcel, ...] = ()
    strays: tuple[Stray, ...] = ()
    named: Case | None = None
    apart: Apart | None = None


def match_message(
    workspace: Workspace, office: OfficePlan, message: ParsedMessage, files: Iterable[Attachment]
) -> Match:
    """What a message brings for which assignment, or why that is not clear. `files` are its files,
    unpacked."""
    clues = _Clues(workspace=workspace, office=office, message=message, files=tuple(files))
    if clues.by_token and clues.by_thread and not clues.named:
        asked, answered = clues.by_token[0], clues.by_thread[0]
        reason = f"收件地址是「{_title(asked)}」，回覆的卻是「{_title(answered)}」的通知"
        return _waits(reason, asked)
    found = clues.sorted_by_address() if clues.named else clues.sorted_by_stamp()
    return clues.doubted(found)


@dataclass(frozen=True)
class _Clues:
    """What a message says of what it is about."""

    workspace: Workspace
    office: OfficePlan
    message: ParsedMessage
    files: tuple[Attachment, ...]
    _known: dict[str, Case | None] = field(default_factory=dict, compare=False)

    @cached_property
    def sender(self) -> Sender:
        return sender_of(self.office.contacts, self.message.sender)

    @cached_property
    def by_token(self) -> list[Case]:
        found = map(self.workspace.ledger.assignments.by_token, self.message.tokens)
        return self._cases(each.key for each in found if each is not None)

    @cached_property
    def by_thread(self) -> list[Case]:
        """Of the mail that it answers; where that is none of ours, of any in its thread."""
        for ids in ((self.message.in_reply_to,), self.message.references):
            notices = self.workspace.ledger.notices.by_message_id(filter(None, ids))
            cases = self._cases(each.about for each in notices)
            if cases:
                return cases
        return self._by_root()

    def _by_root(self) -> list[Case]:
        """Of the root that all mails about an assignment refer to: it is quoted, too, where none
        of the mails that are named is known."""
        quoted = {self.message.in_reply_to, *self.message.references}
        if not any(map(is_thread_id, quoted)):
            return []
        mailbox = self.office.contacts.mailbox.address
        every = self.workspace.ledger.assignments.keys(self.office.office)
        return self._cases(key for key in every if thread_id(key, mailbox=mailbox) in quoted)

    @cached_property
    def named(self) -> list[Case]:
        """What address and thread agree on; either, where there is only one of them."""
        if not (self.by_token and self.by_thread):
            return self.by_token or self.by_thread
        threaded = {case.assignment.key for case in self.by_thread}
        return [case for case in self.by_token if case.assignment.key in threaded]

    @cached_property
    def by_subject(self) -> Case | None:
        """Of the sender's sections, the only assignment whose duty and period the subject names."""
        subject = folded(self.message.subject)
        found = [
            self.workspace.case(f"{cycle.key}/{assignment.section}")
            for cycle in self.workspace.ledger.cycles.all(office=self.office.office)
            if folded(cycle.title) in subject
            and folded(self.workspace.plan_of(cycle).duty(cycle.duty).name) in subject
            for assignment in self.workspace.ledger.assignments.of(cycle.key)
            if assignment.section in self.sender.sections
        ]
        exact = [case for case in found if folded(case.section_name) in subject]
        return found[0] if len(found) == 1 else exact[0] if len(exact) == 1 else None

    @cached_property
    def workbooks(self) -> tuple[Attachment, ...]:
        return tuple(filter(is_workbook, self.files))

    @cached_property
    def stamped(self) -> list[tuple[Attachment, FormStamp | None]]:
        return [(file, stamp_in(read(file.data), self.workspace.secret)) for file in self.workbooks]

    def sorted_by_address(self) -> Match:
        """Forms stamped for another assignment are strays; those without a usable stamp go to the
        assignment that is named, to be judged there, if it is one alone that is."""
        by = BY_TOKEN if self.by_token else BY_THREAD
        alone = self.named[0] if self.by_token or len(self.named) == 1 else None
        heaps: dict[str, list[Attachment]] = {case.assignment.key: [] for case in self.named}
        strays: list[Stray] = []
        for file, stamp in self.stamped:
            key = stamp.assignment if stamp else alone.assignment.key if alone else ""
            if key in heaps:
                heaps[key].append(file)
            else:
                strays.append(Stray(workbook=file, belongs=self._case(key) if key else None))
        parcels = tuple(
            Parcel(case=case, workbooks=tuple(heap), matched_by=by)
            for case in self.named
            if (heap := heaps[case.assignment.key])
        )
        if not self.workbooks and alone is not None:
            parcels = (Parcel(case=alone, workbooks=(), matched_by=by),)
        return Match(parcels=parcels, strays=tuple(strays), named=self.named[0])

    def sorted_by_stamp(self) -> Match:
        """What carries no stamp goes where sender and subject say, if they do."""
        heaps: dict[str, list[Attachment]] = {}
        loose: list[Attachment] = []
        for file, stamp in self.stamped:
            case = self._case(stamp.assignment) if stamp else None
            heap = loose if case is None else heaps.setdefault(case.assignment.key, [])
            heap.append(file)
        parcels = [
            Parcel(case=case, workbooks=tuple(heap), matched_by=BY_STAMP)
            for key, heap in heaps.items()
            if (case := self._case(key)) is not None
        ]
        if not parcels and self.by_subject is not None:
            return Match(
                parcels=(
                    Parcel(case=self.by_subject, workbooks=tuple(loose), matched_by=BY_SUBJECT),
                ),
                named=self.by_subject,
            )
        strays = tuple(Stray(workbook=file, belongs=None) for file in loose)
        named = parcels[0].case if parcels else None
        return Match(parcels=tuple(parcels), strays=strays, named=named)

    def doubted(self, found: Match) -> Match:
        """The same, unless who sent it or its subject speaks against it."""
        if not found.parcels:
            return found if found.named and found.strays else _waits(NO_MATCH, None)
        sections = self.sender.sections
        for case in (parcel.case for parcel in found.parcels):
            if sections and case.assignment.section not in sections:
                who = self.section_name(sections[0])
                return _waits(f"寄件人是{who}的人，這卻是「{_title(case)}」", case)
        told = {parcel.case.assignment.key for parcel in found.parcels}
        subject = self.by_subject
        if subject is not None and subject.assignment.key not in told:
            first = found.parcels[0].case
            return _waits(f"主旨是「{_title(subject)}」，這卻是「{_title(first)}」", first)
        return found

    def section_name(self, section: str) -> str:
        names = {each.id: each.name for plan in self.office.plans for each in plan.sections}
        return names.get(section, section)

    def _cases(self, keys: Iterable[str]) -> list[Case]:
        return [case for key in dict.fromkeys(keys) if (case := self._case(key)) is not None]

    def _case(self, key: str) -> Case | None:
        """None for what is no assignment of this ledger: the secret may have served another."""
        if key not in self._known:
            try:
                self._known[key] = self.workspace.case(key)
            except UnknownKey:
                self._known[key] = None
        return self._known[key]


def _waits(reason: str, suggested: Case | None) -> Match:
    key = suggested.assignment.key if suggested else ""
    return Match(named=suggested, apart=Apart(reason=reason, suggested=key))


def _title(case: Case) -> str:
    about = AssignmentMail(case).about
    return f"{about.title}（{about.section}）"
