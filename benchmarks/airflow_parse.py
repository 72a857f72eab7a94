"""A parse of a DAG file as Airflow does it, in a process that was forked for it, and timed.

What is counted is the processor time of that process: others who are busy on the machine, and the
disk, make it no longer.
"""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import os
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
OURS, BARE = ROOT / "dags" / "duties.py", ROOT / "benchmarks" / "bare_duties.py"

_forks = multiprocessing.get_context("fork")


class CouldNotMeasure(Exception):
    """A parse failed, so its time means nothing."""


def be_airflow(home: Path, plans: Path) -> None:
    """Become the process that Airflow forks. Nothing is written but below `home`."""
    _write_only_below(home, plans)
    for module in ("airflow.sdk", "airflow.dag_processing.processor"):
        importlib.import_module(module)
    loaded = sorted(name for name in sys.modules if name.split(".")[0] == "dutyflow")
    if loaded:
        raise CouldNotMeasure(f"loaded before it is measured: {', '.join(loaded)}")
    gc.collect()
    gc.freeze()  # as the DAG processor does before it forks


def parse(file: Path, duties: int) -> float:
    """The seconds of what the DAG processor and the task runner both do with a DAG file."""
    seconds, dags = dags_in(file)
    if len(dags) != duties:
        raise CouldNotMeasure(f"{file}: {duties} DAGs were expected, {len(dags)} found")
    return seconds


def dags_in(file: Path) -> tuple[float, list[Any]]:
    """The DAGs of a file, and the seconds that it took."""
    from airflow.dag_processing.dagbag import BundleDagBag

    begun = time.process_time()
    bag = BundleDagBag(
        dag_folder=str(file), bundle_path=file.parent, bundle_name="bench", load_op_links=False
    )
    seconds = time.process_time() - begun
    if bag.import_errors:
        raise CouldNotMeasure(f"{file}: {bag.import_errors}")
    return seconds, list(bag.dags.values())


def import_what_it_names(file: Path) -> None:
    """What the DAG processor does with a DAG file before it forks (parsing_pre_import_modules).

    It has done so long ago, so that what is imported has been through the garbage collector.
    """
    from airflow.utils.file import iter_airflow_imports

    for module in iter_airflow_imports(str(file)):
        importlib.import_module(module)
    gc.collect()


def in_a_fork(work: Callable[..., Any], *arguments: Any, **environment: str) -> Any:
    """What `work` returns in a process of its own, forked from this one, with more environment."""
    receiver, sender = _forks.Pipe(duplex=False)
    process = _forks.Process(target=_send, args=(sender, work, arguments, environment))
    process.start()
    sender.close()
    try:
        return receiver.recv()
    except EOFError:
        raise CouldNotMeasure("the process that parses has failed; see above") from None
    finally:
        process.join()


def _send(
    sender: Connection,
    work: Callable[..., Any],
    arguments: tuple[Any, ...],
    environment: dict[str, str],
) -> None:
    os.environ.update(environment)
    sender.send(work(*arguments))


def _write_only_below(home: Path, plans: Path) -> None:
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
            "AIRFLOW__CORE__DAGBAG_IMPORT_TIMEOUT": "300",  # its 30 seconds are wall time
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
            "DUTYFLOW_HOME": str(home / "dutyflow"),
            "DUTYFLOW_PLANS": str(plans),
        }
    )
