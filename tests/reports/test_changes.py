"""版本差異, as a person would tell it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dutyflow.reports.changes import changes
from dutyflow.reports.received import SectionAnswers
from tests.reports.samples import (
    everyday_answers,
    everyday_report,
    real_plan,
    report_of,
    scores,
    small_plan,
)
from tests.support.answers import assessed

PLAN = small_plan()
NONE = SectionAnswers(answers=None)
WAIVED = SectionAnswers(answers=None, waived=True)
ONE = scores(m1_1=90, m1_2=90, m2_1=90)


def one(measure: str = "3.1", **said: object) -> SectionAnswers:
    others = [assessed(measure="1.1", score=80, text="辦理")]
    changed = assessed(measure=measure, **{"score": 85, "text": "辦理", **said})  # type: ignore[arg-type]
    return SectionAnswers(answers=(*others, changed))


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        (one(), one(), []),
        (one(score=90), one(score=85), ["3.1 第三組：自評分數 90 → 85"]),
        (one(), one(text="改寫"), ["3.1 第三組：執行情形已更新"]),
        (one(), one(evidence="附件"), ["3.1 第三組：佐證已更新"]),
        (
            one(),
            one(score=88.25, text="改寫", evidence="附件"),
            ["3.1 第三組：自評分數 85 → 88.25，執行情形已更新，佐證已更新"],
        ),
        (one(), one(score=None, nothing=True), ["3.1 第三組：原已填報，改為無辦理事項"]),
        (one(score=None, nothing=True), one(), ["3.1 第三組：原無辦理事項，改為 85 分"]),
        (one("9"), one(), ["3.1 第三組：原逾期未報，現補報 85 分"]),
        (one("9"), one(score=None), ["3.1 第三組：原逾期未報，現補報已填報"]),
        (one(), one("9"), ["3.1 第三組：原已填報，改為逾期未報"]),
        (one("9"), replace(one("9"), waived=True), ["3.1 第三組：原逾期未報，改為免報"]),
        (one(), replace(one(), late=True), ["第三組：改列逾期填報"]),
        (NONE, one(), ["第三組 2 項由逾期未報改為已填報，平均 82.5 分"]),
        (NONE, WAIVED, ["第三組 2 項由逾期未報改為免報"]),
        (one(), NONE, ["第三組 2 項由已填報改為逾期未報"]),
        (
            NONE,
            one(score=None, nothing=True),
            ["第三組 2 項由逾期未報改為已填報（其中無辦理事項 1 項），平均 80 分"],
        ),
    ],
)
def test_one_sections_changes(
    before: SectionAnswers, after: SectionAnswers, sentences: list[str]
) -> None:
    old = report_of(PLAN, {"one": ONE, "three": before})
    new = report_of(PLAN, {"one": ONE, "three": after}, version=2)
    told = changes(old, new)
    assert [sentence for sentence in told if not sentence.startswith("總分")] == sentences


def test_the_total_comes_first() -> None:
    old = report_of(PLAN, {"one": scores(m1_1=80, m1_2=80, m2_1=80)})
    new = report_of(PLAN, {"one": scores(m1_1=80, m1_2=90, m2_1=80)})
    assert changes(old, new) == ["總分 80 → 83.13", "1.2 第一組：自評分數 80 → 90"]
    assert changes(report_of(PLAN, {}), old)[0] == "總分 — → 80"


def test_a_section_of_thirty_one_measures_that_arrives_late_is_one_sentence() -> None:
    plan = real_plan()
    sections = {s.id: SectionAnswers(answers=everyday_answers(plan, s)) for s in plan.sections}
    old = report_of(plan, {**sections, "billing": NONE})
    new = report_of(plan, {**sections, "billing": replace(sections["billing"], late=True)})
    average = new.tally("電費組").average
    assert len(changes(old, new)) == 2
    assert changes(old, new)[1].startswith("電費組 31 項由逾期未報改為已填報，平均 8")
    assert f"{average:.2f}".rstrip("0") in changes(old, new)[1]


def test_many_alike_are_told_at_once_and_named() -> None:
    plan = real_plan()
    billing = plan.section("billing")
    answers = everyday_answers(plan, billing)
    first = answers[0].row
    old = report_of(plan, {"billing": SectionAnswers(answers=answers[4:])})
    new = report_of(plan, {"billing": SectionAnswers(answers=answers)})
    told = [sentence for sentence in changes(old, new) if not sentence.startswith("總分")]
    assert len(told) == 1
    assert told[0].startswith(f"電費組 4 項（{first}、")


def test_measures_that_come_and_go_with_a_new_plan_are_told() -> None:
    shorter = PLAN.model_copy(update={"measures": PLAN.measures[1:]})
    received = {"one": ONE}
    gone = changes(report_of(PLAN, received), report_of(shorter, received))
    assert "1.1 第一組：本版刪除" in gone
    back = changes(report_of(shorter, received), report_of(PLAN, received))
    assert "1.1 第一組：本版新增（90 分）" in back
    assert "1.1 第二組：本版新增（逾期未報）" in back


def test_equal_reports_differ_in_nothing() -> None:
    report = everyday_report(real_plan())
    assert changes(report, replace(report, version=2, made_on=date(2018, 7, 9))) == []


def test_a_moved_due_date_is_told() -> None:
    report = report_of(PLAN, {})
    assert changes(report, replace(report, due_on=date(2018, 7, 9))) == [
        "應報日期 107年7月6日（五） → 107年7月9日（一）"
    ]
