"""核定後接續: starts a run of each duty that comes after the one whose report was approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import task

from .names import BY_APPROVAL, FOLLOW, duty_dag_id

if TYPE_CHECKING:
    from dutyflow.services.cycles.follow_ups import Follower


def followers_of_approval() -> Any:
    """The tasks, in the DAG of a duty that others come after; the first one is returned."""
    found = followers()
    StartFollower.partial(
        task_id="open_next",
        task_display_name="開啟接續工作",
        map_index_template="{{ task.duty_name }}",
        logical_date=None,
        # The run is there already when approval is given anew before its cycle has opened: it then
        # begins again, and counts from the approval that stands.
        reset_dag_run=True,
    ).expand_kwargs(found)
    return found


@task(task_id=FOLLOW, task_display_name="找出接續工作")
def followers(**context: Any) -> list[dict[str, str]]:
    """What is to be opened after this cycle, as arguments of `StartFollower`."""
    from dutyflow.orchestration.opening_run import cycle_of_run
    from dutyflow.services.cycles import follow_ups

    from .task_context import task_workspace

    with task_workspace() as workspace:
        return [_run_of(each) for each in follow_ups.to_open(workspace, cycle_of_run(context))]


class StartFollower(TriggerDagRunOperator):
    """Starts the run; Airflow's grid shows the duty's name beside it."""

    def __init__(self, *, duty_name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.duty_name = duty_name


def _run_of(follower: Follower) -> dict[str, str]:
    return {
        "trigger_dag_id": duty_dag_id(follower.office, follower.duty),
        "trigger_run_id": f"{BY_APPROVAL}__{follower.cycle}",
        "note": follower.why,
        "duty_name": follower.duty_name,
    }
