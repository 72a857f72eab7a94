"""Duties as a DAG file written by hand, in a loop: what is compared with `dags/duties.py`.

The same tasks, groups, retries, parameters and options as `dutyflow.orchestration.duty_dag` makes,
with nothing of dutyflow: no plan is read, the schedule is a cron line, the tasks do nothing.
BARE_DUTIES says how many.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import airflow.providers.standard.decorators.python  # noqa: F401 - known before a parse, as to ours
from airflow.providers.standard.operators.hitl import HITLBranchOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, BaseOperator, Param, task, task_group

MAIL_RETRIES: dict[str, Any] = {
    "retries": 50,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=30),
}
SECTION_OF_OPERATOR = "{{ task.section_name }}"
SECTION_OF_FUNCTION = "{{ task.op_kwargs['section_name'] }}"
DESCRIPTION = """\
**台灣電力公司屏東區營業處提升服務品質執行計畫**

半年自行考核（依據：陸、考核作業）

- 辦理組室：業務組、總務組、設計組、電費組、人資組
- 開啟：期末前第 10 個工作天
- 收件期限：期末後第 3 個工作天
- 報送期限：期末後第 5 個工作天
"""
SECTIONS = ["業務組", "總務組", "設計組", "電費組", "人資組"]
OWNERS = ", ".join(SECTIONS)
TAGS = [
    "dutyflow", "屏東區營業處", "每半年",
    "基礎服務", "服務遞送", "服務量能", "服務評價", "開放創新",
]  # fmt: skip


class OpenCycle(BaseOperator):
    ui_color = "#e8f1fb"

    def __init__(self, *, office: str, duty: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office
        self.duty = duty

    def execute(self, context: Any) -> list[dict[str, str]]:  # noqa: ARG002 - Airflow's form
        return []


class Collect(BaseOperator):
    template_fields = ("assignment", "section_name")
    ui_color = "#e8f1fb"

    def __init__(self, *, assignment: str, section_name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.assignment = assignment
        self.section_name = section_name

    def execute(self, context: Any) -> None:
        pass


class Review(HITLBranchOperator):
    def execute(self, context: Any) -> Any:
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        return super().execute_complete(context, event)


@task_group(group_id="section", group_display_name="各組室")
def section(assignment: str, section_name: str) -> None:
    collect = Collect(
        task_id="collect",
        task_display_name="收件",
        assignment=assignment,
        section_name=section_name,
        map_index_template=SECTION_OF_OPERATOR,
        trigger_rule="all_done",
    )
    announce(assignment=assignment, section_name=section_name) >> collect


@task(
    task_id="announce",
    task_display_name="寄開辦信",
    map_index_template=SECTION_OF_FUNCTION,
    **MAIL_RETRIES,
)
def announce(assignment: str, section_name: str) -> None:
    pass


@task(task_id="assemble", task_display_name="彙整", trigger_rule="all_done")
def assemble(**_: Any) -> str:
    return ""


@task(task_id="deliver", task_display_name="報送", **MAIL_RETRIES)
def deliver(**_: Any) -> None:
    pass


@task(task_id="send_back", task_display_name="通知補正", **MAIL_RETRIES)
def send_back(**_: Any) -> list[str]:
    return []


@task(task_id="close", task_display_name="結案", trigger_rule="none_failed_min_one_success")
def close(**_: Any) -> None:
    pass


def does_nothing(*_: Any, **__: Any) -> None:
    """What dag-factory's Python tasks call."""


def bare_duty(name: str) -> DAG:
    with DAG(
        name,
        dag_display_name="半年自行考核（屏東區營業處）",
        description="陸、考核作業：半年自行考核",
        doc_md=DESCRIPTION,
        schedule="30 8 15 6,12 *",
        start_date=datetime(2018, 1, 1, tzinfo=ZoneInfo("Asia/Taipei")),
        catchup=False,
        is_paused_upon_creation=False,
        tags=TAGS,
        params={
            "cycle": Param(
                None,
                type=["null", "string"],
                title="期別",
                description="例如 107H1；留空為今日所在的期別",
            ),
            "collect_by": Param(
                None,
                type=["null", "string"],
                format="date-time",
                title="收件期限",
                description="留空依計畫計算",
            ),
            "report_due": Param(
                None,
                type=["null", "string"],
                format="date",
                title="報送期限",
                description="留空依計畫計算",
            ),
        },
        default_args={"owner": OWNERS, "retries": 3, "retry_delay": timedelta(seconds=5)},
    ) as dag:
        opened = OpenCycle(
            task_id="open",
            task_display_name="開啟期別",
            office="pingtung",
            duty="self_assessment",
        )
        sections = section.expand_kwargs(opened.output)
        assembled = assemble()
        review = Review(
            task_id="review",
            task_display_name="核定",
            subject="請核定彙整表：{{ run_id }}",
            options=["核定", "退回補正", "不送"],
            options_mapping={"核定": "deliver", "退回補正": "send_back", "不送": "close"},
            params={
                "sections": Param(
                    None,
                    type=["null", "array"],
                    items={"type": "string"},
                    examples=SECTIONS,
                    title="退回補正的組室",
                    description="選「退回補正」時必填",
                ),
                "note": Param(
                    None,
                    type=["null", "string"],
                    format="multiline",
                    title="說明",
                    description="退回補正時寄給組室，請寫明要補什麼",
                ),
            },
        )
        delivered, sent_back, closed = deliver(), send_back(), close()
        collect_again = TriggerDagRunOperator(
            task_id="collect_again",
            task_display_name="重新收件",
            trigger_dag_id="dutyflow__collect_again",
            conf={
                "dag_id": "{{ dag.dag_id }}",
                "run_id": "{{ run_id }}",
                "assignments": sent_back,
            },
        )
        sections >> assembled >> review >> [delivered, sent_back, closed]
        delivered >> closed
        sent_back >> collect_again
    return dag


for number in range(int(os.environ.get("BARE_DUTIES", "1"))):
    globals()[f"bare_{number}"] = bare_duty(f"bare__{number:04}")
