"""承辦人作業: an Airflow DAG with which the coordinator changes a deadline, or who is there."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from airflow.sdk import DAG, Param, task

from dutyflow.infra import clock
from dutyflow.plan.outline import OfficeOutline

from .names import COORDINATOR_DAG
from .plans import outlines

log = logging.getLogger(__name__)

DESCRIPTION = """\
按右上角的「觸發」，選擇作業並填寫欄位；用不到的欄位留空。做了什麼寫在工作的記錄裡，並永久留存。

| 作業 | 要填 | 效果 |
|---|---|---|
| 展期 | 定期工作、期別、組室、日期、原因 | 期限改為該日，並通知組室；上限照計畫檔的 `extensions` |
| 免報 | 定期工作、期別、組室、原因 | 這一期不必填報，並通知組室 |
| 退回補正 | 定期工作、期別、組室、原因 | 已受理的退回補正，「原因」寫補正什麼，通知組室並重新收件 |
| 認定收件日 | 定期工作、期別、組室、日期、原因 | 以該日為收件日，重新認定是否如期；已結案的也可以 |
| 暫停稽催 | 定期工作、期別、組室、日期、原因 | 該日（含）以前不寄提醒；期限不變 |
| 恢復稽催 | 定期工作、期別、組室 | 提前恢復提醒 |
| 請假 | 人員、日期 | 該日（含）以前，提醒改寄代理人 |
| 銷假 | 人員 | 提前恢復 |

機關、定期工作、期別、組室、人員都可寫名稱或代碼；人員也可寫信箱。機關只有一個時可留空，\
定期工作只有一期開啟時期別可留空。組室已逾期者，展期或免報後系統會自動重新收件，再重新彙整、送請核定；退回補正，\
以及認定收件日而彙整表已經做好者，也是如此。
"""
ACTIONS = ["展期", "免報", "退回補正", "認定收件日", "暫停稽催", "恢復稽催", "請假", "銷假"]


def _params(offices: list[OfficeOutline]) -> dict[str, Param]:
    """The fields of the form; what the plans name is offered while one types."""
    duties = {duty.name: None for office in offices for duty in office.duties}
    sections = {
        name: None for office in offices for duty in office.duties for name in duty.sections
    }
    return {
        "action": Param(ACTIONS[0], type="string", enum=ACTIONS, title="作業"),
        "office": _text("機關", "只有一個機關時可留空", [office.name for office in offices]),
        "duty": _text("定期工作", "名稱或代碼，例如 半年自行考核", duties),
        "cycle": _text("期別", "例如 107H1 或 107年上半年；只有一期開啟時可留空"),
        "section": _text("組室", "例如 業務組", sections),
        "day": _text("日期", "例如 107-07-18；展期至、認定、暫停至、請假至的那一天"),
        "person": _text("人員", "請假、銷假的人：姓名或信箱"),
        "why": _text("原因", "展期、免報、退回補正、認定收件日、暫停稽催必填"),
    }


def _text(title: str, description: str, offered: Iterable[str] = ()) -> Param:
    examples: dict[str, Any] = {"examples": list(offered)} if offered else {}
    return Param(None, type=["null", "string"], title=title, description=description, **examples)


def coordinator_dag() -> DAG:
    with DAG(
        COORDINATOR_DAG,
        dag_display_name="承辦人作業",
        description="展期、免報、退回補正、認定收件日、暫停與恢復稽催、請假與銷假",
        doc_md=DESCRIPTION,
        schedule=None,
        start_date=datetime(2018, 1, 1, tzinfo=UTC),
        catchup=False,
        is_paused_upon_creation=False,
        tags=["dutyflow"],
        default_args={"owner": "dutyflow"},
        params=_params(outlines(clock.now())),
    ) as dag:
        change()
    return dag


@task(
    task_id="change",
    task_display_name="辦理",
    retries=10,
    retry_delay=timedelta(minutes=1),
    retry_exponential_backoff=True,
    max_retry_delay=timedelta(minutes=30),
)
def change(**context: Any) -> str:
    """Do it, and mail whom it concerns. Only mail that could not be sent is tried again."""
    from dutyflow.infra import clock
    from dutyflow.services.coordinator import actions
    from dutyflow.services.messaging.post import Batch

    from .airflow_api import start_collecting_again
    from .task_context import task_workspace

    run, now = context["dag_run"], clock.now()
    fields = {name: value or "" for name, value in context["params"].items()}
    order = actions.Order(source=run.run_id, **fields)
    who = getattr(run, "triggering_user_name", None) or "計畫承辦人"
    with task_workspace() as workspace:
        done = actions.carry_out(workspace, order, who=who, now=now)
        log.info(done.said)
        start_collecting_again(done.reopened)
        if done.mails:
            mailbox = done.office.contacts.mailbox
            batch = Batch(workspace=workspace, mailbox=mailbox, now=now)
            batch.post(done.mails)
            batch.settle()
    return done.said
