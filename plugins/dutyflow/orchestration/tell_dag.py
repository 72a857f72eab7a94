"""寄出通知: sends the mails that follow from what the coordinator has done on the page 收件.

The page starts it: mail that cannot be sent now is tried again here, and nobody waits for a mail
server. Each mail is made anew from what is on record, so it can be started by hand as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from airflow.sdk import DAG, Param, task

from dutyflow.errors import DutyflowError

from .duty_dag import MAIL_RETRIES
from .names import TELL_DAG

if TYPE_CHECKING:
    from dutyflow.services.messaging.post import OutgoingMail
    from dutyflow.services.workspace import Workspace

PARAMS = {
    "assigned": Param(
        None, type=["null", "integer"], minimum=1, title="已認領的來件", description="來件編號"
    ),
    "returned": Param(
        None,
        type=["null", "string"],
        title="已退回補正的應辦事項",
        description="例如 pingtung/self_assessment/107H1/business",
    ),
}


def tell_dag() -> DAG:
    with DAG(
        TELL_DAG,
        dag_display_name="寄出通知",
        description="認領或退回補正之後的信；由「收件」頁啟動",
        schedule=None,
        start_date=datetime(2018, 1, 1, tzinfo=UTC),
        catchup=False,
        is_paused_upon_creation=False,
        tags=["dutyflow"],
        default_args={"owner": "dutyflow"},
        params=PARAMS,
    ) as dag:
        tell()
    return dag


@task(task_id="tell", task_display_name="寄信", **MAIL_RETRIES)
def tell(params: dict[str, Any] | None = None) -> None:
    """What has gone out before does not go out again."""
    from dutyflow.infra import clock
    from dutyflow.services.messaging.post import Batch

    from .task_context import task_workspace

    now = clock.now()
    with task_workspace() as workspace:
        office, mails = mails_of(workspace, params or {}, now)
        if mails:
            mailbox = workspace.office(office).contacts.mailbox
            batch = Batch(workspace=workspace, mailbox=mailbox, now=now)
            batch.post(mails)
            batch.settle()


def mails_of(
    workspace: Workspace, asked: Mapping[str, Any], now: datetime
) -> tuple[str, Sequence[OutgoingMail]]:
    """The office whose mails they are, and what is to be sent."""
    from dutyflow.services.coordinator import quarantine
    from dutyflow.services.reporting import corrections

    assigned, returned = asked.get("assigned"), asked.get("returned")
    if assigned:
        kept = workspace.ledger.submissions.get(assigned)
        return kept.assigned_to.partition("/")[0], quarantine.answers_to(workspace, assigned, now)
    if returned:
        case = workspace.case(returned)
        return case.cycle.office, list(corrections.letters(case, now))
    raise DutyflowError("請填「已認領的來件」或「已退回補正的應辦事項」")
