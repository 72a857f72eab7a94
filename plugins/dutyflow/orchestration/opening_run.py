"""Which cycle a run is about, and its opening."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from dutyflow.calendars.moments import parse_moment
from dutyflow.calendars.roc import parse_date
from dutyflow.infra import clock
from dutyflow.ledger.event_types import SYSTEM
from dutyflow.services.cycles import follow_ups, opening
from dutyflow.services.workspace import Workspace

from .names import BY_APPROVAL, CYCLE, OPEN
from .task_context import task_workspace
from .timetable import DutyTimetable

BACKFILL, SCHEDULED = "backfill", "scheduled"
BY_ITSELF = tuple(f"{kind}__" for kind in (SCHEDULED, BACKFILL, BY_APPROVAL))


def waits_until(office: str, duty: str, context: Mapping[str, Any]) -> datetime | None:
    """Until when a run that an approval started has to wait; None when its time has come.

    A closure may have moved the day since, so this is asked again when that moment has come.
    """
    run = context["dag_run"]
    if not run.run_id.startswith(f"{BY_APPROVAL}__"):
        return None
    with task_workspace() as workspace:
        try:
            moment = follow_ups.opens_at(workspace, office, duty, _named(run))
        except follow_ups.NotApproved as reason:
            raise AirflowSkipException(str(reason)) from None
    return moment if clock.now() < moment else None


def open_for_run(office: str, duty: str, context: Mapping[str, Any]) -> list[dict[str, str]]:
    """Open the cycle of this run, keep its key for the later tasks, name its assignments.

    Each comes as `assignment`, its key, and `section_name`, in the plan's order.
    """
    with task_workspace() as workspace:
        try:
            cycle = _opened(workspace, office, duty, context)
        except opening.CycleClosed as closed:
            if context["dag_run"].run_id.startswith(BY_ITSELF):
                raise AirflowSkipException(str(closed)) from None
            raise
        context["ti"].xcom_push(key=CYCLE, value=cycle.key)
        return [
            {"assignment": assignment.key, "section_name": workspace.section_name(assignment.key)}
            for assignment in workspace.ledger.assignments.of(cycle.key)
        ]


def cycle_of_run(context: Mapping[str, Any]) -> str:
    """The key of the cycle that this run opened, e.g. `pingtung/self_assessment/107H1`."""
    ti = context["ti"]
    cycle: str | None = ti.xcom_pull(task_ids=OPEN, key=CYCLE)
    if cycle is not None:
        return cycle
    if context["dag_run"].run_id.startswith(BY_ITSELF):
        raise AirflowSkipException("此期別未由本次執行開啟（見「開啟期別」），無須彙整")
    raise AirflowFailException("此期別未能開啟；請先排除「開啟期別」的錯誤，再清除該工作重新執行")


def _opened(workspace: Workspace, office: str, duty: str, context: Mapping[str, Any]) -> Any:
    run, params = context["dag_run"], context["params"]
    zone = workspace.office(office).zone
    cycle: dict[str, Any] = {
        "office": office,
        "duty": duty,
        "collect_by": _given(params["collect_by"], lambda text: parse_moment(text, zone)),
        "report_due": _given(params["report_due"], parse_date),
        "now": clock.now(),
    }
    if run.run_type == BACKFILL:
        name = _of_interval(office, duty, run)
        return opening.open_again(workspace, name=name, who="計畫承辦人", **cycle)
    if run.run_id.startswith(BY_ITSELF):
        who = "排程" if run.run_type == SCHEDULED else SYSTEM
        return opening.open_cycle(workspace, name=_named(run), who=who, **cycle)
    return opening.open_cycle(workspace, name=params["cycle"], who="計畫承辦人", **cycle)


def _named(run: Any) -> str:
    """`scheduled__107H1`, `approved__107H1`: 107H1."""
    name: str = run.run_id.partition("__")[2]
    return name


def _of_interval(office: str, duty: str, run: Any) -> str:
    """Airflow, not the timetable, names the runs of a backfill; their interval tells the cycle."""
    try:
        return DutyTimetable(office, duty).cycle_starting(run.data_interval_start).name
    except LookupError:
        raise AirflowFailException(
            "計畫中已沒有這次補辦所屬的期別；請改以手動執行，並在參數「期別」填入期別"
        ) from None


def _given(text: str | None, read: Any) -> Any:
    return read(text) if text else None
