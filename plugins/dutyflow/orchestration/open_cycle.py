"""開啟期別: opens the run's cycle; one that comes after an approval, when its day has come."""

from __future__ import annotations

from typing import Any

from airflow.sdk import BaseOperator


class OpenCycle(BaseOperator):
    """Opens the cycle (or finds it open); gives its assignments, each with its section's name."""

    ui_color = "#e8f1fb"

    def __init__(self, *, office: str, duty: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.office = office
        self.duty = duty

    def execute(self, context: Any) -> list[dict[str, str]]:
        from airflow.providers.standard.triggers.temporal import DateTimeTrigger

        from dutyflow.orchestration.opening_run import open_for_run, waits_until

        moment = waits_until(self.office, self.duty, context)
        if moment is not None:
            self.log.info("依計畫等候至 %s 開啟", moment)
            self.defer(trigger=DateTimeTrigger(moment), method_name="resume")
        return open_for_run(self.office, self.duty, context)

    def resume(self, context: Any, event: Any) -> list[dict[str, str]]:  # noqa: ARG002 - looks anew
        return self.execute(context)
