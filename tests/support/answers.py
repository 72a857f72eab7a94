"""Answers to the self-assessment's form, as tests like to write them."""

from __future__ import annotations

from dataclasses import replace

from dutyflow.plan.answers import Answer, Value


def assessed(
    measure: str,
    text: str = "",
    score: float | None = None,
    evidence: str = "",
    nothing: bool = False,
) -> Answer:
    said: dict[str, Value | None] = {
        "text": text or None,
        "score": None if score is None else float(score),
        "evidence": evidence or None,
    }
    values = {field: value for field, value in said.items() if value is not None}
    return Answer(row=measure, values=values, nothing=nothing)


def without(answer: Answer, field: str) -> Answer:
    return replace(answer, values={k: v for k, v in answer.values.items() if k != field})
