"""`dutyflow cycles`: which cycles there are in a stretch of time, and on which days."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import click

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.roc import format_roc, roc_year
from dutyflow.calendars.working_days import GAZETTED_UNTIL
from dutyflow.plan.cycles import cycles, require_duty
from dutyflow.plan.load import folders_below, load_all_plans, load_plans
from dutyflow.plan.office import OfficePlans
from dutyflow.plan.words import did_you_mean, listed
from dutyflow.settings import Settings

from .common import Day, Refused, echo_json, echo_table, json_option, near

MAX_YEARS = 50
HEADING = ("機關", "定期工作", "期別", "期間", "開始填報", "填報截止", "彙整表期限")


@click.command("cycles")
@click.option("--from", "start", type=Day(), required=True, help="First day (107-01-01).")
@click.option("--to", "end", type=Day(), required=True, help="Last day (108-12-31).")
@click.option("--office", metavar="ID", help="Only this office's.")
@click.option("--duty", metavar="ID", help="Only this duty's.")
@json_option
@click.pass_obj
def cycles_command(
    settings: Settings,
    start: date,
    end: date,
    office: str | None,
    duty: str | None,
    as_json: bool,
) -> None:
    """List the cycles whose period shares a day with FROM..TO. Dates are ROC or ISO."""
    _check_range(start, end)
    found = list(_cycles(_offices(near(settings.plans), office), start, end, duty))
    if as_json:
        echo_json([_as_json(cycle) for cycle in found])
        return
    echo_table(HEADING, map(_row, found))
    if any(cycle.report_due > GAZETTED_UNTIL for cycle in found):
        year = roc_year(GAZETTED_UNTIL)
        click.echo(f"注意：{year} 年以後的政府辦公日曆尚未納入，日期為推估。", err=True)


def _check_range(start: date, end: date) -> None:
    if start > end:
        raise Refused(f"起日{format_roc(start)}晚於迄日{format_roc(end)}；請對調 --from 與 --to")
    for day in (start, end):
        if not 1 <= roc_year(day) <= 999:
            raise Refused(f"{day.isoformat()} 不在民國 1 年至 999 年之間")
    if end.year - start.year > MAX_YEARS:
        raise Refused(f"期間超過 {MAX_YEARS} 年；請分次查詢")


def _offices(root: Path, wanted: str | None) -> tuple[OfficePlans, ...]:
    if wanted is None:
        return load_all_plans(root)
    folders = {folder.name: folder for folder in folders_below(root)}
    if wanted in folders:
        return (load_plans(folders[wanted]),)
    names = {each.office: each.name for each in load_all_plans(root)}
    hint = did_you_mean(wanted, names, names) or f"有 {listed(names)}"
    raise Refused(f"沒有機關「{wanted}」；{hint}")


def _cycles(
    offices: Sequence[OfficePlans], start: date, end: date, duty: str | None
) -> Iterator[Cycle]:
    if duty is not None:
        offices = require_duty(offices, duty)
    for office in offices:
        yield from cycles(office, start, end, duty)


def _as_json(cycle: Cycle) -> dict[str, str]:
    return {
        "office": cycle.office,
        "duty": cycle.duty,
        "cycle": cycle.name,
        "period_start": cycle.period_start.isoformat(),
        "period_end": cycle.period_end.isoformat(),
        "opens": cycle.opens.isoformat(),
        "collect_by": cycle.collect_by.isoformat(),
        "report_due": cycle.report_due.isoformat(),
    }


def _row(cycle: Cycle) -> tuple[str, ...]:
    days = (cycle.opens, cycle.collect_by, cycle.report_due)
    return (
        cycle.office,
        cycle.duty,
        cycle.name,
        f"{format_roc(cycle.period_start)}至{format_roc(cycle.period_end)}",
        *(format_roc(day, weekday=True) for day in days),
    )
