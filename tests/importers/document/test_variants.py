"""Ways in which such tables differ that change nothing: the same measures, no further doubt."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from dutyflow.importers.document.drafting import Draft, draft_of_document
from tests.importers.document.conftest import (
    KNOWN,
    WITHOUT_A_GAP,
    document,
    doubted,
    read,
    told_all,
)
from tests.support.printed import Field, Printed, as_printed, row_by_row

WIDE = str.maketrans("0123456789().", "０１２３４５６７８９（）．")
Row = tuple[Field | None, ...]


def each_cell(printed: Printed, column: int, change: Callable[[str], str]) -> Printed:
    def changed(cell: Field | None) -> Field | None:
        return cell and replace(cell, paragraphs=tuple(map(change, cell.paragraphs)))

    rows = (
        tuple(changed(cell) if at == column else cell for at, cell in enumerate(row))
        for row in printed.rows
    )
    return replace(printed, rows=tuple(rows))


def wide_numbers(printed: Printed) -> Printed:
    """（１） and １． for (1) and 1."""
    for column in (2, 3):
        printed = each_cell(
            printed,
            column,
            lambda text: re.sub(r"^(\(\d+\)|\d+\.)", lambda m: m[0].translate(WIDE), text),
        )
    return printed


def broken_lines(printed: Printed) -> Printed:
    """Lines broken by hand between Chinese signs, and soft hyphens."""

    def broken(text: str) -> str:
        return re.sub(r"([\u4e00-\u9fff]{6})(?=[\u4e00-\u9fff])", "\\1 \n\u00ad", text)

    for column in (1, 2, 3):
        printed = each_cell(printed, column, broken)
    return printed


def header_again(printed: Printed) -> Printed:
    """The header typed again within the table, between two aspects."""
    at = next(i for i, row in enumerate(printed.rows) if i and row[0] is not None)
    return replace(printed, rows=(*printed.rows[:at], printed.header, *printed.rows[at:]))


def more_columns(printed: Printed) -> Printed:
    """項次 in front, 備註 at the end, both empty."""

    def wider(row: Row) -> Row:
        return (Field(()), *row, Field(()))

    header = (Field(("項次",)), *printed.header, Field(("備註",)))
    return replace(printed, rows=tuple(map(wider, printed.rows)), header=header)


def columns_in_another_order(printed: Printed) -> Printed:
    """執行期間 before 承辦部門, both before 面向."""

    def turned(row: Row) -> Row:
        return (row[5], row[4], *row[:4])

    return replace(printed, rows=tuple(map(turned, printed.rows)), header=turned(printed.header))


def other_words(printed: Printed) -> Printed:
    """Other names for the columns; two header rows, 項目 and 內容 under 具體作法."""
    titles = [Field((name,)) for name in ("構面", "推動策略", "承辦單位", "辦理期程")]
    tall = [replace(title, height=2) for title in titles]
    upper = (tall[0], tall[1], Field(("具體做法",), width=2), None, tall[2], tall[3])
    lower = (None, None, Field(("項目",)), Field(("內容",)), None, None)
    return replace(printed, rows=(lower, *printed.rows), header=upper)


def edges_that_do_not_meet(printed: Printed) -> Printed:
    """Each second row with its inner edges one narrow column to the left."""

    def spread(row: Row, shift: int) -> Row:
        edges = [0, *(4 * at - shift for at in range(1, 6)), 24]
        cells: list[Field | None] = []
        for at, cell in enumerate(row):
            wide = cell.width if cell is not None else 1
            first, last = edges[at], edges[at + wide]
            placed = cell and replace(cell, width=last - first)
            cells += [placed, *[None] * (edges[at + 1] - first - 1)]
        return tuple(cells)

    rows = tuple(spread(row, index % 2) for index, row in enumerate(printed.rows))
    return replace(printed, rows=rows, header=spread(printed.header, 0))


VARIANTS = [
    edges_that_do_not_meet,
    wide_numbers,
    broken_lines,
    header_again,
    more_columns,
    columns_in_another_order,
    other_words,
]


@pytest.mark.parametrize("layout", [as_printed, row_by_row])
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda each: each.__name__)
def test_the_same_measures_come_of_it(
    layout: Callable[..., Printed], variant: Callable[[Printed], Printed]
) -> None:
    draft = draft_of_document(document(variant(layout(KNOWN))))
    assert [read(measure) for measure in draft.measures] == told_all()
    assert {draft.measures[index].id for index in doubted(draft)} <= WITHOUT_A_GAP


def rows_doubts(draft: Draft) -> str:
    return "\n".join(str(doubt) for doubt in draft.doubts if doubt.where.startswith("表"))


def test_what_stands_in_a_further_column_is_not_lost_without_a_word() -> None:
    printed = more_columns(row_by_row(KNOWN))
    row = (*printed.rows[5][:7], Field(("每季提報",)))
    draft = draft_of_document(
        document(replace(printed, rows=(*printed.rows[:5], row, *printed.rows[6:])))
    )
    assert "「備註」欄寫有「每季提報」" in rows_doubts(draft)
    assert doubted(draft) == {5}


def test_a_column_that_is_missing_makes_the_draft_invalid() -> None:
    printed = row_by_row(KNOWN)
    draft = draft_of_document(
        document(
            replace(
                printed,
                rows=tuple(row[:5] for row in printed.rows),
                header=printed.header[:5],
            )
        )
    )
    assert "沒有「執行期間」欄" in rows_doubts(draft)
    assert {measure.frequency for measure in draft.measures} == {None}
