"""每日整理: before the day's openings, what today's closures move of what is open already."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, task

from dutyflow.infra import clock

from .names import HOUSEKEEPING_DAG
from .plans import outlines

log = logging.getLogger(__name__)

EVERY_MORNING = CronTriggerTimetable("0 7 * * *", timezone="Asia/Taipei")
DESCRIPTION = """\
每天 07:00（開啟新的期別之前）對每個機關：

- **停班、補班**：依 `closures.csv` 重新計算已開啟期別的收件期限與報送期限。已經過去的日子不動，\
也不會移到過去；手動執行時指定的期限、個別展期、退回補正、重新收件的期限都不動。
- **通知**：期限移動時，尚未填報的組室各收到一封信，計畫承辦人收到一封總表，各說明原因；\
每次移動只通知一次。
- **推估**：一年內有期別落在政府尚未公布辦公日曆的年度時，通知計畫承辦人一次。

颱風停班：在 `closures.csv` 加一行，等到 07:00，或直接按右上角的「觸發」。\
等候中的「收件」會自動改用新的期限，不必重新執行。接續的工作如在前項核定之前就由人開啟，不在此列。
"""


def housekeeping_dag() -> DAG:
    with DAG(
        HOUSEKEEPING_DAG,
        dag_display_name="每日整理",
        description="依停班、補班調整已開啟期別的期限，並通知各組室與計畫承辦人",
        doc_md=DESCRIPTION,
        schedule=EVERY_MORNING,
        start_date=datetime(2018, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["dutyflow"],
        default_args={"owner": "dutyflow"},
    ) as dag:
        # Not mapped: of a DAG with mapped tasks alone Airflow does not list the owner.
        for office in outlines(clock.now()):
            named = tidy.override(
                task_id=f"reschedule__{office.id}",
                task_display_name=f"{office.name}：依停班補班調整期限",
            )
            named(office=office.id, office_name=office.name)
    return dag


@task(
    retries=20,
    retry_delay=timedelta(minutes=1),
    retry_exponential_backoff=True,
    max_retry_delay=timedelta(minutes=30),
)
def tidy(office: str, office_name: str, **context: Any) -> None:
    """Move what closures move, then tell whoever has not been told yet."""
    from dutyflow.orchestration.opening_run import SCHEDULED
    from dutyflow.services.cycles import moved_days, reschedule

    from .task_context import task_workspace

    with task_workspace() as workspace:
        now = clock.now()
        who = "排程" if context["dag_run"].run_type == SCHEDULED else "計畫承辦人"
        moves = reschedule.reschedule(workspace, office, now=now, who=who)
        for move in moves:
            log.info("%s（%s）：%s", move.cycle.title, move.cycle.duty, move)
        if not moves:
            log.info("%s沒有已開啟的期別需要調整期限", office_name)
        moved_days.inform(workspace, office, now=now)
