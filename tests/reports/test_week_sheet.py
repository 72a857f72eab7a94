"""The director's week on one page, with a chart of the figures that stand above it."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dutyflow.reports.week_sheet import WeekSheet, week_xlsx
from tests.mail.outbound.summary_samples import WEEK
from tests.support.libreoffice import LibreOffice, needed

LATE = tuple(f"電費組：第 {number} 件，107年7月4日（三）截止" for number in range(1, 12))


def sheet(times: int = 1, late: tuple[str, ...] = LATE) -> WeekSheet:
    return WeekSheet(
        office=WEEK.office,
        title=WEEK.title,
        headline="".join(WEEK.headline),
        span=WEEK.span,
        made_on=date(2018, 7, 9),
        sections=WEEK.sections * times,
        whole=WEEK.whole,
        late=late,
        waiting=[each.line for each in WEEK.waiting],
    )


def test_the_chart_is_drawn_from_the_rates_in_the_table() -> None:
    workbook = load_workbook(BytesIO(week_xlsx(sheet())))
    page = workbook.active
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    header = rows.index(["組室", "應報", "準時", "準時率", "已填報", "完成率", "辦理中", "逾期"])
    table = rows[header + 1 : header + 1 + len(WEEK.sections)]
    assert [row[0] for row in table] == [section.name for section in WEEK.sections]
    assert [row[3] for row in table] == [
        "—" if section.percent is None else section.percent for section in WEEK.sections
    ]
    (chart,) = page._charts
    first, last = header + 2, header + 1 + len(WEEK.sections)
    drawn = [series.val.numRef.f for series in chart.series]
    assert drawn == [f"'每週狀態'!${column}${first}:${column}${last}" for column in "DF"]
    named = {series.cat.numRef.f for series in chart.series}
    assert named == {f"'每週狀態'!$A${first}:$A${last}"}
    assert (chart.y_axis.scaling.min, chart.y_axis.scaling.max) == (0, 100)


def test_of_many_that_are_late_it_names_some_and_counts_the_rest() -> None:
    page = load_workbook(BytesIO(week_xlsx(sheet()))).active
    said = [cell.value for row in page.iter_rows() for cell in row if cell.value]
    assert "目前逾期（11）" in said
    assert "．另 3 件，見信件內文" in said
    assert sum(str(text).startswith("．電費組") for text in said) == 8
    none = load_workbook(BytesIO(week_xlsx(sheet(late=())))).active
    assert not [
        cell for row in none.iter_rows() for cell in row if "逾期（" in str(cell.value or "")
    ]


def test_the_same_week_is_the_same_file() -> None:
    assert week_xlsx(sheet()) == week_xlsx(sheet())


@pytest.mark.parametrize("times", [1, 6])
def test_it_is_one_page_however_many_sections(
    soffice: LibreOffice, tmp_path: Path, times: int
) -> None:
    workbook = tmp_path / "week.xlsx"
    workbook.write_bytes(week_xlsx(sheet(times)))
    pdf = soffice.convert(workbook, "pdf")
    command = [needed("pdftotext"), "-layout", str(pdf), "-"]
    text = subprocess.run(command, check=True, capture_output=True).stdout.decode()
    assert text.count("\f") == 1
    assert "第1頁，共1頁" in re.sub(r"\s", "", text)
    assert text.count("準時率") >= 3  # heading, table, and the chart's legend
