"""Plans of many offices: the repository's whole plan, with other duties in the place of its own."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

PINGTUNG = Path(__file__).resolve().parents[1] / "include" / "plan" / "pingtung"
RHYTHMS = ("month", "quarter", "half_year", "year")

Duty = dict[str, Any]


def write_offices(root: Path, offices: int, duties: Sequence[Duty]) -> None:
    """A folder of plans: so many offices, each with these duties."""
    head, _, _ = _plan()
    block = yaml.safe_dump({"duties": duties}, allow_unicode=True, sort_keys=False)
    for number in range(offices):
        folder = root / office_id(number)
        folder.mkdir(parents=True)
        shutil.copy(PINGTUNG / "contacts.yaml", folder)
        text = head.replace("id: pingtung", f"id: {folder.name}", 1) + block
        (folder / "107.yaml").write_text(text, encoding="utf-8")


def office_id(number: int) -> str:
    return f"office_{number:03}"


def regular_duties(count: int) -> list[Duty]:
    """The half-yearly self-assessment made monthly, quarterly, half-yearly and yearly, in turn."""
    first = own_duties()[0]
    return [
        {
            **deepcopy(first),  # what is shared would be dumped as an alias
            "id": f"duty_{number:02}",
            "name": f"自行考核 {number}",
            "every": RHYTHMS[number % len(RHYTHMS)],
        }
        for number in range(count)
    ]


def own_duties() -> list[Duty]:
    """Those of the repository's plan."""
    _, _, block = _plan()
    duties: list[Duty] = yaml.safe_load(block)
    return duties


def _plan() -> tuple[str, str, str]:
    return (PINGTUNG / "107.yaml").read_text(encoding="utf-8").partition("duties:\n")
