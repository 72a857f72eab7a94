"""What Airflow finds in the dags folder: policy, computed from the plans."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dutyflow.orchestration.duty_dag import duty_dags
from dutyflow.orchestration.plans import outlines

ROOT = Path(__file__).parents[2]
DUTIES = [(office, duty) for office in outlines() for duty in office.duties]


@pytest.fixture(scope="module")
def dags():
    return {dag.dag_id: dag for dag in duty_dags()}


def test_every_duty_of_every_plan_is_a_dag(dags) -> None:
    assert set(dags) == {f"{office.id}__{duty.id}" for office, duty in DUTIES}


@pytest.mark.parametrize(("office", "duty"), DUTIES, ids=lambda it: getattr(it, "id", None))
def test_a_duty_is_described_in_the_plans_own_words(dags, office, duty) -> None:
    dag = dags[f"{office.id}__{duty.id}"]
    assert duty.name in dag.dag_display_name
    assert duty.clause in dag.doc_md
    assert office.name in dag.tags
    assert {task.owner for task in dag.tasks} == {office.name}
    assert all(task.task_display_name != task.task_id for task in dag.tasks)
    assert not dag.catchup


def test_mail_is_tried_again_with_growing_waits(dags) -> None:
    dag = dags["pingtung__self_assessment"]
    for name in ("section.announce", "send_back", "deliver"):
        task = dag.get_task(name)
        assert task.retries >= 10
        assert task.retry_exponential_backoff
        assert task.max_retry_delay.total_seconds() == 1800


def test_a_collection_survives_the_race_of_a_task_that_resumes_at_once(dags) -> None:
    assert dags["pingtung__self_assessment"].get_task("section.collect").retries >= 1


def test_parsing_the_dag_files_imports_nothing_heavy(tmp_path: Path) -> None:
    code = """
import sys, json
sys.path.insert(0, "dags")
import duties, intake, collect_again
heavy = {"pandas", "numpy", "openpyxl", "holidays", "alembic", "python_calamine"}
heavy |= {"dutyflow.plan.model"}
print(json.dumps(sorted(heavy & set(sys.modules))))
"""
    environment = {**os.environ, "DUTYFLOW_HOME": str(tmp_path)}
    for _ in range(2):  # the first parse makes the snapshot, the others read it
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def test_only_the_dag_that_a_task_asks_for_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_DAG_ID", "another_dag")
    monkeypatch.setenv("_AIRFLOW_PARSING_CONTEXT_TASK_ID", "open")
    assert list(duty_dags()) == []
