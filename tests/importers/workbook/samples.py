"""The workbook of a small plan, and what people do to it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
from openpyxl.workbook import Workbook

from dutyflow.errors import PlanError
from dutyflow.importers.workbook import Content, filing, read_book
from dutyflow.infra.plan_files.load import load_plan
from tests.plan.conftest import CONTACTS, PLAN, edited

FORM = """\
forms:
  - id: training
    name: 訓練辦理情形表
    rows: [上半年, 下半年]
    fields:
      - {id: topic, title: 主題, required: true}
      - {id: people, title: 人數, type: number, min: 0, max: 500, whole: true, unit: 人, far: 50}
      - id: reason
        title: 原因
        wanted: true
        required_when: {field: people, below: 10}
ladders:
  - id: weekly
    name: 每週提醒
    rungs:
      - {working_days: -5, to: [owner]}
      - {working_days: 0, to: [owner, head], tone: firm, form: true}
      - {working_days: 1, to: [head, director], tone: urgent, daily: true, subject: 逾期未報}
    gives_up_after: 8
duties:
  - id: training
    name: 教育訓練
    clause: 肆
    covers: {measures: ["1.2"]}
    every: dates
    dates:
      - {name: 端午前, start: 107-06-01, end: 107-06-17}
      - {name: 春節前, start: 107-12-15, end: 108-02-03}
    opens: {calendar_days: 0, from: period_start}
    collect_by: {working_days: 3, from: period_end}
    report_due: {calendar_days: 20, from: period_end, roll: next}
    form: training
    report: plain
    deliver_to: [director, coordinator]
    ladder: short
"""
Edit = Callable[[Workbook], None]


def content(folder: Path) -> Content:
    """A small plan with a form of its own, people and a closure, whose files lie in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    plan, contacts = folder / "107.yaml", folder / "contacts.yaml"
    plan.write_text(edited(PLAN, ("duties:\n", FORM)), encoding="utf-8")
    away = (
        "{name: 王小美, email: wang@penghu.example.tw, also: [mei@home.example.tw],"
        " away: [{start: 107-07-02, end: 107-07-06}]}"
    )
    known = "{name: 王小美, email: wang@penghu.example.tw}"
    head = "head: {name: 黃國華, email: huang@penghu.example.tw}\n"
    box = "address: plan@penghu.example.tw}"
    noted = (
        (known, away),
        (head, f"{head}    domains: [business.example.tw]\n"),
        (box, f"{box[:-1]}, authserv_ids: [mx.penghu.example.tw]}}"),
    )
    contacts.write_text(edited(CONTACTS, *noted), encoding="utf-8")
    line = "date,kind,reason,source\n107-07-11,off,瑪莉亞颱風停止上班,人事行政總處公告\n"
    (folder / "closures.csv").write_text(line, encoding="utf-8")
    return filing.content_of(plan, load_plan(plan))


def changed(made: bytes, *edits: Edit) -> bytes:
    workbook = openpyxl.load_workbook(BytesIO(made))
    for edit in edits:
        edit(workbook)
    saved = BytesIO()
    workbook.save(saved)
    return saved.getvalue()


def put(sheet: str, cell: str, value: object) -> Edit:
    def edit(workbook: Workbook) -> None:
        target = workbook[sheet][cell]
        assert target.value != value
        target.number_format = "General"
        target.value = value

    return edit


def told(workbook: bytes, folder: Path) -> list[str]:
    """What is wrong with a workbook that is to be written into the folder."""
    try:
        filing.changes(read_book(workbook, "計畫.xlsx"), folder)
    except PlanError as refused:
        return list(map(str, refused.findings))
    return []
