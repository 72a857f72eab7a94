"""From a document's bytes to the draft of a plan, with everything doubtful about it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from dutyflow.calendars.working_days import GOVERNMENT
from dutyflow.plan.model import FREQUENCY_TITLES, Office, Plan

from .assessment import report_due
from .assigning import Assigned, assigned
from .docx import read_docx
from .flowing import bare
from .guard import DocumentRefused, Package
from .odt import read_odt
from .outline import Outlined, outlined
from .owners import is_every, is_plausible
from .parts import Document, Doubt
from .prose import Prose, prose_of
from .sections import Named, doubts_about, sections_of
from .strips import reading_of

_COMPANY = ("台灣電力公司", "台灣電力股份有限公司", "臺灣電力公司", "臺灣電力股份有限公司")


@dataclass(frozen=True)
class DraftMeasure:
    """A measure as far as it was read.

    `owners`: section ids; None for 各部門; empty where nothing tells them. `strangers` are names
    that are none of a section. `frequency` is None where `period`, the printed words, is none that
    a plan file knows.
    """

    id: str
    aspect: str
    strategy: str
    item: str
    text: str
    owners: tuple[str, ...] | None
    strangers: tuple[str, ...]
    frequency: str | None
    period: str
    place: str


@dataclass(frozen=True)
class AssessmentDuty:
    """What 考核作業 tells of the half-yearly self-assessment."""

    clause: str
    working_days: int


@dataclass(frozen=True, kw_only=True)
class Draft:
    office: Office | None
    office_name: str
    year: int | None
    established: date | None
    prose: Prose
    sections: tuple[Named, ...]
    measures: tuple[DraftMeasure, ...]
    duty: AssessmentDuty | None
    doubts: tuple[Doubt, ...] = field(default=())

    @property
    def aspects(self) -> list[str]:
        return list(dict.fromkeys(each.aspect for each in self.measures if each.aspect))

    @property
    def frequencies(self) -> list[str]:
        found = {each.frequency for each in self.measures}
        return [frequency for frequency in FREQUENCY_TITLES if frequency in found]


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def document_of(data: bytes) -> Document:
    """The document in a file. Raises DocumentRefused."""
    package = Package(data)
    return read_docx(package) if package.kind == "docx" else read_odt(package)


def draft_of_document(document: Document, plans: Iterable[Plan] = ()) -> Draft:
    """The draft. `plans` are those there are: one of the same office lends ids and names.

    Raises DocumentRefused where there is no table of 具體作法.
    """
    reading = reading_of(document)
    if not reading.found_table:
        raise DocumentRefused(
            "找不到「執行策略及具體作法」的表格（表頭要有「具體作法」與「承辦部門」）；"
            "請確認檔案，表格若是圖片請改用原始文件"
        )
    prose = prose_of(reading.before, reading.after)
    own = _plans_of(prose.office, plans)
    known = {section.name: section.id for plan in own for section in plan.sections}
    outline, doubts = outlined(reading.strips)
    found, more = assigned(reading.strips, outline, known)
    sections = sections_of(found, known)
    ids = {section.name: section.id for section in sections}
    draft = Draft(
        office=own[-1].office if own else None,
        office_name=own[-1].office.name if own else prose.office,
        year=prose.year,
        established=prose.established,
        prose=prose,
        sections=tuple(sections),
        measures=tuple(_measure(o, a, ids) for o, a in zip(outline, found, strict=True)),
        duty=_duty(prose),
    )
    about = [*prose.doubts, *reading.doubts, *doubts, *more, *doubts_about(found, outline, known)]
    return _with_doubts(draft, [*about, *_about_draft(draft)])


def _plans_of(office: str, plans: Iterable[Plan]) -> list[Plan]:
    """The plans of the office that a title names, the latest last."""
    meant = _short_name(office)
    own = [plan for plan in plans if meant and _short_name(plan.office.name) == meant]
    return sorted(own, key=lambda plan: plan.effective_from)


def _short_name(office: str) -> str:
    name = bare(office)
    for company in _COMPANY:
        name = name.replace(company, "台電公司")
    return name


def _measure(outline: Outlined, found: Assigned, ids: Mapping[str, str]) -> DraftMeasure:
    names = found.owners or ()
    period = found.period
    return DraftMeasure(
        id=outline.id,
        aspect=outline.aspect,
        strategy=outline.strategy,
        item=outline.item,
        text=outline.text,
        owners=None if any(map(is_every, names)) else tuple(ids[n] for n in names if n in ids),
        strangers=tuple(name for name in names if not is_plausible(name, ids)),
        frequency=period.frequency if period is not None else None,
        period=period.words if period is not None else "",
        place=outline.place,
    )


def _duty(prose: Prose) -> AssessmentDuty | None:
    if prose.year is None:
        return None
    days = report_due(prose.texts.get("assessment", ""), prose.year, GOVERNMENT)
    return None if days is None else AssessmentDuty(prose.assessment_heading, days)


def _about_draft(draft: Draft) -> Iterable[Doubt]:
    """What no document says, so that somebody has to."""
    if draft.office is None:
        yield Doubt(where="標題", found="看不出是哪一個現有機關，機關代碼待定", field="office")
    yield Doubt(
        where="計分", found="文件未訂權重及計分方式", assumed="暫以各面向權重相同", field="scoring"
    )
    if draft.duty is None:
        found = "看不出定期工作的週期與期限"
        yield Doubt(where="考核作業", found=found, field="duties")
    else:
        found = "文件只訂彙整表期限，未訂何時開始填報、何時截止"
        yield Doubt(where="考核作業", found=found, assumed="暫訂如下", field="duties")


def _with_doubts(draft: Draft, doubts: Sequence[Doubt]) -> Draft:
    """In the order of the document: about the header, then measure by measure."""
    ordered = sorted(doubts, key=lambda doubt: min(doubt.measures, default=-1))
    return Draft(**{**vars(draft), "doubts": tuple(dict.fromkeys(ordered))})
