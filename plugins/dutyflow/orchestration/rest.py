"""Airflow's own REST API, for the one thing that a task cannot do otherwise: clear other tasks.

The Airflow connection `dutyflow_api` says where and as whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import httpx
from airflow.sdk import BaseHook

from .desk import at_the_desk
from .names import COLLECT

CONNECTION = "dutyflow_api"
TIMEOUT_SECONDS = 30


def clear_collections(asked: Mapping[str, Any]) -> None:
    """Clear `collect` of the named assignments in a run, with what follows it, and nothing else.

    `asked` has `dag_id`, `run_id` and `assignments` (keys). Raises httpx.HTTPStatusError when
    Airflow refuses, for instance while a task to be cleared still runs (409).
    """
    with at_the_desk() as desk:
        indexes = [desk.ledger.assignments.get(key).position for key in asked["assignments"]]
    with _api() as api:
        answer = api.post(
            f"/dags/{asked['dag_id']}/clearTaskInstances", json=_order(asked, indexes)
        )
        answer.raise_for_status()


def _order(asked: Mapping[str, Any], indexes: Iterable[int]) -> dict[str, Any]:
    return {
        "dry_run": False,
        "dag_run_id": asked["run_id"],
        "task_ids": [[COLLECT, index] for index in indexes],
        "include_downstream": True,
        "only_failed": False,
        "reset_dag_runs": True,
        "prevent_running_task": True,
    }


def _api() -> httpx.Client:
    connection = BaseHook.get_connection(CONNECTION)
    login = {"username": connection.login, "password": connection.password}
    answer = httpx.post(f"{connection.host}/auth/token", json=login, timeout=TIMEOUT_SECONDS)
    answer.raise_for_status()
    return httpx.Client(
        base_url=f"{connection.host}/api/v2",
        headers={"Authorization": f"Bearer {answer.json()['access_token']}"},
        timeout=TIMEOUT_SECONDS,
    )
