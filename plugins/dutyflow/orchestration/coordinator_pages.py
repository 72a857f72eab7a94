"""收件 in Airflow's API server: who its visitors are, and what it reaches of Airflow.

Imported when the first page is asked for, by the API server alone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagDetails
from airflow.api_fastapi.core_api.security import GetUserDep
from airflow.configuration import conf
from fastapi import FastAPI, Request

from dutyflow.infra import clock
from dutyflow.services.workspace import Workspace
from dutyflow.web.coordinator import CoordinatorContext, Visitor, coordinator_app
from dutyflow.web.security.origins import host_of

from .names import duty_dag_id
from .runs import AirflowRuns


def pages() -> FastAPI:
    base = conf.get("api", "base_url", fallback="") or ""
    return coordinator_app(
        CoordinatorContext(
            admit=admit,
            runs=AirflowRuns(),
            open_workspace=open_workspace,
            clock=clock.now,
            hosts={host_of(base)},
        )
    )


def admit(request: Request, user: GetUserDep) -> None:
    """Lets in who is logged in to Airflow. What they may see, the page asks office by office."""
    request.state.visitor = Visitor(
        key=str(user.get_id()),
        name=str(user.get_name()),
        may_edit=lambda office, duties: _may_edit(user, office, duties),
    )


@contextmanager
def open_workspace() -> Iterator[Workspace]:
    workspace = Workspace.from_environment()
    try:
        yield workspace
    finally:
        workspace.close()


def _may_edit(user: BaseUser, office: str, duties: Collection[str]) -> bool:
    """Whether somebody may edit all of these DAGs, as whoever clears a task has to."""
    manager = get_auth_manager()
    return all(
        manager.is_authorized_dag(
            method="PUT", details=DagDetails(id=duty_dag_id(office, duty)), user=user
        )
        for duty in duties
    )
