"""How long a year's rehearsal takes, next to the import of what it needs.

    .venv/bin/python -m benchmarks.rehearsal

The repository's plan, a whole year in which nobody answers, next to a process that imports the
command and reads the plans; then 24 such offices, next to 24 times one.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

from dutyflow.infra.plan_files.load import load_all
from dutyflow.plan.office import OfficePlan
from dutyflow.services.rehearsal.play import Wish, rehearse

from .figures import Figure, milliseconds, ratio, show, take_turns

ROOT = Path(__file__).resolve().parents[1]
YEAR = Wish(start=date(2018, 1, 1), end=date(2018, 12, 31))
OFFICES, ROUNDS = 24, 3
IMPORTING = "import dutyflow.commands.rehearse"


def main() -> int:
    one = load_all(ROOT / "include" / "plan")
    many = [_renamed(office, number) for office in one for number in range(OFFICES)]
    ways: dict[str, Callable[[], float]] = {
        "import": _import,
        "one": lambda: _seconds(one),
        "many": lambda: _seconds(many) / OFFICES,
    }
    take_turns(ways, 1)
    times = take_turns(ways, ROUNDS)
    show(
        f"A year rehearsed ({ROUNDS} rounds)",
        [
            Figure(
                what=f"one office: {milliseconds(times, 'one')}",
                baseline=f"start and import: {milliseconds(times, 'import')}",
                value=ratio(times, of="one", to="import"),
                target=1,
            ),
            Figure(
                what=f"each of {OFFICES} offices: {milliseconds(times, 'many')}",
                baseline=f"one office alone: {milliseconds(times, 'one')}",
                value=ratio(times, of="many", to="one"),
                target=1.5,  # in proportion; more values alive cost the garbage collector
            ),
        ],
    )
    return 0


def _import() -> float:
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", IMPORTING], check=True, cwd=ROOT)
    return time.perf_counter() - begun


def _seconds(offices: list[OfficePlan] | tuple[OfficePlan, ...]) -> float:
    begun = time.perf_counter()
    rehearse(offices, YEAR)
    return time.perf_counter() - begun


def _renamed(office: OfficePlan, number: int) -> OfficePlan:
    """The same office under another name, with people of its own."""
    name = f"{office.office}{number}"
    plans = tuple(
        plan.model_copy(update={"office": plan.office.model_copy(update={"id": name})})
        for plan in office.plans
    )
    written = office.contacts.model_dump_json().replace("@", f"@{name}.")
    contacts = type(office.contacts).model_validate_json(written)
    return replace(office, office=name, plans=plans, contacts=contacts)


if __name__ == "__main__":
    sys.exit(main())
