"""彙整: make the report of what has come, mark what is missing, keep it as the next version."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from dutyflow.calendars.roc import in_zone
from dutyflow.errors import DutyflowError
from dutyflow.ledger.event_types import SYSTEM
from dutyflow.ledger.records import (
    AssignmentRecord,
    CycleRecord,
    ReportFile,
    ReportRecord,
    SubmissionRecord,
)
from dutyflow.plan import answers
from dutyflow.plan.model import Plan
from dutyflow.reports.kinds import KINDS, from_json, kind_of, to_json
from dutyflow.reports.model import Report
from dutyflow.reports.received import Material, SectionAnswers
from dutyflow.reports.renderers import RenderedFile, rendered
from dutyflow.services.workspace import Workspace


class NothingAssembled(DutyflowError):
    """No report has been assembled for the cycle."""


def assemble(workspace: Workspace, cycle_key: str, *, now: datetime) -> ReportRecord:
    """The report of a cycle as things stand at `now`.

    Version 1, then amendments that say what changed; the latest version again when nothing has.
    """
    cycle = workspace.ledger.cycles.get(cycle_key)
    latest = workspace.ledger.reports.latest(cycle_key)
    report = _next(workspace, cycle, latest, now)
    if latest is not None and not report.changes:
        return latest
    return _keep(workspace, cycle, report, now)


def draft_of(workspace: Workspace, cycle_key: str, *, now: datetime) -> tuple[RenderedFile, ...]:
    """What `assemble` would make of a cycle at `now`, in every format. Nothing is kept."""
    cycle = workspace.ledger.cycles.get(cycle_key)
    report = _next(workspace, cycle, workspace.ledger.reports.latest(cycle_key), now)
    return rendered(report, f"{report.title}_第{report.version}版草稿")


def _next(
    workspace: Workspace, cycle: CycleRecord, latest: ReportRecord | None, now: datetime
) -> Report:
    """The version after the latest, with what changed since."""
    plan = workspace.plan_of(cycle)
    report = _report(workspace, cycle, plan, version=latest.version + 1 if latest else 1, now=now)
    if latest is None:
        return report
    changed = kind_of(latest.content).changes(from_json(latest.content), report)
    return replace(report, changes=tuple(changed))


def latest_report(workspace: Workspace, cycle_key: str) -> ReportRecord:
    """The latest version. Raises NothingAssembled when there is none."""
    record = workspace.ledger.reports.latest(cycle_key)
    if record is None:
        raise NothingAssembled(f"「{cycle_key}」還沒有彙整表；請先執行「彙整」")
    return record


def folder_of(workspace: Workspace, cycle: CycleRecord) -> Path:
    """Where the renderings of a cycle's report lie for people to open."""
    return workspace.settings.reports / cycle.office / cycle.duty / cycle.name


def _report(
    workspace: Workspace, cycle: CycleRecord, plan: Plan, *, version: int, now: datetime
) -> Report:
    accepted = workspace.ledger.submissions.accepted(cycle.key)
    duty = plan.duty(cycle.duty)
    material = Material(
        plan=plan,
        duty=duty,
        period=cycle.title,
        version=version,
        made_on=in_zone(now, plan.office.zone).date(),
        due_on=cycle.report_due,
        received={
            assignment.section: _answers(assignment, accepted.get(assignment.key))
            for assignment in workspace.ledger.assignments.of(cycle.key)
        },
    )
    return KINDS[duty.report].make(material)


def _answers(assignment: AssignmentRecord, accepted: SubmissionRecord | None) -> SectionAnswers:
    return SectionAnswers(
        answers=answers.from_json(accepted.answers) if accepted else None,
        late=assignment.on_time is False,
        waived=assignment.state == "waived",
    )


def _keep(workspace: Workspace, cycle: CycleRecord, report: Report, now: datetime) -> ReportRecord:
    made = rendered(report, f"{report.title}_第{report.version}版")
    record = workspace.ledger.reports.add(
        cycle.key,
        plan_hash=cycle.plan_hash,
        content=to_json(report),
        files=[
            ReportFile(name=each.name, blob=workspace.store.put(each.data), size=len(each.data))
            for each in made
        ],
        now=now,
        who=SYSTEM,
    )
    folder = folder_of(workspace, cycle)
    folder.mkdir(parents=True, exist_ok=True)
    for each in made:
        (folder / each.name).write_bytes(each.data)
    return record
