"""Who may grant more time, in the plan file; and the mistakes in it."""

from __future__ import annotations

import pytest

from dutyflow.infra.plan_files.load import load_plan
from dutyflow.plan.extensions import STANDARD_LEVELS, Extensions
from tests.plan.conftest import PLAN, edited, mistakes

OWN = """\
extensions:
  levels:
    - {working_days: 5, by: head}
    - {by: director}
  times: 2
  most: 15
duties:
"""
FIRST = PLAN[: PLAN.index("duties:\n")].count("\n") + 1


@pytest.fixture
def write_rules(tmp_path):
    def write(*edits):
        path = tmp_path / "107.yaml"
        path.write_text(edited(PLAN.replace("duties:\n", OWN), *edits), encoding="utf-8")
        return path

    return write


def test_a_plan_has_its_own_rules_or_the_standard_ones(write_rules, write_plan):
    rules = load_plan(write_rules()).extensions
    assert [rules.level_of(days) for days in (1, 5, 6, 15)] == [0, 0, 1, 1]
    assert (rules.times, rules.most, rules.reach) == (2, 15, 15)
    standard = load_plan(write_plan()).extensions
    assert (standard.levels, standard.times, standard.most) == (STANDARD_LEVELS, 3, 30)
    assert [standard.level_of(days) for days in (10, 11, 20, 21, 30)] == [0, 1, 1, 2, 2]
    assert Extensions(levels=STANDARD_LEVELS[:1]).level_of(11) is None


@pytest.mark.parametrize(
    ("edit", "line", "found", "expected"),
    [
        (
            ("{by: director}", "{working_days: 5, by: director}"),
            3,
            "第 2 級為 5 個工作天，前一級為 5 個",
            "由低而高，每一級的工作天數都比前一級大",
        ),
        (
            ("{working_days: 5, by: head}", "{by: head}"),
            2,
            "第 1 級沒有 working_days，其後還有別級",
            "只有最後一級可以不限工作天數",
        ),
        (
            ("{by: director}", "{by: head}"),
            3,
            "核准人 head（組長）重複",
            "每一位核准人只有一級",
        ),
        (
            ("by: director", "by: boss"),
            3,
            "by（核准人）為「boss」",
            "head（組長）、director（處長）或head_office（業務處）",
        ),
        (("times: 2", "times: -1"), 4, "times（次數上限）為「-1」", "0 以上"),
    ],
)
def test_a_mistake_is_told_with_its_place(write_rules, edit, line, found, expected):
    told = mistakes(write_rules(edit))
    assert (FIRST + line, found, expected) in [each[:3] for each in told]
