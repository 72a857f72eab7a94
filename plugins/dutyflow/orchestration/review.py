"""核定: the coordinator looks at the assembled report and decides, in Airflow's own page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow.providers.standard.operators.hitl import HITLBranchOperator
from airflow.sdk import Param

if TYPE_CHECKING:
    from dutyflow.ledger.records import Decision

APPROVE, SEND_BACK, WITHHOLD = "核定", "退回補正", "不送"


def review_by_coordinator(
    section_names: Sequence[str], *, then: Mapping[str, Sequence[str]]
) -> Review:
    """The task, in a duty's DAG; `then` says which tasks follow each answer."""
    return Review(
        task_id="review",
        task_display_name="核定",
        subject="請核定彙整表：{{ run_id }}",
        options=[APPROVE, SEND_BACK, WITHHOLD],
        then=then,
        params={
            # Airflow's page lets nobody answer before all that may not be null is filled in.
            "sections": Param(
                None,
                type=["null", "array"],
                items={"type": "string"},
                examples=list(section_names),
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


class Review(HITLBranchOperator):
    """Asks 核定／退回補正／不送, and records the answer before the run goes on."""

    def __init__(self, *, then: Mapping[str, Sequence[str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._then = then

    def execute(self, context: Any) -> Any:
        from dutyflow.orchestration.opening_run import cycle_of_run
        from dutyflow.services.reporting import review

        from .task_context import task_workspace

        with task_workspace() as workspace:
            self.body = review.what_to_review(workspace, cycle_of_run(context))
        return super().execute(context)

    def execute_complete(self, context: Any, event: dict[str, Any]) -> Any:
        from dutyflow.infra import clock
        from dutyflow.orchestration.opening_run import cycle_of_run
        from dutyflow.services.reporting import review

        from .task_context import task_workspace

        answer = event["params_input"] or {}
        with task_workspace() as workspace:
            review.decide(
                workspace,
                cycle_of_run(context),
                decision=_DECISIONS[event["chosen_options"][0]],
                sections=answer.get("sections") or [],
                note=answer.get("note") or "",
                who=_name(event.get("responded_by_user")),
                now=clock.now(),
            )
        return super().execute_complete(context, event)

    def do_branch(self, context: Any, branches_to_execute: Any) -> Any:
        """Airflow's own mapping leads from an answer to one task only; given none, to itself."""
        tasks = [task for answer in branches_to_execute for task in self._then[answer]]
        return super().do_branch(context, tasks)


_DECISIONS: dict[str, Decision] = {
    APPROVE: "approved",
    SEND_BACK: "returned",
    WITHHOLD: "withheld",
}


def _name(user: Any) -> str:
    return str(user["name"]) if user else "計畫承辦人"
