"""The form in LibreOffice: sections without Excel fill it there, and it shows how it prints."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import openpyxl
import pytest

from dutyflow.plan.asking import measure_row
from tests.forms.samples import ANSWERS, FIRST_ROW, STAMP, judged, measure, said, write
from tests.support.libreoffice import LibreOffice, needed


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """A form that went out empty and was filled by hand."""
    path = tmp_path / "自評表.xlsx"
    path.write_bytes(write())
    workbook = openpyxl.load_workbook(path)
    sheet = workbook["自評表"]
    for number, answer in enumerate(ANSWERS, FIRST_ROW):
        for column, value in (
            ("E", answer.text("text")),
            ("F", answer.number("score")),
            ("G", answer.text("evidence")),
            ("H", "無辦理事項" if answer.nothing else None),
        ):
            sheet[f"{column}{number}"].value = value
            if isinstance(value, str):
                sheet[f"{column}{number}"].data_type = "s"
    workbook.save(path)
    return path


def test_the_form_survives_libreoffice_and_back(filled: Path, soffice: LibreOffice) -> None:
    ods = soffice.convert(filled, "ods")
    back = soffice.convert(ods, "xlsx")
    for path in (filled, ods, back):
        verdict = judged(path.read_bytes())
        assert verdict.accepted, f"{path.suffix}: {said(verdict)}"
        assert verdict.answers == ANSWERS
        assert verdict.stamp == STAMP
    workbook = openpyxl.load_workbook(back)
    assert workbook["_dutyflow"].sheet_state == "hidden"
    sheet = workbook["自評表"]
    rules = {rule.type: rule for rule in sheet.data_validations.dataValidation}
    assert rules["list"].formula1 == '"無辦理事項"'
    assert f"H{FIRST_ROW}" in rules["list"].sqref
    assert rules["decimal"].prompt
    assert sheet.protection.sheet
    assert not sheet[f"E{FIRST_ROW}"].protection.locked
    assert sheet[f"D{FIRST_ROW}"].protection.locked


def test_problems_are_found_in_an_ods_too(filled: Path, soffice: LibreOffice) -> None:
    workbook = openpyxl.load_workbook(filled)
    workbook["自評表"]["F5"] = "九十"
    workbook["自評表"].delete_rows(7)
    workbook.save(filled)
    verdict = judged(soffice.convert(filled, "ods").read_bytes())
    assert "F5" in said(verdict)
    assert "缺少編號 1.1.2.2" in said(verdict)
    assert len(verdict.problems) == 2


def test_prints_on_a4_landscape_with_its_titles_on_every_page(
    tmp_path: Path, soffice: LibreOffice
) -> None:
    rows = [
        measure(f"1.{number}", "訂定各項用電申請適時供電日程及管控機制，" * (1 + number % 8))
        for number in range(1, 61)
    ]
    path = tmp_path / "form.xlsx"
    path.write_bytes(write(rows=tuple(map(measure_row, rows))))
    pdf = soffice.convert(path, "pdf")
    width, height = map(
        float, re.findall(r"Page size:\s+([\d.]+) x ([\d.]+)", _run("pdfinfo", pdf))[0]
    )
    assert (width, height) == (pytest.approx(841.9, abs=1), pytest.approx(595.3, abs=1))
    pages = _run("pdftotext", "-layout", pdf, "-").split("\f")[:-1]
    assert len(pages) > 2
    for number, page in enumerate(pages, 1):
        squeezed = re.sub(r"\s", "", page)
        assert "編號面向執行策略具體作法執行情形自評分數佐證無辦理事項" in squeezed
        assert f"第{number}頁，共{len(pages)}頁" in squeezed
    printed = re.sub(r"\s", "", "".join(pages))
    sentences = sum(1 + number % 8 for number in range(1, 61))
    assert printed.count("申請適時供電日程及管控機制") + printed.count("管控機制") >= sentences


def _run(command: str, *arguments: str | Path) -> str:
    return subprocess.run(
        [needed(command), *map(str, arguments)], check=True, capture_output=True
    ).stdout.decode()
