"""What people make of a workbook is understood, as long as it can be meant in one way only."""

from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from dutyflow.importers.workbook import Content, filing, read_book, write_book
from dutyflow.plan.model import Contacts, Plan
from tests.importers.workbook.samples import changed, content, put, told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plan") / "penghu"


@pytest.fixture(scope="module")
def before(folder: Path) -> Content:
    return content(folder)


@pytest.fixture(scope="module")
def made(before: Content) -> bytes:
    return write_book(before)


def plan_in(workbook: bytes) -> Plan:
    reading = read_book(workbook, "計畫.xlsx")
    assert [*map(str, reading.plan.findings)] == []
    return Plan.model_validate(reading.plan.data)


SAME = [
    # dates
    ("計畫", "B8", "2018-03-29"),
    ("計畫", "B8", "107/3/29"),
    ("計畫", "B8", "民國107年3月29日"),
    ("計畫", "B8", "1070329"),
    ("計畫", "B8", "１０７．３．２９"),
    ("計畫", "B8", date(2018, 3, 29)),
    ("計畫", "B8", datetime(2018, 3, 29)),  # noqa: DTZ001 - as Excel keeps it
    ("休假補班", "A4", date(2018, 7, 11)),
    # numbers
    ("計畫", "B7", "１０７"),
    ("計畫", "B7", "107 年度"),
    ("計畫", "B28", "60.0"),
    ("計畫", "B28", " ６０ "),
    ("定期工作", "N4", "3 天"),
    ("定期工作", "N4", None),  # the default
    # words and codes
    ("具體作法", "I4", "ongoing"),
    ("具體作法", "I4", " 隨時辦理　"),
    ("具體作法", "G4", "V"),
    ("具體作法", "G4", True),
    ("具體作法", "G4", 1),
    ("定期工作", "F5", "half_year"),
    ("定期工作", "P5", "self_assessment"),
    ("定期工作", "Q5", "assessment_summary"),
    ("定期工作", "R4", "director，coordinator"),
    ("定期工作", "R4", "處長\n計畫承辦人"),
    ("定期工作", "S5", False),
    ("定期工作", "S5", None),
    ("定期工作", "E5", "ongoing yearly"),
    ("定期工作", "E4", 1.2),
    ("定期工作", "I5", "期末前第十個工作日"),
    ("定期工作", "G4", "端午前 107/6/1~107/6/17\n春節前 2018-12-15 至 2019-02-03"),
    ("填報表", "D4", "上半年\n下半年"),
    ("填報表", "D4", "上半年、下半年"),
    ("填報表", "E4", True),
    ("填報欄位", "E4", "TRUE"),
    ("填報欄位", "J5", "Y"),
    ("填報欄位", "F6", "人數低於10"),
    ("填報欄位", "F6", "people 低於 10.0"),
    ("填報欄位", "D4", None),
    ("填報欄位", "J6", "否"),  # says nothing of a text
    ("定期工作", "O5", "short"),
    # texts
    ("具體作法", "E4", "於處理時限內完成。\n "),
    ("具體作法", "A4", " １.１ "),
    ("具體作法", "A4", 1.1),
]  # fmt: skip


@pytest.mark.parametrize(("sheet", "cell", "value"), SAME)
def test_the_same_in_other_words(before: Content, made: bytes, sheet, cell, value) -> None:
    reading = read_book(changed(made, put(sheet, cell, value)), "計畫.xlsx")
    assert [*map(str, (*reading.plan.findings, *reading.findings))] == []
    assert Plan.model_validate(reading.plan.data) == before.plan
    assert reading.closures == before.closures


def test_a_label_that_is_a_code_stands_for_a_section(before: Content, made: bytes) -> None:
    reading = read_book(changed(made, put("聯絡人", "B5", "business")), "計畫.xlsx")
    assert reading.contacts is not None
    assert Contacts.model_validate(reading.contacts.data) == before.contacts


def test_blank_rows_moved_and_added_columns_and_strange_sheets(
    before: Content, made: bytes
) -> None:
    def rearrange(workbook: Workbook) -> None:
        sheet = workbook["具體作法"]
        sheet.insert_rows(5, 3)
        sheet.insert_cols(2, 2)
        sheet["B3"], sheet["B4"] = "備註", "另行保管"
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
        moved = workbook.create_sheet("具體作法 ")
        for row in rows:
            moved.append([*reversed(row)])
        workbook.remove(sheet)
        moved.title = "具體作法"
        workbook.create_sheet("我的筆記")["A1"] = "編號"
        workbook["組室"].insert_rows(1, 4)
        workbook.remove(workbook["說明"])

    assert plan_in(changed(made, rearrange)) == before.plan


def test_texts_that_begin_like_formulas_stay_texts(tmp_path: Path, before: Content) -> None:
    plan = before.plan
    measures = (plan.measures[0].model_copy(update={"text": "=1+1"}), *plan.measures[1:])
    plan = plan.model_copy(update={"measures": measures})
    workbook = write_book(Content(plan=plan))
    cell = openpyxl.load_workbook(BytesIO(workbook))["具體作法"]["E4"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert plan_in(workbook) == plan


def test_an_order_of_owners_that_is_not_that_of_the_sections_is_numbered(made: bytes) -> None:
    sheet = openpyxl.load_workbook(BytesIO(made))["具體作法"]
    assert [sheet[cell].value for cell in ("G4", "H4", "G5", "H5", "F6")] == ["✓", None, 2, 1, "✓"]


def test_sections_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """The lint refuses them; yet a duty and a form may share theirs with another."""
    before = content(tmp_path / "penghu")
    first, second = before.plan.duties
    duties = (
        first,
        second.model_copy(update={"name": first.name}),
        second.model_copy(
            update={
                "id": "follow_up",
                "every": "after",
                "after": second.id,
                "name": "追蹤",
                "opens": {"working_days": 1, "from": "approval"},
                "collect_by": {"working_days": 3, "from": "opens"},
                "report_due": {"working_days": 3, "from": "collect_by"},
            }
        ),
    )
    data = before.plan.model_copy(update={"duties": duties}).model_dump(by_alias=True)
    plan = Plan.model_validate(data)
    workbook = write_book(Content(plan=plan))
    cell = openpyxl.load_workbook(BytesIO(workbook))["定期工作"]["H6"]
    assert cell.value == "教育訓練（self_assessment）"
    assert plan_in(workbook) == plan


def test_a_sheet_of_people_that_is_gone_or_empty_says_nothing_of_them(
    made: bytes, folder: Path
) -> None:
    def remove(workbook: Workbook) -> None:
        del workbook["聯絡人"], workbook["休假補班"]

    def clear(workbook: Workbook) -> None:
        workbook["聯絡人"].delete_rows(4, 30)

    gone, empty = (read_book(changed(made, edit), "計畫.xlsx") for edit in (remove, clear))
    assert (gone.contacts, gone.closures) == (None, None)
    assert empty.contacts is None
    assert told(changed(made, remove), folder) == []


def test_an_office_that_has_named_nobody_finds_whom_to_name(before: Content) -> None:
    workbook = write_book(Content(plan=before.plan))
    sheet = openpyxl.load_workbook(BytesIO(workbook))["聯絡人"]
    assert [(row[0].value, row[1].value) for row in sheet.iter_rows(min_row=4, max_row=11)] == [
        ("收發信箱", None),
        ("承辦人", "業務組"),
        ("組長", "業務組"),
        ("承辦人", "設計組"),
        ("組長", "設計組"),
        ("計畫承辦人", None),
        ("處長", None),
        ("業務處", None),
    ]
    assert read_book(workbook, "計畫.xlsx").contacts is None


def test_what_a_workbook_cannot_give_back_is_told(before: Content) -> None:
    assert filing.lost_in(before, write_book(before)) == []
    header = before.plan.header.model_copy(update={"goal": " 前後有空白 "})
    content = Content(plan=before.plan.model_copy(update={"header": header}))
    (sentence,) = filing.lost_in(content, write_book(content))
    assert sentence.startswith("計畫本文：計畫目標：")
