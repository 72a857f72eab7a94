"""The encoded plan of 107, and what it says of each measure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dutyflow.importers.document.drafting import Draft, DraftMeasure
from dutyflow.importers.document.grid import Grid
from dutyflow.importers.document.parts import Document, Passage, Table, passage_of
from tests.support.libreoffice import writer
from tests.support.printed import Plan107, Printed, words_after, words_before

__all__ = ["writer"]

PLAN_FILE = Path(__file__).resolve().parents[3] / "include" / "plan" / "pingtung" / "107.yaml"
TRUTH: dict[str, Any] = yaml.safe_load(PLAN_FILE.read_text(encoding="utf-8"))
KNOWN = Plan107(TRUTH)
# Two measures whose five owners stand on five lines without an empty one: 業務組、總務組、設計組,
# 業務組、總務組. The periods say where they part, but nothing would show that a line is missing.
WITHOUT_A_GAP = {"1.2.1.13", "1.2.1.14"}
Told = tuple[str, str, str, str, str, Any, str]


@pytest.fixture(scope="session")
def truth() -> dict[str, Any]:
    return TRUTH


def told(measure: dict[str, Any]) -> Told:
    """A measure of the encoded plan, to be compared."""
    owners = measure["owners"] if measure["owners"] == "all" else tuple(measure["owners"])
    words = ("id", "aspect", "strategy", "item", "text")
    return (*(measure[word] for word in words), owners, measure["frequency"])


def read(measure: DraftMeasure) -> Told:
    """A measure of a draft, likewise."""
    owners = "all" if measure.owners is None else (*measure.owners, *measure.strangers)
    return (
        measure.id,
        measure.aspect,
        measure.strategy,
        measure.item,
        measure.text,
        owners,
        measure.frequency or measure.period,
    )


def told_all() -> list[Told]:
    return [told(measure) for measure in TRUTH["measures"]]


def document(*tables: Printed) -> Document:
    """The printed plan as a reader of ODT or DOCX would tell it."""
    before = [passage_of(text) for text in words_before(TRUTH)]
    after = [passage_of(text) for text in words_after(TRUTH)]
    drawn = [_table(number, table) for number, table in enumerate(tables, 1)]
    blocks: list[Passage | Table] = [*before, *drawn, *after]
    return Document(tuple(blocks))


def _table(number: int, printed: Printed) -> Table:
    grid = Grid(number)
    for row in (printed.header, *printed.rows):
        grid.begin_row()
        for cell in row:
            if cell is None:
                grid.skip(1)
            else:
                words = passage_of(*(cell.paragraphs or ("",)))
                grid.add(words, width=cell.width, height=cell.height, step=1)
    return grid.table()


def doubted(draft: Draft) -> set[int]:
    """The indices of the measures that some doubt is about."""
    return {index for doubt in draft.doubts for index in doubt.measures}
