"""A plan in numbers, in words and as JSON, for people and programs that look at it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from dutyflow.calendars.roc import format_roc

from .model import ALL, FREQUENCY_TITLES, Measure, Plan
from .words import CHOICE_TITLES, listed

EVERY_SECTION = CHOICE_TITLES[ALL]
MEASURE_HEADING = ("編號", "承辦部門", "執行期間", "具體作法")
DUTY_HEADING = ("定期工作", "名稱", "週期", "開始填報", "填報截止", "彙整表期限")


def as_json(plan: Plan) -> dict[str, Any]:
    """The plan as in its file, but owners by their names: `owners` as the plan has them,
    `owners_expanded` with every section named."""
    data: dict[str, Any] = plan.model_dump(mode="json", by_alias=True)
    for measure, row in zip(plan.measures, data["measures"], strict=True):
        row["owners"] = owner_names(plan, measure)
        row["owners_expanded"] = [section.name for section in plan.owners_of(measure)]
    return data


def counts(plan: Plan) -> dict[str, Any]:
    """How many measures there are, of which frequency, and whose.

    A section is `named` by some measures; it `answers` for those and for every section's.
    """
    named = Counter(name for measure in plan.measures for name in owner_names(plan, measure))
    return {
        "office": plan.office.id,
        "year": plan.year,
        "measures": len(plan.measures),
        "frequencies": dict(_frequencies(plan)),
        "sections": [
            {
                "id": section.id,
                "name": section.name,
                "named": named[section.name],
                "answers": sum(section in plan.owners_of(each) for each in plan.measures),
            }
            for section in plan.sections
        ],
        "every_section": named[EVERY_SECTION],
        "duties": len(plan.duties),
    }


def sentence(plan: Plan) -> str:
    """The counts on one line."""
    numbers = counts(plan)
    frequencies = listed(f"{title} {n}" for title, n in _titled_frequencies(numbers))
    sections = numbers["sections"]
    named = [f"{each['name']} {each['named']}" for each in sections]
    answers = [f"{each['name']} {each['answers']}" for each in sections]
    return (
        f"{plan.office.name} {plan.year} 年度，自{format_roc(plan.effective_from)}生效，"
        f"共 {numbers['measures']} 項（{frequencies}）；"
        f"承辦 {listed([*named, f'{EVERY_SECTION} ' + str(numbers['every_section'])])}；"
        f"連同{EVERY_SECTION}計 {listed(answers)}；定期工作 {numbers['duties']} 項"
    )


def measure_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    for each in plan.measures:
        text = " ".join(each.text.split())
        owners = listed(owner_names(plan, each))
        yield each.id, owners, FREQUENCY_TITLES[each.frequency], text


def duty_rows(plan: Plan) -> Iterator[tuple[str, ...]]:
    for duty in plan.duties:
        days = (duty.opening, str(duty.collect_by), str(duty.report_due))
        yield duty.id, duty.name, CHOICE_TITLES[duty.every], *days


def owner_names(plan: Plan, measure: Measure) -> list[str]:
    """As the plan prints them: names of sections, or 各部門 alone."""
    if measure.owners == ALL:
        return [EVERY_SECTION]
    return [section.name for section in plan.owners_of(measure)]


def _frequencies(plan: Plan) -> Iterator[tuple[str, int]]:
    counted = Counter(measure.frequency for measure in plan.measures)
    return ((frequency, counted[frequency]) for frequency in FREQUENCY_TITLES)


def _titled_frequencies(numbers: dict[str, Any]) -> Iterator[tuple[str, int]]:
    return ((CHOICE_TITLES[code], n) for code, n in numbers["frequencies"].items())
