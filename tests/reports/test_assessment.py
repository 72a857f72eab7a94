"""Scoring, by hand-computed numbers, and what no set of answers may break."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.errors import PlanError
from dutyflow.plan.answers import Answer
from dutyflow.reports.model import Assessment
from dutyflow.reports.received import SectionAnswers
from tests.reports.samples import everyday_report, patient, real_plan, report_of, scores, small_plan
from tests.support.answers import assessed

PLAN = small_plan()
NOTHING_CAME = SectionAnswers(answers=None)

# received -> aspect scores 甲 (50), 乙 (30), 丙 (20), and the total
SCORED: list[tuple[str, dict[str, SectionAnswers], list[float | None], float | None]] = [
    (
        "everybody answered everything",
        # 1.1 = (90+80+70)/3 = 80, 1.2 = 100 -> 甲 90; 2.1 = (60+80)/2 = 70, 2.2 = 80 -> 乙 75
        {
            "one": scores(m1_1=90, m1_2=100, m2_1=80),
            "two": scores(m1_1=80, m2_1=60, m2_2=80),
            "three": scores(m1_1=70, m3_1=50),
        },
        [90, 75, 50],
        77.5,  # 45 + 22.5 + 10
    ),
    (
        "a measure without a score does not count in its aspect",
        # 1.1 = 90 alone, 1.2 nothing -> 甲 90; 2.1 = 80 alone, 2.2 missing -> 乙 80
        {"one": scores(m1_1=90, m1_2=None, m2_1=80), "three": scores(m1_1=None, m3_1=60)},
        [90, 80, 60],
        81,  # 45 + 24 + 12
    ),
    (
        "an aspect without any score gives its weight to the others",
        {"one": scores(m1_1=90, m1_2=90, m2_1=70), "three": NOTHING_CAME},
        [90, 70, None],
        82.5,  # (90*50 + 70*30) / 80
    ),
    ("nobody answered", {"one": NOTHING_CAME}, [None, None, None], None),
    (
        "nought is a score",
        {"one": scores(m1_1=0, m1_2=0, m2_1=0), "three": scores(m3_1=100)},
        [0, 0, 100],
        20,
    ),
]


@pytest.mark.parametrize(
    ("received", "aspects", "total"), [row[1:] for row in SCORED], ids=[row[0] for row in SCORED]
)
def test_scores_follow_the_plans_rule(
    received: dict[str, SectionAnswers], aspects: list[float | None], total: float | None
) -> None:
    report = report_of(PLAN, received)
    assert [aspect.score for aspect in report.aspects] == aspects
    assert report.total == total


def test_the_note_says_what_was_assumed_and_what_was_reweighted() -> None:
    complete = {
        "one": scores(m1_1=90, m2_1=80),
        "two": NOTHING_CAME,
        "three": scores(m3_1=70),
    }
    assert report_of(PLAN, complete).note == "權重為假設。"
    without = report_of(PLAN, complete | {"three": scores(m3_1=None)})
    assert without.note == ("權重為假設。\n「丙」面向無評分，總分按其餘面向之權重重新分配計算。")
    assert "不計總分" in report_of(PLAN, {}).note


@pytest.mark.parametrize(
    ("sent", "status", "late"),
    [
        (SectionAnswers(answers=None), "missing", False),
        (SectionAnswers(answers=None, late=True), "missing", False),
        (SectionAnswers(answers=None, waived=True), "waived", False),
        (SectionAnswers(answers=()), "missing", False),
        (SectionAnswers(answers=(assessed(measure="3.1", text=" \n"),)), "missing", False),
        (SectionAnswers(answers=(assessed(measure="1.2", score=9),)), "missing", False),
        (SectionAnswers(answers=(assessed(measure="3.1", text="辦理"),)), "reported", False),
        (SectionAnswers(answers=(assessed(measure="3.1", score=0),), late=True), "reported", True),
        (
            SectionAnswers(answers=(assessed(measure="3.1", score=80),), waived=True),
            "reported",
            False,
        ),
        (SectionAnswers(answers=(assessed(measure="3.1", nothing=True),)), "nothing", False),
    ],
)
def test_each_entry_has_one_status(sent: SectionAnswers, status: str, late: bool) -> None:
    entry = _entry(report_of(PLAN, {"three": sent}), "3.1", "第三組")
    assert (entry.status, entry.late) == (status, late)


def test_a_section_that_is_not_asked_is_not_heard() -> None:
    """第二組 does not own 1.2, and there is no section called ghost."""
    report = report_of(PLAN, {"two": scores(m1_2=10), "ghost": scores(m1_2=10)})
    assert [row.score for row in report.rows] == [None] * 5


def test_nothing_to_report_never_carries_a_score() -> None:
    odd = SectionAnswers(answers=(assessed(measure="3.1", nothing=True, score=100),))
    assert report_of(PLAN, {"three": odd}).aspects[2].score is None


def test_owners_stand_in_the_plans_order_of_each_measure() -> None:
    report = report_of(PLAN, {})
    assert [[entry.section for entry in row.entries] for row in report.rows] == [
        ["第一組", "第二組", "第三組"],
        ["第一組"],
        ["第二組", "第一組"],
        ["第二組"],
        ["第三組"],
    ]


def test_the_missing_sections_are_named_in_the_plans_order() -> None:
    report = report_of(PLAN, {"two": scores(m1_1=80, m2_1=70, m2_2=80)})
    assert report.missing == ("第一組", "第三組")


def test_a_duty_reports_only_the_measures_it_covers() -> None:
    duty = PLAN.duties[0].model_copy(
        update={"covers": PLAN.duties[0].covers.model_copy(update={"frequency": ("yearly",)})}
    )
    report = report_of(PLAN.model_copy(update={"duties": (duty,)}), {"two": scores(m2_2=66)})
    assert [row.measure for row in report.rows] == ["2.2"]
    assert report.sections == ("第二組",)
    assert report.total == 66
    assert "「甲」、「丙」面向無評分" in report.note


def test_an_aspect_without_a_weight_is_an_error_in_the_plan() -> None:
    plan = small_plan(scoring={"weights": {"甲": 50, "乙": 50}})
    with pytest.raises(PlanError, match="沒有「丙」面向的權重"):
        report_of(plan, {})


def test_the_real_plan_is_reported_whole() -> None:
    plan = real_plan()
    report = everyday_report(plan)
    assert [row.measure for row in report.rows] == [measure.id for measure in plan.measures]
    assert len(list(report.rows)) == 89
    assert report.title == "107年上半年考核結果彙整表"
    assert [aspect.name for aspect in report.aspects] == [
        "基礎服務", "服務遞送", "服務量能", "服務評價", "開放創新"
    ]  # fmt: skip
    assert report.tally().expected == sum(len(plan.owners_of(m)) for m in plan.measures)
    assert report.missing == ("人資組",)


ANSWERS = st.builds(
    assessed,
    measure=st.sampled_from([measure.id for measure in PLAN.measures] + ["9.9"]),
    text=st.text(max_size=5),
    score=st.none() | st.floats(0, 100),
    nothing=st.booleans(),
)
RECEIVED = st.dictionaries(
    st.sampled_from([section.id for section in PLAN.sections]),
    st.builds(
        SectionAnswers,
        answers=st.none() | st.lists(ANSWERS, max_size=8).map(tuple),
        late=st.booleans(),
        waived=st.booleans(),
    ),
)
WEIGHTS = st.floats(0.01, 1000)


@patient
@given(RECEIVED, st.tuples(WEIGHTS, WEIGHTS, WEIGHTS))
def test_whatever_is_received_is_counted_and_stays_in_range(
    received: dict[str, SectionAnswers], weights: tuple[float, float, float]
) -> None:
    plan = small_plan(scoring={"weights": dict(zip("甲乙丙", weights, strict=True))})
    report = report_of(plan, received)
    assert report.tally().expected == 8
    for tally in (
        report.tally(),
        *(a.tally for a in report.aspects),
        *map(report.tally, report.sections),
    ):
        assert tally.answered + tally.nothing + tally.missing + tally.waived == tally.expected
    every: list[Any] = [
        report.total,
        *(a.score for a in report.aspects),
        *(r.score for r in report.rows),
    ]
    assert all(score is None or 0 <= score <= 100 for score in every)


def scored(answers: Iterable[Answer], score: float) -> Iterator[Answer]:
    return (replace(each, values={**each.values, "score": score}) for each in answers)


@patient
@given(RECEIVED, st.floats(0, 100))
def test_equal_scores_come_to_that_score(received: dict[str, SectionAnswers], score: float) -> None:
    alike = {
        section: replace(
            sent,
            answers=sent.answers
            and tuple(replace(a, values={**a.values, "score": score}) for a in sent.answers),
        )
        for section, sent in received.items()
    }
    assert report_of(PLAN, alike).total in (None, score)


def _entry(report: Assessment, measure: str, section: str) -> Any:
    row = next(row for row in report.rows if row.measure == measure)
    return next(entry for entry in row.entries if entry.section == section)
