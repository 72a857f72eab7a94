"""Who answers for what, as the plan says it."""

from pathlib import Path

import pytest

from dutyflow.infra.plan_files.load import load_plan


@pytest.fixture
def plan(write_plan):
    return load_plan(write_plan())


PLAN_107 = Path(__file__).resolve().parents[2] / "include/plan/pingtung/107.yaml"


def test_owners_in_the_order_of_the_measure_and_every_section_expanded(plan):
    owners = [[section.id for section in plan.owners_of(each)] for each in plan.measures]
    assert owners == [["business"], ["design", "business"], ["business", "design"]]


def test_what_a_duty_asks_of_a_section(plan, write_plan):
    duty = plan.duty("self_assessment")
    assert [each.id for each in plan.measures_of(duty)] == ["1.1", "1.2", "3.1"]
    assert [each.id for each in plan.measures_of(duty, plan.section("design"))] == ["1.2", "3.1"]

    yearly = load_plan(write_plan(("[ongoing, yearly]", "[yearly]")))
    duty = yearly.duty("self_assessment")
    assert [each.id for each in yearly.measures_of(duty)] == ["1.2"]


def test_only_sections_with_something_to_answer_are_asked(write_plan):
    plan = load_plan(
        write_plan(
            ("owners: all", "owners: [business]"),
            ("owners: [design, business]", "owners: [business]"),
        )
    )
    assert [each.id for each in plan.sections_of(plan.duties[0])] == ["business"]


def test_the_hash_is_of_what_the_plan_says_not_of_how_it_is_written(plan, write_plan):
    rewritten = write_plan(
        (
            "office: {id: penghu, name: 澎湖區營業處, timezone: Asia/Taipei}",
            "# 註解\noffice:\n  name: 澎湖區營業處\n  id: penghu",
        ),
        ("effective_from: 107-03-29", "effective_from: 2018-03-29"),
    )
    assert load_plan(rewritten).hash == plan.hash
    assert load_plan(write_plan(("name: 設計組", "name: 規劃組"))).hash != plan.hash


def test_a_copy_with_other_fields_reckons_anew():
    plan = load_plan(PLAN_107)
    before = plan.hash, plan.duties[0].rules
    other = plan.model_copy(update={"year": 108})
    assert other.hash != before[0]
    assert plan.with_all_it_uses().hash != before[0]
    moved = plan.duties[0].model_copy(update={"report_due": plan.duties[0].collect_by})
    assert moved.rules["report_due"] == plan.duties[0].collect_by
