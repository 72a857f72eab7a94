"""收件匣: waits for mail without holding a worker, takes it in, and begins to wait again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, BaseOperator, task

from .names import INTAKE_DAG, OFFICE_OF_FUNCTION

# What was granted and could not be started when it was, for whatever reason, the next mails start.
STARTED_ANEW_FOR = timedelta(days=1)


class WaitForMail(BaseOperator):
    """Ends when an inbox holds mail, or a page something to tell; the offices, with their names."""

    def execute(self, context: Any) -> None:  # noqa: ARG002 - Airflow's form
        from dutyflow.orchestration.waiting import MailTrigger

        self.defer(trigger=MailTrigger(), method_name="resume")

    def resume(self, context: Any, event: list[str]) -> list[dict[str, str]]:  # noqa: ARG002
        from dutyflow.orchestration.desk import at_the_desk

        with at_the_desk() as desk:
            return [{"office": office, "office_name": desk.office(office).name} for office in event]


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
        default_args={"owner": "dutyflow", "retries": 3, "retry_delay": timedelta(seconds=3)},
    ) as dag:
        offices = WaitForMail(task_id="wait", task_display_name="等候來信")
        receive.expand_kwargs(offices.output)
    return dag


@task(
    task_id="receive",
    task_display_name="處理來信",
    map_index_template=OFFICE_OF_FUNCTION,
    retries=20,
    retry_exponential_backoff=True,
    max_retry_delay=timedelta(minutes=10),
)
def receive(office: str, office_name: str) -> int:  # noqa: ARG001 - shown in the grid
    """Answer every message that waits in the office's inbox, and all that came by its page.

    One that grants more time to a section that is late lets its collection begin again, also where
    a later one cannot be answered now.
    """
    from dutyflow import clock, confirming, extending, receiving
    from dutyflow.orchestration.desk import at_the_desk
    from dutyflow.orchestration.mailboxes import inbox_of
    from dutyflow.orchestration.rest import start_collecting_again
    from dutyflow.orchestration.smtp import mail_server

    with (
        at_the_desk() as desk,
        mail_server() as client,
        inbox_of(desk, desk.office(office)) as inbox,
    ):
        try:
            taken = receiving.empty_inbox(desk, client, office, inbox, clock=clock.now)
            return taken + confirming.confirm(desk, client, office, clock=clock.now)
        finally:
            lately = clock.now() - STARTED_ANEW_FOR
            start_collecting_again(extending.to_collect_again(desk, office, since=lately))
