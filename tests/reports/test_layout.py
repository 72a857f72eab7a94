"""Lines and pages: no text is lost, no page overflows."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.reports.layout import advance, fold, page_breaks, wrap
from dutyflow.reports.wording import chinese_number, spoken_score
from tests.reports.samples import patient

SIZE = 10.0


@patient
@given(st.text(), st.floats(30, 300))
def test_wrapping_loses_nothing(text: str, width: float) -> None:
    assert "".join(wrap(text, width, SIZE)) == text


@patient
@given(st.text(alphabet="電力公司A1 ，。𠮷😀\n"), st.floats(30, 300))
def test_no_line_is_wider_than_its_cell(text: str, width: float) -> None:
    assert all(advance(line.strip(), SIZE) < width + 0.001 for line in wrap(text, width, SIZE))


def test_words_stay_whole_and_signs_do_not_begin_a_line() -> None:
    assert wrap("台電公司APP宣導", 45, SIZE) == ["台電公司", "APP宣導"]
    assert wrap("一二三四，五", 40, SIZE) == ["一二三", "四，五"]


@patient
@given(st.lists(st.text(alphabet="電a\n"), min_size=1, max_size=3), st.integers(1, 9))
def test_folding_a_row_keeps_its_text(cells: list[str], most: int) -> None:
    rows = fold(cells, [40.0] * len(cells), SIZE, most)
    for column, text in enumerate(cells):
        parts = [row[column] for row in rows]
        assert "".join(parts).replace("\n", "") == text.replace("\n", "")
        assert all(len(wrap(part, 40.0, SIZE)) <= most for part in parts)


@patient
@given(st.lists(st.lists(st.floats(20, 235), min_size=1, max_size=7)))
def test_no_page_holds_more_than_it_can(blocks: list[list[float]]) -> None:
    heights = [height for block in blocks for height in block]
    ends = [0, *page_breaks(blocks, first=350, page=480), len(heights)]
    pages = [heights[start:end] for start, end in pairwise(ends)]
    assert all(sum(page) <= (350 if number == 0 else 480) for number, page in enumerate(pages))
    assert not heights or all(pages)


@pytest.mark.parametrize(
    ("blocks", "breaks"),
    [
        ([[100.0], [100.0], [100.0]], []),
        ([[300.0], [100.0, 100.0, 100.0]], [1]),
        ([[100.0], [100.0] * 5], [4]),
        ([[100.0], [110.0, 110.0, 20.0, 20.0, 20.0, 20.0]], []),
        ([[100.0], [150.0, 90.0, 50.0, 20.0]], [3]),
    ],
    ids=["fits", "moves whole", "is broken", "just fits", "leaves no single row behind"],
)
def test_a_measure_stays_together_unless_too_much_would_stay_white(
    blocks: list[list[float]], breaks: list[int]
) -> None:
    assert page_breaks(blocks, first=400, page=400) == breaks


def test_words() -> None:
    assert [chinese_number(n) for n in (1, 5, 10, 12, 20, 31)] == [
        "一", "五", "十", "十二", "二十", "三十一"
    ]  # fmt: skip
    assert [spoken_score(s) for s in (85, 88.2, 87.666, 83.125, 0, None)] == [
        "85", "88.2", "87.67", "83.13", "0", "—"
    ]  # fmt: skip
