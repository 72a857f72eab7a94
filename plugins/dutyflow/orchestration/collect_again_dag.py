"""重新收件: clears the `collect` of some sections in a duty's run, and so all that follows it.

A run cannot clear itself, so the return for correction (退回補正) starts this DAG; and so does what
grants more time to a section that is late already. A coordinator can start it by hand as well.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Param, task

from .names import COLLECT_AGAIN_DAG


def _name(title: str, description: str) -> Param:
    return Param(None, type=["null", "string"], title=title, description=description)


PARAMS = {
    "assignments": Param(
        [],
        type="array",
        items={"type": "string"},
        title="應辦事項",
        description="例如 pingtung/self_assessment/107H1/business",
    ),
    "dag_id": _name("定期工作（dag_id）", "留空為應辦事項所屬的定期工作"),
    "finished": Param(
        False,
        type="boolean",
        title="已收件者亦重新收件",
        description="沒有指定執行時，已完成的「收件」也清除，例如退回補正之後",
    ),
    "run_id": _name("執行（run_id）", "留空為該期別最近的一次執行，只清除已失敗（逾期）的「收件」"),
}


def collect_again_dag() -> DAG:
    with DAG(
        COLLECT_AGAIN_DAG,
        dag_display_name="重新收件",
        description="清除指定組室的「收件」，使其重新等候並重新彙整",
        schedule=None,
        start_date=datetime(2018, 1, 1, tzinfo=UTC),
        catchup=False,
        is_paused_upon_creation=False,
        tags=["dutyflow"],
        default_args={"owner": "dutyflow"},
        params=PARAMS,
    ) as dag:

        @task(
            task_id="clear",
            task_display_name="清除收件",
            retries=30,  # the run that asked for this may need a moment to come to rest
            retry_delay=timedelta(seconds=3),
        )
        def clear(params: dict[str, Any] | None = None) -> None:
            from .airflow_api import clear_collections

            clear_collections(params or {})

        clear()
    return dag
