"""The kinds of reports that a plan may name: how each is made, compared and summed up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from dutyflow.plan.model import ReportKind

from .assessment import assess
from .changes import changes
from .model import Assessment, Report
from .plain import PlainReport, list_answers
from .plain_changes import plain_changes
from .received import Material
from .summaries import assessment_summary, plain_summary


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What is done with reports of one kind; each function takes and gives reports of it.

    `changes` takes the version before and the one after; `summary` is Markdown, for the person who
    decides. `stored` reads and writes what the ledger keeps.
    """

    make: Callable[[Material], Report]
    changes: Callable[[Any, Any], list[str]]
    summary: Callable[[Any], list[str]]
    stored: TypeAdapter[Any]


KINDS: Mapping[ReportKind, Kind] = {
    "assessment_summary": Kind(
        make=assess,
        changes=changes,
        summary=assessment_summary,
        stored=TypeAdapter(Assessment),
    ),
    "plain": Kind(
        make=list_answers,
        changes=plain_changes,
        summary=plain_summary,
        stored=TypeAdapter(PlainReport),
    ),
}


def kind_of(kept: Mapping[str, Any]) -> Kind:
    """The kind of a report in the ledger; one that names none is of the first kind there was."""
    return KINDS[kept.get("kind", "assessment_summary")]


def to_json(report: Report) -> dict[str, Any]:
    """The report as plain JSON values: what the ledger keeps of a version."""
    kept: dict[str, Any] = TypeAdapter(type(report)).dump_python(report, mode="json")
    return kept


def from_json(kept: Mapping[str, Any]) -> Report:
    """A kept report. Raises pydantic.ValidationError for anything else."""
    report: Report = kind_of(kept).stored.validate_python(kept)
    return report
