"""具體作法: a row for each measure; its owners are ticked, a column for each section."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dutyflow.importers.workbook.book import Book, Row, Table
from dutyflow.importers.workbook.codecs import Choice, Code, Codec, Offered, Shown, Slip
from dutyflow.importers.workbook.grids import Column, Grid, Line, line, values_of
from dutyflow.importers.workbook.labels import Labels
from dutyflow.plan.model import ALL, Measure, Plan
from dutyflow.plan.source import Place
from dutyflow.plan.texts import folded
from dutyflow.plan.words import CHOICE_TITLES, guess

SHEET = "具體作法"
EVERYBODY = CHOICE_TITLES[ALL]
TICK = "✓"
_TICKS = frozenset("✓✔√vVoO○●◎xX") | {"是", "TRUE", "true"}
_FIRST = (
    Column(
        "id", "編號", 9, "計畫所印的編號，例如 1.1.2.3", codec=Code(), required=True, middle=True
    ),
    Column(
        "aspect",
        "面向",
        10,
        "面向，與「計畫」工作表權重所列相同",
        codec=Offered(("計畫", "面向")),
        required=True,
    ),
    Column("strategy", "執行策略", 18, "執行策略，照計畫原文", required=True),
    Column("item", "項目", 22, "項目；原計畫未列者留空白", blank=""),
    Column("text", "具體作法", 56, "具體作法，照計畫原文", required=True),
)
_LAST = (
    Column(
        "frequency",
        "執行期間",
        10,
        "隨時辦理或每年一次",
        codec=Choice(("ongoing", "yearly")),
        required=True,
        middle=True,
    ),
)


class Tick(Codec):
    """Ticked or not; a number, where the owners stand in another order than the sections."""

    choices = (TICK,)

    def read(self, text: str) -> int:
        """The place among the owners, 0 where it is not told."""
        word = folded(text)
        if word in _TICKS:
            return 0
        if not word.isdecimal() or not 1 <= int(word) <= 99:
            raise Slip(f"{TICK}（承辦）或空白", "承辦部門的順序與組室不同時，填 1、2、3")
        return int(word)


_EVERYBODY = Column(
    field=ALL,
    title=EVERYBODY,
    width=8,
    help=f"{TICK} 表示由每一個組室承辦",
    codec=Tick(),
    middle=True,
)
TITLES = tuple(column.title for column in (*_FIRST, _EVERYBODY, *_LAST))


def _owner_columns(sections: Labels) -> tuple[Column, ...]:
    return tuple(
        Column(
            field=f"owner {code}",
            title=label,
            width=max(6, min(12, 2 * len(label) + 2)),
            help=f"{TICK} 表示由{label}承辦；要保留與組室不同的順序時，填 1、2、3",
            codec=Tick(),
            middle=True,
        )
        for code, label in sections.items()
    )


def columns(sections: Labels) -> tuple[Column, ...]:
    return (*_FIRST, _EVERYBODY, *_owner_columns(sections), *_LAST)


def empty(sections: Labels) -> Grid:
    return Grid(
        sheet=SHEET,
        columns=columns(sections),
        note="一列一項具體作法。在承辦的組室打 ✓；由每一個組室承辦者，只在「各部門」打 ✓。",
        spare=10,
    )


def grid(plan: Plan, sections: Labels) -> Grid:
    order = [section.id for section in plan.sections]
    lines = tuple(_line(each, order, sections) for each in plan.measures)
    return Grid(**{**vars(empty(sections)), "lines": lines})


def _line(measure: Measure, order: Sequence[str], sections: Labels) -> Line:
    shown = line((*_FIRST, *_LAST), measure.id, measure.id, values_of(measure, (*_FIRST, *_LAST)))
    return Line(
        key=measure.id, name=measure.id, cells={**shown.cells, **_ticks(measure, order, sections)}
    )


def _ticks(measure: Measure, order: Sequence[str], sections: Labels) -> Mapping[str, Shown]:
    if measure.owners == ALL:
        return {EVERYBODY: TICK}
    in_order = sorted(measure.owners, key=order.index) == list(measure.owners)
    return {
        sections.of(owner): TICK if in_order else number
        for number, owner in enumerate(measure.owners, 1)
    }


def read(book: Book, table: Table | None, place: Place, sections: Labels) -> list[dict[str, Any]]:
    if table is None:
        return []
    _strangers(book, table, place, sections)
    return [_read(book, row, (*place, number), sections) for number, row in enumerate(table.rows)]


def _read(book: Book, row: Row, place: Place, sections: Labels) -> dict[str, Any]:
    data = book.item(row, (*_FIRST, *_LAST), place)
    here: Place = (*place, "owners")
    ticks = book.item(row, (_EVERYBODY, *_owner_columns(sections)), here)
    owners = _in_order(ticks, sections)
    everybody = ticks.get(ALL) is not None
    if everybody and owners:
        found = f"「{EVERYBODY}」與個別組室都打了 {TICK}"
        book.wrong(here, row.spot(EVERYBODY), found, "只打其中一種")
    elif not everybody and not owners:
        book.wrong(here, row.spot(EVERYBODY), "沒有承辦部門", f"在承辦的組室打 {TICK}")
    for number, owner in enumerate(owners):
        book.spots[*here, number] = row.spot(sections.of(owner))
    return {**data, "owners": ALL if everybody else owners}


def _in_order(ticks: Mapping[str, Any], sections: Labels) -> list[str]:
    """The sections that are ticked; a cell that was not understood counts as ticked."""
    numbers = {
        code: ticks[f"owner {code}"] for code, _ in sections.items() if f"owner {code}" in ticks
    }
    return sorted(numbers, key=lambda code: n if isinstance(n := numbers[code], int) else 0)


def _strangers(book: Book, table: Table, place: Place, sections: Labels) -> None:
    """Columns of ticks for what is no section."""
    for title, position in table.strangers.items():
        words = {folded(str(row.cells[position])) for row in table.rows} - {""}
        if words and words <= _TICKS:
            meaning = guess(title, sections.all, {})
            book.wrong(
                (*place, f"\n{title}"),
                table.spot(table.header, position),
                f"沒有組室「{title}」",
                "「組室」工作表所列的名稱",
                f"是不是「{meaning[0]}」？" if meaning else "",
            )
