"""The table as strips: each a cell of 具體作法 with all that stands beside it.

Tables that continue over pages are one; a cell that the page cut in two is one again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from .columns import HEADINGS, TITLES, Columns, body_rows, columns_of
from .counting import mark_of
from .flowing import is_ended
from .parts import Cell, Document, Doubt, Line, Passage, Table


@dataclass(frozen=True)
class Share:
    """Cells of one column beside one or several strips. Those with the same key share them.

    `level` tells whether it is one cell beside one strip, of the same height: only then do the
    lines of two columns stand level with each other.
    """

    passages: tuple[Passage, ...]
    key: tuple[int, int]
    level: bool

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines; one empty line between two cells."""
        lines: list[Line] = []
        for passage in self.passages:
            lines += [Line("")] if lines else []
            lines += passage.lines
        return tuple(lines)


@dataclass(frozen=True)
class Heading:
    """A cell to the left of the strip. The same cell beside two strips has the same key."""

    passage: Passage
    key: tuple[int, int, int]
    rows: tuple[int, int]


@dataclass(frozen=True)
class Strip:
    place: str
    headings: Mapping[str, Heading | None]  # by role; None where no such cell stands beside it
    text: Passage
    owners: Share
    period: Share
    rows: tuple[int, int]
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """The document told apart: the words around the table, and the table."""

    before: tuple[Passage, ...]
    strips: tuple[Strip, ...]
    after: tuple[Passage, ...]
    doubts: tuple[Doubt, ...]
    found_table: bool


def reading_of(document: Document) -> Reading:
    before: list[Passage] = []
    after: list[Passage] = []  # since the last part of the table
    strips: list[Strip] = []
    doubts: list[Doubt] = []
    columns: Columns | None = None
    for block in document.blocks:
        if isinstance(block, Passage):
            (before if columns is None else after).append(block)
            continue
        own = columns_of(block)
        if own is None and not _continues(block, columns, after, strips):
            doubts += _unread(block)
            continue
        columns = own or replace(columns, below=0, problems=()) if columns else own
        if columns is None:
            continue
        doubts += _strays(after, block.number)
        after = []
        found, problems = _strips(block, columns)
        strips += found
        doubts += problems
    joined = tuple(_joined(strips))
    return Reading(tuple(before), joined, tuple(after), tuple(doubts), columns is not None)


def _continues(
    table: Table, columns: Columns | None, between: Iterable[Passage], strips: list[Strip]
) -> bool:
    """Whether a table without a header goes on with the one before it."""
    if columns is None or not strips:
        return False
    width = max(right for _, right in [*columns.spans.values(), *(s for _, s in columns.extra)])
    headed = any((mark := mark_of(p.text)) and mark.kind == "great" for p in between if p)
    return table.columns == width and not headed


def _unread(table: Table) -> Iterator[Doubt]:
    text = " ".join(cell.passage.text for cell in table.cells if cell.passage)
    if text:
        yield Doubt(
            where=f"表{table.number}",
            found=f"另有一個表格「{_short(text)}」，不是執行策略及具體作法的表格",
            assumed="未讀入",
        )


def _strays(between: Iterable[Passage], number: int) -> Iterator[Doubt]:
    for passage in filter(None, between):
        yield Doubt(
            where=f"表{number}之前",
            found=f"表格之間另有文字「{_short(passage.text)}」",
            assumed="未讀入；如屬具體作法請補入",
        )


def _strips(table: Table, columns: Columns) -> tuple[list[Strip], list[Doubt]]:
    rows = list(body_rows(table, columns))
    used: set[Cell] = set()
    texts = [cell for row in rows for cell in _texts(table, columns, row)]
    shares = {
        role: _shares(table, texts, columns, columns.spans.get(role))
        for role in ("owners", "period")
    }
    strips = []
    for index, text in enumerate(texts):
        headings = {role: _heading(table, columns, role, text) for role in HEADINGS}
        used.update(cell for cell in headings.values() if cell is not None)
        used.add(text)
        strips.append(
            Strip(
                place=table.place(text.top),
                headings={r: _as_heading(table, c) for r, c in headings.items()},
                text=text.passage,
                owners=shares["owners"][index][0],
                period=shares["period"][index][0],
                rows=(text.top, text.bottom),
                remarks=tuple(_remarks(table, columns, text, headings)),
            )
        )
        for role in ("owners", "period"):
            used.update(shares[role][index][1])
    doubts = [*_about(table, columns), *_left_over(table, columns, set(rows), used)]
    return strips, doubts


def _texts(table: Table, columns: Columns, row: int) -> Iterator[Cell]:
    """The cell of 具體作法 that begins in a row: the last in its columns."""
    cells = [cell for cell in table.beside(row) if columns.home(cell) == columns.practice]
    last = max(cells, key=lambda cell: cell.left, default=None)
    if last is not None and last.top == row:
        yield last


def _heading(table: Table, columns: Columns, role: str, text: Cell) -> Cell | None:
    span = columns.spans.get(role)
    if role == "item" and (span is None or span[1] == columns.spans["text"][0]):
        span = columns.practice
    beside = [c for c in table.beside(text.top) if c != text and columns.home(c) == span]
    return min(beside, key=lambda cell: cell.left, default=None)


def _as_heading(table: Table, cell: Cell | None) -> Heading | None:
    if cell is None:
        return None
    return Heading(cell.passage, (table.number, cell.top, cell.left), (cell.top, cell.bottom))


def _shares(
    table: Table, texts: list[Cell], columns: Columns, span: tuple[int, int] | None
) -> list[tuple[Share, list[Cell]]]:
    """For each cell of 具體作法 the cells of a column beside it, with those that share them."""
    rows = set(body_rows(table, columns))
    column = [c for c in table.cells if span and c.top in rows and columns.home(c) == span]
    groups: list[list[Cell]] = []
    for text in texts:
        if groups and any(_level(c, text) and _level(c, groups[-1][-1]) for c in column):
            groups[-1].append(text)
        else:
            groups.append([text])
    found = []
    for group in groups:
        beside = [cell for cell in column if any(_level(cell, text) for text in group)]
        alone = len(group) == len(beside) == 1
        level = alone and (beside[0].top, beside[0].bottom) == (group[0].top, group[0].bottom)
        share = Share(tuple(c.passage for c in beside), (table.number, group[0].top), level)
        found += [(share, beside)] * len(group)
    return found


def _level(one: Cell, other: Cell) -> bool:
    return one.top < other.bottom and other.top < one.bottom


def _remarks(
    table: Table, columns: Columns, text: Cell, headings: Mapping[str, Cell | None]
) -> Iterator[str]:
    yield from text.passage.remarks
    if columns.covered(text) > 1:
        yield "具體作法的儲存格與其他欄合併"
    for cell in headings.values():
        yield from cell.passage.remarks if cell is not None else ()
    for name, other in columns.extra:
        rows = range(text.top, text.bottom)
        for cell in dict.fromkeys(each for row in rows for each in table.beside(row)):
            if columns.home(cell) == other and cell.passage:
                yield f"「{name}」欄寫有「{_short(cell.passage.text)}」，計畫檔沒有這一欄，未讀入"


def _about(table: Table, columns: Columns) -> Iterator[Doubt]:
    place = f"表{table.number}"
    for problem in columns.problems:
        yield Doubt(where=place, found=problem, assumed="請對照原文件確認")
    for name in columns.missing:
        yield Doubt(where=place, found=f"沒有「{name}」欄", field="measures")


def _left_over(table: Table, columns: Columns, rows: set[int], used: set[Cell]) -> Iterator[Doubt]:
    """Whatever else says something. Nothing in the table goes unread without a word."""
    extra = [span for _, span in columns.extra]
    for cell in table.cells:
        unread = cell.passage and cell not in used and cell.top in rows
        if unread and columns.home(cell) not in extra:
            yield Doubt(
                where=table.place(cell.top),
                found=f"儲存格「{_short(cell.passage.text)}」看不出屬於哪一項具體作法",
                assumed="未讀入",
                field=cell.passage.text,
            )


def _joined(strips: Iterable[Strip]) -> Iterator[Strip]:
    """The strips, those put together that a page cut in two."""
    kept: Strip | None = None
    for strip in strips:
        if kept is not None and _goes_on(kept, strip):
            if _stands_alone(kept) and _stands_alone(strip):
                kept = _together(kept, strip)
                continue
            odd = f"{strip.place}似延續上一列的文字，因儲存格合併而未接上"
            kept, strip = _remarked(kept, odd), _remarked(strip, odd)
        if kept is not None:
            yield kept
        kept = strip
    if kept is not None:
        yield kept


def _remarked(strip: Strip, remark: str) -> Strip:
    return replace(strip, remarks=(*strip.remarks, remark))


def _goes_on(upper: Strip, lower: Strip) -> bool:
    if _is_headed(upper, lower):
        return False
    if not lower.text:
        return bool(upper.text)
    last, first = upper.text.told[-1:], lower.text.told[0]
    return bool(last) and not is_ended(last[0].text) and mark_of(first.text) is None


def _stands_alone(strip: Strip) -> bool:
    return all(share.level or not share.passages for share in (strip.owners, strip.period))


def _is_headed(upper: Strip, lower: Strip) -> bool:
    """Whether a heading begins beside the lower strip."""
    for role, heading in lower.headings.items():
        above = upper.headings[role]
        if heading is not None and heading.passage and (above is None or above.key != heading.key):
            return True
    return False


def _together(upper: Strip, lower: Strip) -> Strip:
    first = [replace(line, starts=False) for line in lower.text.told[:1]]
    text = Passage(
        (*upper.text.lines, *first, *lower.text.told[1:]),
        (*upper.text.remarks, *lower.text.remarks),
    )
    length = max(len(upper.owners.lines), len(upper.period.lines))
    remarks = [*upper.remarks, *lower.remarks]
    if not lower.text and any((*lower.owners.lines, *lower.period.lines)):
        remarks.append(f"{lower.place}只有{TITLES['owners']}或{TITLES['period']}，併入上一列")
    return replace(
        upper,
        text=text,
        owners=_extended(upper.owners, lower.owners, length),
        period=_extended(upper.period, lower.period, length),
        remarks=tuple(dict.fromkeys(remarks)),
    )


def _extended(upper: Share, lower: Share, length: int) -> Share:
    lines = [*upper.lines, *[Line("")] * (length - len(upper.lines)), *lower.lines]
    remarks = [remark for p in (*upper.passages, *lower.passages) for remark in p.remarks]
    return replace(upper, passages=(Passage(tuple(lines), tuple(remarks)),))


def _short(text: str, most: int = 40) -> str:
    return text if len(text) <= most else f"{text[:most]}…"
