"""The runs that collect, as the API server sees them in Airflow's own database."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from airflow.api.common.trigger_dag import trigger_dag
from airflow.models.taskinstance import TaskInstance
from airflow.models.xcom import XComModel
from airflow.sdk.exceptions import AirflowException
from airflow.utils.session import create_session
from airflow.utils.state import TaskInstanceState
from airflow.utils.types import DagRunTriggeredByType
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from dutyflow.errors import DutyflowError
from dutyflow.ledger.records import AssignmentRecord

from .names import COLLECT, COLLECT_AGAIN_DAG, CYCLE, OPEN, TELL_DAG, duty_dag_id

log = logging.getLogger(__name__)


class Run(NamedTuple):
    dag_id: str
    run_id: str


class AirflowRuns:
    """What has stopped waiting, and setting it going again. Only for the API server: nothing else
    may look into Airflow's database."""

    def stopped(self, assignments: Iterable[AssignmentRecord]) -> set[str]:
        """Those, by key, whose collection has failed in the newest run of their cycle."""
        wanted = list(assignments)
        with create_session() as session:
            runs = _newest_runs(session, {each.cycle for each in wanted})
            failed = set(_failed(session, runs.values()))
        return {
            each.key
            for each in wanted
            if each.cycle in runs and (runs[each.cycle], each.position) in failed
        }

    def collect_again(self, assignment: AssignmentRecord, *, who: str) -> None:
        """Clear its `collect` and what follows it. Raises DutyflowError where no run is known."""
        with create_session() as session:
            run = _newest_runs(session, {assignment.cycle}).get(assignment.cycle)
        if run is None:
            raise DutyflowError("Airflow 中找不到這一期的執行，無法重新收件；請聯絡系統管理者")
        asked = {"dag_id": run.dag_id, "run_id": run.run_id, "assignments": [assignment.key]}
        _start(COLLECT_AGAIN_DAG, asked, who)

    def tell_assigned(self, submission: int, *, who: str) -> None:
        """Send the mails that follow where something was assigned. Raises DutyflowError."""
        _start(TELL_DAG, {"assigned": submission}, who)

    def tell_returned(self, assignment: AssignmentRecord, *, who: str) -> None:
        """Tell its section what to correct. Raises DutyflowError."""
        _start(TELL_DAG, {"returned": assignment.key}, who)


def _start(dag_id: str, asked: dict[str, Any], who: str) -> None:
    """Raises DutyflowError, in the words of whoever has to start it by hand then."""
    try:
        trigger_dag(
            dag_id,
            triggered_by=DagRunTriggeredByType.UI,
            triggering_user_name=who,
            conf=asked,
        )
    except (AirflowException, SQLAlchemyError, ValueError) as trouble:
        log.exception("%s could not be started", dag_id)
        raise DutyflowError(
            f"未能啟動「{dag_id}」（{type(trouble).__name__}）；請在 Airflow 觸發它，參數：{asked}"
        ) from trouble


def _newest_runs(session: Session, cycles: set[str]) -> dict[str, Run]:
    """The run that opened each cycle last: what it opened, `open` has said (XCom)."""
    dags = {duty_dag_id(*cycle.split("/")[:2]) for cycle in cycles}
    said = session.scalars(
        select(XComModel)
        .where(XComModel.dag_id.in_(dags), XComModel.task_id == OPEN, XComModel.key == CYCLE)
        .order_by(XComModel.dag_run_id)
    )
    runs = {str(XComModel.deserialize_value(each)): Run(each.dag_id, each.run_id) for each in said}
    return {cycle: run for cycle, run in runs.items() if cycle in cycles}


def _failed(session: Session, runs: Iterable[Run]) -> Iterator[tuple[Run, int]]:
    """The places, in the plan's order, of the sections whose collection has failed."""
    wanted = set(runs)
    found = session.execute(
        select(TaskInstance.dag_id, TaskInstance.run_id, TaskInstance.map_index).where(
            TaskInstance.dag_id.in_({run.dag_id for run in wanted}),
            TaskInstance.run_id.in_({run.run_id for run in wanted}),
            TaskInstance.task_id == COLLECT,
            TaskInstance.state == TaskInstanceState.FAILED,
        )
    )
    for dag_id, run_id, place in found:
        if Run(dag_id, run_id) in wanted:
            yield Run(dag_id, run_id), place
