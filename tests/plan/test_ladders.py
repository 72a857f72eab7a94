"""Ladders in the plan file, and the mistakes in them."""

from __future__ import annotations

import pytest

from dutyflow.plan.catalogue import shipped_ladders
from dutyflow.plan.load import load_plan
from tests.plan.conftest import PLAN, edited, mistakes

OWN = """\
ladders:
  - id: gentle
    name: 溫和階段
    rungs:
      - {working_days: -2, to: [owner]}
      - {working_days: 1, to: [owner, head], daily: true}
    gives_up_after: 3
duties:
"""
FIRST = PLAN[: PLAN.index("duties:\n")].count("\n") + 1


@pytest.fixture
def write_ladder(tmp_path):
    def write(*edits):
        path = tmp_path / "107.yaml"
        path.write_text(edited(PLAN.replace("duties:\n", OWN), *edits), encoding="utf-8")
        return path

    return write


def test_a_duty_climbs_the_plans_own_ladder_or_one_that_is_shipped(write_ladder):
    plan = load_plan(write_ladder(("ladder: short", "ladder: gentle")))
    assert plan.ladder_of(plan.duties[0]).name == "溫和階段"
    plan = load_plan(write_ladder())
    assert plan.ladder_of(plan.duties[0]) == shipped_ladders()["short"]
    assert [each.id for each in plan.with_all_it_uses().ladders] == ["short"]


@pytest.mark.parametrize(
    ("edit", "line", "found", "expected"),
    [
        (
            ("ladder: short", "ladder: gentl"),
            19,
            "沒有稽催階段「gentl」",
            "ladders 自訂，或內附的：short（簡短階段）、standard（標準階段）、gentle（溫和階段）",
        ),
        (
            ("working_days: 1,", "working_days: -2,"),
            5,
            "第 2 階為 -2，前一階為 -2",
            "由早到晚，每一階的工作天數都比前一階大",
        ),
        (
            ("gives_up_after: 3", "gives_up_after: 0"),
            6,
            "逾期 0 個工作天後不再寄，最後一階卻在第 1 天",
            "1 以上",
        ),
        (
            ("to: [owner]}", "to: [boss]}"),
            4,
            "to（收件人）第 1 項為「boss」",
            "owner（承辦人）、deputy（代理人）、head（組長）、coordinator（計畫承辦人）"
            "或director（處長）",
        ),
    ],
)
def test_a_mistake_in_a_ladder_is_told_with_its_place(write_ladder, edit, line, found, expected):
    told = mistakes(write_ladder(edit))
    assert (FIRST + line, found, expected) in [each[:3] for each in told]


def test_the_standard_ladder_asks_heads_from_the_second_day_overdue_and_the_director_last():
    rungs = shipped_ladders()["standard"].rungs
    assert [rung.working_days for rung in rungs] == [-10, -5, -3, -1, 0, 1, 2, 5]
    assert next(rung.working_days for rung in rungs if "head" in rung.to) == 2
    assert [rung.working_days for rung in rungs if "director" in rung.to] == [5]
    assert next(rung.working_days for rung in rungs if rung.form) == -3
