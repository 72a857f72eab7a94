"""One real Airflow for all end-to-end tests: its processes, the page, a mail sink, on free ports"""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest

import embedded
from airflow_api import AirflowApi, Task
from dutyflow.infra.settings import Settings
from dutyflow.services.workspace import Workspace
from environment import Instance
from play import PATIENCE_SECONDS, until
from sample_sections import SampleSection, sample_sections

PLANS = Path(__file__).parents[2] / "include" / "plan"
OFFICE, DUTY = "pingtung", "self_assessment"
DAG = f"{OFFICE}__{DUTY}"
Seen = TypeVar("Seen")
# Airflow asks the policy of its site about each task: here nobody waits a minute for what is back.
POLICY = """
from datetime import timedelta

def task_policy(task):
    task.retry_delay = min(task.retry_delay, timedelta(seconds=10))
"""


@dataclass(frozen=True, kw_only=True)
class Airflow:
    """The instance, seen as its coordinator and as its sections see it."""

    instance: Instance
    workspace: Workspace
    api: AirflowApi
    _sections: dict[str, dict[str, SampleSection]] = field(default_factory=dict)

    def sections(self, cycle: str) -> dict[str, SampleSection]:
        """Those who are asked in a cycle, by their names; what mail they get about it."""
        if cycle not in self._sections:
            asked = sample_sections(self.workspace, self.instance, OFFICE, DUTY, cycle)
            self._sections[cycle] = asked
        return self._sections[cycle]

    def task(self, run: str, name: str, index: int = -1) -> Task | None:
        tasks = self.api.tasks(DAG, run)
        return next((t for t in tasks if t.id == name and t.index == index), None)

    def collected_after_version_1(self, run: str, cycle: str) -> set[str]:
        """The sections of whose tasks a try began after the first report was made."""
        made = self.workspace.ledger.reports.get(cycle, 1).made_at
        tasks = [t for t in self.api.tasks(DAG, run) if t.id.startswith("section.")]
        return {task.title for task in tasks if task.started and task.started > made}

    def until_task(self, run: str, name: str, state: str, index: int = -1) -> Task:
        def look() -> Task | None:
            task = self.task(run, name, index)
            return task if task is not None and task.state == state else None

        return until(look, f"{run} {name}[{index}] {state}")


@pytest.fixture(scope="session")
def airflow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Airflow]:
    plans = tmp_path_factory.mktemp("plans") / "plan"  # a copy, which tests may change
    shutil.copytree(PLANS, plans, ignore=shutil.ignore_patterns("*.local.yaml"))
    instance = Instance(
        home=tmp_path_factory.mktemp("instance"),
        plans=plans,
        port=free_port(),
        smtp_port=free_port(),
        page_port=free_port(),
    )
    policy = instance.airflow / "config" / "airflow_local_settings.py"
    policy.parent.mkdir(parents=True)
    policy.write_text(POLICY, encoding="utf-8")
    try:
        embedded.up(instance)
        workspace = Workspace(Settings.from_environ(instance.environment()))
        api = AirflowApi(instance)
        until(lambda: DAG in api.dag_ids(), "the DAGs")
        until(lambda: not api.tasks_at_work(), "what opens today by itself")
        yield Airflow(instance=instance, workspace=workspace, api=api)
    finally:
        embedded.stop(instance)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def play_environment(instance: Instance) -> dict[str, str]:
    return {
        **os.environ,
        "DUTYFLOW_HOME": str(instance.home),
        "DUTYFLOW_PLANS": str(instance.plans),
        "PORT": str(instance.port),
        "SMTP_PORT": str(instance.smtp_port),
        "PAGE_PORT": str(instance.page_port),
    }


__all__ = [
    "DAG",
    "DUTY",
    "OFFICE",
    "PATIENCE_SECONDS",
    "Airflow",
    "Callable",
    "play_environment",
    "until",
]


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All in one worker: there is one instance."""
    for item in items:
        if "e2e" in item.path.parts:
            item.add_marker(pytest.mark.xdist_group("airflow"))
