"""收件: waits, without holding a worker, until a section's answer is accepted or its time is up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from airflow.sdk import BaseOperator

from dutyflow.errors import DutyflowError


class Late(DutyflowError):
    """The cut-off has come."""


class Collect(BaseOperator):
    """Succeeds with the accepted submission, fails (red, 逾期) at the cut-off.

    Cleared afterwards, it finds the late submission, or waits again until a new cut-off.
    """

    template_fields = ("assignment", "section_name")
    ui_color = "#e8f1fb"

    def __init__(self, *, assignment: str, section_name: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.assignment = assignment
        self.section_name = section_name

    def execute(self, context: Any) -> str:  # noqa: ARG002 - Airflow's form
        from dutyflow.services.cycles.collection import start

        return self._look(start)

    def resume(self, context: Any, event: str) -> str:  # noqa: ARG002 - the ledger says it
        from dutyflow.services.cycles.collection import finish

        return self._look(finish)

    def _look(self, look: Callable[..., str]) -> str:
        from dutyflow.infra import clock
        from dutyflow.orchestration.waiting import CollectTrigger

        from .task_context import task_workspace

        with task_workspace() as workspace:
            wait = look(workspace, self.assignment, clock.now())
            if wait == "late":
                raise Late(
                    "逾期未報。補報後請清除此「收件」重新執行，系統將重新彙整並保留逾期紀錄。"
                )
        if wait == "waiting":
            self.defer(trigger=CollectTrigger(self.assignment), method_name="resume")
        return wait
