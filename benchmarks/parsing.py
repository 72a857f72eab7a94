"""How long Airflow takes to parse the duties' DAG file, next to one written by hand.

    .venv/bin/python -m benchmarks.parsing

`dags/duties.py`, with a plan of one duty and a valid snapshot of it, against `bare_duties.py`,
which has the same tasks. A first parse is timed in a process that was forked for it from one that
has Airflow loaded, which is what Airflow does. There are two kinds of it: before it forks, the DAG
processor imports what a DAG file itself imports from Airflow; who starts a task does not.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .airflow_parse import BARE, OURS, be_airflow, import_what_it_names, in_a_fork, parse
from .figures import Figure, Times, milliseconds, ratio, show, take_turns
from .many_duties import regular_duties, write_offices

FIRST_ROUNDS, WARM_ROUNDS = 40, 200
TARGET = 1.3


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="dutyflow-parsing-") as home:
        plans = Path(home, "plans")
        write_offices(plans, 1, regular_duties(1))
        be_airflow(Path(home), plans)
        in_a_fork(parse, OURS, 1)  # makes the snapshot
        figures = [
            _figure("first parse, DAG processor", _first(prepare=import_what_it_names)),
            _figure("first parse, a task's start", _first(prepare=lambda _: None)),
            _figure("parsed again in one process", in_a_fork(_warm)),
        ]
    show(
        f"Parsing dags/duties.py, next to a bare DAG file of the same tasks "
        f"({FIRST_ROUNDS} new processes each, {WARM_ROUNDS} times in one; processor time)",
        figures,
    )
    return 0


def _figure(what: str, times: Times) -> Figure:
    return Figure(
        what=f"{what}: {milliseconds(times, 'ours')}",
        baseline=f"bare file: {milliseconds(times, 'bare')}",
        value=ratio(times, of="ours", to="bare"),
        target=TARGET,
    )


def _first(prepare: Callable[[Path], None]) -> Times:
    ways = {
        "ours": partial(in_a_fork, _first_parse, OURS, prepare),
        "bare": partial(in_a_fork, _first_parse, BARE, prepare),
    }
    take_turns(ways, 1)  # compiles what is imported
    return take_turns(ways, FIRST_ROUNDS)


def _first_parse(file: Path, prepare: Callable[[Path], None]) -> float:
    prepare(file)
    return parse(file, 1)


def _warm() -> Times:
    ways = {"ours": partial(parse, OURS, 1), "bare": partial(parse, BARE, 1)}
    take_turns(ways, 5)
    return take_turns(ways, WARM_ROUNDS)


if __name__ == "__main__":
    sys.exit(main())
