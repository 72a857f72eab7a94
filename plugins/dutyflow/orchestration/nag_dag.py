"""每日稽催: decide → send, in batches → tell the coordinator, and once a week the director."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from airflow.sdk import DAG, Param, task
from airflow.sdk.exceptions import AirflowSkipException

from dutyflow.infra import clock
from dutyflow.plan.outline import OfficeOutline
from dutyflow.plan.roles import ROLE_TITLES

from .duty_dag import MAIL_RETRIES
from .names import NAG_DAG, OFFICE_OF_FUNCTION
from .plans import outlines
from .working_mornings import WorkingMornings

log = logging.getLogger(__name__)

# For about three hours: what cannot be sent by then the next round sends, with what has come since.
RETRIES = {**MAIL_RETRIES, "retries": 10}
DESCRIPTION = """\
每個工作天 08:30，對所有機關：

1. **決定**：每一件未填報的應辦事項，依其階段（ladder）今天該通知誰；不必通知的，記下原因。
2. **寄稽催信**：每人一封，列出全部應辦事項。已填報的不寄，同一件事不會對同一人寄第二次。
3. **晨間摘要**：寄給計畫承辦人：待核定、逾期、新收到的填報、寄出的通知；沒有事就不寄。
4. **每週狀態**：每週第一個工作天寄給{director}。

停班日不寄，下一個工作天併入。系統停擺後補上的執行，只在 08:00–18:00 寄信；不在這段時間內，只寄標明\
不限辦公時間的階段（`any_hour`），其餘由下一次併入。

**現在就寄**：按右上角「觸發」。可以只寄某機關、某定期工作或某些組室；不論何時執行都會寄\
（停班日除外）。重新執行或清除任何一天，都不會重複寄信。
"""


def nag_dag() -> DAG:
    offices = outlines(clock.now())
    director = _director(offices)
    with DAG(
        NAG_DAG,
        dag_display_name="每日稽催",
        description=f"提醒尚未填報的組室，並向計畫承辦人與{director}報告進度",
        doc_md=DESCRIPTION.format(director=director),
        schedule=WorkingMornings(),
        start_date=datetime(2018, 1, 1, tzinfo=UTC),
        catchup=False,
        max_active_runs=1,
        is_paused_upon_creation=False,
        tags=["dutyflow"],
        params=_params(offices),
        default_args={"owner": "dutyflow", "retries": 3, "retry_delay": timedelta(seconds=5)},
    ) as dag:
        sent = send.expand_kwargs(decide())
        sent >> [summarise(), report_week()]
    return dag


@task(task_id="decide", task_display_name="決定通知誰")
def decide(**context: Any) -> list[dict[str, Any]]:
    """Decide for all, put on record why others are not told; what is to be sent, in batches."""
    from dutyflow.infra import clock
    from dutyflow.services.reminders import batches, daily_round

    from .task_context import task_workspace

    with task_workspace() as workspace:
        now = clock.now()
        wanted = batches.wanted(workspace, context["params"])
        decided = daily_round.decide_round(workspace, now=now, wanted=wanted)
        daily_round.keep_silences(workspace, decided, now=now)
        made = batches.batches_of(decided.digests)
        log.info("應通知 %d 人，分 %d 批", len(decided.digests), len(made))
        return [
            {
                "office": batch.office,
                "people": list(batch.people),
                "assignments": list(batch.assignments or ()),
                "office_name": f"{workspace.office(batch.office).name}（{len(batch.people)} 人）",
            }
            for batch in made
        ]


@task(
    task_id="send",
    task_display_name="寄稽催信",
    map_index_template=OFFICE_OF_FUNCTION,
    **RETRIES,
)
def send(
    office: str, people: list[str], office_name: str, assignments: list[str], **context: Any
) -> None:
    """Send one batch over one connection."""
    from dutyflow.infra import clock
    from dutyflow.nagging.wording import HOURS_IN_WORDS
    from dutyflow.services.reminders import batches, daily_round, reminder_mail

    from .task_context import task_workspace

    with task_workspace() as workspace:
        now = clock.now()
        late = _comes_late(workspace.office(office), context, now)
        batch = batches.RecipientBatch(
            office=office, people=tuple(people), assignments=tuple(assignments)
        )
        wanted = batches.wanted(workspace, context["params"])
        digests = batches.still_to_send(workspace, batch, wanted=wanted, now=now)
        if late:
            urgent = batches.at_any_hour(digests)
            daily_round.keep_silences(workspace, urgent, now=now)
            digests = urgent.digests
        if digests:
            reminder_mail.remind(workspace, office, digests, now=now, clock=clock.now)
        elif late:
            raise AirflowSkipException(
                f"{office_name}：不在辦公時間（{HOURS_IN_WORDS}），這次不寄；下一次併入"
            )


@task(task_id="summarise", task_display_name="晨間摘要", trigger_rule="all_done", **RETRIES)
def summarise(**context: Any) -> None:
    """Tell each office's coordinator how things stand."""
    from dutyflow.orchestration.pages import coordinator_page_address
    from dutyflow.services.reminders import morning_summary

    summarise_with_link = partial(morning_summary.summarise, page=coordinator_page_address())
    _tell_each_office(summarise_with_link, context)


@task(task_id="report_week", task_display_name="每週狀態", trigger_rule="all_done", **RETRIES)
def report_week(**context: Any) -> None:
    """Tell each office's director, once a week."""
    from dutyflow.services.reminders import weekly_status

    _tell_each_office(weekly_status.report_week, context)


def _tell_each_office(tell: Any, context: Any) -> None:
    """A run that a person started for a part of it all says nothing of the whole."""
    from dutyflow.infra import clock
    from dutyflow.services.reminders import batches

    from .task_context import task_workspace

    with task_workspace() as workspace:
        now = clock.now()
        if batches.wanted(workspace, context["params"]).narrowed:
            raise AirflowSkipException("這次只處理一部分，不另寄摘要")
        offices = [
            key
            for key, office in workspace.offices.items()
            if not _comes_late(office, context, now)
        ]
        tell(workspace, offices, now=now)


def _comes_late(office: Any, context: Any, now: datetime) -> bool:
    """Whether a scheduled run comes at an hour at which nobody is written to."""
    from dutyflow.services.reminders import batches

    return _is_scheduled(context) and not batches.in_office_hours(office, now)


def _is_scheduled(context: Any) -> bool:
    from dutyflow.orchestration.opening_run import SCHEDULED

    return bool(context["dag_run"].run_type == SCHEDULED)


def _director(offices: list[OfficeOutline]) -> str:
    """What the offices call their directors, each title once."""
    return (
        "、".join(dict.fromkeys(office.director for office in offices)) or ROLE_TITLES["director"]
    )


def _params(offices: list[OfficeOutline]) -> dict[str, Param]:
    """What a run by hand may say; left empty, everything."""
    duties = {duty.id: duty.name for office in offices for duty in office.duties}
    sections = {name for office in offices for duty in office.duties for name in duty.sections}
    return {
        "office": Param(
            None,
            type=["null", "string"],
            title="機關",
            description="留空為全部",
            examples=[office.id for office in offices],
            values_display={office.id: office.name for office in offices},
        ),
        "duty": Param(
            None,
            type=["null", "string"],
            title="定期工作",
            description="留空為全部",
            examples=list(duties),
            values_display=duties,
        ),
        "sections": Param(
            [],
            type="array",
            items={"type": "string"},
            title="組室",
            description=f"留空為全部；例如 {'、'.join(sorted(sections)[:3])}",
            examples=sorted(sections),
        ),
        "again": Param(
            False,
            type="boolean",
            title="現在就寄",
            description="今日已收過稽催信的人，若另有新的事項也再寄一封；同一件事不會寄第二次",
        ),
    }
