"""From an office's folder into a workbook, and from a workbook into the folder."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from dutyflow.calendars.working_days import Closure
from dutyflow.errors import DutyflowError, Finding, PlanError
from dutyflow.infra.plan_files import load
from dutyflow.infra.plan_files.folder import (
    CLOSURES,
    CONTACTS,
    LOCAL_CONTACTS,
    OfficeFiles,
    draft_path,
    plan_path,
    read_office,
)
from dutyflow.plan.diff.changes import PART_TITLES
from dutyflow.plan.diff.changes import differences as between_plans
from dutyflow.plan.model import Contacts, Plan
from dutyflow.plan.source import Source
from dutyflow.plan.writing import SCHEMA_LINE, closures_to_csv, contacts_to_yaml, to_yaml

from .content import Content, people_grid
from .differences import differences
from .reading import Reading, read_book
from .sheets import days

Value = TypeVar("Value")
_UNKNOWN_YEAR = 0  # of a plan that tells none, which is a mistake of its own
BACKUP = ".bak"


class NotWritten(DutyflowError):
    """A file could not be written; the sentence says which, and why."""


@dataclass(frozen=True, kw_only=True)
class Change:
    """A file that a workbook would write. `before` is None where there is none yet.

    `differences` are sentences; without any, the file says the same and stays as it is.
    """

    path: Path
    content: str
    before: str | None
    differences: tuple[str, ...]

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_needed(self) -> bool:
        return self.is_new or bool(self.differences)

    @property
    def drops_comments(self) -> bool:
        lines = (self.before or "").removeprefix(SCHEMA_LINE).splitlines()
        return self.path.suffix == ".yaml" and any(_has_comment(line) for line in lines)


def content_of(path: Path, plan: Plan) -> Content:
    """What a workbook holds of that plan, whose file has this path. Raises PlanError."""
    folder = path.parent
    files = _files(folder)
    closures = folder / CLOSURES
    return Content(
        plan=plan,
        contacts=load.load_contacts(files.contacts) if files.contacts is not None else None,
        closures=load.load_closures(closures) if closures in files.contents else (),
    )


def holds_real_people(folder: Path) -> bool:
    """Whether a workbook of this office names people who are kept out of version control."""
    return (folder / LOCAL_CONTACTS).is_file()


def lost_in(content: Content, workbook: bytes) -> list[str]:
    """What the workbook does not give back as it was, such as blanks around a text."""
    reading = read_book(workbook, "")
    try:
        back = _understood(reading, content)
    except PlanError as error:
        return list(map(str, error.findings))
    people, closures = [people_grid(content.contacts, content.plan)], [days.grid(content.closures)]
    return [
        *plan_differences(content.plan, back.plan),
        *differences(people, [people_grid(back.contacts, content.plan)]),
        *differences(closures, [days.grid(back.closures)]),
    ]


def plan_differences(before: Plan, after: Plan) -> list[str]:
    """What is different between two plans, a sentence for each thing."""
    return [
        f"{' '.join(filter(None, (PART_TITLES[each.part], each.id, each.name)))}：{each.sentence}"
        for each in between_plans(before, after)
    ]


def _understood(reading: Reading, content: Content) -> Content:
    """What was read, without a look at other files. Raises PlanError."""
    findings = [*reading.plan.findings, *reading.findings]
    findings += reading.contacts.findings if reading.contacts is not None else ()
    if findings:
        raise PlanError(findings)
    contacts = content.contacts
    if reading.contacts is not None:
        contacts = Contacts.model_validate(reading.contacts.data)
    plan = Plan.model_validate(reading.plan.data)
    return Content(plan=plan, contacts=contacts, closures=reading.closures or ())


def folder_of(reading: Reading, plans: Path) -> Path:
    """The office's folder below `plans`. Raises PlanError where the workbook names no office."""
    office = reading.plan.data.get("office", {}).get("id")
    if isinstance(office, str) and office.isidentifier():
        return plans / office
    raise PlanError(reading.plan.told(()) or [_no_office(reading)])


def _no_office(reading: Reading) -> Finding:
    where = reading.plan.where(("office", "id"))
    return Finding(where=where, found="沒有機關代碼", expected="小寫英文代碼，例如 pingtung")


def changes(reading: Reading, folder: Path, *, draft: bool = False) -> tuple[Change, ...]:
    """The files that the workbook would write into the folder; its plan maybe only as a draft.

    Raises PlanError with everything that is wrong with what it says, alone or beside the files
    that are there.
    """
    files = _files(folder)
    year = reading.plan.data.get("year")
    year = year if isinstance(year, int) else _UNKNOWN_YEAR
    contacts_path = files.contacts or folder / CONTACTS
    sources: dict[Path, Source] = {plan_path(folder, year): reading.plan}
    if reading.contacts is not None:
        sources[contacts_path] = reading.contacts
    _refuse(reading, files, sources)
    plan = Plan.model_validate(reading.plan.data)
    planned = [_plan_change((draft_path if draft else plan_path)(folder, year), plan)]
    if reading.contacts is not None:
        contacts = Contacts.model_validate(reading.contacts.data)
        planned.append(_contacts_change(contacts_path, contacts, plan))
    closures = folder / CLOSURES
    if reading.closures or (reading.closures is not None and closures in files.contents):
        planned.append(_closures_change(closures, reading.closures))
    return tuple(planned)


def write(planned: Iterable[Change]) -> None:
    """Write the files that are needed; what was there is kept beside them. Raises NotWritten."""
    for change in planned:
        if change.is_needed:
            try:
                _replace(change)
            except OSError as error:
                raise NotWritten(f"無法寫入 {change.path}：{error.strerror}") from None


def _replace(change: Change) -> None:
    """Written whole before it gets its name, with the rights of the file that it replaces."""
    path = change.path
    path.parent.mkdir(parents=True, exist_ok=True)
    made = path.with_name(f".{path.name}.new")
    made.write_text(change.content, encoding="utf-8", newline="")
    if path.exists():
        shutil.copymode(path, made)
        shutil.copy2(path, path.with_name(path.name + BACKUP))
    made.replace(path)


def _refuse(reading: Reading, files: OfficeFiles, sources: Mapping[Path, Source]) -> None:
    """Raise PlanError for what is wrong now and would not be without the workbook."""
    with_it = {**files.contents, **dict.fromkeys(sources, b"")}
    known = load.findings_with(files, {})
    after = load.findings_with(OfficeFiles(folder=files.folder, contents=with_it), sources)
    findings = [*(finding for finding in after if finding not in known), *reading.findings]
    if findings:
        raise PlanError(findings)


def _plan_change(path: Path, plan: Plan) -> Change:
    return Change(
        path=path,
        content=to_yaml(plan),
        before=_text(path),
        differences=_compared(path, load.load_plan, plan, plan_differences),
    )


def _contacts_change(path: Path, contacts: Contacts, plan: Plan) -> Change:
    def told(before: Contacts, after: Contacts) -> list[str]:
        return differences([people_grid(before, plan)], [people_grid(after, plan)])

    return Change(
        path=path,
        content=contacts_to_yaml(contacts),
        before=_text(path),
        differences=_compared(path, load.load_contacts, contacts, told),
    )


def _closures_change(path: Path, closures: tuple[Closure, ...]) -> Change:
    def told(before: tuple[Closure, ...], after: tuple[Closure, ...]) -> list[str]:
        return differences([days.grid(before)], [days.grid(after)])

    return Change(
        path=path,
        content=closures_to_csv(closures),
        before=_text(path),
        differences=_compared(path, load.load_closures, closures, told),
    )


def _compared(
    path: Path,
    loaded: Callable[[Path], Value],
    value: Value,
    told: Callable[[Value, Value], Sequence[str]],
) -> tuple[str, ...]:
    """What the value changes in a file that is there."""
    if not path.exists():
        return ()
    try:
        before = loaded(path)
    except PlanError:
        return ("原檔有錯誤，無法逐項比較",)
    if before == value:
        return ()
    return tuple(told(before, value)) or ("文字前後的空白不同",)


def _files(folder: Path) -> OfficeFiles:
    """The office's files; none where it is new. Raises PlanError."""
    if not folder.exists():
        return OfficeFiles(folder=folder, contents={})
    try:
        return read_office(folder)
    except OSError as error:
        reason = error.strerror or ""
        finding = Finding(
            where=str(folder), found=f"無法讀取（{reason}）", expected="可以讀取的資料夾"
        )
        raise PlanError([finding]) from None


def _text(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise NotWritten(f"無法讀取 {path}：{error.strerror}") from None


def _has_comment(line: str) -> bool:
    return line.lstrip().startswith("#") or "  #" in line
