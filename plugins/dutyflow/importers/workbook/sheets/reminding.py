"""稽催階段: the plan's own ladders, a row for each of their rungs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

from dutyflow.importers.workbook.book import Book, Row, Table
from dutyflow.importers.workbook.codecs import Choice, Choices, Code, Whole, YesOrNo
from dutyflow.importers.workbook.grids import Column, Grid, Line, line, values_of
from dutyflow.plan.ladders import TONE_TITLES, Ladder, Tone
from dutyflow.plan.model import Plan
from dutyflow.plan.roles import Role
from dutyflow.plan.source import Place

SHEET = "稽催階段"
CODE, TITLE = "代碼", "名稱"
_OF_LADDER = (
    Column("id", CODE, 16, "小寫英文代碼，例如 weekly；寫在第一階那一列", codec=Code()),
    Column("name", TITLE, 18, "稽催階段的名稱；寫在第一階那一列"),
    Column(
        "gives_up_after",
        "停止稽催",
        10,
        "逾期幾個工作天後不再寄，改告知計畫承辦人；寫在第一階那一列",
        codec=Whole(),
        middle=True,
    ),
)
_OF_RUNG = (
    Column(
        "working_days",
        "工作天數",
        10,
        "負數為截止前，0 為截止當日，正數為逾期；由早到晚",
        codec=Whole(),
        required=True,
        middle=True,
    ),
    Column(
        "to",
        "收件人",
        30,
        "承辦人、代理人、組長、計畫承辦人、處長；可列幾個",
        codec=Choices(get_args(Role)),
        required=True,
    ),
    Column(
        "tone",
        "語氣",
        10,
        "平實、提醒或緊急",
        codec=Choice(get_args(Tone), TONE_TITLES),
        middle=True,
    ),
    Column("form", "附填報檔", 10, "是或否", codec=YesOrNo(), middle=True),
    Column(
        "daily",
        "每日",
        10,
        "是：逾期後每個工作天一次，到下一階段為止",
        codec=YesOrNo(),
        middle=True,
    ),
    Column("subject", "主旨", 30, "主旨開頭的用語；留空白時依階段", blank=""),
    Column(
        "any_hour",
        "不限辦公時間",
        12,
        "是：辦公時間（08:00–18:00）以外也寄，用於不能等的階段",
        codec=YesOrNo(),
        middle=True,
    ),
)
_LIMITS = (
    Column(
        "min_gap",
        "最短間隔",
        10,
        "同一件事對同一人，兩次提醒至少相隔幾個工作天；0 為不限；寫在第一階那一列",
        codec=Whole(),
        middle=True,
    ),
    Column(
        "max_per_day",
        "每日上限",
        10,
        "一人一日至多收到幾封提醒信；一封信列出當時全部應辦事項；寫在第一階那一列",
        codec=Whole(),
        middle=True,
    ),
)
EMPTY = Grid(
    sheet=SHEET,
    columns=(*_OF_LADDER, *_OF_RUNG, *_LIMITS),
    note="本計畫自訂的稽催階段，一列一階；同一種稽催接著往下列，代碼與名稱只寫在第一列。"
    "沒有自訂者留空白，使用內附的標準階段、簡短階段。",
    spare=10,
    frozen=2,
)


def grid(plan: Plan) -> Grid:
    lines = tuple(line for ladder in plan.ladders for line in _lines(ladder))
    return Grid(**{**vars(EMPTY), "lines": lines})


def _lines(ladder: Ladder) -> Iterator[Line]:
    first = values_of(ladder, (*_OF_LADDER, *_LIMITS))
    for number, rung in enumerate(ladder.rungs):
        values = {**values_of(rung, _OF_RUNG), **(first if number == 0 else {})}
        yield line(EMPTY.columns, f"{ladder.id}.{number}", ladder.name, values)


def read(book: Book, table: Table | None, place: Place) -> list[dict[str, Any]]:
    ladders: list[dict[str, Any]] = []
    for row in table.rows if table is not None else ():
        if _begins(row, ladders):
            here: Place = (*place, len(ladders))
            told = book.item(row, (*_OF_LADDER, *_LIMITS), here)
            ladders.append({**told, "rungs": []})
        elif not ladders:
            book.wrong((*place, "\n"), row.spot(CODE), f"{CODE}空白", "第一階那一列寫出代碼")
            return []
        rungs = ladders[-1]["rungs"]
        there = (*place, len(ladders) - 1, "rungs", len(rungs))
        rungs.append(book.item(row, _OF_RUNG, there))
    return ladders


def _begins(row: Row, ladders: list[dict[str, Any]]) -> bool:
    """Whether the row begins another ladder, and does not go on with the one above."""
    code = row.text(CODE)
    return bool(code) and (not ladders or Code().read(code) != ladders[-1].get("id"))


def pairs(table: Table | None) -> list[tuple[str, str]]:
    """Codes and names, as far as they are there."""
    rows = table.rows if table is not None else ()
    told = ((Code().read(row.text(CODE)), row.text(TITLE)) for row in rows)
    return [(code, name) for code, name in told if code and name]
