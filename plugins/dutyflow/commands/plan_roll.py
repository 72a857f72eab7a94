"""`dutyflow plan roll`: the draft of a later year's plan, and what a person has to check in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import click

from dutyflow.calendars.roc import format_roc
from dutyflow.errors import Finding, PlanError
from dutyflow.importers.next_year.roll import Beside, Rolled
from dutyflow.importers.next_year.roll import roll as rolled
from dutyflow.infra.plan_files.folder import draft_path, plan_path, read_bounded
from dutyflow.infra.plan_files.load import plan_of
from dutyflow.infra.settings import Settings
from dutyflow.plan.diff.changes import Difference, differences
from dutyflow.plan.office import OfficePlans
from dutyflow.plan.source import parse
from dutyflow.plan.words import CHOICE_TITLES, FIELD_TITLES

from .common import Day, Refused, echo_json, echo_table, json_option, near
from .cycles import cycle_as_json, marked_name, warn_of_provisional
from .offices import load_offices, office_option
from .plan_diff import differences_as_json, echo_differences

HEADING = ("定期工作", "期別", "開始填報", "填報截止", "彙整表期限")


@dataclass(frozen=True, kw_only=True)
class NextPlan:
    """A later year's draft, made but not written yet, and where it goes."""

    office: OfficePlans
    rolled: Rolled
    source: Path
    path: Path

    @property
    def content(self) -> bytes:
        return self.rolled.text.encode()

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the check of plans has against it, so that a person must mend it."""
        try:
            plan_of(parse(self.content, str(self.path)), self.path)
        except PlanError as error:
            return error.findings
        return ()

    @cached_property
    def differences(self) -> tuple[Difference, ...]:
        return differences(self.rolled.before, self.rolled.plan)

    @cached_property
    def cycles(self) -> tuple[Beside, ...]:
        return tuple(self.rolled.first_cycles(self.office.calendar))

    @cached_property
    def checks(self) -> tuple[str, ...]:
        """What nobody but a person can tell whether it is right."""
        return tuple(_checks(self))


@click.command("roll")
@click.option("--to", "year", type=int, required=True, metavar="YEAR", help="ROC year (115).")
@office_option
@click.option(
    "--effective-from",
    "since",
    type=Day(),
    help="Day from which it is in force (115-01-01); by default 1 January of its year.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE")
@click.option("--force", is_flag=True, help="Overwrite the draft, if there is one.")
@json_option
@click.pass_obj
def roll(
    settings: Settings,
    year: int,
    office: str | None,
    since: date | None,
    output: Path | None,
    force: bool,
    as_json: bool,
) -> None:
    """Make the draft of a later year's plan from an office's newest plan.

    It is written as YEAR.draft.yaml beside the plans (or to FILE), and has no effect: to put it in
    force, check it and rename it to YEAR.yaml. Then it is told what has changed, what was dropped,
    the first days of each duty beside the old ones, and what a person has to check.
    """
    offices = load_offices(near(settings.plans), office)
    if output is not None and len(offices) > 1:
        raise Refused("-o 只能寫一份草稿；請以 --office 指定機關")
    drafts = [_draft(each, year, since, output) for each in offices]
    for draft in drafts:
        _may_write(draft, force=force)
    for draft in drafts:
        _write(draft)
    if as_json:
        echo_json([_as_json(draft) for draft in drafts])
        return
    for draft in drafts:
        _show(draft)


def _draft(office: OfficePlans, year: int, since: date | None, output: Path | None) -> NextPlan:
    plan = office.plans[-1]
    source = plan_path(office.folder, plan.year)
    return NextPlan(
        office=office,
        rolled=rolled(plan, parse(read_bounded(source), str(source)), year, since),
        source=source,
        path=output or draft_path(office.folder, year),
    )


def _may_write(draft: NextPlan, *, force: bool) -> None:
    if not draft.path.exists():
        return
    if draft.path.samefile(draft.source):
        raise Refused(f"{draft.path} 是草稿所本的計畫，不可覆寫；請以 -o 指定其他檔案")
    if not force:
        raise Refused(f"已有 {draft.path}；要覆寫請加 --force，或以 -o 指定其他檔案")


def _write(draft: NextPlan) -> None:
    try:
        draft.path.write_bytes(draft.content)
    except OSError as error:
        raise Refused(f"無法寫入 {draft.path}：{error.strerror}") from None


def _checks(draft: NextPlan) -> Iterator[str]:
    rolled, year = draft.rolled, draft.rolled.plan.year
    for duty in rolled.moved:
        years = f"由 {rolled.before.year} 年順移 {rolled.years} 年"
        yield f"「{duty.name}」各期日期{years}，遇農曆節日或另行公告者請改正"
    for cycle in rolled.never_opened(draft.office.calendar):
        name, opens = rolled.plan.duty(cycle.duty).name, format_roc(cycle.opens)
        yield (
            f"「{name}」的 {cycle.name} 於{opens}開始填報，早於計畫生效，不會開辦；"
            "請調整日期或生效日"
        )
    header = rolled.plan.header
    yield f"訂定日期仍為{format_roc(header.established)}"
    for mention in rolled.mentions:
        yield f"第 {mention.line} 行 {mention.title}：{'；'.join(mention.excerpts)}"
    yield f"組室與承辦部門、聯絡人是否仍為 {year} 年度的人員"


def _show(draft: NextPlan) -> None:
    before, plan = draft.rolled.before, draft.rolled.plan
    click.echo(f"已寫入 {draft.path}：{plan.year} 年度計畫的草稿，依 {draft.source} 推算")
    click.echo(f"{_in_force(draft)}；在此之前仍依 {before.year} 年度計畫辦理")
    click.echo(f"\n■ 與 {before.year} 年度計畫的差異（{len(draft.differences)} 處）")
    echo_differences(draft.differences)
    if draft.rolled.dropped:
        click.echo(f"\n■ 未沿用的定期工作（{len(draft.rolled.dropped)} 項）")
    for each in draft.rolled.dropped:
        click.echo(f"  {each.duty.name}（{each.duty.id}）：{each.because}")
    click.echo("\n■ 各項定期工作最初各期的日期，新舊年度對照")
    echo_table(HEADING, _rows(draft))
    click.echo("\n■ 請人工確認（計畫文字一律未改）")
    for check in draft.checks:
        click.echo(f"  □ {check}")
    if draft.findings:
        click.echo(f"\n■ 請先補正（{len(draft.findings)} 處），否則草稿無法生效")
    for finding in draft.findings:
        click.echo(f"  □ {finding}")
    warn_of_provisional(new for each in draft.cycles for _, new in each.pairs)


def _in_force(draft: NextPlan) -> str:
    plan, office = draft.rolled.plan, draft.office
    since = f"自{format_roc(plan.effective_from)}起生效"
    target = plan_path(office.folder, plan.year)
    if draft.path.resolve() == target.resolve():
        return since
    verb = "改名" if draft.path.parent.resolve() == office.folder.resolve() else "存"
    return f"尚未生效；確認後請{verb}為 {target}，即{since}"


def _rows(draft: NextPlan) -> Iterator[tuple[str, ...]]:
    for each in draft.cycles:
        duty, name = each.duty, each.duty.name
        if duty.unannounced is not None:  # whose days would give it away
            rules = (str(duty.rules[day]) for day in ("collect_by", "report_due"))
            yield name, CHOICE_TITLES[duty.every], FIELD_TITLES["unannounced"], *rules
            continue
        for pair in each.pairs:
            for cycle in pair:
                days = (cycle.opens, cycle.collect_by, cycle.report_due)
                yield name, marked_name(cycle), *(format_roc(day, weekday=True) for day in days)
                name = ""


def _as_json(draft: NextPlan) -> dict[str, Any]:
    rolled = draft.rolled
    return {
        "office": rolled.plan.office.id,
        "file": str(draft.path),
        "from": {"file": str(draft.source), "year": rolled.before.year},
        "year": rolled.plan.year,
        "effective_from": rolled.plan.effective_from.isoformat(),
        "differences": differences_as_json(draft.differences),
        "dropped": [
            {"id": each.duty.id, "name": each.duty.name, "because": each.because}
            for each in rolled.dropped
        ],
        "moved": [duty.id for duty in rolled.moved],
        "cycles": [
            {"old": cycle_as_json(old), "new": cycle_as_json(new)}
            for each in draft.cycles
            if each.duty.unannounced is None
            for old, new in each.pairs
        ],
        "checks": list(draft.checks),
        "findings": [asdict(finding) for finding in draft.findings],
    }
