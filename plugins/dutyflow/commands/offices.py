"""The offices that a command is about: all of them, or the one that is named."""

from __future__ import annotations

from pathlib import Path

import click

from dutyflow.infra.plan_files.load import (
    all_together,
    folders_below,
    load_all_plans,
    load_office,
    load_plans,
)
from dutyflow.plan.office import OfficePlan, OfficePlans
from dutyflow.plan.words import did_you_mean, listed

from .common import Refused

office_option = click.option("--office", metavar="ID", help="Only this office's.")


def folders(root: Path, wanted: str | None) -> list[Path]:
    """Their folders. Raises Refused, saying which offices there are, and PlanError."""
    found = {folder.name: folder for folder in folders_below(root)}
    if wanted is None:
        return list(found.values())
    if wanted in found:
        return [found[wanted]]
    names = {each.office: each.name for each in load_all_plans(root)}
    hint = did_you_mean(wanted, names, names) or f"有 {listed(names)}"
    raise Refused(f"沒有機關「{wanted}」；{hint}")


def load_offices(root: Path, wanted: str | None) -> tuple[OfficePlans, ...]:
    """Their plans and closures. Raises Refused, and one PlanError for all that is wrong."""
    return all_together(load_plans, folders(root, wanted))


def load_offices_with_people(root: Path, wanted: str | None) -> tuple[OfficePlan, ...]:
    """The same, with their contacts."""
    return all_together(load_office, folders(root, wanted))
