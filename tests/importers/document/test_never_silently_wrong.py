"""Damage done to the printed table: each measure read is the plan's own, or there is a doubt at it.

The damage is what happens to such tables: a line deleted so that what is below moves up, a cell
emptied, cells merged, numbers mistyped, paragraphs parted or run together, names misspelt. Where a
document has simply another owner written in it, nothing can be noticed, and nothing is asked.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyflow.importers.document.drafting import Draft, draft_of_document
from tests.importers.document.conftest import (
    KNOWN,
    WITHOUT_A_GAP,
    document,
    doubted,
    read,
    told_all,
)
from tests.support.printed import Field, Printed, as_printed, paged, row_by_row

ASPECT, STRATEGY, ITEM, TEXT, OWNERS, PERIOD = range(6)
Row = list[Field | None]
Rows = list[Row]
LAYOUTS = {"as printed": [as_printed(KNOWN)], "row by row": [row_by_row(KNOWN)],
           "paged": paged(as_printed(KNOWN))}  # fmt: skip


class NotHere(Exception):
    """The damage cannot be done at this place."""


def unless(possible: object) -> None:
    if not possible:
        raise NotHere


def cell(rows: Rows, row: int, column: int) -> Field:
    """The cell in a column; what stands in the text's place where item and text are one."""
    found = rows[row][column]
    if column == TEXT and found is None:
        found = rows[row][ITEM]
    unless(found is not None and any(found.paragraphs))
    assert found is not None
    return found


def put(rows: Rows, row: int, column: int, paragraphs: Sequence[str], **changes: int) -> None:
    before = cell(rows, row, column)
    if column == TEXT and rows[row][TEXT] is None:
        column = ITEM
    rows[row][column] = replace(before, paragraphs=tuple(paragraphs), **changes)


Damage = Callable[[Rows, int, st.DataObject], None]
DAMAGES: list[Damage] = []


def damage(function: Damage) -> Damage:
    DAMAGES.append(function)
    return function


def some_line(words: Sequence[str], data: st.DataObject) -> int:
    places = [index for index, text in enumerate(words) if text]
    unless(places)
    return data.draw(st.sampled_from(places))


def measures_in(rows: Rows, row: int) -> list[int]:
    """Where in the cell its measures begin."""
    words = cell(rows, row, TEXT).paragraphs
    begun = [i for i, text in enumerate(words) if re.match(r"\(\d+\)", text)]
    return begun or [0]


@damage
def a_cell_is_emptied(rows: Rows, row: int, data: st.DataObject) -> None:
    column = data.draw(st.sampled_from([ASPECT, STRATEGY, ITEM, TEXT, OWNERS, PERIOD]))
    put(rows, row, column, [""])


@damage
def a_line_of_owners_is_deleted_and_the_rest_moves_up(
    rows: Rows, row: int, data: st.DataObject
) -> None:
    owners = list(cell(rows, row, OWNERS).paragraphs)
    line = data.draw(st.integers(0, len(owners) - 1))
    periods = cell(rows, row, PERIOD).paragraphs
    later = [i for i, text in enumerate(periods) if text and i > line]
    unless(later)  # else another owner of the last measure is gone, and nothing tells
    del owners[line]
    put(rows, row, OWNERS, owners)


@damage
def a_measures_owners_are_erased(rows: Rows, row: int, data: st.DataObject) -> None:
    owners = list(cell(rows, row, OWNERS).paragraphs)
    starts = [i for i, text in enumerate(cell(rows, row, PERIOD).paragraphs) if text]
    unless(starts)
    which = data.draw(st.integers(0, len(starts) - 1))
    after = ([*starts, len(owners)])[which + 1]
    unless(any(owners[starts[which] : after]))
    put(
        rows,
        row,
        OWNERS,
        [*owners[: starts[which]], *[""] * (after - starts[which]), *owners[after:]],
    )


@damage
def the_owners_lose_their_empty_lines(rows: Rows, row: int, data: st.DataObject) -> None:
    put(rows, row, OWNERS, [text for text in cell(rows, row, OWNERS).paragraphs if text])


@damage
def owners_and_periods_lose_their_empty_lines(rows: Rows, row: int, data: st.DataObject) -> None:
    for column in (OWNERS, PERIOD):
        put(rows, row, column, [text for text in cell(rows, row, column).paragraphs if text])


@damage
def an_owner_is_misspelt(rows: Rows, row: int, data: st.DataObject) -> None:
    owners = list(cell(rows, row, OWNERS).paragraphs)
    line = some_line(owners, data)
    wrong = data.draw(
        st.sampled_from(["業務祖", "業務", "業務課", "?", "業務組總務組", "相關單位"])
    )
    owners[line] = re.sub(r"^[^、]+", wrong, owners[line])
    put(rows, row, OWNERS, owners)


@damage
def a_comma_dangles(rows: Rows, row: int, data: st.DataObject) -> None:
    owners = list(cell(rows, row, OWNERS).paragraphs)
    line = some_line(owners, data)
    owners[line] += "、"
    put(rows, row, OWNERS, owners)


@damage
def a_period_is_lost_or_doubled(rows: Rows, row: int, data: st.DataObject) -> None:
    periods = list(cell(rows, row, PERIOD).paragraphs)
    line = some_line(periods, data)
    if data.draw(st.booleans()):
        periods[line] = ""
    else:
        periods.insert(line, periods[line])
    put(rows, row, PERIOD, periods)


@damage
def a_period_is_another(rows: Rows, row: int, data: st.DataObject) -> None:
    periods = list(cell(rows, row, PERIOD).paragraphs)
    periods[some_line(periods, data)] = data.draw(
        st.sampled_from(["定期", "每季一次", "不定期", "每年", "隨時", "107年6月", "ongoing"])
    )
    unless("隨時" not in periods)
    put(rows, row, PERIOD, periods)


@damage
def a_number_is_mistyped_or_lost(rows: Rows, row: int, data: st.DataObject) -> None:
    words = list(cell(rows, row, TEXT).paragraphs)
    line = data.draw(st.sampled_from(measures_in(rows, row)))
    unless(words[line].startswith("("))
    number = data.draw(
        st.sampled_from(["", "(1)", "(2)", "(3)", "(9)", "(12)", "3.", "甲.", "一、"])
    )
    unless(not words[line].startswith(f"{number} "))
    words[line] = re.sub(r"^\(\d+\) ", f"{number} ", words[line]).strip()
    put(rows, row, TEXT, words)


@damage
def two_numbers_are_swapped(rows: Rows, row: int, data: st.DataObject) -> None:
    words = list(cell(rows, row, TEXT).paragraphs)
    begun = measures_in(rows, row)
    unless(len(begun) > 1)
    i, j = data.draw(st.permutations(begun).map(lambda order: order[:2]))
    first, second = words[i].split(" ", 1), words[j].split(" ", 1)
    words[i], words[j] = f"{second[0]} {first[1]}", f"{first[0]} {second[1]}"
    put(rows, row, TEXT, words)


@damage
def a_paragraph_is_parted(rows: Rows, row: int, data: st.DataObject) -> None:
    words = list(cell(rows, row, TEXT).paragraphs)
    line = some_line(words, data)
    at = data.draw(st.integers(5, max(5, len(words[line]) - 1)))
    unless(at < len(words[line]))
    words[line : line + 1] = [words[line][:at], words[line][at:]]
    put(rows, row, TEXT, words)


@damage
def two_measures_run_together(rows: Rows, row: int, data: st.DataObject) -> None:
    words = list(cell(rows, row, TEXT).paragraphs)
    begun = measures_in(rows, row)
    unless(len(begun) > 1)
    line = data.draw(st.sampled_from(begun[1:]))
    words[line - 1 : line + 1] = [words[line - 1] + words[line]]
    put(rows, row, TEXT, words)


@damage
def a_row_is_doubled(rows: Rows, row: int, data: st.DataObject) -> None:
    unless(all(each is not None and each.height == 1 for each in rows[row][ITEM:] if each))
    headings: Row = [None if each is None else each for each in rows[row]]
    for column in (ASPECT, STRATEGY):
        heading = headings[column]
        if heading is not None:
            rows[row][column] = replace(heading, height=heading.height)
            headings[column] = Field(())
        else:
            headings[column] = Field(())
    _lengthen(rows, row)
    rows.insert(row + 1, [None, None, *headings[ITEM:]])


def _lengthen(rows: Rows, row: int) -> None:
    """The merged cells that cover a row reach one row further."""
    for column in (ASPECT, STRATEGY, ITEM):
        for above in range(row, -1, -1):
            found = rows[above][column]
            if found is not None:
                if found.height > 1 or column in (ASPECT, STRATEGY):
                    rows[above][column] = replace(found, height=found.height + 1)
                break


@damage
def a_heading_reaches_over_the_next(rows: Rows, row: int, data: st.DataObject) -> None:
    column = data.draw(st.sampled_from([ASPECT, STRATEGY, ITEM]))
    upper = cell(rows, row, column)
    below = row + upper.height
    unless(below < len(rows))
    lower = cell(rows, below, column)
    unless(upper.width == lower.width == 1)
    both = data.draw(st.booleans())
    words = (*upper.paragraphs, *lower.paragraphs) if both else upper.paragraphs
    put(rows, row, column, words, height=upper.height + lower.height)
    rows[below][column] = None


@damage
def two_rows_are_merged(rows: Rows, row: int, data: st.DataObject) -> None:
    """As a word processor merges cells: the words of both, one below the other."""
    unless(row + 1 < len(rows))
    for column in (TEXT, OWNERS, PERIOD):
        upper, lower = cell(rows, row, column), cell(rows, row + 1, column)
        unless(upper.width == lower.width == 1)
        put(rows, row, column, [*upper.paragraphs, *lower.paragraphs], height=2)
        rows[row + 1][column] = None


@damage
def an_owners_cell_reaches_over_the_next(rows: Rows, row: int, data: st.DataObject) -> None:
    unless(row + 1 < len(rows))
    column = data.draw(st.sampled_from([OWNERS, PERIOD]))
    upper, lower = cell(rows, row, column), cell(rows, row + 1, column)
    both = data.draw(st.booleans())
    words = (*upper.paragraphs, *lower.paragraphs) if both else upper.paragraphs
    put(rows, row, column, words, height=2)
    rows[row + 1][column] = None


@damage
def owners_and_periods_change_places(rows: Rows, row: int, data: st.DataObject) -> None:
    rows[row][OWNERS], rows[row][PERIOD] = rows[row][PERIOD], rows[row][OWNERS]
    unless(rows[row][OWNERS])


@damage
def a_line_within_a_measure_begins_with_a_number(rows: Rows, row: int, data: st.DataObject) -> None:
    words = list(cell(rows, row, TEXT).paragraphs)
    line = some_line(words, data)
    at = data.draw(st.integers(5, max(5, len(words[line]) - 1)))
    mark = data.draw(st.sampled_from(["(2)", "(7)", "2.", "一、", "甲.", "○"]))
    words[line] = f"{words[line][:at]}\n{mark} {words[line][at:]}"
    put(rows, row, TEXT, words)


def damaged(tables: list[Printed], harm: Damage, data: st.DataObject) -> list[Printed]:
    number = data.draw(st.integers(0, len(tables) - 1), label="table")
    rows: Rows = [list(row) for row in tables[number].rows]
    row = data.draw(st.integers(0, len(rows) - 1), label="row")
    harm(rows, row, data)
    done = replace(tables[number], rows=tuple(map(tuple, rows)))
    return [*tables[:number], done, *tables[number + 1 :]]


def silently_wrong(draft: Draft) -> list[object]:
    """The measures that are not the plan's own and carry no doubt; and what is lost unnoticed."""
    truth, noticed = told_all(), doubted(draft)
    found = [read(measure) for measure in draft.measures]
    wrong: list[object] = [
        each for index, each in enumerate(found) if each not in truth and index not in noticed
    ]
    about_rows = any(doubt.where.startswith("表") for doubt in draft.doubts)
    lost = [each for each in truth if each not in found]
    doubled = len(found) != len(set(found))
    return (
        wrong
        + (lost if not about_rows else [])
        + (["doubled"] if doubled and not about_rows else [])
    )


@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_is_not_damaged_is_read_as_it_is(layout: str) -> None:
    draft = draft_of_document(document(*LAYOUTS[layout]))
    assert [read(measure) for measure in draft.measures] == told_all()
    ids = {draft.measures[index].id for index in doubted(draft)}
    assert ids == (set() if layout == "row by row" else WITHOUT_A_GAP)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("harm", DAMAGES, ids=lambda each: each.__name__)
@settings(
    max_examples=5,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(data=st.data())
def test_each_measure_is_true_or_doubted(harm: Damage, layout: str, data: st.DataObject) -> None:
    try:
        tables = damaged(LAYOUTS[layout], harm, data)
    except NotHere:
        return
    draft = draft_of_document(document(*tables))
    assert silently_wrong(draft) == []
