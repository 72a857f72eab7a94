"""Airflow's own REST API, for what a task cannot do otherwise: clear other tasks.

The Airflow connection `dutyflow_api` says where and as whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import httpx
from airflow.sdk import BaseHook

from dutyflow.errors import DutyflowError

from .names import COLLECT, COLLECT_AGAIN_DAG, CYCLE, OPEN, duty_dag_id
from .task_context import task_workspace

if TYPE_CHECKING:
    from dutyflow.services.extensions.requests import Reopened
    from dutyflow.services.workspace import Workspace

CONNECTION = "dutyflow_api"
TIMEOUT_SECONDS = 30
RUNS_AT_ONCE = 100

FINISHED = {"success", "failed"}
WAITING = {"deferred", "awaiting_input", "up_for_retry"}
ENDED = {"failed", "upstream_failed"}  # a collection that has to be begun again
ENDED_AT_ALL = {*ENDED, "success"}
WAITED_FOR = {"success", "skipped", *WAITING}


class StillMoving(Exception):
    """The run is about to finish or to go on: what is cleared now could be lost. Try again soon.

    Airflow's scheduler may be deciding at this moment that the run has succeeded, from tasks that
    it read before they were cleared; the run would then end with them undone.
    """


class NoRun(DutyflowError):
    """Airflow has no run of a cycle (any more)."""


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """Whose `collect` is to be cleared: places in the plan's order, in one cycle's run."""

    cycle: str
    dag_id: str
    run_id: str
    indexes: tuple[int, ...]

    @property
    def path(self) -> str:
        return f"/dags/{self.dag_id}/dagRuns/{self.run_id}"


def start_collecting_again(reopened: Iterable[Reopened]) -> None:
    """Start 重新收件 for each; one that was started before is left alone.

    Raises httpx.HTTPError.
    """
    asked = list(reopened)
    if not asked:
        return
    with _api() as api:
        for each in asked:
            conf = {"assignments": [each.assignment], "finished": each.finished}
            order = {"dag_run_id": each.by, "logical_date": None, "conf": conf}
            answer = api.post(f"/dags/{COLLECT_AGAIN_DAG}/dagRuns", json=order)
            if answer.status_code != httpx.codes.CONFLICT:
                answer.raise_for_status()


def clear_collections(asked: Mapping[str, Any]) -> None:
    """Clear `collect` of the named assignments, with what follows it, and nothing else.

    `asked` has `assignments` (keys) and, where the run is known, `dag_id` and `run_id`. Without
    them it is the newest run of the assignments' cycle, and there only what has failed is cleared,
    or with `finished` what has ended at all: one who is waited for is waited for already. Raises
    StillMoving; NoRun; httpx.HTTPStatusError when Airflow refuses, for instance while a task to be
    cleared runs (409).
    """
    with task_workspace() as workspace, _api() as api:
        for each in _found(workspace, api, asked):
            _clear(api, each)


def _found(workspace: Workspace, api: httpx.Client, asked: Mapping[str, Any]) -> Iterator[_Asked]:
    indexes: dict[str, list[int]] = {}
    for key in asked["assignments"]:
        assignment = workspace.ledger.assignments.get(key)
        indexes.setdefault(assignment.cycle, []).append(assignment.position)
    for cycle, places in indexes.items():
        if asked.get("run_id"):
            dag_id, run_id = asked["dag_id"], asked["run_id"]
            yield _Asked(cycle=cycle, dag_id=dag_id, run_id=run_id, indexes=tuple(places))
        else:
            record = workspace.ledger.cycles.get(cycle)
            dag_id = duty_dag_id(record.office, record.duty)
            run_id = _newest_run(api, dag_id, cycle)
            run = _Asked(cycle=cycle, dag_id=dag_id, run_id=run_id, indexes=tuple(places))
            yield _only_what_has_ended(api, run, ENDED_AT_ALL if asked.get("finished") else ENDED)


def _clear(api: httpx.Client, asked: _Asked) -> None:
    if not asked.indexes:
        return
    _require_rest(api, asked.path)
    answer = api.post(f"/dags/{asked.dag_id}/clearTaskInstances", json=_order(asked))
    answer.raise_for_status()


def _newest_run(api: httpx.Client, dag_id: str, cycle: str) -> str:
    """The run that opened a cycle, or went on with it, last. Raises NoRun."""
    for run_id in _runs(api, dag_id):
        opened = f"/dags/{dag_id}/dagRuns/{run_id}/taskInstances/{OPEN}/xcomEntries/{CYCLE}"
        answer = api.get(opened)
        if answer.status_code == httpx.codes.NOT_FOUND:  # it opened none
            continue
        answer.raise_for_status()
        if answer.json()["value"] == cycle:
            return run_id
    raise NoRun(f"Airflow 中找不到開啟「{cycle}」的執行，可能已被刪除；請以手動執行重新收件")


def _runs(api: httpx.Client, dag_id: str) -> Iterator[str]:
    path, offset = f"/dags/{dag_id}/dagRuns", 0
    while True:
        answer = _get(api, path, order_by="-run_after", limit=RUNS_AT_ONCE, offset=offset)
        yield from (run["dag_run_id"] for run in answer["dag_runs"])
        if len(answer["dag_runs"]) < RUNS_AT_ONCE:
            return
        offset += RUNS_AT_ONCE


def _only_what_has_ended(api: httpx.Client, asked: _Asked, ended: set[str]) -> _Asked:
    """Raises StillMoving where a collection is on its way to its end, or to its beginning."""
    tasks = _get(api, f"{asked.path}/taskInstances", limit=1000)["task_instances"]
    states = {task["map_index"]: task["state"] for task in tasks if task["task_id"] == COLLECT}
    moving = [index for index in asked.indexes if states.get(index) not in ENDED | WAITED_FOR]
    if moving:
        raise StillMoving(f"{asked.path}: {COLLECT}{moving}")
    indexes = tuple(index for index in asked.indexes if states[index] in ended)
    return replace(asked, indexes=indexes)


def _require_rest(api: httpx.Client, run: str) -> None:
    state = _get(api, run)["state"]
    tasks = _get(api, f"{run}/taskInstances", limit=1000)["task_instances"]
    if state not in FINISHED and not WAITING & {task["state"] for task in tasks}:
        raise StillMoving(f"{run} is {state}")


def _get(api: httpx.Client, path: str, **params: str | int) -> dict[str, Any]:
    answer = api.get(path, params=params)
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def _order(asked: _Asked) -> dict[str, Any]:
    return {
        "dry_run": False,
        "dag_run_id": asked.run_id,
        "task_ids": [[COLLECT, index] for index in asked.indexes],
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
