"""`dutyflow plan diff`: what is different between two plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click

from dutyflow.infra.plan_files.folder import draft_path, drafts, name_of, plan_path, read_office
from dutyflow.infra.plan_files.load import load_plan
from dutyflow.infra.settings import Settings
from dutyflow.plan.diff.changes import PART_TITLES, Difference, differences
from dutyflow.plan.model import Plan
from dutyflow.plan.words import listed

from .common import Refused, echo_json, json_option, near
from .offices import folders, office_option


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two plans, and its file."""

    path: Path
    plan: Plan

    def __str__(self) -> str:
        return f"{self.plan.year} 年度（{self.path}）"


@click.command("diff")
@click.argument("before", metavar="BEFORE")
@click.argument("after", metavar="AFTER")
@office_option
@json_option
@click.pass_obj
def diff(settings: Settings, before: str, after: str, office: str | None, as_json: bool) -> None:
    """Tell what is different in plan AFTER, compared with plan BEFORE.

    Each is the ROC year of a plan (107; its draft, where there is no plan yet) or a plan file. The
    exit code is 0, whether there are differences or not.
    """
    pairs = [(_side(old), _side(new)) for old, new in _paths(settings, before, after, office)]
    if as_json:
        echo_json([_as_json(old, new) for old, new in pairs])
        return
    for old, new in pairs:
        found = differences(old.plan, new.plan)
        click.echo(f"{old} → {new}：{f'{len(found)} 處差異' if found else '沒有差異'}")
        echo_differences(found)


def echo_differences(found: Sequence[Difference]) -> None:
    """By the parts of the plan, and in them by the items."""
    for part, title in PART_TITLES.items():
        items: dict[tuple[str, str], list[Difference]] = {}
        for each in found:
            if each.part == part:
                items.setdefault((each.id, each.name), []).append(each)
        if items:
            click.echo(f"\n{title}")
        for (item, name), those in items.items():
            if item:
                click.echo(f"  {item} {name}".rstrip())
            for each in those:
                click.echo(f"{'    ' if item else '  '}{each.sentence}")


def differences_as_json(found: Sequence[Difference]) -> list[dict[str, Any]]:
    return [asdict(each) for each in found]


def _side(path: Path) -> Side:
    return Side(path=path, plan=load_plan(path))


def _as_json(before: Side, after: Side) -> dict[str, Any]:
    return {
        "office": after.plan.office.id,
        "from": {"file": str(before.path), "year": before.plan.year},
        "to": {"file": str(after.path), "year": after.plan.year},
        "differences": differences_as_json(differences(before.plan, after.plan)),
    }


def _paths(
    settings: Settings, before: str, after: str, office: str | None
) -> list[tuple[Path, Path]]:
    """The two files; of years, those of each office that has both."""
    if not before.isdecimal() and not after.isdecimal():
        return [(_file(before), _file(after))]
    among = folders(near(settings.plans), office)
    found = [(_path(folder, before), _path(folder, after)) for folder in among]
    pairs = [(old, new) for old, new in found if old is not None and new is not None]
    if not pairs:
        have = "；".join(f"{folder.name} 有 {listed(_years(folder))}" for folder in among)
        raise Refused(f"沒有機關兼有 {before} 與 {after} 年度的計畫；{have}")
    return pairs


def _file(written: str) -> Path:
    path = Path(written)
    if not path.is_file():
        raise Refused(f"找不到 {path}；請給民國年度（例如 107），或計畫檔")
    return path


def _path(folder: Path, written: str) -> Path | None:
    """The file that is named, or the office's plan of that year; its draft, if there is no plan."""
    if not written.isdecimal():
        return _file(written)
    year = int(written)
    of_year = (plan_path(folder, year), draft_path(folder, year))
    return next((path for path in of_year if path.is_file()), None)


def _years(folder: Path) -> Iterator[str]:
    yield from (path.stem for path in read_office(folder).plans)
    yield from (f"{name_of(path)}（草稿）" for path in drafts(folder))
