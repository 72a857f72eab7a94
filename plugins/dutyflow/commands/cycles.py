"""`dutyflow cycles`: which cycles there are in a stretch of time, and on which days."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from dutyflow.calendars.cycles import Cycle
from dutyflow.calendars.roc import format_roc, roc_year
from dutyflow.calendars.working_days import GAZETTED_UNTIL, Closure
from dutyflow.infra import clock
from dutyflow.infra.plan_files.folder import CLOSURES
from dutyflow.infra.plan_files.load import load_closures
from dutyflow.infra.settings import Settings
from dutyflow.plan.cycles import cycles, require_duty
from dutyflow.plan.moves import Move, moves
from dutyflow.plan.office import OfficePlans
from dutyflow.plan.words import FIELD_TITLES, listed

from .common import Day, Refused, echo_json, echo_table, json_option, near
from .offices import load_offices, office_option

MAX_YEARS = 50
HEADING = ("機關", "定期工作", "期別", "期間", "開始填報", "填報截止", "彙整表期限")
DIFF_HEADING = ("機關", "定期工作", "期別", "日期", "原為", "改為", "原因")


@click.command("cycles")
@click.option("--from", "start", type=Day(), required=True, help="First day (107-01-01).")
@click.option("--to", "end", type=Day(), required=True, help="Last day (108-12-31).")
@office_option
@click.option("--duty", metavar="ID", help="Only this duty's.")
@click.option(
    "--diff",
    "earlier",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Tell which days the closures have moved since those in PATH: an earlier closures.csv of "
    "all offices, or an earlier folder of plans, of which only the closures are read.",
)
@json_option
@click.pass_obj
def cycles_command(
    settings: Settings,
    start: date,
    end: date,
    office: str | None,
    duty: str | None,
    earlier: Path | None,
    as_json: bool,
) -> None:
    """List the cycles whose period shares a day with FROM..TO. Dates are ROC or ISO."""
    check_range(start, end)
    offices = _having(duty, load_offices(near(settings.plans), office))
    if earlier is not None:
        _show_moves(list(_moves(offices, earlier, start, end, duty)), as_json)
        return
    found = [cycle for each in offices for cycle in cycles(each, start, end, duty)]
    if as_json:
        echo_json([cycle_as_json(cycle) for cycle in found])
        return
    echo_table(HEADING, map(_row, found))
    warn_of_provisional(found)


def warn_of_provisional(shown: Iterable[Cycle]) -> None:
    if any(cycle.provisional for cycle in shown):
        year = roc_year(GAZETTED_UNTIL)
        click.echo(f"注意：{year} 年以後的政府辦公日曆尚未納入，*號各期的日期為推估。", err=True)


def marked_name(cycle: Cycle) -> str:
    return f"{cycle.name}*" if cycle.provisional else cycle.name


def cycle_as_json(cycle: Cycle) -> dict[str, Any]:
    return {
        "office": cycle.office,
        "duty": cycle.duty,
        "cycle": cycle.name,
        "period_start": cycle.period_start.isoformat(),
        "period_end": cycle.period_end.isoformat(),
        "opens": cycle.opens.isoformat(),
        "collect_by": cycle.collect_by.isoformat(),
        "report_due": cycle.report_due.isoformat(),
        "provisional": cycle.provisional,
    }


def check_range(start: date, end: date) -> None:
    if start > end:
        raise Refused(f"起日{format_roc(start)}晚於迄日{format_roc(end)}；請對調 --from 與 --to")
    for day in (start, end):
        if not 1 <= roc_year(day) <= 999:
            raise Refused(f"{day.isoformat()} 不在民國 1 年至 999 年之間")
    if end.year - start.year > MAX_YEARS:
        raise Refused(f"期間超過 {MAX_YEARS} 年；請分次查詢")


def _having(duty: str | None, offices: Sequence[OfficePlans]) -> Sequence[OfficePlans]:
    return offices if duty is None else require_duty(offices, duty)


def _moves(
    offices: Sequence[OfficePlans], earlier: Path, start: date, end: date, duty: str | None
) -> Iterator[Move]:
    now = clock.now()
    for office in offices:
        before = replace(office, closures=_earlier_closures(earlier, office))
        yield from moves(before, office.closures, start, end, now=now, duty=duty)


def _earlier_closures(earlier: Path, office: OfficePlans) -> tuple[Closure, ...]:
    """The closures of all offices first, the office's own last."""
    if not earlier.exists():
        raise Refused(f"找不到 {earlier}；請指定先前的 {CLOSURES}，或先前的計畫資料夾")
    if earlier.is_dir():
        paths = [earlier / CLOSURES, earlier / office.office / CLOSURES]
    else:
        paths = [earlier, office.folder / CLOSURES]
    return tuple(each for path in paths if path.exists() for each in load_closures(path))


def _show_moves(found: Sequence[Move], as_json: bool) -> None:
    if as_json:
        echo_json([_move_as_json(move) for move in found])
    elif found:
        echo_table(DIFF_HEADING, map(_move_row, found))
    else:
        click.echo("沒有日期因停班或補班而移動")


def _row(cycle: Cycle) -> tuple[str, ...]:
    days = (cycle.opens, cycle.collect_by, cycle.report_due)
    return (
        cycle.office,
        cycle.duty,
        marked_name(cycle),
        f"{format_roc(cycle.period_start)}至{format_roc(cycle.period_end)}",
        *(format_roc(day, weekday=True) for day in days),
    )


def _move_as_json(move: Move) -> dict[str, Any]:
    return {
        "office": move.cycle.office,
        "duty": move.cycle.duty,
        "cycle": move.cycle.name,
        "which": move.which,
        "from": move.was.isoformat(),
        "to": move.becomes.isoformat(),
        "stays": move.stays,
        "reasons": [
            {
                "date": change.closure.day.isoformat(),
                "kind": change.closure.kind,
                "reason": change.closure.reason,
                "withdrawn": change.withdrawn,
            }
            for change in move.reasons
        ],
    }


def _move_row(move: Move) -> tuple[str, ...]:
    gone_by = "（已過，不變）" if move.stays else ""
    return (
        move.cycle.office,
        move.cycle.duty,
        move.cycle.name,
        FIELD_TITLES[move.which],
        format_roc(move.was, weekday=True),
        f"{format_roc(move.becomes, weekday=True)}{gone_by}",
        listed(map(str, move.reasons)),
    )
