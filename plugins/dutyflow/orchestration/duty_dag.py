"""A duty as a DAG: open → per section (announce → collect) → assemble → review → deliver → close.

Each step calls one use case; what it does is said there. Nothing heavy is imported while a DAG file
is parsed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import DAG, Param, get_parsing_context, task, task_group
from airflow.sdk.definitions._internal.node import DAGNode

from dutyflow.infra import clock
from dutyflow.plan.outline import DutyOutline, OfficeOutline

from .collect import Collect
from .duty_doc import owners_of, page_of, tags_of
from .names import (
    COLLECT_AGAIN_DAG,
    FOLLOW,
    OPEN,
    SECTION,
    SECTION_OF_FUNCTION,
    SECTION_OF_OPERATOR,
    duty_dag_id,
    offices_of,
)
from .open_cycle import OpenCycle
from .plans import outlines
from .review import APPROVE, SEND_BACK, WITHHOLD, review_by_coordinator
from .timetable import DutyTimetable

# Mail that cannot be sent now is tried again after 1, 2, 4 … at most 30 minutes, for a day or so.
MAIL_RETRIES: dict[str, Any] = {
    "retries": 50,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": True,
    "max_retry_delay": timedelta(minutes=30),
}
DEFAULTS: dict[str, Any] = {"retries": 3, "retry_delay": timedelta(seconds=5)}


def duty_dags() -> Iterator[DAG]:
    """The DAGs of all duties; at a task's start only the one that is asked for."""
    wanted, now = get_parsing_context().dag_id, clock.now()
    for office in outlines(now, offices_of(wanted) if wanted else None):
        today = now.astimezone(ZoneInfo(office.timezone)).date()
        for duty in office.duties:
            if wanted in (None, duty_dag_id(office.id, duty.id)):
                yield duty_dag(office, duty, today)


def duty_dag(office: OfficeOutline, duty: DutyOutline, today: date) -> DAG:
    """A duty's DAG. Of `today` it depends only in which cycles its page shows as the next."""
    zone = ZoneInfo(office.timezone)
    words = f"{duty.opens}開啟，{duty.collect_by}收件截止，{duty.report_due}前報出"
    with DAG(
        duty_dag_id(office.id, duty.id),
        dag_display_name=f"{duty.name}（{office.name}）",
        description=f"{duty.clause}：{duty.name}",
        doc_md=page_of(office, duty, today),
        schedule=DutyTimetable(office.id, duty.id, duty.rhythm, words),
        start_date=datetime.fromisoformat(office.since).replace(tzinfo=zone),
        catchup=False,
        is_paused_upon_creation=False,
        tags=tags_of(office, duty),
        default_args={"owner": owners_of(duty), **DEFAULTS},
    ) as dag:
        opened = OpenCycle(
            task_id=OPEN, task_display_name="開啟期別", office=office.id, duty=duty.id
        )
        sections = section.expand_kwargs(opened.output)
        _report_steps(duty, sections)
    # Airflow copies what it finds here into each task that is then made, some thirty times a DAG,
    # and reads a run's parameters from the DAG all the same.
    dag.params.update(_params())
    return dag


def _report_steps(duty: DutyOutline, sections: DAGNode) -> None:
    assembled = assemble()
    review = review_by_coordinator(
        duty.sections,
        then={
            APPROVE: ["deliver", *([FOLLOW] if duty.followers else [])],
            SEND_BACK: ["send_back"],
            WITHHOLD: ["close"],
        },
    )
    delivered, sent_back, closed = deliver(), send_back(), close()
    collect_again = TriggerDagRunOperator(
        task_id="collect_again",
        task_display_name="重新收件",
        trigger_dag_id=COLLECT_AGAIN_DAG,
        conf={
            "dag_id": "{{ dag.dag_id }}",
            "run_id": "{{ run_id }}",
            "assignments": sent_back,
        },
    )
    sections >> assembled >> review >> [delivered, sent_back, closed]
    delivered >> closed
    sent_back >> collect_again
    if duty.followers:
        from .followers import followers_of_approval  # which most duties have no need of

        review >> followers_of_approval()


@task_group(group_id=SECTION, group_display_name="各組室")
def section(assignment: str, section_name: str) -> None:
    collect = Collect(
        task_id="collect",
        task_display_name="收件",
        assignment=assignment,
        section_name=section_name,
        map_index_template=SECTION_OF_OPERATOR,
        # A section can answer even if its opening mail could not be sent.
        trigger_rule="all_done",
    )
    announce(assignment=assignment, section_name=section_name) >> collect


@task(
    task_id="announce",
    task_display_name="寄開辦信",
    map_index_template=SECTION_OF_FUNCTION,
    **MAIL_RETRIES,
)
def announce(assignment: str, section_name: str) -> None:  # noqa: ARG001 - shown in the grid
    """Send the section its opening mail, with the form."""
    from dutyflow.infra import clock
    from dutyflow.services.reminders import opening_mail

    from .task_context import task_workspace

    with task_workspace() as workspace:
        opening_mail.announce(workspace, assignment, now=clock.now())


@task(task_id="assemble", task_display_name="彙整", trigger_rule="all_done")
def assemble(**context: Any) -> str:
    """Make the report of what is there, mark what is missing."""
    from dutyflow.infra import clock
    from dutyflow.orchestration.opening_run import cycle_of_run
    from dutyflow.services.reporting import assembly

    from .task_context import task_workspace

    with task_workspace() as workspace:
        report = assembly.assemble(workspace, cycle_of_run(context), now=clock.now())
        return f"{report.cycle} 第{report.version}版"


@task(task_id="deliver", task_display_name="報送", **MAIL_RETRIES)
def deliver(**context: Any) -> None:
    """Send the approved report to where the plan says."""
    from dutyflow.infra import clock
    from dutyflow.orchestration.opening_run import cycle_of_run
    from dutyflow.services.reporting import delivery

    from .task_context import task_workspace

    with task_workspace() as workspace:
        delivery.deliver(workspace, cycle_of_run(context), now=clock.now())


@task(task_id="send_back", task_display_name="通知補正", **MAIL_RETRIES)
def send_back(**context: Any) -> list[str]:
    """Tell the returned sections what to correct; name their assignments."""
    from dutyflow.infra import clock
    from dutyflow.orchestration.opening_run import cycle_of_run
    from dutyflow.services.reporting import review

    from .task_context import task_workspace

    with task_workspace() as workspace:
        return review.tell_returned(workspace, cycle_of_run(context), now=clock.now())


@task(task_id="close", task_display_name="結案", trigger_rule="none_failed_min_one_success")
def close(**context: Any) -> None:
    """The cycle is done."""
    from dutyflow.infra import clock
    from dutyflow.ledger.event_types import SYSTEM
    from dutyflow.orchestration.opening_run import cycle_of_run

    from .task_context import task_workspace

    with task_workspace() as workspace:
        cycle = cycle_of_run(context)
        workspace.ledger.cycles.close(cycle, now=clock.now(), who=SYSTEM, why="已報送或決定不送")


def _params() -> dict[str, Param]:
    """What a run by hand may say; a scheduled run knows its cycle by its name."""
    return {
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
    }
