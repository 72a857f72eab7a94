"""併件: files that were put into the shared folder together, and whose they are.

What tells it is the signed stamp in the forms, whatever they are called; and of evidence without a
form, the section whose folder it was put into, where that has one assignment to answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTPUTF8
from hashlib import sha256
from mimetypes import guess_type

from dutyflow.forms.judge import judge, stamp_in
from dutyflow.forms.reader import read
from dutyflow.forms.texts import file_key, folded
from dutyflow.infra.shared_folder import Found, folder_of
from dutyflow.ledger.errors import UnknownKey
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.inbound.unpacking import unpacked
from dutyflow.mail.text import file_name
from dutyflow.nagging.states import SETTLED
from dutyflow.plan.office import OfficePlan
from dutyflow.services.workspace import Case, Workspace

from .matching import BY_STAMP
from .record import Incoming, Parcel, is_workbook

BY_FOLDER = "共用資料夾的位置"


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """`within` is the folder within that it lies in, "" for none; `lacking` names what was too
    large to read."""

    within: str
    delivered: Incoming
    lacking: tuple[str, ...]

    @classmethod
    def of(cls, workspace: Workspace, office: OfficePlan, found: Sequence[Found]) -> Bundle:
        """The files, kept, with those in archives. Files have come once more where they were put
        there once more, whatever is in them."""
        for each in found:
            if each.data is not None:
                workspace.store.put(each.data)
        first = found[0]
        lacking = tuple(_name(each) for each in found if each.data is None)
        within = folder_of(first.name)
        return cls(
            within=within,
            lacking=lacking,
            delivered=Incoming(
                blob=workspace.store.put(_note(office, found)),
                received_at=max(each.put_at for each in found),
                channel="folder",
                office=office.office,
                subject=file_name(within) if len(found) > 1 and within else _name(first),
                files=unpacked(_attachments(found)),
                ignored=lacking,
            ),
        )

    @property
    def workbooks(self) -> tuple[Attachment, ...]:
        return tuple(filter(is_workbook, self.delivered.files))


def parcels_of(
    workspace: Workspace, office: OfficePlan, bundle: Bundle
) -> tuple[tuple[Parcel, ...], str]:
    """What is brought for which assignment; or why nobody can tell, in words."""
    stamped: dict[str, list[Attachment]] = {}
    loose: list[Attachment] = []
    cases: dict[str, Case] = {}
    for file in bundle.workbooks:
        case = _case_of(workspace, office, file.data)
        if case is not None:
            cases[case.assignment.key] = case
        heap = loose if case is None else stamped.setdefault(case.assignment.key, [])
        heap.append(file)
    if len(cases) == 1:  # what has lost its stamp is judged with the form that has not
        (key,) = cases
        stamped[key] += loose
    if cases:
        return tuple(
            Parcel(case=cases[key], workbooks=tuple(heap), matched_by=BY_STAMP)
            for key, heap in stamped.items()
        ), ""
    return _by_folder(workspace, office, bundle, loose)


def _by_folder(
    workspace: Workspace, office: OfficePlan, bundle: Bundle, loose: Sequence[Attachment]
) -> tuple[tuple[Parcel, ...], str]:
    section = _section(office, bundle.within)
    if section is None or not bundle.delivered.files:
        return (), _why_unknown(bundle)
    found = list(_open_cases(workspace, office, section))
    waiting = [case for case in found if case.assignment.state not in SETTLED]
    if len(waiting) != 1 and len(found) != 1:
        return (), (
            f"共用資料夾「{bundle.within}」裡沒有填報檔，看不出「{bundle.delivered.subject}」"
            "是哪一項填報的佐證；請與填報檔一起放入"
        )
    case = waiting[0] if len(waiting) == 1 else found[0]
    return (Parcel(case=case, workbooks=tuple(loose), matched_by=BY_FOLDER),), ""


def names_it(parcels: Iterable[Parcel], name: str) -> bool:
    """Whether one of the forms says the name of a file that lies beside it."""
    key = file_key(name)
    return any(key in folded(text).casefold() for text in _answers(parcels))


def _answers(parcels: Iterable[Parcel]) -> Iterator[str]:
    for parcel in parcels:
        case = parcel.case
        for file in parcel.workbooks:
            verdict = judge(
                read(file.data),
                form=case.form,
                rows=case.rows,
                secret=case.workspace.secret,
                assignment=case.assignment.key,
                plan_hash=case.cycle.plan_hash,
            )
            for answer in verdict.answers:
                yield from (value for value in answer.values.values() if isinstance(value, str))


def _case_of(workspace: Workspace, office: OfficePlan, data: bytes) -> Case | None:
    """None also for a form of another office: it lies in the wrong folder."""
    stamp = stamp_in(read(data), workspace.secret)
    try:
        case = workspace.case(stamp.assignment) if stamp else None
    except UnknownKey:
        return None
    return case if case is not None and case.cycle.office == office.office else None


def _section(office: OfficePlan, folder: str) -> str | None:
    """The section that a folder is named after, by name or by id."""
    names = {
        folded(name).casefold(): section.id
        for plan in office.plans
        for section in plan.sections
        for name in (section.id, section.name)
    }
    return names.get(folded(folder).casefold()) if folder else None


def _open_cases(workspace: Workspace, office: OfficePlan, section: str) -> Iterator[Case]:
    for cycle in workspace.ledger.cycles.all(office=office.office, state="open"):
        for assignment in workspace.ledger.assignments.of(cycle.key):
            if assignment.section == section and assignment.state != "waived":
                yield workspace.case(assignment.key)


def _why_unknown(bundle: Bundle) -> str:
    if bundle.lacking and not bundle.delivered.files:
        return f"共用資料夾的「{bundle.lacking[0]}」太大，沒有讀取"
    return f"共用資料夾的「{bundle.delivered.subject}」沒有可以辨認的識別資料"


def _attachments(found: Iterable[Found]) -> Iterator[Attachment]:
    for each in found:
        if each.data is not None:
            name = _name(each)
            kind = guess_type(name)[0] or "application/octet-stream"
            yield Attachment(name=name, content_type=kind, data=each.data)


def _note(office: OfficePlan, found: Sequence[Found]) -> bytes:
    """How they came, written as a mail says it: to whom, what, when."""
    note = EmailMessage(policy=SMTPUTF8)
    note["Delivered-To"] = office.contacts.mailbox.address
    note["Subject"] = _name(found[0])
    note["Date"] = max(each.put_at for each in found)
    for each in found:
        note["X-Dutyflow-File"] = f"{each.mark.node} {each.mark.size} {each.mark.written}"
        digest = sha256(each.data).hexdigest() if each.data is not None else "-"
        note["X-Dutyflow-SHA256"] = digest
    return note.as_bytes()


def _name(found: Found) -> str:
    return file_name(found.name.rpartition("/")[2])
