"""Sending one mail with a task of its own, as Airflow's EmailOperator does, next to a round's way.

    .venv/bin/python -m benchmarks.operators

A SAMPLE of few tasks, from which more are EXTRAPOLATED: each is one run of Airflow's task runner,
which forks a process, parses the DAG file, and sends a plain mail that nobody renders and no ledger
knows. Left out is what comes on top of that for each task: the scheduler's work, and the requests
to the API server, which is in this process here. Counted is processor time.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from typing import Any

from dutyflow.reminding import remind

from .figures import Figure, milliseconds, ratio, show, take_turns
from .ledgers import MORNING, OFFICE, workspace
from .mail_sink import HOST, Sink, mail_sink
from .meter import Meter
from .sending import MailsLeft

TASKS, MAILS, WARM_UP = 5, 50, 1
MANY = 10_000
TIMES_FASTER = 50.0
DAG_FILE = """\
from datetime import datetime
from airflow.providers.smtp.operators.smtp import EmailOperator
from airflow.sdk import DAG

with DAG("one_task_each", schedule=None, start_date=datetime(2018, 1, 1)):
    EmailOperator.partial(
        task_id="send",
        conn_id="bench_smtp",
        from_email="plan@example.tw",
        subject="提醒（樣本）",
        html_content="<p>請填報（樣本）。</p>",
    ).expand(to=[f"owner{number}@example.tw" for number in range(%d)])
"""


def main(*_options: str) -> int:
    with (
        tempfile.TemporaryDirectory(prefix="dutyflow-operators-") as folder,
        mail_sink() as sink,
    ):
        _be_airflow(Path(folder), sink)
        tasks = _tasks()
        for _ in range(WARM_UP):
            next(tasks)()
        with workspace() as desk, sink.connect() as client:
            mails = MailsLeft.of_a_round(desk, (TASKS + 1) * MAILS, Meter())

            def ours() -> float:
                some = list(islice(mails.digests, MAILS))
                return _timed(lambda: remind(desk, client, OFFICE, some, now=MORNING)) / MAILS

            ways = {"round": ours, "task": lambda: _timed(next(tasks))}
            times = take_turns(ways, TASKS)
    each = ratio(times, of="task", to="round")
    show(
        f"A task for each mail: a sample of {TASKS}, extrapolated",
        [
            Figure(
                what=f"a mail of a round, on record: {milliseconds(times, 'round')}",
                baseline=f"an EmailOperator task: {milliseconds(times, 'task')}; "
                f"{MANY:,}: {MANY * sum(times['task']) / TASKS / 60:.0f} min (extrapolated)",
                value=each,
                target=TIMES_FASTER,
                better="≥",
            )
        ],
    )
    return 0


def _timed(work: Callable[[], Any]) -> float:
    begun = _processor_time()
    work()
    return _processor_time() - begun


def _processor_time() -> float:
    children = getrusage(RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def _be_airflow(home: Path, sink: Sink) -> None:
    """Settings under which nothing is written but below `home`."""
    dags = home / "dags"
    dags.mkdir()
    (dags / "one_task_each.py").write_text(DAG_FILE % (TASKS + WARM_UP), encoding="utf-8")
    connection = {
        "conn_type": "smtp",
        "host": HOST,
        "port": sink.port,
        "extra": {"disable_ssl": True, "disable_tls": True, "retry_limit": 0},
    }
    os.environ.update(
        {
            "AIRFLOW_HOME": str(home / "airflow"),
            "AIRFLOW__CORE__DAGS_FOLDER": str(dags),
            "AIRFLOW__CORE__PLUGINS_FOLDER": str(home / "plugins"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home / 'airflow.db'}",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "AIRFLOW__API_AUTH__JWT_SECRET": "a-secret-for-this-measurement-alone-" * 2,
            "AIRFLOW_CONN_BENCH_SMTP": json.dumps(connection),
        }
    )


def _tasks() -> Iterator[Callable[[], None]]:
    """The tasks of one run, each to be run by the supervisor that an executor starts."""
    from airflow.executors.workloads import ExecuteTask
    from airflow.sdk.execution_time.supervisor import InProcessTestSupervisor, supervise_task
    from airflow.utils.state import TaskInstanceState

    with _session() as session:
        client = InProcessTestSupervisor._api_client()
        for task in _ready(session):
            task.state, task.try_number = TaskInstanceState.QUEUED, 1
            session.commit()
            workload = ExecuteTask.make(task)

            def run(workload: Any = workload) -> None:
                code = supervise_task(
                    ti=workload.ti,
                    bundle_info=workload.bundle_info,
                    dag_rel_path=workload.dag_rel_path,
                    token=workload.token,
                    client=client,
                )
                if code:
                    raise SystemExit(f"a task ended with {code}")

            yield run


@contextmanager
def _session() -> Iterator[Any]:
    from airflow.utils.db import initdb

    initdb()
    from airflow import settings

    session = settings.Session()
    try:
        yield session
    finally:
        session.close()


def _ready(session: Any) -> list[Any]:
    """A run of the DAG, and its tasks."""
    from airflow.dag_processing.bundles.manager import DagBundlesManager
    from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
    from airflow.models.dagbag import DBDagBag
    from airflow.utils.state import DagRunState
    from airflow.utils.types import DagRunTriggeredByType, DagRunType

    bundles = DagBundlesManager()
    bundles.sync_bundles_to_db()
    (bundle,) = bundles.get_all_dag_bundles()
    bundle.initialize()
    bag = BundleDagBag(dag_folder=bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
    sync_bag_to_db(bag, bundle.name, bundle.version)
    dag = DBDagBag().get_latest_version_of_dag("one_task_each", session=session)
    run = dag.create_dagrun(
        run_id="manual__benchmark",
        logical_date=None,
        run_after=datetime.now(UTC),
        run_type=DagRunType.MANUAL,
        triggered_by=DagRunTriggeredByType.TEST,
        state=DagRunState.RUNNING,
        session=session,
    )
    session.commit()
    run.dag = dag
    ready, _ = run.update_state(session=session)
    session.commit()
    return list(ready)


if __name__ == "__main__":
    sys.exit(main())
