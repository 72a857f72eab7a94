"""What Excel offers while the workbook is filled, and how it prints."""

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from dutyflow.importers.workbook import write_book
from tests.importers.workbook.samples import content
from tests.support.libreoffice import LibreOffice, needed

SHEETS = [
    "說明",
    "計畫",
    "組室",
    "具體作法",
    "定期工作",
    "填報表",
    "填報欄位",
    "稽催階段",
    "聯絡人",
    "休假補班",
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plan")
    path = folder / "計畫.xlsx"
    path.write_bytes(write_book(content(folder / "penghu")))
    return path


@pytest.fixture(scope="module")
def workbook(path: Path) -> Workbook:
    return openpyxl.load_workbook(BytesIO(path.read_bytes()))


def choices(workbook: Workbook, sheet: str, cell: str) -> list[str]:
    """What the drop-down of a cell offers."""
    (rule,) = [
        rule
        for rule in workbook[sheet].data_validations.dataValidation
        if cell in rule.sqref and rule.type == "list"
    ]
    source, _, cells = rule.formula1.partition("!")
    there = workbook[source.strip("'")][cells.replace("$", "")]
    return [row[0].value for row in there if row[0].value]


def test_the_sheets_in_their_order(workbook: Workbook) -> None:
    assert workbook.sheetnames == [*SHEETS, "選項"]
    assert workbook["選項"].sheet_state == "hidden"


@pytest.mark.parametrize(
    ("sheet", "cell", "offered"),
    [
        ("具體作法", "B9", ["基礎服務", "服務量能"]),
        ("具體作法", "G9", ["✓"]),
        ("具體作法", "I9", ["隨時辦理", "每年一次"]),
        ("定期工作", "F9", ["每月", "每季", "每半年", "每年", "一次", "指定期間", "接續"]),
        ("定期工作", "H9", ["教育訓練", "半年自行考核"]),
        ("定期工作", "O9", ["簡短階段", "標準階段", "每週提醒"]),
        ("定期工作", "Q9", ["考核結果彙整表", "填報彙整表"]),
        ("定期工作", "R9", ["業務處", "處長", "計畫承辦人"]),
        ("稽催階段", "F9", ["平實", "提醒", "緊急"]),
        ("填報欄位", "A9", ["訓練辦理情形表"]),
        ("填報欄位", "D9", ["文字", "數字", "日期", "選項", "是否", "檔案"]),
        ("聯絡人", "B9", ["業務組", "設計組"]),
        ("休假補班", "B9", ["放假", "上班"]),
    ],
)
def test_choices_are_offered_also_below_the_last_row(
    workbook: Workbook, sheet: str, cell: str, offered: list[str]
) -> None:
    assert choices(workbook, sheet, cell) == offered


def test_forms_are_offered_the_plan_s_own_and_those_that_are_shipped(workbook: Workbook) -> None:
    assert {"自評表", "訓練辦理情形表"} <= {*choices(workbook, "定期工作", "P9")}


def test_rules_are_offered_but_others_may_be_written(workbook: Workbook) -> None:
    assert "期末後第3個工作天" in choices(workbook, "定期工作", "J9")
    (rule,) = [r for r in workbook["定期工作"].data_validations.dataValidation if "J9" in r.sqref]
    assert not rule.showErrorMessage


@pytest.mark.parametrize("sheet", SHEETS[2:])
def test_titles_stay_in_sight_and_say_what_is_expected(workbook: Workbook, sheet: str) -> None:
    page = workbook[sheet]
    assert page.freeze_panes in ("B4", "C4", "D4")
    assert page.print_title_rows == "$3:$3"
    for cell in page[3]:
        assert cell.value
        assert cell.comment is not None
        assert len(cell.comment.text) > len(cell.value)
    prompted = {str(rule.sqref)[0] for rule in page.data_validations.dataValidation}
    assert len(prompted) == len(page[3])
    assert page.page_setup.orientation == "landscape"
    assert page.page_setup.paperSize == 9


def test_every_page_says_whose_it_is(path: Path, soffice: LibreOffice) -> None:
    import subprocess

    pdf = soffice.convert(path, "pdf")
    text = subprocess.run(
        [needed("pdftotext"), "-layout", pdf, "-"], check=True, capture_output=True, text=True
    ).stdout
    pages = text.split("\f")[:-1]
    told = ["".join(page.split()) for page in pages]
    assert len(pages) <= 16
    for sheet in SHEETS[1:]:
        assert any(f"107年度執行計畫{sheet}" in page for page in told), sheet
    sides = [page for page in told if "半年自行考核" in page and "self_assessment" in page]
    assert any("期末前第10個工作天" in page for page in sides)  # named on the second page too
    assert any("陸、考核作業" in page for page in sides)
