"""The workbook, as its readers open it."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.plan.model import Plan
from dutyflow.reports.kinds import to_json
from dutyflow.reports.model import Assessment
from dutyflow.reports.received import SectionAnswers
from dutyflow.reports.renderers import xlsx
from tests.reports.samples import (
    everyday_report,
    patient,
    real_plan,
    report_of,
    scores,
    small_plan,
)
from tests.support.answers import assessed

SUMMARY, STATISTICS, CHANGES = "考核結果彙整表", "面向統計", "版本差異"
HEADINGS = [
    "編號", "執行策略", "項目／具體作法", "承辦組室", "執行情形", "自評分數", "得分", "佐證", "備註"
]  # fmt: skip
PLAN = small_plan()
PLUGINS = Path(__file__).parents[2] / "plugins"
RENDER = """
import json, sys
from dutyflow.reports.kinds import from_json
from dutyflow.reports.renderers import xlsx
from tests.support.answers import assessed
sys.stdout.buffer.write(xlsx.render(from_json(json.load(sys.stdin))))
"""


@pytest.fixture(scope="module")
def plan() -> Plan:
    return real_plan()


@pytest.fixture(scope="module")
def everyday(plan: Plan) -> Worksheet:
    return _open(xlsx.render(everyday_report(plan)))[SUMMARY]


def test_all_measures_stand_in_the_plans_order(plan: Plan, everyday: Worksheet) -> None:
    numbers = dict.fromkeys(row["編號"] for row in _table(everyday))
    assert list(numbers) == [measure.id for measure in plan.measures]
    texts = [row["項目／具體作法"] for row in _table(everyday) if row["執行策略"]]
    assert len(texts) == 89
    measure = plan.measures[2]
    assert texts[2] == f"【{measure.item}】\n{measure.text}"


def test_every_owner_has_a_row_of_its_own(plan: Plan, everyday: Worksheet) -> None:
    asked = [(m.id, section.name) for m in plan.measures for section in plan.owners_of(m)]
    rows = [(row["編號"], row["承辦組室"]) for row in _table(everyday)]
    assert [row for row in rows if "續" not in row[1]] == asked


def test_the_title_block_says_what_whose_and_when(everyday: Worksheet) -> None:
    block = " ".join(_texts(everyday)[:5])
    for said in (
        "台灣電力公司屏東區營業處", "107年上半年考核結果彙整表", "第 1 版",
        "製表日期：107年7月5日（四）", "應報日期：107年7月6日（五）", "逾期未報：人資組",
    ):  # fmt: skip
        assert said in block


def test_each_aspect_has_its_band(everyday: Worksheet) -> None:
    bands = [text for text in _texts(everyday) if re.match(r"[一二三四五]、", text)]
    assert bands == [
        f"{number}、{name}（權重 20）"
        for number, name in zip(
            "一二三四五", ("基礎服務", "服務遞送", "服務量能", "服務評價", "開放創新"), strict=True
        )
    ]


def test_statuses_are_marked() -> None:
    received = {
        "one": replace(scores(m1_1=90, m1_2=None, m2_1=85), late=True),
        "three": SectionAnswers(answers=None, waived=True),
    }
    sheet = _open(xlsx.render(report_of(PLAN, received)))[SUMMARY]
    said = {(row["編號"], row["承辦組室"]): row for row in _table(sheet)}
    assert said["1.1", "第二組"]["執行情形"] == "逾期未報"
    assert said["1.1", "第三組"]["執行情形"] == "免報"
    assert str(said["1.2", "第一組"]["執行情形"]).startswith("無辦理事項")
    assert said["1.1", "第一組"]["備註"] == "逾期填報"
    assert said["2.2", "第二組"]["備註"] == "每年一次"
    assert (said["1.1", "第一組"]["自評分數"], said["1.1", "第一組"]["得分"]) == (90, 90)
    assert said["1.2", "第一組"]["得分"] == "—"
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value == "逾期未報":
                assert cell.font.b
                assert cell.font.color.rgb == "FFC00000"


def test_the_statistics_add_up() -> None:
    received = {
        "one": scores(m1_1=90, m1_2=100, m2_1=80),
        "two": replace(scores(m1_1=80, m2_1=60, m2_2=80), late=True),
        "three": scores(m1_1=70),
    }
    sheet = _open(xlsx.render(report_of(PLAN, received)))[STATISTICS]
    rows = {str(row[0]): row[1:8] for row in sheet.iter_rows(values_only=True)}
    assert rows["甲"] == (50, 4, 4, 0, 0, 0, 90)
    assert rows["乙"] == (30, 3, 3, 0, 0, 0, 75)
    assert rows["丙"] == (20, 1, 0, 0, 1, 0, "—")
    assert rows["總分（依權重加權平均）"] == (100, 8, 7, 0, 1, 0, 84.375)
    assert rows["第一組"] == (3, 3, 0, 0, 0, 90, "準時")
    assert rows["第二組"] == (3, 3, 0, 0, 0, pytest.approx(220 / 3), "逾期填報")
    assert rows["第三組"] == (2, 1, 0, 1, 0, 70, "準時，缺 1 項")


def test_the_assumption_and_the_signatures_close_the_table(plan: Plan, everyday: Worksheet) -> None:
    last = _texts(everyday)[-4:]
    assert plan.scoring.assumption in " ".join(last)
    assert re.fullmatch(r"承辦人：\s+複核：\s+處長：", last[-1])


def test_changes_are_shown_from_the_second_version_on() -> None:
    report = replace(report_of(PLAN, {}), changes=("總分 80 → 81",))
    assert _open(xlsx.render(report)).sheetnames == [SUMMARY, STATISTICS]
    book = _open(xlsx.render(replace(report, version=2)))
    assert book.sheetnames == [SUMMARY, STATISTICS, CHANGES]
    assert "總分 80 → 81" in _texts(book[CHANGES])
    assert _open(xlsx.render(replace(report, version=2, changes=()))).sheetnames[-1] == STATISTICS


@pytest.mark.parametrize("name", [SUMMARY, STATISTICS, CHANGES])
def test_every_sheet_is_ready_to_print(name: str) -> None:
    report = replace(report_of(PLAN, {}), version=2, changes=("總分 80 → 81",))
    sheet = _open(xlsx.render(report))[name]
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.paperSize == 9
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert f"${sheet.max_row}" in sheet.print_area
    foot = sheet.oddFooter
    assert foot.left.text == "第 2 版"
    assert foot.center.text == "第 &P 頁，共 &N 頁"
    assert "107年7月5日（四）" in foot.right.text


def test_the_heading_row_is_repeated_on_each_page(everyday: Worksheet) -> None:
    header = int(re.findall(r"\d+", everyday.print_title_rows or "")[0])
    assert [cell.value for cell in everyday[header]] == HEADINGS


def test_the_document_says_whose_it_is() -> None:
    properties = _open(xlsx.render(report_of(PLAN, {}))).properties
    assert (properties.title, properties.creator) == ("107年上半年考核結果彙整表", "測試營業處")


@pytest.mark.parametrize("start", ["=1+1", "+886", "-cmd|' /C calc'!A0", "@SUM(A1)", "\t=1"])
def test_text_that_begins_like_a_formula_stays_text(start: str) -> None:
    answer = assessed(measure="3.1", text=start, evidence=start, score=80)
    data = xlsx.render(report_of(PLAN, {"three": SectionAnswers(answers=(answer,))}))
    row = next(row for row in _cells(_open(data)[SUMMARY]) if row[0].value == "3.1")
    for cell in (row[4], row[7]):
        assert (cell.value, cell.data_type, bool(cell.quotePrefix)) == (start, "s", True)
    assert not _formulas(data)


def test_a_long_text_goes_on_in_further_rows_until_it_is_too_long_for_any() -> None:
    whole = _told("辦理情形說明，" * 200)
    assert "".join(whole) == "辦理情形說明，" * 200
    assert len(whole) > 1
    cut = "".join(_told("電" * 40_000))
    assert len(cut) <= 32_767
    assert cut.endswith("…（原文共 40000 字，逾試算表儲存格上限，以下從略）")


def test_rows_are_high_enough_and_never_higher_than_excel_shows() -> None:
    answer = assessed(measure="3.1", text="辦理情形說明，" * 400, score=80)
    report = report_of(PLAN, {"three": SectionAnswers(answers=(answer,))})
    sheet = _open(xlsx.render(replace(report, note="註" * 40_000)))[SUMMARY]
    heights = [sheet.row_dimensions[row].height for row in range(1, sheet.max_row + 1)]
    assert all(height is not None and 0 < height <= 409 for height in heights)
    tall = next(c.row for row in _cells(sheet) for c in row if str(c.value).startswith("辦理情形"))
    assert heights[tall - 1] > 16 * 10


def test_no_text_is_merged_over_rows(everyday: Worksheet) -> None:
    """Merged cells that meet the end of a page lose their text."""
    assert all(merged.min_row == merged.max_row for merged in everyday.merged_cells.ranges)


@settings(patient, max_examples=20)
@given(st.text(st.characters(exclude_categories=()), max_size=60))
def test_any_text_can_be_rendered(text: str) -> None:
    assert not _formulas(xlsx.render(_saying(text)))


@pytest.mark.parametrize(
    "text", ["\x00\x01\x0b\x1f", "😀👨‍👩‍👧𠮷", "\ud800", "\ufffe", "a" * 32_768, "\n" * 40_000]
)
def test_odd_texts_can_be_rendered(text: str) -> None:
    assert _open(xlsx.render(_saying(text)))


@settings(patient, max_examples=10)
@given(st.floats(0, 100), st.integers(1, 999), st.dates(date(1912, 1, 1), date(2900, 1, 1)))
def test_scores_are_written_to_the_last_digit(score: float, version: int, day: date) -> None:
    report = replace(report_of(PLAN, {"three": scores(m3_1=score)}), version=version, made_on=day)
    sheet = _open(xlsx.render(report))[SUMMARY]
    row = next(row for row in _table(sheet) if row["編號"] == "3.1")
    assert row["自評分數"] == score


def test_the_same_report_gives_the_same_bytes() -> None:
    """In another process too, at another moment and with other hashes."""
    report = replace(report_of(PLAN, {"one": scores(m1_1=90)}), version=2, changes=("總分",))
    again = subprocess.run(
        [sys.executable, "-c", RENDER],
        input=json.dumps(to_json(report)).encode(),
        env={**os.environ, "PYTHONPATH": str(PLUGINS), "PYTHONHASHSEED": "7"},
        capture_output=True,
        check=True,
    )
    assert again.stdout == xlsx.render(report)


def _saying(text: str) -> Assessment:
    answer = assessed(measure="3.1", text=text, evidence=text, score=1)
    report = report_of(PLAN, {"three": SectionAnswers(answers=(answer,))}, version=2)
    return replace(
        report, office=text, title=text, note=text, changes=(text,), signatures=(text, text)
    )


def _told(text: str) -> list[str]:
    """The cells in which 第三組 is printed as saying this."""
    answer = assessed(measure="3.1", text=text, score=80)
    sheet = _open(xlsx.render(report_of(PLAN, {"three": SectionAnswers(answers=(answer,))})))
    return [str(row["執行情形"]) for row in _table(sheet[SUMMARY]) if row["編號"] == "3.1"]


def _open(data: bytes) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def _cells(sheet: Worksheet) -> Iterator[tuple[openpyxl.cell.cell.Cell, ...]]:
    yield from sheet.iter_rows()  # type: ignore[misc]


def _table(sheet: Worksheet) -> Iterator[dict[str, object]]:
    """The rows that speak of a measure, by heading."""
    for row in sheet.iter_rows(values_only=True):
        if re.fullmatch(r"\d+(\.\d+)+", str(row[0])):
            yield {
                heading: "" if value is None else value
                for heading, value in zip(HEADINGS, row, strict=True)
            }


def _texts(sheet: Worksheet) -> list[str]:
    return [str(v) for row in sheet.iter_rows(values_only=True) for v in row if v is not None]


def _formulas(data: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sheets = [archive.read(n).decode() for n in archive.namelist() if "worksheets/" in n]
    return [found for sheet in sheets for found in re.findall(r"<f[ >]", sheet)]
