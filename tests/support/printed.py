"""The plan as an office prints it: laid out as a flat OpenDocument text, from the encoded plan.

LibreOffice makes ODT and DOCX of it. The cells are drawn as in the original: 面向, 執行策略 and
the item merged over many rows and pages, several measures in one cell, owners and periods each
level with their measure by means of empty lines.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

NUMERALS = "〇一二三四五六七八九十"
PERIODS = {"ongoing": "隨時辦理", "yearly": "每年一次"}
LINE = 10  # Chinese signs on a line of 具體作法
PAGE = 42  # lines on a page

Measure = dict[str, Any]


@dataclass(frozen=True)
class Field:
    """A cell to be drawn: its paragraphs, and how far it reaches."""

    paragraphs: tuple[str, ...]
    height: int = 1
    width: int = 1


@dataclass(frozen=True)
class Printed:
    """A table to be drawn: rows of cells by column, None where another cell covers the field."""

    rows: tuple[tuple[Field | None, ...], ...]
    header: tuple[Field | None, ...] = field(
        default=(
            Field(("面向",)),
            Field(("執行策略",)),
            Field(("具體作法",), width=2),
            None,
            Field(("承辦部門",)),
            Field(("執行期間",)),
        )
    )


class Plan107:
    """What the layouts need to know of an encoded plan."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.names = {section["id"]: section["name"] for section in plan["sections"]}

    def owners(self, measure: Measure) -> list[str]:
        return (
            ["各部門"]
            if measure["owners"] == "all"
            else [self.names[owner] for owner in measure["owners"]]
        )

    def groups(self, measures: Sequence[Measure], *keys: str) -> list[list[Measure]]:
        found = groupby(measures, key=lambda measure: [measure[key] for key in keys])
        return [list(group) for _, group in found]


def numbers(measure: Measure) -> list[int]:
    return [int(part) for part in measure["id"].split(".")]


def aspect_title(measure: Measure) -> str:
    return f"{NUMERALS[numbers(measure)[0]]}、\n{measure['aspect'][:2]}\n{measure['aspect'][2:]}"


def strategy_title(measure: Measure) -> str:
    return f"（{NUMERALS[numbers(measure)[1]]}）\n{measure['strategy']}"


def is_numbered_item(group: Sequence[Measure]) -> bool:
    """Whether the third number is the item's."""
    first = group[0]
    depth = len(numbers(first))
    return bool(first["item"]) and (depth == 4 or (depth == 3 and len(group) == 1))


def item_title(group: Sequence[Measure]) -> str:
    first = group[0]
    return f"{numbers(first)[2]}.{first['item']}" if is_numbered_item(group) else first["item"]


def point_text(measure: Measure, group: Sequence[Measure]) -> list[str]:
    """The paragraphs of a measure, its number before the first."""
    depth = len(numbers(measure)) - 2 - is_numbered_item(group)
    first, *others = measure["text"].split("\n")
    return [f"({numbers(measure)[-1]}) {first}" if depth else first, *others]


def height(paragraphs: Sequence[str]) -> int:
    """How many lines paragraphs take in the column."""
    return sum(math.ceil(_width(text) / LINE) for text in paragraphs)


def _width(text: str) -> float:
    return sum(1 if unicodedata.east_asian_width(sign) in "WFA" else 0.5 for sign in text)


def as_printed(known: Plan107) -> Printed:
    """A row for each item; in it all its measures, and their owners level with them."""
    return _table(known, lambda group: [_level_row(known, group)])


def row_by_row(known: Plan107) -> Printed:
    """A row for each measure, owners on one line."""

    def rows(group: Sequence[Measure]) -> list[tuple[list[str], list[str], list[str]]]:
        return [
            (point_text(m, group), ["、".join(known.owners(m))], [PERIODS[m["frequency"]]])
            for m in group
        ]

    return _table(known, rows)


COUNTED = (
    '<text:list-style style:name="L1"><text:list-level-style-number text:level="1" '
    'style:num-format="1" style:num-prefix="(" style:num-suffix=")"/></text:list-style>'
)


def counted(known: Plan107) -> Printed:
    """As printed, but the points' numbers are counted by the word processor (see COUNTED)."""

    def rows(group: Sequence[Measure]) -> list[tuple[list[str], list[str], list[str]]]:
        text, owners, periods = _level_row(known, group)
        if not text[0].startswith("(1) "):
            return [(text, owners, periods)]
        items = [[escape(part) for part in measure["text"].split("\n")] for measure in group]
        inner = "".join(
            f"<text:list-item>{''.join(f'<text:p>{part}</text:p>' for part in item)}"
            "</text:list-item>"
            for item in items
        )
        return [([f'<text:list text:style-name="L1">{inner}</text:list>'], owners, periods)]

    return _table(known, rows)


def _level_row(known: Plan107, group: Sequence[Measure]) -> tuple[list[str], list[str], list[str]]:
    text: list[str] = []
    owners: list[str] = []
    periods: list[str] = []
    for measure in group:
        paragraphs = point_text(measure, group)
        names = known.owners(measure)
        lines = max(height(paragraphs), len(names))
        text += [*paragraphs, *[""] * (lines - height(paragraphs))]
        owners += [*names, *[""] * (lines - len(names))]
        periods += [PERIODS[measure["frequency"]], *[""] * (lines - 1)]
    return text, owners, periods


Rows = Callable[[Sequence[Measure]], list[tuple[list[str], list[str], list[str]]]]


def _table(known: Plan107, rows_of: Rows) -> Printed:
    rows: list[tuple[Field | None, ...]] = []
    for aspect in known.groups(known.plan["measures"], "aspect"):
        begun = len(rows)
        for strategy in known.groups(aspect, "strategy"):
            begun_strategy = len(rows)
            for group in known.groups(strategy, "item"):
                rows += _item_rows(group, rows_of(group))
            _reach(rows, begun_strategy, 1, strategy_title(strategy[0]))
        _reach(rows, begun, 0, aspect_title(aspect[0]))
    return Printed(tuple(rows))


def _item_rows(
    group: Sequence[Measure], parts: list[tuple[list[str], list[str], list[str]]]
) -> Iterator[tuple[Field | None, ...]]:
    for index, (text, owners, periods) in enumerate(parts):
        item: Field | None = None
        words = Field(tuple(text), width=1 if group[0]["item"] else 2)
        cells: tuple[Field | None, Field | None] = (words, None)
        if group[0]["item"]:
            item = Field((item_title(group),), height=len(parts)) if index == 0 else None
            cells = (item, words)
        yield (None, None, *cells, Field(tuple(owners)), Field(tuple(periods)))


def _reach(rows: list[tuple[Field | None, ...]], begun: int, column: int, title: str) -> None:
    """A heading from a row to the last one."""
    cells = list(rows[begun])
    cells[column] = Field(tuple(title.split("\n")), height=len(rows) - begun)
    rows[begun] = tuple(cells)


def paged(printed: Printed) -> list[Printed]:
    """The same on pages of their own: each a table with a header, cut wherever the page ends."""
    pages: list[list[tuple[Field | None, ...]]] = [[]]
    left = PAGE
    for row in printed.rows:
        plain = tuple(_plain(cell) for cell in row)
        while plain is not None:
            upper, lower = _cut(plain, left)
            pages[-1].append(upper)
            left -= _lines(upper)
            if left <= 0 or lower is not None:
                pages.append([])
                left = PAGE
            plain = lower
    return [replace(printed, rows=tuple(rows)) for rows in pages if rows]


def _plain(cell: Field | None) -> Field | None:
    """A cell of its own; what a merge covered is empty."""
    return Field(()) if cell is None else replace(cell, height=1)


def _lines(row: Sequence[Field | None]) -> int:
    return max(
        len(row[4].paragraphs) if row[4] else 0,
        height(row[3].paragraphs) if row[3] else 0,
        height(row[2].paragraphs) if row[2] and row[2].width == 2 else 0,
        1,
    )


def _cut(row: tuple[Field | None, ...], left: int) -> tuple[Any, Any]:
    """A row's part on this page, and the rest of it."""
    if _lines(row) <= left:
        return _fitted(row), None
    upper, lower = list(row), [Field(()) for _ in row]
    for index, cell in enumerate(row):
        if cell is None:
            lower[index] = None
        elif index == 3 or cell.width == 2:
            above, below = _cut_text(cell.paragraphs, left)
            upper[index] = replace(cell, paragraphs=above)
            lower[index] = replace(cell, paragraphs=below)
        elif index > 3:
            upper[index] = replace(cell, paragraphs=cell.paragraphs[:left])
            lower[index] = replace(cell, paragraphs=cell.paragraphs[left:])
    return _fitted(tuple(upper)), tuple(lower)


def _fitted(row: tuple[Field | None, ...]) -> tuple[Field | None, ...]:
    """A field that a wide cell covers is none of its own."""
    wide = row[2] is not None and row[2].width == 2
    return (*row[:3], None, *row[4:]) if wide else row


def _cut_text(paragraphs: Sequence[str], left: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    above: list[str] = []
    for index, text in enumerate(paragraphs):
        lines = height([text]) or 1
        if lines <= left:
            above.append(text)
            left -= lines
            continue
        cut = _signs(text, left * LINE)
        rest = [text[cut:].strip()] if text[cut:].strip() else []
        return (*above, *([text[:cut].strip()] if cut else [])), (*rest, *paragraphs[index + 1 :])
    return tuple(above), ()


def _signs(text: str, width: float) -> int:
    for index in range(len(text) + 1):
        if _width(text[:index]) > width:
            return index - 1
    return len(text)


_NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"'
    for name, uri in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
    )
)
_WIDTHS = (1.6, 2.6, 2.6, 5.2, 2.2, 2.6)  # cm


def words_before(plan: dict[str, Any]) -> list[str]:
    """The paragraphs before the table."""
    header = plan["header"]
    year, month, day = (int(part) for part in str(header["established"]).split("-"))
    return [
        header["title"],
        f"{year} 年 {month} 月 {day} 日訂定",
        "",
        "壹、 計畫依據",
        *(f"{NUMERALS[i]}、 {text}" for i, text in enumerate(header["basis"], 1)),
        "貳、 計畫目標",
        header["goal"],
        "參、 實施對象",
        header["scope"],
        "肆、 執行策略及具體作法",
    ]


def words_after(plan: dict[str, Any]) -> list[str]:
    """The paragraphs after it."""
    header = plan["header"]
    return [
        "伍、實施步驟",
        header["steps"],
        "陸、考核作業",
        header["assessment"],
        f"柒、{header['supplement']}",
    ]


def flat_document(plan: dict[str, Any], tables: Sequence[Printed], *, extra: str = "") -> str:
    """FODT: the words before the table, the tables, the words after. `extra` are more styles."""
    before, after = words_before(plan), words_after(plan)
    body = [*map(_paragraph, before), *map(_drawn, tables), *map(_paragraph, after)]
    columns = "".join(
        f'<style:style style:name="C{i}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{width}cm"/></style:style>'
        for i, width in enumerate(_WIDTHS)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<office:document {_NAMESPACES} office:version="1.3" '
        'office:mimetype="application/vnd.oasis.opendocument.text">'
        f"<office:automatic-styles>{columns}{extra}</office:automatic-styles>"
        f"<office:body><office:text>{''.join(body)}</office:text></office:body></office:document>"
    )


def _paragraph(text: str) -> str:
    """A paragraph; what begins with < is markup already."""
    if text.startswith("<text:"):
        return text
    lines = "<text:line-break/>".join(escape(line) for line in text.split("\n"))
    return f"<text:p>{lines}</text:p>"


def _drawn(table: Printed) -> str:
    columns = "".join(f'<table:table-column table:style-name="C{i}"/>' for i in range(6))
    return (
        f"<table:table>{columns}<table:table-header-rows>{_row(table.header)}"
        f"</table:table-header-rows>{''.join(map(_row, table.rows))}</table:table>"
    )


def _row(cells: Sequence[Field | None]) -> str:
    return f"<table:table-row>{''.join(map(_cell, cells))}</table:table-row>"


def _cell(cell: Field | None) -> str:
    if cell is None:
        return "<table:covered-table-cell/>"
    spans = f'table:number-rows-spanned="{cell.height}" table:number-columns-spanned="{cell.width}"'
    inner = "".join(map(_paragraph, cell.paragraphs or ("",)))
    return f"<table:table-cell {spans}>{inner}</table:table-cell>"
