"""定期工作: a row for each duty; its days are rules in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from dutyflow.calendars.periods import Recurrence
from dutyflow.importers.workbook.book import Book, Row, Table
from dutyflow.importers.workbook.codecs import (
    Choice,
    Choices,
    Code,
    CoversCell,
    Named,
    Rule,
    Whole,
    YesOrNo,
)
from dutyflow.importers.workbook.grids import Column, Grid, line, values_of
from dutyflow.importers.workbook.spans import Spans
from dutyflow.plan.model import Duty, Plan, ReportKind
from dutyflow.plan.roles import Recipient
from dutyflow.plan.source import Place

from .names import Names

SHEET = "定期工作"
PERIOD, UNANNOUNCED, SEED = "期間", "不預告", "抽籤種子"


def columns(names: Names) -> tuple[Column, ...]:
    return (
        Column("id", "代碼", 24, "小寫英文代碼，例如 self_assessment", codec=Code(), required=True),
        Column("name", "名稱", 16, "定期工作的名稱", required=True),
        Column("clause", "依據條文", 22, "計畫中的依據條文", required=True),
        Column("assumption", "假設", 36, "計畫未訂明而假設者，在此說明", blank=""),
        Column(
            "covers",
            "涵蓋範圍",
            22,
            "執行期間（隨時辦理、每年一次），或具體作法的編號（以頓號相連）",
            codec=CoversCell(),
            required=True,
        ),
        Column(
            "every",
            "週期",
            9,
            "每月、每季、每半年、每年；一次與指定期間者，另填「期間」；接續者，另填「接續的工作」",
            codec=Choice(get_args(Recurrence)),
            required=True,
            middle=True,
        ),
        Column(
            "spans",
            PERIOD,
            26,
            "週期為一次者填起日～迄日；指定期間者一期一行：名稱：起日～迄日",
            codec=Spans(),
        ),
        Column(
            "after",
            "接續的工作",
            14,
            "週期為接續者，填所接續的定期工作；其彙整表核定後開始",
            codec=Named(names.duties, "定期工作", (SHEET, "名稱")),
        ),
        Column("opens", "開始填報", 18, "日期規則；不預告者留空白", codec=Rule()),
        Column("collect_by", "填報截止", 18, "日期規則；當日仍可填報", codec=Rule(), required=True),
        Column(
            "report_due",
            "彙整表期限",
            18,
            "日期規則；彙整表送達之期限",
            codec=Rule(),
            required=True,
        ),
        Column(
            "unannounced",
            UNANNOUNCED,
            8,
            "是：期間內抽定一個工作天開始，各組事先不知",
            codec=YesOrNo(),
            middle=True,
        ),
        Column("seed", SEED, 10, "不預告者可填任意文字；更換後重新抽定往後各期的日子"),
        Column(
            "collect_again",
            "補件工作天數",
            8,
            "逾期或退回補正後給予的工作天數，1 到 60",
            codec=Whole(),
            middle=True,
        ),
        Column(
            "ladder",
            "稽催階段",
            12,
            "稽催階段的名稱：內附者，或「稽催階段」工作表所列",
            codec=Named(names.ladders, "稽催階段"),
        ),
        Column(
            "form",
            "填報表",
            14,
            "填報表的名稱：內附者，或「填報表」工作表所列",
            codec=Named(names.asked, "填報表"),
            required=True,
        ),
        Column(
            "report",
            "彙整表",
            16,
            "考核結果彙整表（計分）或填報彙整表（照列各組室所填）",
            codec=Choice(get_args(ReportKind)),
            required=True,
        ),
        Column(
            "deliver_to",
            "送交對象",
            14,
            "業務處、處長、計畫承辦人；可列幾個",
            codec=Choices(get_args(Recipient)),
            required=True,
        ),
        Column("publish", "對外公開", 8, "是否登載於對外網頁", codec=YesOrNo(), middle=True),
    )


def empty(names: Names) -> Grid:
    return Grid(
        sheet=SHEET,
        columns=columns(names),
        note="一列一項定期工作。開始填報、填報截止、彙整表期限以日期規則填寫，寫法見「說明」。",
        spare=5,
        frozen=2,
        breaks=("開始填報",),
    )


def grid(plan: Plan, names: Names) -> Grid:
    shown = columns(names)
    lines = tuple(line(shown, each.id, each.name, _values(each, shown)) for each in plan.duties)
    return Grid(**{**vars(empty(names)), "lines": lines})


def _values(duty: Duty, shown: Sequence[Column]) -> dict[str, Any]:
    seed = duty.unannounced.seed if duty.unannounced is not None else ""
    spans = duty.dates or ([duty.period] if duty.period is not None else None)
    return {
        **values_of(duty, shown),
        "assumption": duty.assumption,
        "spans": spans,
        "unannounced": duty.unannounced is not None,
        "seed": seed or None,
    }


def read(book: Book, table: Table | None, place: Place, names: Names) -> list[dict[str, Any]]:
    rows = table.rows if table is not None else ()
    shown = columns(names)
    return [_read(book, row, (*place, number), shown) for number, row in enumerate(rows)]


def _read(book: Book, row: Row, place: Place, shown: Sequence[Column]) -> dict[str, Any]:
    data = book.item(row, shown, place)
    spans = data.pop("spans", None)
    if isinstance(spans, list) and (len(spans) > 1 or "name" in spans[0]):
        data["dates"] = spans
    elif spans is not None:
        data["period"] = spans[0] if isinstance(spans, list) else spans
    for field in ("period", "dates"):
        book.spots[*place, field] = row.spot(PERIOD)
    _settle_unannounced(book, row, place, data)
    return data


def _settle_unannounced(book: Book, row: Row, place: Place, data: dict[str, Any]) -> None:
    seed, told = data.pop("seed", None), data.pop("unannounced", None)
    if told is True:
        data["unannounced"] = {"seed": seed} if seed else {}
        book.spots[*place, "unannounced", "seed"] = row.spot(SEED)
    elif told not in (None, False):
        data["unannounced"] = told
    elif seed:
        here = (*place, "seed")
        book.wrong(here, row.spot(SEED), f"寫了{SEED}，卻不是不預告", f"「{UNANNOUNCED}」為是")
