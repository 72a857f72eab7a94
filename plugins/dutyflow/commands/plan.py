"""`dutyflow plan`: is the plan in order, what does it say, and how is its file made up."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from dutyflow.errors import Finding, PlanError
from dutyflow.infra.plan_files import load
from dutyflow.infra.plan_files.folder import (
    CLOSURES,
    CONTACTS,
    LOCAL_CONTACTS,
    drafts,
    is_office_folder,
    name_of,
    read_office,
)
from dutyflow.infra.settings import Settings
from dutyflow.plan import overview
from dutyflow.plan.lint.ladders import held_back_in_words
from dutyflow.plan.lint.people import unattended_in_words
from dutyflow.plan.model import Plan
from dutyflow.plan.schema import schema_text

from .common import Refused, echo_json, echo_table, json_option, near
from .from_document import from_document
from .plan_diff import diff
from .plan_roll import roll

Named = tuple[Path, Plan]

paths_argument = click.argument(
    "paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH]..."
)


@click.group("plan")
def plan_group() -> None:
    """Check and show plans.

    PATH is a plan file, an office's folder, or the folder of all offices; without it, every plan.
    """


plan_group.add_command(diff)
plan_group.add_command(roll)


@plan_group.command()
@paths_argument
@json_option
@click.pass_context
def check(ctx: click.Context, paths: Sequence[Path], as_json: bool) -> None:
    """Tell everything that is wrong with plans, contacts and closures (exit code 1), or nothing."""
    targets = list(_targets(paths, ctx.obj))
    plans, findings = _collect(targets, _checked)
    notes = [] if findings else [*_notes_on_plans(plans), *_notes_on_people(targets)]
    lying = [draft for target in targets if target.is_dir() for draft in drafts(target)]
    if as_json:
        echo_json(
            {
                "ok": not findings,
                "plans": [{"file": str(p), **overview.counts(plan)} for p, plan in plans],
                "drafts": [str(path) for path in lying],
                "notes": notes,
                "findings": [asdict(finding) for finding in findings],
            }
        )
    else:
        for path, plan in plans:
            click.echo(f"{path}：{overview.sentence(plan)}")
        for path in lying:
            name = f"{name_of(path)}.yaml"
            click.echo(f"{path}：草稿，不生效；請執行 plan check {path}，確認後改名為 {name}")
        for note in notes:
            click.echo(f"{note}（提醒，不是錯誤）")
        for finding in findings:
            click.echo(finding, err=True)
    ctx.exit(1 if findings else 0)


@plan_group.command()
@paths_argument
@json_option
@click.pass_obj
def show(settings: Settings, paths: Sequence[Path], as_json: bool) -> None:
    """Show what plans say: sections, measures and duties."""
    plans, findings = _collect(_targets(paths, settings), _shown)
    if findings:
        raise PlanError(findings)
    if as_json:
        echo_json([overview.as_json(plan) for _, plan in plans])
        return
    for path, plan in plans:
        click.echo(f"{path}：{overview.sentence(plan)}")
        echo_table(overview.MEASURE_HEADING, overview.measure_rows(plan))
        echo_table(overview.DUTY_HEADING, overview.duty_rows(plan))


@plan_group.command()
@click.option("-o", "--output", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE")
@click.pass_obj
def schema(settings: Settings, output: Path | None) -> None:
    """Write the plan file's JSON schema (to plan.schema.json beside the plans; - prints it)."""
    path = output or near(settings.plans / "plan.schema.json")
    if str(path) == "-":
        click.echo(schema_text(), nl=False)
        return
    try:
        path.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise Refused(f"無法寫入 {path}：{error.strerror}") from None
    click.echo(f"已寫入 {path}")


@plan_group.command("to-xlsx")
@paths_argument
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE.xlsx")
@click.option("--force", is_flag=True, help="Replace a workbook that is there.")
@click.pass_obj
def to_xlsx(settings: Settings, paths: Sequence[Path], output: Path | None, force: bool) -> None:
    """Write plans as workbooks, to be edited in Excel or LibreOffice (<office>-<year>.xlsx)."""
    from .plan_workbook import export  # openpyxl: only where it is needed

    plans, findings = _collect(_targets(paths, settings), _shown)
    if findings:
        raise PlanError(findings)
    export(plans, output, force)


@plan_group.command("from-xlsx")
@click.argument("workbook", type=click.Path(path_type=Path), metavar="FILE.xlsx")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Where to write; without it, the office's folder.",
)
@click.option("--draft", is_flag=True, help="Write the plan as a draft, not yet in force.")
@click.option("--force", is_flag=True, help="Replace files that say something else.")
@click.pass_context
def from_xlsx(
    ctx: click.Context, workbook: Path, output: Path | None, draft: bool, force: bool
) -> None:
    """Write a workbook's plan, contacts and closures as files (exit code 1: nothing written)."""
    from .plan_workbook import take_in  # openpyxl: only where it is needed

    settings: Settings = ctx.obj
    done = take_in(workbook, output, plans=settings.plans, force=force, draft=draft)
    ctx.exit(0 if done else 1)


def _targets(paths: Sequence[Path], settings: Settings) -> Iterator[Path]:
    """Files and offices' folders."""
    for path in paths or [near(settings.plans)]:
        if not path.exists():
            raise Refused(f"找不到 {path}；請指定計畫檔、機關資料夾或其上層資料夾")
        if path.is_dir() and not is_office_folder(path):
            yield from load.folders_below(path)
        else:
            yield path


def _collect(
    targets: Iterable[Path], read: Callable[[Path], list[Named]]
) -> tuple[list[Named], list[Finding]]:
    plans: list[Named] = []
    findings: dict[Finding, None] = {}  # a mistake in a shared file is told once
    for target in targets:
        try:
            plans += read(target)
        except PlanError as error:
            findings |= dict.fromkeys(error.findings)
    return plans, list(findings)


def _checked(path: Path) -> list[Named]:
    if path.is_dir():
        office = load.load_office(path)
        return [(path / f"{plan.year}.yaml", plan) for plan in office.plans]
    by_name: dict[str, Callable[[Path], Any]] = {
        CONTACTS: load.load_contacts,
        LOCAL_CONTACTS: load.load_contacts,
        CLOSURES: load.load_closures,
    }
    if path.name in by_name:
        by_name[path.name](path)
        return []
    return [(path, load.load_plan(path))]


def _notes_on_plans(plans: Iterable[Named]) -> Iterator[str]:
    """What is no mistake, but worth knowing, of plans that are in order."""
    for path, plan in plans:
        yield from (f"{path}：{words}" for words in held_back_in_words(plan))


def _notes_on_people(targets: Iterable[Path]) -> Iterator[str]:
    """The same of the people of offices."""
    for path in targets:
        file = read_office(path).contacts if path.is_dir() else None
        if file is not None:
            contacts = load.load_contacts(file)
            yield from (f"{file}：{words}" for words in unattended_in_words(contacts))


def _shown(path: Path) -> list[Named]:
    if path.is_dir():
        return [(path / f"{plan.year}.yaml", plan) for plan in load.load_plans(path).plans]
    return [(path, load.load_plan(path))]


plan_group.add_command(from_document)
