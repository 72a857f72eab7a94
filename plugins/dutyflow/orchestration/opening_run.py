"""Which cycle a run is about: by its name when scheduled, by its parameters when by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from airflow.sdk.exceptions import AirflowFailException, AirflowSkipException

from dutyflow import clock, opening
from dutyflow.calendars.moments import parse_moment
from dutyflow.calendars.roc import parse_date

from .desk import at_the_desk

BY_TIMETABLE = ("scheduled", "backfill")
CYCLE = "cycle"


def open_for_run(office: str, duty: str, context: Mapping[str, Any]) -> list[dict[str, str]]:
    """Open the cycle of this run, keep its key for the later tasks, name its assignments.

    Each comes as `assignment`, its key, and `section_name`, in the plan's order.
    """
    run, params = context["dag_run"], context["params"]
    scheduled = str(run.run_type) in BY_TIMETABLE
    with at_the_desk() as desk:
        zone = desk.office(office).zone
        name = run.run_id.partition("__")[2] if scheduled else params["cycle"]
        try:
            cycle = opening.open_cycle(
                desk,
                office=office,
                duty=duty,
                name=name,
                now=clock.now(),
                who="排程" if scheduled else "計畫承辦人",
                collect_by=_given(params["collect_by"], lambda text: parse_moment(text, zone)),
                report_due=_given(params["report_due"], parse_date),
            )
        except opening.CycleClosed as closed:
            if scheduled:
                raise AirflowSkipException(str(closed)) from None
            raise
        context["ti"].xcom_push(key=CYCLE, value=cycle.key)
        return [
            {"assignment": assignment.key, "section_name": desk.section_name(assignment.key)}
            for assignment in desk.ledger.assignments.of(cycle.key)
        ]


def cycle_of_run(context: Mapping[str, Any]) -> str:
    """The key of the cycle that this run opened, e.g. `pingtung/self_assessment/107H1`."""
    ti = context["ti"]
    cycle: str | None = ti.xcom_pull(task_ids="open", key=CYCLE)
    if cycle is not None:
        return cycle
    if context["dag_run"].run_id.startswith(tuple(f"{kind}__" for kind in BY_TIMETABLE)):
        raise AirflowSkipException("此期別未由本次執行開啟（見「開啟期別」），無須彙整")
    raise AirflowFailException("此期別未能開啟；請先排除「開啟期別」的錯誤，再清除該工作重新執行")


def _given(text: str | None, read: Any) -> Any:
    return read(text) if text else None
