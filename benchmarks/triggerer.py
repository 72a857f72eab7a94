"""A real Airflow triggerer, in processes of its own, with many tasks that are deferred in its
metadata database.

Uses private names of Airflow 3.3; they are all in this file. There is no scheduler: a task whose
wait is over stays where the triggerer put it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
PATIENCE_SECONDS, LOOK_SECONDS = 300.0, 0.02
DAG_FILE = """\
import json
from datetime import datetime
from pathlib import Path
from airflow.sdk import DAG
from dutyflow.orchestration.collect import Collect

with DAG("waits", schedule=None, start_date=datetime(2018, 1, 1), max_active_tasks=1_000_000):
    Collect.partial(task_id="collect", section_name="樣本").expand(
        assignment=json.loads(Path(__file__).with_name("keys.json").read_text())
    )
"""


@dataclass(frozen=True, kw_only=True)
class Use:
    """What processes took: seconds of a processor since they began, bytes of memory now."""

    processor: float
    memory: int


@dataclass(frozen=True)
class Triggerer:
    """A running one; `_session` is our own connection to its metadata database."""

    process: int
    _session: Any

    def use(self) -> Use:
        """Of Airflow's supervisor and of the runner, in which the triggers are."""
        first = psutil.Process(self.process)
        family = [first, *first.children(recursive=True)]
        times = [each.cpu_times() for each in family]
        return Use(
            processor=sum(each.user + each.system for each in times),
            memory=sum(each.memory_full_info().pss for each in family),
        )

    def defer(self, keys: list[str]) -> None:
        """A task for each assignment that waits for its answer. Returns when all are waited for:
        minutes later, since a triggerer takes fifty of them at each look."""
        from airflow.models.trigger import Trigger
        from airflow.utils.state import TaskInstanceState
        from sqlalchemy import func, select

        from dutyflow.orchestration.waiting import CollectTrigger

        for task, key in zip(_tasks(self._session, keys), keys, strict=True):
            trigger = Trigger.from_object(CollectTrigger(key))
            self._session.add(trigger)
            self._session.flush()
            task.state, task.trigger_id = TaskInstanceState.DEFERRED, trigger.id
            task.next_method, task.start_date = "resume", datetime.now(UTC)
        self._session.commit()
        taken = select(func.count()).where(Trigger.triggerer_id.is_not(None))
        self._until(lambda: self._session.scalar(taken) == len(keys))

    def woke(self, place: int) -> float:
        """The moment at which the task of the key at that place was handed on."""
        from airflow.models.taskinstance import TaskInstance
        from sqlalchemy import select

        state = select(TaskInstance.state).where(TaskInstance.map_index == place)
        self._until(lambda: self._session.scalar(state) != "deferred")
        return time.monotonic()

    def _until(self, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not happened():
            self._session.rollback()
            if time.monotonic() > deadline or not psutil.pid_exists(self.process):
                raise SystemExit("the triggerer did not do what was waited for")
            time.sleep(LOOK_SECONDS)
        self._session.rollback()


@contextmanager
def triggerer(home: Path, database: str, capacity: int) -> Iterator[Triggerer]:
    """One for so many triggers, on an empty database; this process becomes a part of its Airflow.

    Nothing is written but below `home` and in that database.
    """
    _be_airflow(home, database, capacity)
    from airflow.utils.db import initdb

    initdb()
    from airflow import settings

    session = settings.NonScopedSession()
    command = [sys.executable, "-m", "airflow", "triggerer", "--skip-serve-logs"]
    environment = os.environ | {"AIRFLOW__LOGGING__LOGGING_LEVEL": "INFO"}  # what it has by itself
    with (home / "triggerer.log").open("wb") as log:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        found = Triggerer(process.pid, session)
        found._until(lambda: bool(psutil.Process(process.pid).children()))
        yield found
    finally:
        session.close()
        process.send_signal(signal.SIGTERM)
        process.wait()


def _be_airflow(home: Path, database: str, capacity: int) -> None:
    (home / "dags").mkdir()
    (home / "dags" / "waits.py").write_text(DAG_FILE, encoding="utf-8")
    os.environ.update(
        {
            "AIRFLOW_HOME": str(home / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(home / "dags"),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(ROOT / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": database,
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "AIRFLOW__TRIGGERER__CAPACITY": str(capacity),
            "AIRFLOW__API_AUTH__JWT_SECRET": "a-secret-for-this-measurement-alone-" * 2,
            "AIRFLOW__USAGE_DATA_COLLECTION__ENABLED": "False",
        }
    )


def _tasks(session: Any, keys: list[str]) -> list[Any]:
    """A run's tasks, one for each key, in their order."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
    from airflow.models.dagbag import DBDagBag
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType

    bundles = DagBundlesManager()
    bundles.sync_bundles_to_db()
    (bundle,) = bundles.get_all_dag_bundles()
    bundle.initialize()
    (bundle.path / "keys.json").write_text(json.dumps(keys), encoding="utf-8")
    bag = BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
    sync_bag_to_db(bag, bundle.name, bundle.version)
    run = (
        DBDagBag()
        .get_latest_version_of_dag("waits", session=session)
        .create_dagrun(
            run_id="manual__benchmark",
            logical_date=None,
            run_after=datetime.now(UTC),
            run_type=DagRunType.MANUAL,
            triggered_by=DagRunTriggeredByType.TEST,
            state=DagRunState.RUNNING,
            session=session,
        )
    )
    session.commit()
    return sorted(run.get_task_instances(session=session), key=lambda task: task.map_index)
