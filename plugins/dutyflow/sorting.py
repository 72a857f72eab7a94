"""分件: which assignments a message answers, and with which of its workbooks.

The address that it was sent to says so (its token), and so does each form by itself (its signed
stamp): a digest asks for several forms, and one answer may bring them all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .casework import Stationery
from .forms.judge import stamp_in
from .forms.stamp import FormStamp
from .keeping import is_workbook
from .ledger.errors import UnknownKey
from .mail.attachment import Attachment
from .workspace import Case, Workspace


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """What a message brings for one assignment; without a workbook it only names it."""

    case: Case
    workbooks: tuple[Attachment, ...]


@dataclass(frozen=True, kw_only=True)
class Stray:
    """A workbook that none of the message's assignments can take; `belongs` says, in words, to
    which one it does, "" where it carries no stamp of ours."""

    workbook: Attachment
    belongs: str

    @property
    def reason(self) -> str:
        if not self.belongs:
            return f"「{self.workbook.name}」沒有可以辨認的識別資料"
        return f"「{self.workbook.name}」是「{self.belongs}」的表單，與收件地址所指的應辦事項不符"


@dataclass(frozen=True, kw_only=True)
class Sorted:
    parcels: tuple[Parcel, ...]
    strays: tuple[Stray, ...] = ()


def sort_out(desk: Workspace, files: Iterable[Attachment], tokens: Iterable[str]) -> Sorted:
    """By the tokens where they name an assignment; where they name none, by the stamps alone.

    A form without a usable stamp goes to the first assignment that a token names, to be judged
    there; so does a single form for another one, which is told of its mistake.
    """
    workbooks = tuple(filter(is_workbook, files))
    named = _named(desk, tokens)
    if len(named) == 1 and len(workbooks) < 2:
        return Sorted(parcels=(Parcel(case=named[0], workbooks=workbooks),))
    stamped = [(file, stamp_in(file.data, desk.secret)) for file in workbooks]
    if named:
        return _by_address(desk, named, stamped)
    return _by_stamp(desk, stamped)


_Stamped = list[tuple[Attachment, FormStamp | None]]


def _by_address(desk: Workspace, named: list[Case], stamped: _Stamped) -> Sorted:
    """Forms stamped for another assignment are strays, unless nothing else came."""
    first = named[0]
    heaps: dict[str, list[Attachment]] = {case.assignment.key: [] for case in named}
    strays: list[Stray] = []
    for file, stamp in stamped:
        key = stamp.assignment if stamp else first.assignment.key
        if key in heaps:
            heaps[key].append(file)
        else:
            strays.append(Stray(workbook=file, belongs=_title(_case(desk, key))))
    parcels = [
        Parcel(case=case, workbooks=tuple(heaps[case.assignment.key]))
        for case in named
        if heaps[case.assignment.key]
    ]
    if parcels:
        return Sorted(parcels=tuple(parcels), strays=tuple(strays))
    return Sorted(parcels=(Parcel(case=first, workbooks=tuple(file for file, _ in stamped)),))


def _by_stamp(desk: Workspace, stamped: _Stamped) -> Sorted:
    heaps: dict[str, list[Attachment]] = {}
    cases: dict[str, Case] = {}
    strays: list[Stray] = []
    for file, stamp in stamped:
        case = _case(desk, stamp.assignment) if stamp else None
        if case is None:
            strays.append(Stray(workbook=file, belongs=""))
            continue
        cases[case.assignment.key] = case
        heaps.setdefault(case.assignment.key, []).append(file)
    parcels = (Parcel(case=cases[key], workbooks=tuple(heap)) for key, heap in heaps.items())
    return Sorted(parcels=tuple(parcels), strays=tuple(strays))


def _named(desk: Workspace, tokens: Iterable[str]) -> list[Case]:
    found = (desk.ledger.assignments.by_token(token) for token in tokens)
    keys = dict.fromkeys(assignment.key for assignment in found if assignment is not None)
    return [desk.case(key) for key in keys]


def _case(desk: Workspace, assignment: str) -> Case | None:
    """None for one that this ledger does not know: the secret may have served another."""
    try:
        return desk.case(assignment)
    except UnknownKey:
        return None


def _title(case: Case | None) -> str:
    if case is None:
        return ""
    about = Stationery(case).about
    return f"{about.title}（{about.section}）"
