"""`dutyflow report`: the report of a cycle, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from dutyflow.calendars.roc import format_roc_moment
from dutyflow.infra import clock
from dutyflow.infra.settings import Settings
from dutyflow.ledger.records import CycleRecord, ReportRecord
from dutyflow.services.workspace import Workspace

from .common import echo_json, json_option, near, save
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
@click.option("--draft", is_flag=True, help="As it would be by what has come in now; not kept.")
@json_option
@click.pass_obj
def report_command(
    settings: Settings,
    duty: str,
    cycle: str,
    office: str | None,
    output: Path,
    draft: bool,
    as_json: bool,
) -> None:
    """Write the latest version of a cycle's report into a folder, or a draft of the next one.

    Nothing is assembled anew, and nothing is sent.
    """
    with opened_workspace(settings) as workspace:
        found = cycles_in(workspace, office=office, duty=duty, name=cycle)
        written = [_write(workspace, each, output, draft) for each in found]
    if as_json:
        echo_json(written)
        return
    for each in written:
        for name in each["files"]:
            click.echo(f"已寫入 {name}：{each['about']}")


def _write(workspace: Workspace, cycle: CycleRecord, folder: Path, draft: bool) -> dict[str, Any]:
    from dutyflow.services.reporting.assembly import draft_of, latest_report

    if draft:
        drafted = draft_of(workspace, cycle.key, now=clock.now())
        files, version, about = {drafted.name: drafted.data}, None, "草稿，依目前收到的填報"
    else:
        kept = latest_report(workspace, cycle.key)
        files = {file.name: workspace.store.get(file.blob) for file in kept.files}
        version, about = kept.version, _about(workspace, kept, cycle)
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


def _about(workspace: Workspace, kept: ReportRecord, cycle: CycleRecord) -> str:
    made = format_roc_moment(kept.made_at, workspace.plan_of(cycle).office.zone)
    return f"第 {kept.version} 版，{made}彙整"
