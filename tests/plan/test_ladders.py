"""Ladders in the plan file, and the mistakes in them."""

from __future__ import annotations

import pytest

from dutyflow.infra.plan_files.load import load_plan
from dutyflow.plan.catalogue import shipped_ladders
from dutyflow.plan.lint.ladders import held_back_in_words
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


def test_a_ladder_says_its_gap_its_daily_limit_and_what_cannot_wait(write_ladder):
    plan = load_plan(
        write_ladder(
            ("ladder: short", "ladder: gentle"),
            ("gives_up_after: 3", "gives_up_after: 3\n    min_gap: 2\n    max_per_day: 2"),
            ("daily: true", "daily: true, any_hour: true"),
        )
    )
    ladder = plan.ladder_of(plan.duties[0])
    assert (ladder.min_gap, ladder.max_per_day) == (2, 2)
    assert [rung.any_hour for rung in ladder.rungs] == [False, True]
    standard = shipped_ladders()["standard"]
    assert (standard.min_gap, standard.max_per_day) == (0, 1)
    assert not any(rung.any_hour for rung in standard.rungs)


@pytest.mark.parametrize(
    ("limit", "found"),
    [
        ("min_gap: -1", "min_gap（最短間隔）為「-1」"),
        ("min_gap: 兩天", "min_gap（最短間隔）為「兩天」"),
        ("max_per_day: 0", "max_per_day（每日上限）為「0」"),
        ("max_per_dai: 1", "「max_per_dai」不是稽催階段的欄位"),
    ],
)
def test_a_limit_that_is_none_is_told(write_ladder, limit, found):
    (told,) = mistakes(write_ladder(("gives_up_after: 3", f"gives_up_after: 3\n    {limit}")))
    assert (told[0], told[1]) == (FIRST + 7, found)


def test_rungs_that_a_gap_always_holds_back_are_told_as_a_note(write_ladder):
    """But not of a ladder that no duty climbs, nor where the rungs are for different people."""
    gap = ("gives_up_after: 3", "gives_up_after: 3\n    min_gap: 4")
    climbs = ("ladder: short", "ladder: gentle")
    assert list(held_back_in_words(load_plan(write_ladder(climbs, gap)))) == [
        "稽催階段「溫和階段」：「逾期 1 個工作天起每日」與「截止前 2 個工作天」只隔 3 個工作天，"
        "短於最短間隔 4 個工作天；前一階寄了，這一階就延後，或併入下一階",
        "稽催階段「溫和階段」：「逾期 1 個工作天起每日」因最短間隔 4 個工作天，"
        "實際上每 4 個工作天一次",
    ]
    heads = ("to: [owner, head], daily: true", "to: [head]")
    assert list(held_back_in_words(load_plan(write_ladder(climbs, gap, heads)))) == []
    assert list(held_back_in_words(load_plan(write_ladder(gap)))) == []


def test_the_standard_ladder_asks_heads_from_the_second_day_overdue_and_the_director_last():
    rungs = shipped_ladders()["standard"].rungs
    assert [rung.working_days for rung in rungs] == [-10, -5, -3, -1, 0, 1, 2, 5]
    assert next(rung.working_days for rung in rungs if "head" in rung.to) == 2
    assert [rung.working_days for rung in rungs if "director" in rung.to] == [5]
    assert next(rung.working_days for rung in rungs if rung.form) == -3
