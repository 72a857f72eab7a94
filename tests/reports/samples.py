"""A small office with a plan of its own, and answers for any plan."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, settings

from dutyflow.plan.answers import Answer
from dutyflow.plan.model import Plan, Section
from dutyflow.reports.assessment import assess
from dutyflow.reports.model import Assessment
from dutyflow.reports.received import Material, SectionAnswers
from tests.support.answers import assessed

# A busy machine is no failure: no deadline, and inputs may take their time.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

REAL_PLAN = Path(__file__).parents[2] / "include" / "plan" / "pingtung" / "107.yaml"

_RULE = {"working_days": 5, "from": "period_end"}
_WORDS = (
    "本期依計畫持續辦理",
    "共辦理教育訓練4場次，參加人員126人次",
    "受理案件1,284件，均於標準時限內完成，達成率99.6%",
    "於https://www.example.gov.tw/tc/page.aspx?mid=206&cid=378公開相關資訊",
    "已函請各服務所配合辦理（107年5月14日屏東字第1078045678號）",
    "持續透過LINE@、Facebook粉絲專頁及「台電e櫃檯」APP宣導",
)


def small_plan(**changed: Any) -> Plan:
    """Three sections, five measures under three aspects: 甲 (50), 乙 (30) and 丙 (20)."""
    return Plan.model_validate(_small() | changed)


def _small() -> dict[str, Any]:
    return {
        "office": {"id": "test", "name": "測試營業處"},
        "year": 107,
        "effective_from": "107-03-29",
        "header": {
            "title": "計畫", "established": "107-03-29", "basis": [], "goal": "目標",
            "scope": "範圍", "steps": "步驟", "assessment": "考核", "supplement": "附則",
        },
        "sections": [
            {"id": "one", "name": "第一組"},
            {"id": "two", "name": "第二組"},
            {"id": "three", "name": "第三組"},
        ],
        "scoring": {"assumption": "權重為假設。", "weights": {"甲": 50, "乙": 30, "丙": 20}},
        "measures": [
            _measure("1.1", "甲", "all"),
            _measure("1.2", "甲", ["one"]),
            _measure("2.1", "乙", ["two", "one"]),
            _measure("2.2", "乙", ["two"], "yearly"),
            _measure("3.1", "丙", ["three"]),
        ],
        "duties": [
            {
                "id": "self_assessment", "name": "半年自行考核", "clause": "陸",
                "covers": {"frequency": ["ongoing", "yearly"]}, "every": "half_year",
                "opens": _RULE, "collect_by": _RULE, "report_due": _RULE,
                "form": "self_assessment", "report": "assessment_summary",
                "deliver_to": ["head_office"],
            }
        ],
    }  # fmt: skip


def _measure(id_: str, aspect: str, owners: Any, frequency: str = "ongoing") -> dict[str, Any]:
    return {
        "id": id_, "aspect": aspect, "strategy": f"{aspect}策略", "item": f"項目{id_[0]}",
        "text": f"作法{id_}", "owners": owners, "frequency": frequency,
    }  # fmt: skip


def real_plan() -> Plan:
    return Plan.model_validate(yaml.safe_load(REAL_PLAN.read_text(encoding="utf-8")))


def report_of(plan: Plan, received: Mapping[str, SectionAnswers], version: int = 1) -> Assessment:
    return assess(
        Material(
            plan=plan,
            duty=plan.duties[0],
            period="107年上半年",
            version=version,
            made_on=date(2018, 7, 5),
            due_on=date(2018, 7, 6),
            received=received,
        )
    )


def scores(**by_measure: float | None) -> SectionAnswers:
    """Answers from scores: `scores(m1_1=80)` reports 80 for measure 1.1, None is 無辦理事項."""
    return SectionAnswers(
        answers=tuple(
            assessed(
                measure=name[1:].replace("_", "."), text="辦理", score=score, nothing=score is None
            )
            for name, score in by_measure.items()
        )
    )


def everyday_answers(plan: Plan, section: Section) -> tuple[Answer, ...]:
    """What a section might really write, the same each time."""
    draw = random.Random(section.id)
    return tuple(
        assessed(
            measure=measure.id,
            text="，".join(draw.sample(_WORDS, draw.choice((1, 1, 2, 3, 5)))) + "。",
            score=draw.choice((80, 85, 88.5, 90, 95)),
            evidence=draw.choice(("", "附件1、附件2", "公文107年6月1日屏業字第1070001234號")),
        )
        for measure in plan.measures_of(plan.duties[0], section)
    )


def everyday_report(plan: Plan) -> Assessment:
    """All sections but one have answered, the second one late."""
    received = {
        section.id: SectionAnswers(answers=everyday_answers(plan, section), late=place == 1)
        for place, section in enumerate(plan.sections[:-1])
    }
    return report_of(plan, received)
