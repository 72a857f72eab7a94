"""`dutyflow report`: the report of a cycle, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dutyflow.calendars.roc import format_roc_moment
from dutyflow.infra import clock
from dutyflow.infra.settings import Settings
from dutyflow.ledger.records import CycleRecord, ReportRecord
from dutyflow.plan.words import listed
from dutyflow.services.workspace import Workspace

from .common import Refused, echo_json, json_option, near, save
from .ledger_access import cycles_in, opened_workspace
from .offices import office_option


@click.command("report")
@click.option("--duty", required=True, metavar="ID", help="The duty (self_assessment).")
@click.option("--cycle", required=True, metavar="NAME", help="The cycle (107H1).")
@office_option
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    required=True,
    help="The folder to write into.",
)
@click.option(
    "--format", "only", metavar="FORMAT", help="In this format (xlsx) alone; else in all."
)
@click.option("--draft", is_flag=True, help="As it would be by what has come in now; not kept.")
@json_option
@click.pass_obj
def report_command(
    settings: Settings,
    duty: str,
    cycle: str,
    office: str | None,
    output: Path,
    only: str | None,
    draft: bool,
    as_json: bool,
) -> None:
    """Write the latest version of a cycle's report into a folder, or a draft of the next one.

    Nothing is assembled anew, and nothing is sent.
    """
    with opened_workspace(settings) as workspace:
        found = cycles_in(workspace, office=office, duty=duty, name=cycle)
        written = [_write(workspace, each, output, only, draft=draft) for each in found]
    if as_json:
        echo_json(written)
        return
    for each in written:
        for name in each["files"]:
            click.echo(f"已寫入 {name}：{each['about']}")


def _write(
    workspace: Workspace, cycle: CycleRecord, folder: Path, only: str | None, *, draft: bool
) -> dict[str, Any]:
    from dutyflow.services.reporting.assembly import draft_of, latest_report

    ending = _ending_of(only)
    if draft:
        drafted = draft_of(workspace, cycle.key, now=clock.now())
        files = {file.name: file.data for file in drafted if file.name.endswith(ending)}
        version, about = None, "草稿，依目前收到的填報"
    else:
        kept = latest_report(workspace, cycle.key)
        names = {file.name: file.blob for file in kept.files if file.name.endswith(ending)}
        files = {name: workspace.store.get(blob) for name, blob in names.items()}
        version, about = kept.version, _about(workspace, kept, cycle)
    if not files:
        raise Refused(f"{cycle.title}的彙整表（{about}）沒有 {only} 檔")
    for name, data in files.items():
        save(folder / name, data)
    return {
        "office": cycle.office,
        "duty": cycle.duty,
        "cycle": cycle.name,
        "version": version,
        "about": about,
        "files": [str(near(folder / name)) for name in files],
    }


def _ending_of(format_: str | None) -> str:
    """How the names of files in a format end; "" where any will do."""
    from dutyflow.reports.renderers import RENDERERS  # openpyxl: only where a report is written

    if format_ is None:
        return ""
    if format_ not in RENDERERS:
        raise Refused(f"沒有「{format_}」這種格式；應為 {listed(RENDERERS, '或')}")
    return RENDERERS[format_].ending


def _about(workspace: Workspace, kept: ReportRecord, cycle: CycleRecord) -> str:
    made = format_roc_moment(kept.made_at, workspace.plan_of(cycle).office.zone)
    return f"第 {kept.version} 版，{made}彙整"
