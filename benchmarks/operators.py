"""Sending one mail with a task of its own, as Airflow's EmailOperator does, next to a round's way.

    .venv/bin/python -m benchmarks.operators

A SAMPLE of few tasks, from which more are EXTRAPOLATED: one run of a DAG that maps an EmailOperator
over so many recipients, in a real Airflow with its LocalExecutor, scheduler and API server, all of
whose work is counted, less what it does when nothing is to be done. The operator's mail is one line
that nobody renders and no ledger knows. To a mail of the round is added its share of the task that
sends its batch: what such a task costs is what the sample says. Counted is processor time; and wall
time, from the run's start to its end, in which Airflow runs several tasks at a time and the round
sends one mail after another.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from dutyflow.services.reminders.batches import PEOPLE_IN_A_BATCH

from .figures import Figure, show
from .ledgers import ROOT, opened_workspace
from .mail_sink import Sink, mail_sink
from .meter import Meter
from .sending import AT_A_TIME, MailsLeft

TASKS, ROUNDS, MANY = 20, 6, 10_000
IDLE_SECONDS, PATIENCE_SECONDS = 20, 600
TIMES_FASTER = 50.0
DAG_ID, RUN = "one_task_each", "manual__benchmark"
DAG_FILE = """\
from datetime import datetime
from airflow.providers.smtp.operators.smtp import EmailOperator
from airflow.sdk import DAG

with DAG("%s", schedule=None, start_date=datetime(2018, 1, 1), is_paused_upon_creation=False):
    EmailOperator.partial(
        task_id="send",
        conn_id="dutyflow_smtp",
        from_email="plan@example.tw",
        subject="提醒（樣本）",
        html_content="<p>請填報（樣本）。</p>",
    ).expand(to=[f"owner{number}@example.tw" for number in range(%d)])
"""


@dataclass(frozen=True, kw_only=True)
class Cost:
    """Seconds for one: of a processor, and on the wall."""

    worked: float
    passed: float


def main(*_options: str) -> int:
    with mail_sink() as sink:
        mail, task = _a_mail(sink), _a_task()
    show(
        f"A task for each mail: a sample of {TASKS}, EXTRAPOLATED",
        [
            _figure(mail.worked, task.worked, "processor"),
            _figure(mail.passed, task.passed, "wall"),
        ],
    )
    return 0


def _figure(mail: float, task: float, kind: str) -> Figure:
    whole = mail + task / PEOPLE_IN_A_BATCH
    return Figure(
        what=f"a mail of a round, on record, {kind}: {mail * 1000:.1f} ms, with its part of a task "
        f"for {PEOPLE_IN_A_BATCH}: {whole * 1000:.1f} ms",
        baseline=f"an EmailOperator task: {task * 1000:.0f} ms; {MANY:,} of them: "
        f"{MANY * task / 60:.0f} min (extrapolated)",
        value=task / whole,
        target=TIMES_FASTER,
        better="≥",
    )


def _a_mail(sink: Sink) -> Cost:
    """Claimed, rendered, sent and recorded on SQLite."""
    with opened_workspace(connect=sink.connect) as workspace:
        sender = MailsLeft.of_a_round(workspace, (ROUNDS + 1) * AT_A_TIME, meter := Meter())
        sender.recorded()
        worked, passed = meter.take_turns({"mail": sender.recorded}, ROUNDS)
    return Cost(worked=statistics.median(worked["mail"]), passed=statistics.median(passed["mail"]))


def _a_task() -> Cost:
    """A task of the run, with all that Airflow does for it."""
    with tempfile.TemporaryDirectory(prefix="dutyflow-operators-") as folder:
        dags = Path(folder, "dags")
        dags.mkdir()
        (dags / "one_task_each.py").write_text(DAG_FILE % (DAG_ID, TASKS), encoding="utf-8")
        with _airflow(Path(folder, "home"), dags) as (api, processes):
            idle = _spent(processes, lambda: time.sleep(IDLE_SECONDS))
            run = _spent(processes, lambda: _run(api))
    unasked = idle.worked / idle.passed * run.passed
    return Cost(worked=(run.worked - unasked) / TASKS, passed=run.passed / TASKS)


def _spent(processes: list[psutil.Process], work: Any) -> Cost:
    begun, worked = time.perf_counter(), _processor_time(processes)
    work()
    passed = time.perf_counter() - begun
    return Cost(worked=_processor_time(processes) - worked, passed=passed)


def _processor_time(processes: list[psutil.Process]) -> float:
    """Of these, of their children, and of those of them that are over."""
    family = [each for it in processes for each in (it, *it.children(recursive=True))]
    return sum(sum(each.cpu_times()[:4]) for each in family)


def _run(api: Any) -> None:
    api.start(DAG_ID, RUN, {})
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (state := api.run(DAG_ID, RUN)["state"]) in ("queued", "running"):
        if time.monotonic() > deadline:
            raise SystemExit(f"the run of {TASKS} tasks takes too long")
        time.sleep(0.5)
    if state != "success":
        raise SystemExit(f"the run of {TASKS} tasks ended as {state}")


@contextmanager
def _airflow(home: Path, dags: Path) -> Iterator[tuple[Any, list[psutil.Process]]]:
    """The embedded instance, with another DAG in the place of ours; its API and its processes."""
    sys.path.insert(0, str(ROOT / "tools"))
    import embedded
    from airflow_api import AirflowApi
    from environment import Instance

    class Another(Instance):
        def environment(self) -> dict[str, str]:
            empty = str(dags.parent / "no_plugins")
            folders = {"AIRFLOW__CORE__DAGS_FOLDER": str(dags)}
            return super().environment() | folders | {"AIRFLOW__CORE__PLUGINS_FOLDER": empty}

    ports = [_free_port() for _ in range(3)]
    instance = Another(
        home=home,
        plans=ROOT / "include" / "plan",
        port=ports[0],
        smtp_port=ports[1],
        page_port=ports[2],
    )
    try:
        embedded.up(instance)
        api = AirflowApi(instance)
        _until_parsed(api)
        ours = [it for name, it in embedded.processes(instance) if name in _AIRFLOW_S_OWN]
        yield api, ours
    finally:
        embedded.stop(instance)


_AIRFLOW_S_OWN = ("api-server", "scheduler", "dag-processor", "triggerer")


def _until_parsed(api: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while DAG_ID not in api.dag_ids():
        if time.monotonic() > deadline:
            raise SystemExit(f"no DAG: {api.import_errors()}")
        time.sleep(0.5)


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main())
