"""As much of the plans as a DAG file needs: names and words, ready to be read.

Airflow parses DAG files all the time, each time in a new process. To build the plan's models there
costs more than all the rest of a parse, so this module uses the standard library alone; the models
are imported only when a plan has changed since its outline was made.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .fingerprint import fingerprint
from .folder import office_folders, read_office

if TYPE_CHECKING:
    from .model import Duty, Plan
    from .office import OfficePlan


@dataclass(frozen=True, kw_only=True)
class DutyOutline:
    """A duty in words: its rules as sentences, its sections by name.

    `schedule` says when its cycles open of their own accord, or after what.
    """

    id: str
    name: str
    clause: str
    assumption: str
    every: str
    schedule: str
    opens: str
    collect_by: str
    report_due: str
    sections: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class OfficeOutline:
    """An office as its latest plan has it, with the duties of all its plans.

    `since` is an ISO date before which no period of a cycle begins.
    """

    id: str
    name: str
    timezone: str
    title: str
    since: str
    duties: tuple[DutyOutline, ...]


def good_outlines(root: Path, keep: Path) -> list[OfficeOutline]:
    """The offices below `root` whose plan is good, or was when last read (see `snapshot`)."""
    try:
        folders = office_folders(root)
    except OSError:
        return []
    return [found for folder in folders if (found := _outline(folder, keep)) is not None]


def _outline(folder: Path, keep: Path) -> OfficeOutline | None:
    kept = keep / f"{folder.name}.outline.json"
    try:
        made_of = fingerprint(read_office(folder))
    except OSError:
        made_of = ""
    with suppress(OSError, ValueError, LookupError, TypeError):
        told = json.loads(kept.read_bytes())
        if made_of and told["made_of"] == made_of:
            return _read(told["office"])
    return _made_anew(folder, keep, kept, made_of)


def _made_anew(folder: Path, keep: Path, kept: Path, made_of: str) -> OfficeOutline | None:
    from .snapshot import good_office, replace_file

    office, error = good_office(folder, keep)
    if office is None:
        return None
    outline = outline_of(office)
    if error is None:
        told = {"made_of": made_of, "office": asdict(outline)}
        with suppress(OSError):
            replace_file(kept, json.dumps(told, ensure_ascii=False).encode())
    return outline


def outline_of(office: OfficePlan) -> OfficeOutline:
    plan = office.plans[-1]
    return OfficeOutline(
        id=office.office,
        name=office.name,
        timezone=plan.office.timezone,
        title=plan.header.title,
        since=_first_day(office),
        duties=tuple(_duty(plan, duty) for plan, duty in _latest(office)),
    )


def _latest(office: OfficePlan) -> Iterable[tuple[Plan, Duty]]:
    """Every duty with the latest plan that has it.

    A duty that the next plan drops still has its last cycles, and those of the past to be seen.
    """
    return {duty.id: (plan, duty) for plan in office.plans for duty in plan.duties}.values()


def _duty(plan: Plan, duty: Duty) -> DutyOutline:
    from .words import CHOICE_TITLES

    every = CHOICE_TITLES[duty.every]
    schedule = f"{every}，{duty.opening}開啟"
    if duty.after is not None:
        schedule = f"「{plan.duty(duty.after).name}」核定後開啟"
    return DutyOutline(
        id=duty.id,
        name=duty.name,
        clause=duty.clause,
        assumption=duty.assumption,
        every=every,
        schedule=schedule,
        opens=duty.opening,
        collect_by=str(duty.collect_by),
        report_due=str(duty.report_due),
        sections=tuple(section.name for section in plan.sections_of(duty)),
    )


def _first_day(office: OfficePlan) -> str:
    """The first plan may open a cycle whose period, a year long, ended before the plan began."""
    return f"{office.plans[0].effective_from.year - 1:04}-01-01"


def _read(told: dict[str, Any]) -> OfficeOutline:
    duties = ({**duty, "sections": tuple(duty["sections"])} for duty in told["duties"])
    return OfficeOutline(**{**told, "duties": tuple(DutyOutline(**duty) for duty in duties)})
