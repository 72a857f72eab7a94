"""A small plan, and the ways in which tests fill and spoil its form."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from dutyflow.forms import (
    FormStamp,
    Heading,
    Problem,
    Verdict,
    judge,
    read,
    write_form,
)
from dutyflow.plan.answers import Answer
from dutyflow.plan.asking import AskedRow, measure_row
from dutyflow.plan.catalogue import shipped_forms
from dutyflow.plan.model import Measure
from tests.support.answers import assessed

SELF_ASSESSMENT = shipped_forms()["self_assessment"]
SECRET = b"a secret that only tests know, 32+ bytes"
ASSIGNMENT = "pingtung/self_assessment/107H1/business"
PLAN_HASH = "0123456789abcdef" * 4
STAMP = FormStamp(
    assignment=ASSIGNMENT, form="self_assessment", form_version=1, plan_hash=PLAN_HASH
)
HEADING = Heading(
    office="台灣電力公司屏東區營業處",
    section="業務組",
    duty="半年自行考核",
    period="107年上半年",
    deadline="107年7月4日（三）",
    reply_to="plan+aaaabbbbccccdddd2222@example.gov.tw",
    coordinator="王小明",
)

FIRST_ROW = 5  # of the table, under four lines of heading; `write` asserts it
ID, TEXT, SCORE, EVIDENCE, NOTHING = "A", "E", "F", "G", "H"


def measure(id: str, text: str, item: str = "") -> Measure:
    return Measure(
        id=id,
        aspect="基礎服務",
        strategy="服務一致及正確性",
        item=item,
        text=text,
        owners=("business",),
        frequency="ongoing",
    )


MEASURES = (
    measure("1.1.1", "訂定申辦業務標準作業流程，維持服務措施處理一致性。"),
    measure("1.1.2.1", "提升申辦案件的處理效率，確保於處理時限內完成。", "提升服務及時性"),
    measure("1.1.2.2", "訂定各項用電申請適時供電日程及管控機制。", "提升服務及時性"),
    measure("1.10", "=SUM(A1:A9) 開頭像公式的文字", "+項目"),
)
ROWS = tuple(map(measure_row, MEASURES))
ANSWERS = (
    assessed(measure="1.1.1", text="已檢討表單 12 件。", score=95, evidence="屏東字第 1070001 號"),
    assessed(measure="1.1.2.1", text="平均 2.5 日完成。\n逾期 0 件。", score=87.5),
    assessed(measure="1.1.2.2", nothing=True),
    assessed(measure="1.10", text="=1+1 也只是文字", score=0, evidence="-"),
)


def write(
    answers: Iterable[Answer] = (),
    problems: Iterable[Problem] = (),
    *,
    rows: Sequence[AskedRow] = ROWS,
    stamp: FormStamp = STAMP,
) -> bytes:
    return write_form(
        form=SELF_ASSESSMENT,
        stamp=stamp,
        secret=SECRET,
        heading=HEADING,
        rows=rows,
        answers=answers,
        problems=problems,
    )


def judged(data: bytes, *, rows: Sequence[AskedRow] = ROWS) -> Verdict:
    return judge(
        read(data),
        form=SELF_ASSESSMENT,
        rows=rows,
        secret=SECRET,
        assignment=ASSIGNMENT,
        plan_hash=PLAN_HASH,
    )


def edited(data: bytes, edit: Callable[[Worksheet], object]) -> bytes:
    """The form after somebody worked on its sheet in another program."""
    workbook = openpyxl.load_workbook(io.BytesIO(data))
    edit(workbook.worksheets[0])
    saved = io.BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def with_cells(data: bytes, cells: Mapping[str, object]) -> bytes:
    """The form with other values in some cells, like {"F5": "九十"}."""

    def put(sheet: Worksheet) -> None:
        for address, value in cells.items():
            sheet[address] = value

    return edited(data, put)


def sheet_of(data: bytes) -> Worksheet:
    return openpyxl.load_workbook(io.BytesIO(data)).worksheets[0]


def repacked(
    data: bytes, changes: Mapping[str, bytes | None], method: int = zipfile.ZIP_DEFLATED
) -> bytes:
    """The zip with members added, replaced or (None) left out."""
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as source,
        zipfile.ZipFile(packed, "w", method) as target,
    ):
        for name in source.namelist():
            if name not in changes:
                target.writestr(name, source.read(name))
        for name, content in changes.items():
            if content is not None:
                target.writestr(name, content)
    return packed.getvalue()


def member(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)


def said(verdict: Verdict) -> str:
    """All that the section would be told."""
    return "\n".join(map(str, verdict.problems))
