"""Plan files in, plans out. What is wrong with them is raised as one PlanError with all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from dutyflow.calendars.working_days import GOVERNMENT, Closure
from dutyflow.errors import Finding, PlanError
from dutyflow.plan.closures import parse_closures
from dutyflow.plan.draft import Draft, draft_of
from dutyflow.plan.explain import explain
from dutyflow.plan.lint.people import lint_people
from dutyflow.plan.lint.plan import lint_contacts, lint_plan
from dutyflow.plan.model import Contacts, Plan
from dutyflow.plan.office import OfficePlan, OfficePlans
from dutyflow.plan.source import Remark, Source, parse
from dutyflow.plan.succession import gaps, out_of_order

from .folder import CONTACTS, DRAFT, OfficeFiles, name_of, office_folders, read_bounded, read_office

Model = TypeVar("Model", bound=BaseModel)
Value = TypeVar("Value")

# Who left a plan two years ago need not be reachable, but a cycle of the plan before the newest
# may still be open when the newest is already on file.
PLANS_WITH_CONTACTS = 2


def load_plan(path: Path) -> Plan:
    """One plan file. Raises PlanError."""
    return plan_of(parse(_content(path), str(path)), path)


def plan_of(source: Source, path: Path) -> Plan:
    """The same, of a file already read, or not yet written. Raises PlanError."""
    reading = _read_plan(source, path)
    if reading.plan is None or reading.findings:
        raise PlanError(reading.findings)
    return reading.plan


def load_contacts(path: Path) -> Contacts:
    """One contacts file, by itself. Raises PlanError."""
    source = parse(_content(path), str(path))
    contacts, remarks = _validated(source, Contacts)
    if contacts is not None:
        remarks += lint_people(contacts)
    findings = source.told(remarks)
    if contacts is None or findings:
        raise PlanError(findings)
    return contacts


def load_closures(path: Path) -> tuple[Closure, ...]:
    """One file of closures. Raises PlanError."""
    closures, findings = parse_closures(_content(path), str(path))
    if findings:
        raise PlanError(findings)
    return closures


def load_plans(folder: Path) -> OfficePlans:
    """An office's plans and closures, whoever its people are. Raises PlanError."""
    return _Office(_files(folder)).known()


def load_office(folder: Path) -> OfficePlan:
    """All that is known of an office. Raises PlanError."""
    return office_of(_files(folder))


def office_of(files: OfficeFiles) -> OfficePlan:
    """The same, from files already read. Raises PlanError."""
    office = _Office(files)
    contacts = office.contacts()
    known = office.known()
    if contacts is None:  # for a reason that was found, and so raised already
        raise PlanError(office.findings)
    return OfficePlan(
        office=known.office,
        plans=known.plans,
        closures=known.closures,
        folder=known.folder,
        contacts=contacts,
    )


def findings_with(files: OfficeFiles, sources: Mapping[Path, Source]) -> tuple[Finding, ...]:
    """What would be wrong in an office's folder, if these sources were its files of those names.

    That the folder bears the office's name is asked of its own files only.
    """
    office = _Office(files, sources)
    if files.contacts is not None:
        office.contacts()
    with suppress(PlanError):
        office.known()
    return tuple(office.findings)


def load_all(root: Path) -> tuple[OfficePlan, ...]:
    """Every office below `root`, by id. Raises one PlanError for all of them together."""
    return all_together(load_office, folders_below(root))


def load_all_plans(root: Path) -> tuple[OfficePlans, ...]:
    """Every office's plans and closures, by id. Raises one PlanError for all of them together."""
    return all_together(load_plans, folders_below(root))


def all_together(load: Callable[[Path], Value], paths: Iterable[Path]) -> tuple[Value, ...]:
    """Load each path. Raises one PlanError for all that is wrong in any of them."""
    values: list[Value] = []
    findings: dict[Finding, None] = {}  # a mistake in a shared file is told once
    for path in paths:
        try:
            values.append(load(path))
        except PlanError as error:
            findings |= dict.fromkeys(error.findings)
    if findings:
        raise PlanError(findings)
    return tuple(values)


def folders_below(root: Path) -> list[Path]:
    """The offices' folders. Raises PlanError when there is none."""
    try:
        folders = office_folders(root)
    except OSError as error:
        raise PlanError([_unreadable(root, error)]) from None
    if not folders:
        raise PlanError([_no_plans(root)])
    return folders


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What became of one plan file."""

    path: Path
    source: Source
    plan: Plan | None
    draft: Draft
    findings: tuple[Finding, ...]


def _validated(source: Source, model: type[Model]) -> tuple[Model | None, list[Remark]]:
    if source.data is None:
        return None, []
    try:
        return model.model_validate(source.data), []
    except ValidationError as error:
        return None, list(explain(error, model, source))


def _read_plan(source: Source, path: Path) -> _Reading:
    plan, remarks = _validated(source, Plan)
    draft = draft_of(source.data)
    if source.data is not None:
        remarks += [*lint_plan(draft, GOVERNMENT), *_file_name(draft, path)]
    return _Reading(path=path, source=source, plan=plan, draft=draft, findings=source.told(remarks))


def _file_name(draft: Draft, path: Path) -> Iterator[Remark]:
    name = name_of(path)
    if draft.year is not None and name.isdigit() and name != str(draft.year):
        right = path.name.replace(name, str(draft.year), 1)
        yield Remark(
            place=("year",),
            found=f"檔名為 {path.name}，year 為 {draft.year}",
            expected="檔名與年度相同",
            hint=f"請改檔名為 {right}，或改正 year",
        )


class _Office:
    """An office's folder as it is understood, with everything that is wrong in it.

    `sources` take the place of the files that are called so.
    """

    def __init__(self, files: OfficeFiles, sources: Mapping[Path, Source] | None = None) -> None:
        self.files = files
        self._sources = sources or {}
        self.findings = [*_strangers(files), *_unreadable_files(files)]
        self.readings = [
            _read_plan(source, path)
            for path in files.plans
            if (source := self._source(path)) is not None
        ]
        for reading in self.readings:
            self.findings += reading.findings
            if reading.path not in self._sources:
                self.findings += self._folder_name(reading)
        self.findings += out_of_order([(each.source, each.draft) for each in self.readings])
        if not files.plans:
            self.findings.append(_no_plans(files.folder))
        self.closures = tuple(self._closures())

    @property
    def plans(self) -> list[Plan]:
        plans = (reading.plan for reading in self.readings if reading.plan is not None)
        return sorted(plans, key=lambda plan: plan.effective_from)

    def known(self) -> OfficePlans:
        """The plans and closures. Raises PlanError with everything found so far."""
        if self.findings:
            raise PlanError(self.findings)
        office = OfficePlans(
            office=self.plans[-1].office.id,
            plans=tuple(self.plans),
            closures=self.closures,
            folder=self.files.folder,
        )
        self.findings += self._gaps(office)
        if self.findings:
            raise PlanError(self.findings)
        return office

    def contacts(self) -> Contacts | None:
        path = self.files.contacts
        if path is None:
            self.findings.append(_no_contacts(self.files.folder))
            return None
        source = self._source(path)
        if source is None:
            return None
        contacts, remarks = _validated(source, Contacts)
        known = self._section_names()
        if contacts is not None and known:
            latest = self.plans[-PLANS_WITH_CONTACTS:]
            required = {each.id: each.name for plan in latest for each in plan.sections}
            remarks += lint_contacts(contacts, required=required, known=known)
        if contacts is not None:
            remarks += lint_people(contacts)
        self.findings += source.told(remarks)
        return contacts

    def _source(self, path: Path) -> Source | None:
        """None for a file that could not be read, which is told already."""
        content = self.files.contents[path]
        if path in self._sources or content is None:
            return self._sources.get(path)
        return parse(content, str(path))

    def _section_names(self) -> dict[str, str]:
        """Of all plans, also of those that are wrong in other respects."""
        names: dict[str, str] = {}
        for reading in self.readings:
            names |= reading.draft.section_names
        return names

    def _folder_name(self, reading: _Reading) -> Iterator[Finding]:
        office, folder = reading.draft.office, self.files.folder.resolve().name
        if office is not None and office.id != folder:
            yield Finding(
                where=reading.source.where(("office", "id")),
                found=f"資料夾名為 {folder}，office 的 id 為 {office.id}",
                expected="資料夾名與機關代碼相同",
            )

    def _gaps(self, office: OfficePlans) -> Iterator[Finding]:
        sources = {reading.draft.year: reading.source for reading in self.readings}
        return (sources[plan.year].finding(remark) for plan, remark in gaps(office))

    def _closures(self) -> Iterator[Closure]:
        for path in self.files.closures:
            content = self.files.contents[path]
            if content is not None:
                closures, findings = parse_closures(content, str(path))
                self.findings += findings
                yield from closures


def _content(path: Path) -> bytes:
    try:
        return read_bounded(path)
    except OSError as error:
        raise PlanError([_unreadable(path, error)]) from None


def _files(folder: Path) -> OfficeFiles:
    try:
        return read_office(folder)
    except OSError as error:
        raise PlanError([_unreadable(folder, error)]) from None


def _strangers(files: OfficeFiles) -> Iterable[Finding]:
    return [
        Finding(
            where=str(path),
            found=f"不認得的檔名 {path.name}",
            expected=f"<年度>.yaml（例如 107.yaml）、<年度>{DRAFT}（草稿）或 {CONTACTS}",
        )
        for path in files.strangers
    ]


def _unreadable_files(files: OfficeFiles) -> Sequence[Finding]:
    unread = [path for path, content in files.contents.items() if content is None]
    return [_unreadable(path, None) for path in unread]


def _unreadable(path: Path, error: OSError | None) -> Finding:
    missing = isinstance(error, FileNotFoundError)
    found = "找不到" if missing else "無法讀取"
    return Finding(where=str(path), found=found, expected="可以讀取的檔案或資料夾")


def _no_plans(folder: Path) -> Finding:
    return Finding(where=str(folder), found="沒有計畫檔", expected="<機關代碼>/<年度>.yaml")


def _no_contacts(folder: Path) -> Finding:
    return Finding(
        where=str(folder / CONTACTS), found="沒有聯絡人檔", expected=f"與計畫同資料夾的 {CONTACTS}"
    )
