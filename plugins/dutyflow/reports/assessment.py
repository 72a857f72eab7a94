"""Make the scored report (考核結果彙整表) from a plan and what its sections sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from dutyflow.errors import Finding, PlanError
from dutyflow.plan.answers import Answer
from dutyflow.plan.model import FREQUENCY_TITLES, Duty, Measure, Plan, Section

from .model import AspectResult, Assessment, Entry, MeasureRow, mean
from .received import Material

TITLE = "考核結果彙整表"  # 陸、考核作業
TEXT, SCORE, EVIDENCE = "text", "score", "evidence"  # the form's fields that this report reads


def assess(material: Material) -> Assessment:
    """Make the scored report on one cycle.

    An answer to a measure that its section does not own is left out; a measure left blank is
    missing. Raises PlanError if an aspect has no weight.
    """
    plan, duty = material.plan, material.duty
    entries = _Entries(material)
    aspects = tuple(_aspects(plan, duty, entries))
    return Assessment(
        title=f"{material.period}{TITLE}",
        office=plan.office.name,
        duty=duty.name,
        period=material.period,
        version=material.version,
        made_on=material.made_on,
        due_on=material.due_on,
        note=_note(plan, aspects),
        sections=tuple(section.name for section in plan.sections_of(duty)),
        aspects=aspects,
        total=mean((a.score for a in aspects), (a.weight for a in aspects)),
        signatures=material.signatures,
    )


class _Entries:
    """Looks up what a section said about a measure."""

    def __init__(self, material: Material) -> None:
        self._material = material
        self._answers = {
            (section, answer.row): answer
            for section, sent in material.received.items()
            for answer in sent.answers or ()
            if _says_something(answer)
        }

    def of(self, measure: Measure) -> tuple[Entry, ...]:
        return tuple(
            self._entry(measure, owner) for owner in self._material.plan.owners_of(measure)
        )

    def _entry(self, measure: Measure, section: Section) -> Entry:
        sent = self._material.sent_by(section.id)
        answer = self._answers.get((section.id, measure.id))
        if answer is None:
            return Entry(section=section.name, status=sent.unanswered)
        return Entry(
            section=section.name,
            status="nothing" if answer.nothing else "reported",
            text=answer.text(TEXT),
            score=None if answer.nothing else answer.number(SCORE),
            evidence=answer.text(EVIDENCE),
            late=sent.late,
        )


def _says_something(answer: Answer) -> bool:
    return answer.nothing or answer.number(SCORE) is not None or bool(answer.text(TEXT).strip())


def _aspects(plan: Plan, duty: Duty, entries: _Entries) -> Iterator[AspectResult]:
    rows: dict[str, list[MeasureRow]] = {}
    for measure in plan.measures_of(duty):
        rows.setdefault(measure.aspect, []).append(_row(measure, entries.of(measure)))
    for name, of_aspect in rows.items():
        yield AspectResult(
            name=name,
            weight=_weight(plan, name),
            rows=tuple(of_aspect),
            score=mean(row.score for row in of_aspect),
        )


def _row(measure: Measure, entries: tuple[Entry, ...]) -> MeasureRow:
    return MeasureRow(
        measure=measure.id,
        strategy=measure.strategy,
        item=measure.item,
        text=measure.text,
        frequency=FREQUENCY_TITLES[measure.frequency],
        entries=entries,
        score=mean(entry.score for entry in entries),
    )


def _weight(plan: Plan, aspect: str) -> float:
    try:
        return plan.scoring.weights[aspect]
    except KeyError:
        raise PlanError(
            [
                Finding(
                    where=f"{plan.office.name} {plan.year} 年度執行計畫 scoring.weights",
                    found=f"沒有「{aspect}」面向的權重",
                    expected="每一面向各有權重",
                )
            ]
        ) from None


def _note(plan: Plan, aspects: Iterable[AspectResult]) -> str:
    return "\n".join(chain(filter(None, [plan.scoring.assumption]), _renormalised(plan, aspects)))


def _renormalised(plan: Plan, aspects: Iterable[AspectResult]) -> Iterator[str]:
    """The note that the total does not rest on all aspects that have a weight."""
    scored = {aspect.name for aspect in aspects if aspect.score is not None}
    unscored = "、".join(f"「{name}」" for name in plan.scoring.weights if name not in scored)
    if not scored:
        yield "各面向均無評分，不計總分。"
    elif unscored:
        yield f"{unscored}面向無評分，總分按其餘面向之權重重新分配計算。"
