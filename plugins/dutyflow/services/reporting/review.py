"""核定: what the coordinator looks at, and what follows from the answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from dutyflow.calendars.roc import format_roc
from dutyflow.errors import DutyflowError
from dutyflow.ledger.records import AssignmentRecord, CycleRecord, Decision
from dutyflow.nagging.states import RETURNABLE
from dutyflow.plan.model import Plan
from dutyflow.plan.words import listed
from dutyflow.reports.kinds import from_json, kind_of
from dutyflow.services.messaging.post import post
from dutyflow.services.workspace import Workspace

from . import corrections
from .assembly import folder_of, latest_report


def what_to_review(workspace: Workspace, cycle_key: str) -> str:
    """The latest version on one page (Markdown), for the person who decides."""
    record = latest_report(workspace, cycle_key)
    cycle = workspace.ledger.cycles.get(cycle_key)
    report = from_json(record.content)
    titles = workspace.titles_at(cycle.key)
    recipients = listed(map(titles.of, workspace.plan_of(cycle).duty(cycle.duty).deliver_to))
    lines = [
        f"**{report.title}**　第 {report.version} 版",
        "",
        f"報送期限：{format_roc(report.due_on, weekday=True)}",
        "",
        *kind_of(record.content).summary(report),
        "",
        f"尚未填報：{'、'.join(report.missing) or '（無）'}",
        "",
        *(f"- {change}" for change in report.changes),
        "",
        *_doubts(workspace, cycle),
        f"檔案：`{folder_of(workspace, cycle)}`",
        "",
        f"核定：報送{recipients}。退回補正：填入組室與說明，系統通知後重新收件、重新彙整。"
        "不送：結案而不報送。",
    ]
    return "\n".join(lines)


def _doubts(workspace: Workspace, cycle: CycleRecord) -> list[str]:
    """What is odd about what came; it counts all the same."""
    kept = workspace.ledger.submissions.accepted(cycle.key)
    lines = [
        f"- {workspace.section_name(key)}：{doubt['said']}"
        for key, submission in kept.items()
        for doubt in submission.doubts
    ]
    return ["存疑（已照收，請斟酌是否退回補正）：", "", *lines, ""] if lines else []


def decide(
    workspace: Workspace,
    cycle_key: str,
    *,
    decision: Decision,
    sections: Sequence[str],
    note: str,
    who: str,
    now: datetime,
) -> None:
    """Put the decision on the latest version on record; a return re-opens its sections.

    `sections` are names (or ids) of the sections to return. Raises DutyflowError, before anything
    is changed, when a return names no section, an unknown one, one without an accepted answer, or
    says nothing about what to correct.
    """
    record = latest_report(workspace, cycle_key)
    if decision == "returned":
        cycle = workspace.ledger.cycles.get(cycle_key)
        plan = workspace.plan_of(cycle)
        for assignment in _to_return(workspace, cycle, plan, sections, note):
            corrections.send_back(workspace.case(assignment.key), note, who=who, now=now)
    workspace.ledger.reports.decide(
        cycle_key, record.version, decision=decision, now=now, who=who, note=note
    )


def tell_returned(workspace: Workspace, cycle_key: str, *, now: datetime) -> list[str]:
    """Mail every returned section what to correct, its own answers attached. Returns their keys.

    Raises MailDeferred or MailRefused.
    """
    keys = [a.key for a in workspace.ledger.assignments.of(cycle_key) if a.state == "returned"]
    for key in keys:
        case = workspace.case(key)
        for letter in corrections.letters(case, now):
            post(workspace, letter, mailbox=case.office.contacts.mailbox, now=now)
    return keys


def _to_return(
    workspace: Workspace, cycle: CycleRecord, plan: Plan, sections: Sequence[str], note: str
) -> list[AssignmentRecord]:
    names = {section.id: section.name for section in plan.sections_of(plan.duty(cycle.duty))}
    ids = {name: key for key, name in names.items()} | {key: key for key in names}
    unknown = [name for name in sections if name.strip() not in ids]
    again = "；請清除「核定」後重新作答"
    if unknown:
        raise DutyflowError(
            f"沒有「{'、'.join(unknown)}」這個組室；有：{'、'.join(names.values())}{again}"
        )
    if not sections or not note.strip():
        raise DutyflowError(f"退回補正須指明組室，並說明要補正什麼{again}")
    wanted = {ids[name.strip()] for name in sections}
    chosen = [a for a in workspace.ledger.assignments.of(cycle.key) if a.section in wanted]
    for assignment in chosen:
        if assignment.state not in RETURNABLE:
            raise DutyflowError(
                f"{names[assignment.section]}尚無已受理的填報，無可退回；"
                f"補收請清除該組室的「收件」{again}"
            )
    return chosen
