"""`dutyflow form`: a section's form, as its opening mail brings it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import click

from dutyflow.calendars.cycles import opening_moment
from dutyflow.infra.settings import Settings
from dutyflow.plan.cycles import require_duty
from dutyflow.plan.words import did_you_mean, listed
from dutyflow.services.messaging.assignment_mail import AssignmentMail
from dutyflow.services.workspace import Case, Workspace

from .common import Refused, near, save
from .offices import office_option

NOT_OPEN = "這一期還沒有開啟：這是依目前計畫的樣張，收件地址與填報期限屆時才定"


@click.command("form")
@click.option("--duty", required=True, metavar="ID", help="The duty (self_assessment).")
@click.option("--cycle", required=True, metavar="NAME", help="The cycle (107H1).")
@click.option("--section", required=True, metavar="ID", help="The section, by id or by name.")
@office_option
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", required=True
)
@click.pass_obj
def form_command(
    settings: Settings, duty: str, cycle: str, section: str, office: str | None, output: Path
) -> None:
    """Write the form that a section fills in for a cycle, as its opening mail brings it.

    Where the cycle is not open yet: as it would be, by the plan as it is now. Nothing is changed.
    """
    if output.suffix.lower() != ".xlsx":
        raise Refused(f"不認得 {output.name} 的檔案類型；應為 .xlsx")
    with _workspace_with(settings, office, duty, cycle) as (workspace, key, is_open):
        attached = AssignmentMail(_case(workspace, key, section)).attached_form()
    save(output, attached.data)
    click.echo(f"已寫入 {near(output)}：{attached.name}")
    if not is_open:
        click.echo(NOT_OPEN)


@contextmanager
def _workspace_with(
    settings: Settings, office: str | None, duty: str, cycle: str
) -> Iterator[tuple[Workspace, str, bool]]:
    """A workspace in which the cycle is open, its key, and whether it truly is."""
    workspace = Workspace(settings)
    try:
        key = f"{_office_with(workspace, office, duty)}/{duty}/{cycle}"
        if workspace.ledger.is_ready() and workspace.ledger.cycles.get_all([key]):
            yield workspace, key, True
            return
    finally:
        workspace.close()
    with _as_if_open(settings, key) as workspace:
        yield workspace, key, False


@contextmanager
def _as_if_open(settings: Settings, key: str) -> Iterator[Workspace]:
    """The cycle opened on its day, in a ledger that is thrown away."""
    from dutyflow.services.cycles.opening import open_cycle
    from dutyflow.services.cycles.planned_days import planned_cycle

    office, duty, name = key.split("/")
    with tempfile.TemporaryDirectory(prefix="dutyflow-form-") as folder:
        elsewhere = replace(
            settings, ledger=f"sqlite:///{folder}/ledger.db", store=f"{folder}/store"
        )
        workspace = Workspace(elsewhere)
        try:
            workspace.ledger.migrate()
            the_office = workspace.office(office)
            opens = planned_cycle(workspace, the_office, duty, name).opens
            now = opening_moment(opens, the_office.zone)
            open_cycle(workspace, office=office, duty=duty, name=name, now=now, who="樣張")
            yield workspace
        finally:
            workspace.close()


def _office_with(workspace: Workspace, named: str | None, duty: str) -> str:
    """The office that is named, or the only one that has the duty. Raises Refused, UnknownDuty,
    UnknownOffice."""
    offices = [workspace.office(named)] if named else list(workspace.offices.values())
    having = require_duty(offices, duty)
    if len(having) > 1:
        names = {office.office: office.name for office in having}
        raise Refused(f"請以 --office 指定機關；{listed(f'{k}（{v}）' for k, v in names.items())}")
    return having[0].office


def _case(workspace: Workspace, cycle: str, section: str) -> Case:
    """The part of a section in a cycle. Raises Refused, with those that there are."""
    cases = [workspace.case(each.key) for each in workspace.ledger.assignments.of(cycle)]
    for case in cases:
        if section in (case.assignment.section, case.section_name):
            return case
    known = {case.assignment.section: case.section_name for case in cases}
    hint = did_you_mean(section, known, known) or f"有 {listed(known.values())}"
    raise Refused(f"這一期沒有組室「{section}」；{hint}")
