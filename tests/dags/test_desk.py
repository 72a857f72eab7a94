"""承辦人作業: its form offers what can be done, and every field goes into the order."""

from __future__ import annotations

from dataclasses import fields

from dutyflow.changing import ACTIONS, Order
from dutyflow.orchestration.desk_dag import desk_dag


def test_the_form_offers_every_action_and_asks_for_all_that_an_order_needs() -> None:
    dag = desk_dag()
    assert tuple(dag.params.get_param("action").schema["enum"]) == ACTIONS
    assert {*dag.params, "source"} == {field.name for field in fields(Order)}
    assert all(f"| {action} |" in dag.doc_md for action in ACTIONS)
    assert all(dag.params.get_param(name).schema["title"] for name in dag.params)
    dag.params.validate()  # everything but the action may be left empty
