"""The words around the table, and what becomes of those that are not as usual."""

from __future__ import annotations

from datetime import date

import pytest

from dutyflow.calendars.working_days import GOVERNMENT
from dutyflow.importers.document.assessment import report_due
from dutyflow.importers.document.parts import passage_of
from dutyflow.importers.document.prose import Prose, prose_of
from tests.importers.document.conftest import TRUTH
from tests.support.printed import words_after, words_before

BEFORE, AFTER = words_before(TRUTH), words_after(TRUTH)


def prose(before: list[str] = BEFORE, after: list[str] = AFTER) -> Prose:
    return prose_of([passage_of(text) for text in before], [passage_of(text) for text in after])


def replaced(words: list[str], old: str, *new: str) -> list[str]:
    assert old in words
    at = words.index(old)
    return [*words[:at], *new, *words[at + 1 :]]


def doubts(found: Prose) -> list[str]:
    return [f"{doubt.field}: {doubt.found}" for doubt in found.doubts]


def test_every_text_is_read_without_a_doubt() -> None:
    found, header = prose(), TRUTH["header"]
    assert found.title == header["title"]
    assert found.office == "台電公司屏東區營業處"
    assert (found.year, found.established) == (107, date(2018, 3, 29))
    assert list(found.basis) == header["basis"]
    assert found.texts == {name: header[name] for name in found.texts}
    assert doubts(found) == []


@pytest.mark.parametrize(
    "written",
    ["中華民國107年3月29日訂定", "１０７年３月２９日", "一○七年三月二十九日訂定", "2018年3月29日"],
)
def test_dates_are_read_as_people_write_them(written: str) -> None:
    found = prose(replaced(BEFORE, "107 年 3 月 29 日訂定", written))
    assert found.established == date(2018, 3, 29)
    assert doubts(found) == []


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (replaced(BEFORE, "107 年 3 月 29 日訂定", ""), "established: 找不到訂定日期"),
        (
            replaced(BEFORE, "107 年 3 月 29 日訂定", "107年3月29日訂定", "107年5月1日修正"),
            "established: 有 2 個日期",
        ),
        (replaced(BEFORE, TRUTH["header"]["title"], ""), "title: 找不到標題"),
        (
            replaced(BEFORE, TRUTH["header"]["title"], "屏東區營業處 113 至 114 年度計畫"),
            "year: 標題有兩個年度",
        ),
        (["附件一", *BEFORE], "title: 計畫依據之前有 2 段文字"),
        (
            replaced(BEFORE, "參、 實施對象", "肆、 實施對象"),
            "scope: 「肆、實施對象」依序應為第 3 章",
        ),
        (replaced(BEFORE, "貳、 計畫目標", "貳、 緣起"), "goal: 找不到「計畫目標」"),
        ([*BEFORE, "以下各項自一月起實施。"], "measures: 表格之外另有文字"),
        (
            [text for text in BEFORE if not text.startswith("二、")],
            "basis: 「國家發展委員會",
        ),
    ],
)  # fmt: skip
def test_what_is_not_as_usual_is_a_doubt(before: list[str], said: str) -> None:
    assert any(each.startswith(said) for each in doubts(prose(before)))


def test_a_note_below_the_table_may_belong_to_it() -> None:
    found = prose(after=["註：各項均含離島。", *AFTER])
    assert "measures: 表格之外另有文字「註：各項均含離島。」，可能屬於具體作法" in doubts(found)


def test_a_chapter_the_plan_file_does_not_know_is_a_doubt() -> None:
    found = prose(after=[*AFTER, "捌、經費", "由年度預算支應。"])
    assert any("「捌、經費」" in each for each in doubts(found))


ASSESSMENT = TRUTH["header"]["assessment"]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (ASSESSMENT, 5),
        (ASSESSMENT.replace("7月 6日", "7月 5日"), None),  # two dates, two rules
        (ASSESSMENT.replace("107年 7月 6日及", ""), None),
        (ASSESSMENT.replace("上、下半年度", "每季"), None),
        (ASSESSMENT.replace("7月 6日", "7月 7日"), None),  # a Saturday
        ("另行通知。", None),
    ],
)
def test_the_half_yearly_deadline_is_read_where_its_dates_are_a_rule(
    text: str, days: int | None
) -> None:
    assert report_due(text, 107, GOVERNMENT) == days
