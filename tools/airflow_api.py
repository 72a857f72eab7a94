"""Airflow's REST API, as the coordinator's hands: start a run, look, clear, answer."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from environment import COORDINATOR, DATABASE_PATIENCE, Instance

NO_FASTER_THAN = 6.0  # seconds from the start of the task that asks to the answer
ANSWER_PATIENCE = 120.0  # seconds until it is taken
TAKEN = (None, "success", "skipped")  # None: the answer was taken, and it has led to a clear


@dataclass(frozen=True, kw_only=True)
class Task:
    """One task instance; `index` is -1 where it is not mapped, `title` the section's name.

    `started` is when its last try began, None before the first.
    """

    id: str
    index: int
    title: str
    state: str
    started: datetime | None


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


class AirflowApi:
    """Logged in as the coordinator."""

    def __init__(self, instance: Instance) -> None:
        login = {"username": COORDINATOR, "password": instance.passwords()[COORDINATOR]}
        answer = httpx.post(f"{instance.url}/auth/token", json=login, timeout=30)
        answer.raise_for_status()
        self.token: str = answer.json()["access_token"]
        self._http = httpx.Client(
            base_url=f"{instance.url}/api/v2",
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=DATABASE_PATIENCE * 2,
        )

    def dag_ids(self) -> set[str]:
        return {dag["dag_id"] for dag in self._get("/dags", limit=1000)["dags"]}

    def import_errors(self) -> list[dict[str, Any]]:
        return self._get("/importErrors")["import_errors"]

    def start(self, dag: str, run: str, conf: dict[str, Any]) -> None:
        """Start a run by hand. Airflow's database may be busy for a moment: then once more."""
        order = {"dag_run_id": run, "logical_date": None, "conf": conf}
        answer = self._http.post(f"/dags/{dag}/dagRuns", json=order)
        if answer.status_code >= 500:
            time.sleep(2)
            answer = self._http.post(f"/dags/{dag}/dagRuns", json=order)
            if answer.status_code == 409:  # it had been started after all
                return
        answer.raise_for_status()

    def tasks_at_work(self) -> int:
        """How many tasks of all DAGs run or are about to; those that wait are not among them."""
        path = "/dags/~/dagRuns/~/taskInstances"
        return self._get(path, state=["scheduled", "queued", "running"], limit=1)["total_entries"]

    def run(self, dag: str, run: str) -> dict[str, Any]:
        return self._get(f"/dags/{dag}/dagRuns/{run}")

    def runs(self, dag: str) -> list[dict[str, Any]]:
        return self._get(f"/dags/{dag}/dagRuns", limit=1000)["dag_runs"]

    def tasks(self, dag: str, run: str) -> list[Task]:
        found = self._get(f"/dags/{dag}/dagRuns/{run}/taskInstances", limit=1000)
        return [
            Task(
                id=task["task_id"],
                index=task["map_index"],
                title=task["rendered_map_index"] or "",
                state=task["state"] or "",
                started=_moment(task["start_date"]),
            )
            for task in found["task_instances"]
        ]

    def clear(self, dag: str, run: str, task: str, index: int) -> list[tuple[str, int]]:
        """Clear one mapped task and what follows it, as the button in Airflow's grid does."""
        order = {
            "dry_run": False,
            "dag_run_id": run,
            "task_ids": [[task, index]],
            "include_downstream": True,
            "only_failed": False,
            "reset_dag_runs": True,
        }
        path = f"/dags/{dag}/clearTaskInstances"
        try:
            answer = self._send("POST", path, order)
        except httpx.HTTPStatusError as busy:
            if busy.response.status_code < 500:
                raise
            time.sleep(2)  # nothing was cleared: Airflow's database was busy for a moment
            answer = self._send("POST", path, order)
        return [(task["task_id"], task["map_index"]) for task in answer["task_instances"]]

    def decide(self, dag: str, run: str, option: str, sections: list[str], note: str) -> None:
        """Answer `review`, as the form under "required actions" does.

        Airflow can lose an answer that comes within seconds of the question, and then asks again
        (apache/airflow#72716). So this takes its time, as a person does, and answers again.
        """
        review = f"/dags/{dag}/dagRuns/{run}/taskInstances/review"
        answer = {"chosen_options": [option], "params_input": {"sections": sections, "note": note}}
        while (asked := self._get(review))["state"] == "awaiting_input":
            self._take_time(_moment(asked["start_date"]))
            self._send("PATCH", f"{review}/-1/hitlDetails", answer)
            self._until_taken_or_asked_again(review, asked["try_number"])

    def _take_time(self, asked_at: datetime | None) -> None:
        """Nothing but the clock tells when Airflow is ready for an answer."""
        begun = asked_at or datetime.now(UTC)
        time.sleep(max(0.0, NO_FASTER_THAN - (datetime.now(UTC) - begun).total_seconds()))

    def _until_taken_or_asked_again(self, review: str, tries: int) -> None:
        deadline = time.monotonic() + ANSWER_PATIENCE
        while time.monotonic() < deadline:
            task = self._get(review)
            asked_again = task["state"] == "awaiting_input" and task["try_number"] > tries
            if asked_again or task["state"] in TAKEN:
                return
            time.sleep(0.5)
        raise TimeoutError(f"{review}: the answer was not taken")

    def _get(self, path: str, **params: Any) -> dict[str, Any]:
        answer = self._http.get(path, params=params)
        answer.raise_for_status()
        return answer.json()

    def _send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer = self._http.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json()
