"""A thousand duties: their parse next to a loop by hand and to dag-factory, and how it grows.

    .venv/bin/python -m benchmarks.thousand

A hundred offices, each with the repository's whole plan and ten duties. The ways take turns, each
in a process that is forked for it (see `airflow_parse`); what is counted is processor time.
`bare_duties.py` makes the same DAGs in a loop; how near dag-factory comes, `dag_factory.py` says.

Growth is the slope of the line that fits the logarithms of size and time best (least squares): 1 is
linear. What a parse costs once, whatever the size, flattens the line; the slope from 100 duties on
is therefore told too.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from math import log
from pathlib import Path
from typing import Any

from . import dag_factory
from .airflow_parse import BARE, OURS, be_airflow, dags_in, import_what_it_names, in_a_fork, parse
from .figures import Figure, Times, milliseconds, ratio, show, take_turns
from .many_duties import office_id, regular_duties, write_offices

DAG_FACTORY = Path(__file__).with_name("dag_factory_duties.py")
SIZES = (10, 30, 100, 300, 1000)
MANY = SIZES[-1]
DUTIES = 10  # of each office
ROUNDS, START_ROUNDS = 3, 40
NEXT_TO_BARE, NEXT_TO_DAG_FACTORY, START, SLOPE = 1.3, 0.3, 1.3, 1.05


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="dutyflow-thousand-") as folder:
        home = Path(folder)
        for size in (1, *SIZES):
            duties = regular_duties(min(size, DUTIES))
            write_offices(_plans(home, size), max(1, size // DUTIES), duties)
        be_airflow(home, plans=_plans(home, MANY))
        for size in (1, *SIZES):
            _ours(home, size)  # makes the snapshots, compiles what is imported
        show(f"Parsing {MANY} duties of {MANY // DUTIES} offices ({ROUNDS} rounds)", _many(home))
        title = f"Parsing one of them, as a task starts ({START_ROUNDS} rounds)"
        show(f"\n{title}", _starts(home))
        title = f"Growth over {', '.join(map(str, SIZES))} duties ({ROUNDS} rounds)"
        show(f"\n{title}", _growth(home), measured="slope")
    return 0


def _many(home: Path) -> list[Figure]:
    ways = {"ours": partial(_ours, home, MANY), "bare": partial(_bare, MANY)}
    trouble = dag_factory.install(home / "dag-factory")
    if trouble is None:
        in_a_fork(dag_factory.write_configs, home / "configs", MANY // DUTIES, DUTIES)
        ways["dag-factory"] = partial(_dag_factory, home)
    else:
        print(f"dag-factory could not be installed, so nothing is compared with it: {trouble}")
    times = take_turns(ways, ROUNDS)
    return [
        Figure(
            what=f"dags/duties.py: {milliseconds(times, 'ours')}",
            baseline=f"{other}: {milliseconds(times, other)}",
            value=ratio(times, of="ours", to=other),
            target=target,
        )
        for other, target in (("bare", NEXT_TO_BARE), ("dag-factory", NEXT_TO_DAG_FACTORY))
        if other in times
    ]


def _starts(home: Path) -> list[Figure]:
    figures = []
    for what, parses in (("in a new process", 1), ("again in that process", 2)):
        ways = {
            "many": partial(_start, home, MANY, MANY // DUTIES // 2, parses),
            "one": partial(_start, home, 1, 0, parses),
        }
        times = take_turns(ways, START_ROUNDS)
        figures.append(
            Figure(
                what=f"one of {MANY}, {what}: {milliseconds(times, 'many')}",
                baseline=f"where there is but one: {milliseconds(times, 'one')}",
                value=ratio(times, of="many", to="one"),
                target=START,
            )
        )
    return figures


def _growth(home: Path) -> list[Figure]:
    works: dict[str, Callable[[int], float]] = {
        "parse": partial(_ours, home),
        "bare": _bare,
        "next": partial(_next_runs, home),
    }
    ways = {f"{name} {size}": partial(work, size) for name, work in works.items() for size in SIZES}
    times = take_turns(ways, ROUNDS)
    return [
        Figure(
            what=f"{what}, from {some[0]} on: {_range(times, name, some)}",
            baseline=f"bare loop, parsed: {_slope(times, 'bare', some):.2f}",
            value=_slope(times, name, some),
            target=SLOPE,
        )
        for name, what in (("parse", "parse"), ("next", "each duty's next run"))
        for some in (SIZES, SIZES[2:])
    ]


def _slope(times: Times, name: str, sizes: Sequence[int]) -> float:
    """The exponent of size in the time that it takes, by least squares through medians."""
    seconds = [statistics.median(times[f"{name} {size}"]) for size in sizes]
    return statistics.linear_regression(list(map(log, sizes)), list(map(log, seconds))).slope


def _range(times: Times, name: str, sizes: Sequence[int]) -> str:
    first, last = (milliseconds(times, f"{name} {size}") for size in (sizes[0], sizes[-1]))
    return f"{first} … {last}"


def _ours(home: Path, size: int) -> float:
    return _in_a_fork(_first_parse, OURS, size, **_duties(home, size))


def _bare(size: int) -> float:
    return _in_a_fork(_first_parse, BARE, size, BARE_DUTIES=str(size))


def _dag_factory(home: Path) -> float:
    return _in_a_fork(
        _first_parse,
        DAG_FACTORY,
        MANY,
        home / "dag-factory",
        DAG_FACTORY_CONFIGS=str(home / "configs"),
        BARE_DUTIES="0",  # their operators are used, their DAGs are not
        DO_NOT_TRACK="1",
    )


def _start(home: Path, size: int, office: int, parses: int) -> float:
    return _in_a_fork(
        _last_parse,
        parses,
        **_duties(home, size),
        _AIRFLOW_PARSING_CONTEXT_DAG_ID=f"{office_id(office)}__duty_00",
        _AIRFLOW_PARSING_CONTEXT_TASK_ID="open",
    )


def _next_runs(home: Path, size: int) -> float:
    return _in_a_fork(_time_next_runs, **_duties(home, size))


def _in_a_fork(work: Callable[..., float], *arguments: Any, **environment: str) -> float:
    return float(in_a_fork(work, *arguments, **environment))


def _first_parse(file: Path, size: int, library: Path | None = None) -> float:
    sys.path += [str(library)] if library else []
    import_what_it_names(file)
    return parse(file, size)


def _last_parse(parses: int) -> float:
    return [parse(OURS, 1) for _ in range(parses)][-1]


def _time_next_runs() -> float:
    """What the DAG processor asks of each DAG that it has parsed."""
    from airflow.timetables.base import TimeRestriction

    _, dags = dags_in(OURS)
    begun = time.process_time()
    for dag in dags:
        dag.timetable.next_dagrun_info(
            last_automated_data_interval=None,
            restriction=TimeRestriction(earliest=dag.start_date, latest=None, catchup=False),
        )
    return time.process_time() - begun


def _duties(home: Path, size: int) -> dict[str, str]:
    """The settings under which there are so many duties; their snapshots are their own."""
    kept = str(home / f"home-{size}")
    return {"DUTYFLOW_PLANS": str(_plans(home, size)), "DUTYFLOW_HOME": kept}


def _plans(home: Path, size: int) -> Path:
    return home / f"plans-{size}"


if __name__ == "__main__":
    sys.exit(main())
