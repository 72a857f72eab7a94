"""Twenty years of cycles of 24 offices, next to what it takes to import `holidays` and `pandas`.

    .venv/bin/python -m benchmarks.cycles

Each office has the duties of the repository's plan, 18 of them, and ten closures of its own. Timed
are, each in a new process and in processor time, the imports; and all the cycles, one office after
the other, of plans that have been loaded.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

from .figures import Figure, milliseconds, ratio, show, take_turns
from .many_duties import office_id, own_duties, write_offices

ROOT = Path(__file__).resolve().parents[1]
OFFICES, YEARS, CLOSURES, ROUNDS = 24, 20, 10, 9
A_FEW_IMPORTS = 3.0

IMPORTS = """
import time
begun = time.process_time()
import holidays, pandas
print(time.process_time() - begun)
"""
CYCLES = f"""
import sys, time
from datetime import date
from pathlib import Path
from dutyflow.plan.cycles import cycles
from dutyflow.infra.plan_files.load import load_all_plans
offices = load_all_plans(Path(sys.argv[1]))
start, end = date(2018, 1, 1), date({2017 + YEARS}, 12, 31)
begun = time.process_time()
found = [cycle for office in offices for cycle in cycles(office, start, end)]
print(time.process_time() - begun, len(found))
"""


def main() -> int:
    counts: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="dutyflow-cycles-") as folder:
        plans = Path(folder, "plans")
        write_offices(plans, OFFICES, own_duties())
        _write_closures(plans)
        ways = {
            "cycles": partial(_seconds, CYCLES, str(plans), counts=counts),
            "imports": partial(_seconds, IMPORTS, counts=set()),
        }
        take_turns(ways, 1)  # compiles what is imported
        times = take_turns(ways, ROUNDS)
    show(
        f"{YEARS} years of {OFFICES} offices: {', '.join(counts)} cycles ({ROUNDS} rounds)",
        [
            Figure(
                what=f"all their days: {milliseconds(times, 'cycles')}",
                baseline=f"import holidays, pandas: {milliseconds(times, 'imports')}",
                value=ratio(times, of="cycles", to="imports"),
                target=A_FEW_IMPORTS,
            )
        ],
    )
    return 0


def _seconds(code: str, *arguments: str, counts: set[str]) -> float:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    seconds, *count = done.stdout.split()
    counts.update(count)
    return float(seconds)


def _write_closures(plans: Path) -> None:
    for number in range(OFFICES):
        days = (f"{107 + year}-07-{10 + number % 15}" for year in range(CLOSURES))
        rows = "".join(f"{day},off,颱風停止上班,\n" for day in days)
        path = plans / office_id(number) / "closures.csv"
        path.write_text(f"date,kind,reason,source\n{rows}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
