"""Whole documents, made by LibreOffice from the encoded plan and laid out like the printed one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from dutyflow.importers.document.drafting import Draft, document_of, draft_of_document
from dutyflow.importers.document.parts import Table
from dutyflow.importers.document.writing import Origin, written
from dutyflow.infra.plan_files.load import load_plan
from tests.importers.document.conftest import (
    KNOWN,
    PLAN_FILE,
    WITHOUT_A_GAP,
    doubted,
    read,
    told_all,
)
from tests.support.libreoffice import LibreOffice
from tests.support.printed import (
    COUNTED,
    Printed,
    as_printed,
    counted,
    flat_document,
    paged,
    row_by_row,
)

LAYOUTS: dict[str, list[Printed]] = {
    "as printed": [as_printed(KNOWN)],
    "paged": paged(as_printed(KNOWN)),
    "row by row": [row_by_row(KNOWN)],
    "counted": [counted(KNOWN)],
}
Made = Callable[[str, str], bytes]


@pytest.fixture(scope="session")
def made(
    writer: LibreOffice, truth: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Made:
    """A layout as ODT or DOCX, each made once."""
    folder = tmp_path_factory.mktemp("documents")
    kept: dict[tuple[str, str], bytes] = {}

    def make(layout: str, kind: str) -> bytes:
        if (layout, kind) not in kept:
            flat = folder / f"{layout.replace(' ', '-')}.fodt"
            flat.write_text(flat_document(truth, LAYOUTS[layout], extra=COUNTED), encoding="utf-8")
            kept[layout, kind] = writer.convert(flat, kind).read_bytes()
        return kept[layout, kind]

    return make


def drafted(data: bytes) -> Draft:
    return draft_of_document(document_of(data))


@pytest.mark.parametrize("kind", ["odt", "docx"])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_measure_comes_back_word_for_word(made: Made, layout: str, kind: str) -> None:
    draft = drafted(made(layout, kind))
    assert [read(measure) for measure in draft.measures] == told_all()
    ids = {draft.measures[index].id for index in doubted(draft)}
    assert ids == (set() if layout == "row by row" else WITHOUT_A_GAP)


@pytest.mark.parametrize("kind", ["odt", "docx"])
def test_the_draft_says_the_same_of_everything_else(
    made: Made, kind: str, truth: dict[str, Any]
) -> None:
    text = written(drafted(made("as printed", kind)), Origin("107.odt", "0" * 64))
    plan = yaml.safe_load(text)
    for name in ("year", "effective_from", "header", "sections"):
        assert plan[name] == truth[name]
    assert plan["scoring"]["weights"] == truth["scoring"]["weights"]
    (duty,) = plan["duties"]
    assert duty.pop("assumption")
    assert duty == truth["duties"][0]


def test_the_pages_are_tables_that_cut_measures_in_two(made: Made) -> None:
    tables = [b for b in document_of(made("paged", "docx")).blocks if isinstance(b, Table)]
    assert len(tables) > 8
    firsts = []
    for page in tables:
        *_, text, _owners, _period = (cell for cell in page.cells if cell.top == 1)
        firsts.append(text.passage.text)
    assert any(text and not text.startswith("(") for text in firsts[1:])


def test_beside_the_offices_own_plan_the_draft_is_a_plan(made: Made, tmp_path: Path) -> None:
    known = load_plan(PLAN_FILE)
    draft = draft_of_document(document_of(made("row by row", "docx")), [known])
    path = tmp_path / "107.yaml"
    path.write_text(written(draft, Origin("107.docx", "0" * 64)), encoding="utf-8")
    plan = load_plan(path)
    assert plan.office == known.office
    assert plan.sections == known.sections
    assert plan.measures == known.measures
    assert plan.header == known.header
