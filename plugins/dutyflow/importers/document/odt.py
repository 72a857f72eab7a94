"""ODT (OpenDocument 1.3, part 3) as a Document.

Tracked changes count as accepted; what is not part of the printed lines (footnotes, comments,
pictures, text boxes) is left out. Each but a comment leaves a remark where it stood.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from xml.etree.ElementTree import Element

from .docx import STRUCK, TRACKED
from .grid import MAX_COLUMNS, MAX_ROWS, Grid
from .guard import Package, broken
from .odt_numbers import CountedList, Numbering
from .parts import Collected, Document, Passage, Table
from .trees import inside, number, tree

_PARAGRAPHS = ("text:p", "text:h")
_GROUPS = ("table:table-header-rows", "table:table-row-group", "table:table-rows")
_LEFT_OUT = frozenset(
    ("text:tracked-changes", "office:annotation", "office:annotation-end", "office:forms",
     "text:sequence-decls", "text:variable-decls", "text:user-field-decls", "text:ruby-text",
     "text:soft-page-break")
)  # fmt: skip
_NOTED = {
    "text:note": "有註腳，其內容未讀入",
    "text:hidden-text": "有隱藏文字，未讀入",
    "text:hidden-paragraph": "有隱藏文字，未讀入",
    "text:change": TRACKED,
    "text:change-start": TRACKED,
    "text:change-end": TRACKED,
}
_SIGNS = {"text:tab": "\t", "text:line-break": "\n"}


def read_odt(package: Package) -> Document:
    """Raises DocumentRefused."""
    content = tree(package.read("content.xml"))
    body = inside(content, "office:body", "office:text")
    if body is None:
        raise broken()
    styles = package.read("styles.xml")
    roots = [tree(styles) if styles else None, content]
    return Document(tuple(_Reader(Numbering(*roots), roots).blocks(body)))


def _styles_with(roots: list[Element | None], name: str, *but: str | None) -> frozenset[str]:
    """The names of styles that set a property to something else than `but`."""
    return frozenset(
        str(style.get("style:name"))
        for root in roots
        if root is not None
        for style in root.iter("style:style")
        for properties in style
        if properties.get(name) not in (None, *but)
    )


class _Reader:
    def __init__(self, numbering: Numbering, roots: list[Element | None]) -> None:
        self._numbering = numbering
        self._hidden = _styles_with(roots, "text:display", "true")
        self._struck = _styles_with(roots, "style:text-line-through-style", "none")
        self._tables = count(1)

    def blocks(self, parent: Element) -> Iterator[Passage | Table]:
        for element in parent:
            if element.tag == "table:table":
                yield self._table(element, next(self._tables))
            elif element.tag in ("text:section", "text:index-body"):
                yield from self.blocks(element)
            else:
                yield from self._passages(element)

    def _passages(self, element: Element) -> Iterator[Passage]:
        """A list's paragraphs one by one; else the one paragraph."""
        to = Collected()
        self._block(element, to)
        for text in to.paragraphs:
            yield Collected([text], to.remarks).passage()
        if not to.paragraphs and to.remarks:
            yield to.passage()

    def _table(self, table: Element, number_: int) -> Table:
        grid = Grid(number_)
        for row in _rows(table):
            for _ in range(number(row.get("table:number-rows-repeated"), 1, MAX_ROWS + 1)):
                self._row(row, grid)
        return grid.table()

    def _row(self, row: Element, grid: Grid) -> None:
        grid.begin_row()
        for cell in row:
            times = number(cell.get("table:number-columns-repeated"), 1, MAX_COLUMNS + 1)
            if cell.tag == "table:covered-table-cell":
                grid.skip(times)
            if cell.tag != "table:table-cell":
                continue
            to = Collected()
            for element in cell:
                self._block(element, to)
            width = number(cell.get("table:number-columns-spanned"), 1, MAX_COLUMNS + 1)
            height = number(cell.get("table:number-rows-spanned"), 1, MAX_ROWS)
            for _ in range(times):  # what it covers follows as covered cells
                grid.add(to.passage(), width=max(width, 1), height=height, step=1)

    def _block(self, element: Element, to: Collected) -> None:
        tag = element.tag
        if tag in _PARAGRAPHS:
            to.paragraphs.append(self._text(element, to))
        elif tag == "text:list":
            self._list(element, to)
        elif tag == "table:table":
            to.remark("儲存格內另有表格，依序讀入其文字")
            for cell in (each for row in _rows(element) for each in row):
                for inner in cell:
                    self._block(inner, to)
        elif tag in _NOTED:
            to.remark(_NOTED[tag])
        elif tag.startswith("draw:"):
            _picture(element, to)
        elif tag not in _LEFT_OUT:
            for inner in element:
                self._block(inner, to)

    def _list(
        self, element: Element, to: Collected, outer: CountedList | None = None, depth: int = 1
    ) -> None:
        begun = self._numbering.begin(element, outer)
        for item in element:
            first = item.tag == "text:list-item"
            for inner in item:
                if inner.tag == "text:list":
                    self._list(inner, to, begun, depth + 1)
                    continue
                printed, known = "", True
                if first:
                    printed, known = self._numbering.printed(begun, depth, item)
                first = False
                if not known:
                    to.remark("自動編號的方式無法辨識")
                if inner.tag in _PARAGRAPHS:
                    to.paragraphs.append(printed + self._text(inner, to))
                else:
                    self._block(inner, to)

    def _text(self, parent: Element, to: Collected) -> str:
        if parent.get("text:style-name") in self._hidden:
            if "".join(parent.itertext()).strip():
                to.remark(_NOTED["text:hidden-text"])
            return ""
        if parent.get("text:style-name") in self._struck:
            to.remark(STRUCK)
        parts = [parent.text or ""]
        for element in parent:
            parts += [self._painted(element, to), element.tail or ""]
        return "".join(parts)

    def _painted(self, element: Element, to: Collected) -> str:
        tag = element.tag
        if tag in _SIGNS:
            return _SIGNS[tag]
        if tag == "text:s":
            return " " * number(element.get("text:c"), 1, 1000)
        if tag in _NOTED:
            to.remark(_NOTED[tag])
            return ""
        if tag.startswith("draw:"):
            _picture(element, to)
            return ""
        return "" if tag in _LEFT_OUT else self._text(element, to)


def _rows(table: Element) -> Iterator[Element]:
    for element in table:
        if element.tag == "table:table-row":
            yield element
        elif element.tag in _GROUPS:
            yield from _rows(element)


def _picture(element: Element, to: Collected) -> None:
    boxes = [each for each in element.iter() if each.tag in _PARAGRAPHS]
    text = "".join("".join(each.itertext()) for each in boxes)
    to.remark(f"有文字方塊「{text}」，未讀入" if text.strip() else "有圖片，未讀入")
