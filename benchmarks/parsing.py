"""How long Airflow takes to parse the duties' DAG file, next to one written by hand.

    .venv/bin/python -m benchmarks.parsing

`dags/duties.py`, with the repository's plan and a valid snapshot of it, against `bare_duty.py`,
which has the same tasks. A first parse is timed in a process that was forked for it from one that
has Airflow loaded, which is what Airflow does. There are two kinds of it: before it forks, the DAG
processor imports what a DAG file itself imports from Airflow; who starts a task does not.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from .figures import Figure, Times, milliseconds, ratio, show, take_turns

ROOT = Path(__file__).resolve().parents[1]
OURS, BARE = ROOT / "dags" / "duties.py", ROOT / "benchmarks" / "bare_duty.py"
FIRST_ROUNDS, WARM_ROUNDS = 40, 200
TARGET = 1.3

_forks = multiprocessing.get_context("fork")


class CouldNotMeasure(Exception):
    """A parse failed, so its time means nothing."""


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="dutyflow-parsing-") as home:
        _write_only_below(Path(home))
        _load_airflow()
        in_a_fork(_parse, OURS)  # makes the snapshot
        gc.collect()
        gc.freeze()  # as the DAG processor does before it forks
        figures = [
            _figure("first parse, DAG processor", _first(prepare=_import_what_it_names)),
            _figure("first parse, a task's start", _first(prepare=lambda _: None)),
            _figure("parsed again in one process", in_a_fork(_warm)),
        ]
    show(
        f"Parsing dags/duties.py, next to a bare DAG file of the same tasks "
        f"({FIRST_ROUNDS} new processes each, {WARM_ROUNDS} times in one)",
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
    return _parse(file)


def _warm() -> Times:
    ways = {"ours": partial(_parse, OURS), "bare": partial(_parse, BARE)}
    take_turns(ways, 5)
    return take_turns(ways, WARM_ROUNDS)


def _parse(file: Path) -> float:
    """The seconds of what the DAG processor and the task runner both do with a DAG file."""
    from airflow.dag_processing.dagbag import BundleDagBag

    begun = time.perf_counter()
    bag = BundleDagBag(
        dag_folder=str(file), bundle_path=file.parent, bundle_name="bench", load_op_links=False
    )
    seconds = time.perf_counter() - begun
    if bag.import_errors or len(bag.dags) != 1:  # the bare file has one DAG: compare like with like
        raise CouldNotMeasure(f"{file}: not one DAG, but {bag.import_errors or list(bag.dags)}")
    return seconds


def _import_what_it_names(file: Path) -> None:
    """What the DAG processor does with a DAG file before it forks (parsing_pre_import_modules)."""
    from airflow.utils.file import iter_airflow_imports

    for module in iter_airflow_imports(str(file)):
        importlib.import_module(module)


def in_a_fork(work: Callable[..., Any], *arguments: Any) -> Any:
    """What `work` returns in a process of its own, forked from this one."""
    receiver, sender = _forks.Pipe(duplex=False)
    process = _forks.Process(target=_send, args=(sender, work, arguments))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        raise CouldNotMeasure("the process that parses has failed; see above") from None
    finally:
        process.join()


def _send(sender: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    sender.send(work(*arguments))


def _write_only_below(home: Path) -> None:
    """Keep the repository and ~/airflow as they are; have modules compiled only once."""
    sys.dont_write_bytecode = False
    sys.pycache_prefix = str(home / "pycache")
    for name in [name for name in os.environ if name.startswith(("AIRFLOW", "DUTYFLOW_"))]:
        del os.environ[name]
    os.environ.update(
        {
            "AIRFLOW_HOME": str(home / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "DUTYFLOW_HOME": str(home / "dutyflow"),
            "DUTYFLOW_PLANS": str(ROOT / "include" / "plan"),
        }
    )


def _load_airflow() -> None:
    """What is loaded in the process that Airflow forks."""
    for module in ("airflow.sdk", "airflow.dag_processing.processor"):
        importlib.import_module(module)
    loaded = sorted(name for name in sys.modules if name.split(".")[0] == "dutyflow")
    if loaded:
        raise CouldNotMeasure(f"loaded before it is measured: {', '.join(loaded)}")


if __name__ == "__main__":
    sys.exit(main())
