"""收件匣: waits for mail without holding a worker, takes it in, and begins to wait again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator, task

from .names import INTAKE_DAG, LABEL


class WaitForMail(BaseOperator):
    """Ends when an inbox holds mail, naming the offices whose inbox it is."""

    def execute(self, context: Any) -> None:  # noqa: ARG002 - Airflow's form
        from dutyflow.orchestration.waiting import MailTrigger

        self.defer(trigger=MailTrigger(), method_name="resume")

    def resume(self, context: Any, event: list[str]) -> list[str]:  # noqa: ARG002
        return event


def intake_dag() -> DAG:
    with DAG(
        INTAKE_DAG,
        dag_display_name="收件匣",
        description="等候並處理各組室回覆的信件：存檔、比對、檢核、回覆",
        schedule="@continuous",
        start_date=datetime(2018, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["dutyflow"],
        default_args={"retries": 3, "retry_delay": timedelta(seconds=10)},
    ) as dag:
        offices = WaitForMail(task_id="wait", task_display_name="等候來信")
        receive.expand(office=offices.output)
    return dag


@task(
    task_id="receive",
    task_display_name="處理來信",
    map_index_template=LABEL,
    retries=20,
    retry_exponential_backoff=True,
    max_retry_delay=timedelta(minutes=10),
)
def receive(office: str) -> int:
    """Take in every message that waits in the office's inbox, and answer each."""
    from dutyflow import clock, receiving
    from dutyflow.orchestration.desk import at_the_desk, label
    from dutyflow.orchestration.smtp import mail_server

    with at_the_desk() as desk:
        label(desk.office(office).name)
        with mail_server() as client:
            return receiving.empty_inbox(desk, client, office, clock=clock.now)
