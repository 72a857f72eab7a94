"""收件匣: waits for answers without holding a worker, takes them in, and begins to wait again."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, BaseOperator, task

from dutyflow.errors import DutyflowError

from .names import INTAKE_DAG, OFFICE_OF_FUNCTION

if TYPE_CHECKING:
    from dutyflow.services.workspace import Workspace

log = logging.getLogger(__name__)

# What was granted and could not be started when it was, for whatever reason, the next mails start.
STARTED_ANEW_FOR = timedelta(days=1)


class WaitForMail(BaseOperator):
    """Ends when something has come; the offices that it came for, each with its name."""

    def execute(self, context: Any) -> None:  # noqa: ARG002 - Airflow's form
        from dutyflow.orchestration.waiting import MailTrigger

        self.defer(trigger=MailTrigger(), method_name="resume")

    def resume(self, context: Any, event: list[str]) -> list[dict[str, str]]:  # noqa: ARG002
        from .task_context import task_workspace

        with task_workspace() as workspace:
            return [
                {"office": office, "office_name": workspace.office(office).name} for office in event
            ]


def intake_dag() -> DAG:
    with DAG(
        INTAKE_DAG,
        dag_display_name="收件匣",
        description="等候並處理各組室的信件、網頁填報與共用資料夾的檔案：存檔、比對、檢核、回覆",
        schedule="@continuous",
        start_date=datetime(2018, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["dutyflow"],
        default_args={"owner": "dutyflow", "retries": 3, "retry_delay": timedelta(seconds=3)},
    ) as dag:
        offices = WaitForMail(task_id="wait", task_display_name="等候來件")
        receive.expand_kwargs(offices.output)
    return dag


@task(
    task_id="receive",
    task_display_name="處理來件",
    map_index_template=OFFICE_OF_FUNCTION,
    retries=20,
    retry_exponential_backoff=True,
    max_retry_delay=timedelta(minutes=10),
)
def receive(office: str, office_name: str) -> int:  # noqa: ARG001 - shown in the grid
    """Take in all that has come for the office, by whichever way, and answer it.

    What grants more time to a section that is late lets its collection begin again, also where
    something else cannot be answered now.
    """
    from dutyflow.infra import clock
    from dutyflow.services.extensions import requests

    from .airflow_api import start_collecting_again
    from .task_context import task_workspace

    with task_workspace() as workspace:
        workspace.outbox.open()  # what cannot be answered now is not taken in now
        try:
            return take_in_all(workspace, office)
        finally:
            lately = clock.now() - STARTED_ANEW_FOR
            start_collecting_again(requests.to_collect_again(workspace, office, since=lately))


def take_in_all(workspace: Workspace, office: str) -> int:
    """What comes by one way is taken in though another is in trouble, which is raised afterwards.

    A mailbox that cannot be opened is none: it is watched, and rings when it is back. Retries would
    keep the other offices waiting.
    """
    from dutyflow.infra import clock
    from dutyflow.mail.errors import MailboxAway
    from dutyflow.orchestration.mailboxes import inbox_of
    from dutyflow.services.intake import folder, mailbox, web_form_mail

    def by_page() -> int:
        return web_form_mail.confirm(workspace, office, clock=clock.now)

    def by_mail() -> int:
        with ExitStack() as stack:
            try:
                inbox = stack.enter_context(inbox_of(workspace, workspace.office(office)))
            except MailboxAway as away:  # the doors have it put on record, and told
                log.warning("%s", away)
                return 0
            return mailbox.empty_inbox(workspace, office, inbox, clock=clock.now)

    def by_folder() -> int:
        return folder.empty_folder(workspace, office, clock=clock.now)

    count = 0
    troubles: list[DutyflowError] = []
    for take_in in (by_page, by_mail, by_folder):
        try:
            count += take_in()
        except DutyflowError as trouble:
            troubles.append(trouble)
    if troubles:
        raise troubles[0]
    return count
