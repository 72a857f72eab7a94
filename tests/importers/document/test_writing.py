"""The draft as a file: what is doubtful is noted where it is, what is unknown is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyflow.errors import PlanError
from dutyflow.importers.document.drafting import Draft, draft_of_document
from dutyflow.importers.document.parts import passage_of
from dutyflow.importers.document.writing import Origin, written
from dutyflow.infra.plan_files.load import load_plan
from dutyflow.plan.source import parse
from tests.importers.document.conftest import KNOWN, PLAN_FILE, document
from tests.support.printed import Field, Printed, as_printed, row_by_row

ORIGIN = Origin("107.docx", "0" * 64)
TEXT, OWNERS, PERIOD = 3, 4, 5


def drafted(printed: Printed) -> Draft:
    return draft_of_document(document(printed), [load_plan(PLAN_FILE)])


def with_cell(printed: Printed, row: int, column: int, *paragraphs: str) -> Printed:
    cells = list(printed.rows[row])
    before = cells[column]
    assert before is not None
    cells[column] = replace(before, paragraphs=paragraphs)
    return replace(printed, rows=(*printed.rows[:row], tuple(cells), *printed.rows[row + 1 :]))


def refused(draft: Draft, tmp_path: Path) -> tuple[list[str], str]:
    """The lines at which `plan check` refuses a draft, and what it says."""
    path = tmp_path / "107.yaml"
    path.write_text(written(draft, ORIGIN), encoding="utf-8")
    with pytest.raises(PlanError) as error:
        load_plan(path)
    lines = path.read_text(encoding="utf-8").splitlines()
    numbers = [int(f.where.rpartition(":")[2]) for f in error.value.findings]
    return [lines[number - 1].strip() for number in numbers], str(error.value)


def test_a_doubt_stands_right_above_its_measure() -> None:
    lines = written(drafted(as_printed(KNOWN)), ORIGIN).splitlines()
    at = lines.index('  - id: "1.2.1.13"')
    assert lines[at - 1].startswith("  # 疑義: 表1第5列：承辦部門各行之間沒有空行")
    assert lines[lines.index('  - id: "1.2.1.14"') - 1] == "  # 疑義: 同上"
    assert sum("疑義: " in line for line in lines) >= 3


def test_the_head_says_what_it_is_and_what_to_do() -> None:
    odd = Origin("計畫\n- id: 1.docx", "abc123")
    head = written(drafted(row_by_row(KNOWN)), odd).split("office:")[0]
    assert all(line.startswith("#") for line in head.splitlines())
    assert "草稿" in head
    assert "計畫 - id: 1.docx" in head
    assert "abc123" in head
    assert "dutyflow plan check" in head


@pytest.mark.parametrize(
    ("column", "paragraphs", "line"),
    [
        (PERIOD, ("定期",), "frequency: 待補：定期"),
        (PERIOD, ("",), "frequency: 待補"),
        (PERIOD, ("隨時辦理", "每年一次"), "frequency: 待補"),
        (OWNERS, ("",), "owners: 待補"),
        (OWNERS, ("業務祖",), "owners: [待補：業務祖]"),
        (OWNERS, ("業務組", "相關單位"), "owners: [business, 待補：相關單位]"),
        (OWNERS, ("各部門", "業務組"), "owners: 待補"),
        (TEXT, ("(1)",), 'text: ""'),
    ],
)
def test_what_nobody_can_tell_is_refused_at_its_line(
    column: int, paragraphs: tuple[str, ...], line: str, tmp_path: Path
) -> None:
    draft = drafted(with_cell(row_by_row(KNOWN), 1, column, *paragraphs))
    lines, _ = refused(draft, tmp_path)
    assert lines == [line]


def test_a_number_printed_twice_is_refused(tmp_path: Path) -> None:
    printed = with_cell(row_by_row(KNOWN), 2, TEXT, "(1) 訂定各項用電申請適時供電日程。")
    lines, said = refused(drafted(printed), tmp_path)
    assert lines == ['- id: "1.1.2.1"']
    assert "重複" in said


def without(part: str) -> Callable[[Draft], Draft]:
    def change(draft: Draft) -> Draft:
        if part == "basis":
            return replace(draft, prose=replace(draft.prose, basis=()))
        if part == "goal":
            return replace(
                draft, prose=replace(draft.prose, texts={**draft.prose.texts, "goal": ""})
            )
        return replace(draft, **{part: () if part in ("sections", "measures") else None})

    return change


@pytest.mark.parametrize(
    ("part", "line"),
    [
        ("office", "office: {id: 待補"),
        ("year", "year: 待補"),
        ("established", "effective_from: 待補"),
        ("basis", "basis: 待補"),
        ("goal", 'goal: ""'),
        ("sections", "sections: 待補"),
        ("measures", "measures: 待補"),
        ("duty", "duties: 待補"),
    ],
)
def test_a_draft_that_lacks_a_part_is_no_plan(part: str, line: str, tmp_path: Path) -> None:
    lines, _ = refused(without(part)(drafted(row_by_row(KNOWN))), tmp_path)
    assert any(each.startswith(line) for each in lines)


@settings(deadline=None)
@given(texts=st.lists(st.text(max_size=40), min_size=1, max_size=4))
def test_any_words_come_back_from_the_file(texts: list[str]) -> None:
    words = "\n".join(line.text for line in passage_of(*texts).told)
    base = DRAFT
    measure = replace(
        base.measures[0], text=words, item=words.replace("\n", " "), strangers=(words,)
    )
    draft = replace(base, measures=(measure,))
    source = parse(written(draft, Origin(words, "0" * 64)).encode(), "draft")
    assert source.findings == ()
    (found,) = source.data["measures"]
    assert found["text"] == words
    assert found["item"] == words.replace("\n", " ")


DRAFT = drafted(Printed(rows=row_by_row(KNOWN).rows[:1]))


def test_a_table_without_rows_is_a_draft_without_measures(tmp_path: Path) -> None:
    empty = Printed(rows=(tuple(Field(("",)) for _ in range(6)),))
    lines, _ = refused(drafted(empty), tmp_path)
    assert "measures: 待補" in lines
