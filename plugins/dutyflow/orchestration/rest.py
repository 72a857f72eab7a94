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


FINISHED = {"success", "failed"}
WAITING = {"deferred", "awaiting_input", "up_for_retry"}


class StillMoving(Exception):
    """The run is about to finish or to go on: what is cleared now could be lost. Try again soon.

    Airflow's scheduler may be deciding at this moment that the run has succeeded, from tasks that
    it read before they were cleared; the run would then end with them undone.
    """


def clear_collections(asked: Mapping[str, Any]) -> None:
    """Clear `collect` of the named assignments in a run, with what follows it, and nothing else.

    `asked` has `dag_id`, `run_id` and `assignments` (keys). Raises StillMoving, or
    httpx.HTTPStatusError when Airflow refuses, for instance while a task to be cleared runs (409).
    """
    with at_the_desk() as desk:
        indexes = [desk.ledger.assignments.get(key).position for key in asked["assignments"]]
    with _api() as api:
        _require_rest(api, f"/dags/{asked['dag_id']}/dagRuns/{asked['run_id']}")
        answer = api.post(
            f"/dags/{asked['dag_id']}/clearTaskInstances", json=_order(asked, indexes)
        )
        answer.raise_for_status()


def _require_rest(api: httpx.Client, run: str) -> None:
    state = _get(api, run)["state"]
    tasks = _get(api, f"{run}/taskInstances", limit=1000)["task_instances"]
    if state not in FINISHED and not WAITING & {task["state"] for task in tasks}:
        raise StillMoving(f"{run} is {state}")


def _get(api: httpx.Client, path: str, **params: int) -> dict[str, Any]:
    answer = api.get(path, params=params)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


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
