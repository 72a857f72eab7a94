"""One cell of 具體作法, and one heading: where measures begin, and what is doubtful about it."""

from __future__ import annotations

import pytest

from dutyflow.importers.document.parts import passage_of
from dutyflow.importers.document.points import points_of, title_of


def points(*paragraphs: str) -> list[tuple[int | None, str]]:
    found = points_of(passage_of(*paragraphs))
    assert [point.doubts for point in found] == [[] for _ in found]
    return [(point.number, point.text) for point in found]


def doubt(*paragraphs: str) -> str:
    return "\n".join(each for point in points_of(passage_of(*paragraphs)) for each in point.doubts)


@pytest.mark.parametrize(
    ("paragraphs", "expected"),
    [
        (["提升效率。"], [(None, "提升效率。")]),
        (["(1) 甲案。", "", "(2)乙案。"], [(1, "甲案。"), (2, "乙案。")]),
        (["（１）甲案。", "（２）乙案。"], [(1, "甲案。"), (2, "乙案。")]),
        (["⑴甲案。", "⑵乙案。"], [(1, "甲案。"), (2, "乙案。")]),
        (["1.甲案。", "2、乙案。"], [(1, "甲案。"), (2, "乙案。")]),
        (["(1) 甲案，\n如附。\n(2) 乙案。"], [(1, "甲案，如附。"), (2, "乙案。")]),
        (["(1) 如下：", "甲. 其一。", "乙. 其二。"], [(1, "如下：\n甲. 其一。\n乙. 其二。")]),
        (["(1) 如下：", "1. 其一。", "2. 其二。"], [(1, "如下：\n1. 其一。\n2. 其二。")]),
        (["(1) 預定本\n(107)年辦理。"], [(1, "預定本(107)年辦理。")]),
        (["提 供 wifi 或 iTaiwan"], [(None, "提供 wifi 或 iTaiwan")]),
        (["於 106 年 3 月起"], [(None, "於 106 年 3 月起")]),
        (["3.5 公里"], [(None, "3.5 公里")]),
    ],
)
def test_where_measures_begin(
    paragraphs: list[str], expected: list[tuple[int | None, str]]
) -> None:
    assert points(*paragraphs) == expected


@pytest.mark.parametrize(
    ("paragraphs", "said"),
    [
        (["(1) 甲案。", "乙案。"], "段落「乙案。」沒有編號"),
        (["(1) 甲案。\n乙案。"], "「乙案。」另起一行"),
        (["(1) 甲案。(2) 乙案。"], "文字中有「(2)」"),
        (["辦理如下：(1) 甲案。"], "文字中有「(1)」"),
        (["辦理如下：", "(1) 甲案。"], "沒有編號的文字之下另有編號「(1)」"),
        (["(1) 依前項\n(2) 規定辦理。"], "句中換行之後的「(2)」"),
        (["甲、其一。"], "不知是具體作法或其子項"),
        (["(1) 如下：", "甲. 其一。", "丙. 其三。"], "「丙.」與上一個不連續"),
        (["(1)"], "有編號而沒有內容"),
        (["(1) 提供 MyEGov\nAPP"], "不知是否有空格"),
    ],
)
def test_what_is_doubtful(paragraphs: list[str], said: str) -> None:
    assert said in doubt(*paragraphs)


@pytest.mark.parametrize(
    ("paragraphs", "number", "name"),
    [
        (["一、", "基礎", "服務"], 1, "基礎服務"),
        (["（十二）\n服務一致\n及正確性"], 12, "服務一致及正確性"),
        (["(一) 開放參與"], 1, "開放參與"),
        (["２．提升服", "務及時", "性"], 2, "提升服務及時性"),
        (["提升同仁", "行政效率"], None, "提升同仁行政效率"),
    ],
)
def test_headings_are_joined(paragraphs: list[str], number: int | None, name: str) -> None:
    title = title_of(passage_of(*paragraphs))
    assert (title.number, title.name, title.doubts) == (number, name, [])


@pytest.mark.parametrize(
    "paragraphs", [["1.甲", "2.乙"], ["一、甲。", "說明文字"], ["甲", "(2)乙"]]
)
def test_two_headings_in_a_cell_are_a_doubt(paragraphs: list[str]) -> None:
    assert title_of(passage_of(*paragraphs)).doubts
