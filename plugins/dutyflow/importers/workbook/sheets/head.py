"""計畫: the office, the year, the plan's own words, and how scores are reckoned."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import KW_ONLY, dataclass
from typing import Any

from dutyflow.importers.workbook.authority import EXPECTED as EXPECTED_LEVELS
from dutyflow.importers.workbook.authority import Levels
from dutyflow.importers.workbook.book import Book, Row
from dutyflow.importers.workbook.codecs import Code, Codec, Day, Positive, Shown, Slip, Whole
from dutyflow.importers.workbook.grids import ANY_TEXT, Column, Grid, Line
from dutyflow.plan.model import Plan
from dutyflow.plan.source import Place
from dutyflow.plan.texts import folded
from dutyflow.plan.words import did_you_mean

SHEET = "計畫"
ITEM, CONTENT, EXPECTED, ASPECT, WEIGHT = "項目", "內容", "填寫說明", "面向", "權重"
_BASIS: Place = ("header", "basis")
_RANGE: Place = ("scoring", "range")


@dataclass(frozen=True)
class _Item:
    """One row of the sheet: where its value stands in the plan file."""

    title: str
    place: Place
    help: str
    _: KW_ONLY
    codec: Codec = ANY_TEXT
    required: bool = True


_ITEMS = (
    _Item(
        "機關代碼", ("office", "id"), "小寫英文代碼，也是資料夾的名稱，例如 pingtung", codec=Code()
    ),
    _Item("機關名稱", ("office", "name"), "機關全銜"),
    _Item("時區", ("office", "timezone"), "時區，例如 Asia/Taipei", codec=Code(), required=False),
    _Item("年度", ("year",), "民國年度，例如 107", codec=Whole()),
    _Item(
        "生效日", ("effective_from",), "民國年-月-日，自這一天起至下一份計畫生效為止", codec=Day()
    ),
    _Item("計畫名稱", ("header", "title"), "計畫全名"),
    _Item("訂定日期", ("header", "established"), "民國年-月-日，例如 107-03-29", codec=Day()),
    _Item("計畫依據", _BASIS, "一列一項；有幾項就有幾列「計畫依據」", required=False),
    _Item("計畫目標", ("header", "goal"), "照計畫原文"),
    _Item("實施對象", ("header", "scope"), "照計畫原文"),
    _Item("實施步驟", ("header", "steps"), "照計畫原文"),
    _Item("考核作業", ("header", "assessment"), "照計畫原文"),
    _Item("補充規定", ("header", "supplement"), "照計畫原文"),
    _Item(
        "計分假設",
        ("scoring", "assumption"),
        "計畫未訂明計分方式而假設者，在此說明",
        required=False,
    ),
    _Item("最低分", (*_RANGE, 0), "整數，例如 0", codec=Whole()),
    _Item("最高分", (*_RANGE, 1), "整數，例如 100", codec=Whole()),
    _Item("展期核准", ("extensions", "levels"), EXPECTED_LEVELS, codec=Levels(), required=False),
    _Item(
        "展期次數", ("extensions", "times"), "一項應辦事項至多幾次", codec=Whole(), required=False
    ),
    _Item(
        "展期天數",
        ("extensions", "most"),
        "一項應辦事項合計至多幾個工作天",
        codec=Whole(),
        required=False,
    ),
    _Item(
        "組室主管職稱",
        ("office", "titles", "head"),
        "例如 分局主任；留空為組長。其他各欄仍稱組長",
        required=False,
    ),
    _Item(
        "機關首長職稱",
        ("office", "titles", "director"),
        "例如 局長；留空為處長。其他各欄仍稱處長",
        required=False,
    ),
    _Item(
        "上級單位名稱",
        ("office", "titles", "head_office"),
        "收受彙整表的單位；留空為業務處。其他各欄仍稱業務處",
        required=False,
    ),
)
_BY_TITLE = {folded(item.title): item for item in _ITEMS}

HEAD = Grid(
    sheet=SHEET,
    columns=(
        Column("item", ITEM, 14, required=True, middle=True),
        Column("content", CONTENT, 88),
        Column("help", EXPECTED, 46),
    ),
    note="填寫「內容」欄。「項目」不可更改；計畫依據可以增減列。",
    spare=0,
    whole=True,
)
WEIGHTS = Grid(
    sheet=SHEET,
    columns=(
        Column("aspect", ASPECT, 14, "面向的名稱，與「具體作法」所列相同", required=True),
        Column("weight", WEIGHT, 88, "大於 0 的數字", codec=Positive(), required=True),
    ),
    spare=3,
)


def head(plan: Plan) -> Grid:
    return Grid(**{**vars(HEAD), "lines": tuple(_lines(plan))})


def weights(plan: Plan) -> Grid:
    lines = tuple(
        Line(
            key=aspect,
            name=f"權重「{aspect}」",
            cells={ASPECT: aspect, WEIGHT: Positive().show(weight)},
        )
        for aspect, weight in plan.scoring.weights.items()
    )
    return Grid(**{**vars(WEIGHTS), "lines": lines})


def _lines(plan: Plan) -> Iterator[Line]:
    for item in _ITEMS:
        if item.place == _BASIS:
            for number, text in enumerate(plan.header.basis or ("",), 1):
                yield _line(item, text, f"{item.title} {number}")
        else:
            yield _line(item, item.codec.show(_at(plan, item.place)), item.title)


def _line(item: _Item, content: Shown, key: str) -> Line:
    return Line(key=key, name=key, cells={ITEM: item.title, CONTENT: content, EXPECTED: item.help})


def _at(plan: Plan, place: Place) -> Any:
    value: Any = plan
    for part in place:
        value = value[part] if isinstance(part, int) else getattr(value, part)
    return value


def read(book: Book, top: Place) -> dict[str, Any]:
    """The plan's fields that stand on this sheet."""
    data: dict[str, Any] = {"header": {"basis": []}, "office": {}, "scoring": {"weights": {}}}
    table = book.table(HEAD, (*top, "header"))
    below = book.table(WEIGHTS, (*top, *("scoring", "weights"))) if table is not None else None
    if table is None:
        return data
    last = below.header if below is not None and below.header > table.header else None
    told: set[str] = set()
    for row in table.rows:
        if last is None or row.number < last:
            _read_item(book, row, data, top, told)
    for item in _ITEMS:
        if item.required and item.title not in told:
            found = f"缺少「{item.title}」這一列"
            book.wrong((*top, *item.place), table.spot(table.header), found, "每一個項目都在")
    if below is not None:
        data["scoring"]["weights"] = _read_weights(book, below.rows, top)
    _settle_range(book, data, top)
    return data


def _read_item(book: Book, row: Row, data: dict[str, Any], top: Place, told: set[str]) -> None:
    title, text = row.text(ITEM), row.text(CONTENT)
    item = _BY_TITLE.get(folded(title))
    if item is None:
        titles = {each.title: each.title for each in _ITEMS}
        hint = did_you_mean(title, titles, {})
        stray = (*top, f"\n{row.number}")
        book.wrong(stray, row.spot(ITEM), f"沒有「{title}」這個項目", "原有的項目", hint)
        return
    place: Place = (*top, *item.place)
    if item.place == _BASIS:
        basis = data["header"]["basis"]
        book.spots[*place, len(basis)] = row.spot(CONTENT)
        basis += [text] if text else []
    elif item.title in told:
        book.wrong((*place, f"\n{row.number}"), row.spot(ITEM), f"「{title}」重複", "只有一列")
    else:
        book.spots[place] = row.spot(CONTENT)._replace(title=item.title)
        _put(data, item.place, _value(book, item, text, place))
    told.add(item.title)


def _value(book: Book, item: _Item, text: str, place: Place) -> Any:
    if not text:
        if item.required:
            book.slip(place, item.title, "", Slip(item.help))
        return None
    try:
        return item.codec.read(text)
    except Slip as slip:
        book.slip(place, item.title, text, slip)
        return text


def _put(data: dict[str, Any], place: Place, value: Any) -> None:
    """An item of the range keeps its place even when it is blank."""
    if value is None and place[:-1] != _RANGE:
        return
    *ways, last = map(str, place)
    for way in ways:
        data = data.setdefault(way, {})
    data[last] = value


def _settle_range(book: Book, data: dict[str, Any], top: Place) -> None:
    bounds = data["scoring"].get("range", {})
    data["scoring"]["range"] = [bounds.get("0"), bounds.get("1")]
    low = book.spots.get((*top, *_RANGE, 0))
    if low is not None:
        book.spots[*top, *_RANGE] = low._replace(title="分數範圍")


def _read_weights(book: Book, rows: Iterator[Row] | Any, top: Place) -> dict[str, Any]:
    weights: dict[str, Any] = {}
    place: Place = (*top, "scoring", "weights")
    for row in rows:
        cells = book.item(row, WEIGHTS.columns, (*place, f"\n{row.number}"))
        aspect = str(cells.get("aspect", ""))
        slipped = isinstance(cells.get("weight"), str)
        book.spots[*place, aspect] = row.spot(WEIGHT if slipped else ASPECT)
        if aspect in weights:
            here = (*place, f"\n{row.number}", "aspect")
            book.wrong(here, row.spot(ASPECT), f"面向「{aspect}」重複", "每一個面向只列一次")
        elif aspect:
            weights[aspect] = cells.get("weight")
    return weights
