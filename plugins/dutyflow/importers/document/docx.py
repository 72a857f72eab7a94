"""DOCX (Office Open XML, ECMA-376 part 1, clause 17) as a Document.

Tracked changes count as accepted; what is not part of the printed lines (footnotes, pictures,
text boxes, hidden text) is left out. Each leaves a remark where it stood.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from itertools import count
from xml.etree.ElementTree import Element

from .docx_numbers import Numbering
from .grid import MAX_COLUMNS, Grid
from .guard import Package, broken
from .parts import Collected, Document, Passage, Table
from .trees import children, inside, number, tree

TRACKED = "有追蹤修訂，視為已全部接受"
STRUCK = "有加刪除線的文字，仍照讀入"
_STRUCK = ("w:strike", "w:dstrike")
_OFF = ("0", "false", "off", "none")
# What merely wraps the text it holds.
_WRAPS = frozenset(
    f"w:{name}"
    for name in (
        "hyperlink", "smartTag", "sdt", "sdtContent", "fldSimple", "bdo", "dir", "customXml", "r"
    )
)  # fmt: skip
_SIGNS = {"w:tab": "\t", "w:cr": "\n", "w:noBreakHyphen": "-", "w:ptab": "\t"}
_NOTED = {
    "w:footnoteReference": "有註腳，其內容未讀入",
    "w:endnoteReference": "有章節附註，其內容未讀入",
    "w:sym": "有符號字型的字元，以「□」代替",
    "m:oMath": "有算式，未讀入",
    "m:oMathPara": "有算式，未讀入",
    "w:altChunk": "有內嵌的文件，未讀入",
}
_DELETED = ("w:del", "w:moveFrom")
_INSERTED = ("w:ins", "w:moveTo")


def read_docx(package: Package) -> Document:
    """Raises DocumentRefused."""
    main = _related(package, "", "officeDocument", "word/document.xml")
    body = inside(tree(package.read(main)), "w:body")
    if body is None:
        raise broken()
    numbering, styles = (
        _tree(package, _related(package, main, kind, f"word/{kind}.xml"))
        for kind in ("numbering", "styles")
    )
    reader = _Reader(Numbering(numbering, styles))
    return Document(tuple(reader.blocks(body)))


def _tree(package: Package, member: str) -> Element | None:
    """A member's tree, None where there is no such member."""
    content = package.read(member)
    return tree(content) if content else None


def _related(package: Package, part: str, kind: str, usual: str) -> str:
    """The member that a part names as its numbering, say; the usual one where it names none.

    Word in a browser writes `document2.xml`. The part "" is the package itself (OPC, ECMA-376
    part 2, on relationships).
    """
    folder, name = posixpath.split(f"/{part}")
    relations = _tree(package, posixpath.join(folder, "_rels", f"{name}.rels").lstrip("/"))
    for relation in children(relations, "rel:Relationship"):
        if relation.get("Type", "").endswith(f"/{kind}"):
            target = posixpath.join(folder, relation.get("Target", ""))
            return posixpath.normpath(target).lstrip("/")
    return usual


class _Reader:
    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._tables = count(1)
        self._paint: dict[str, Callable[[Element, Collected], str]] = {
            "w:t": lambda element, _: element.text or "",
            "w:br": _break,
            "w:drawing": _picture,
            "w:pict": _picture,
            "w:object": _picture,
            "w:ruby": lambda element, to: self._text(inside(element, "w:rubyBase"), to),
            "mc:AlternateContent": lambda element, to: self._text(_choice(element), to),
        }

    def blocks(self, parent: Element) -> Iterator[Passage | Table]:
        for element in parent:
            if element.tag == "w:p":
                yield self._passage([element])
            elif element.tag == "w:tbl":
                yield self._table(element, next(self._tables))
            elif element.tag in _NOTED:
                yield Passage((), (_NOTED[element.tag],))
            elif element.tag != "w:sectPr" and element.tag not in _DELETED:
                yield from self.blocks(element)

    def _passage(self, elements: list[Element]) -> Passage:
        to = Collected()
        self._paragraphs(elements, to)
        return to.passage()

    def _table(self, table: Element, number_: int) -> Table:
        grid = Grid(number_)
        for row in _wrapped(table, "w:tr"):
            self._row(row, grid)
        return grid.table()

    def _row(self, row: Element, grid: Grid) -> None:
        properties = inside(row, "w:trPr")
        if inside(properties, "w:del") is not None:
            return
        before = inside(properties, "w:gridBefore")
        grid.begin_row(_value(before, 0, MAX_COLUMNS))
        remarks = [TRACKED] if inside(properties, "w:ins") is not None else []
        for cell in _wrapped(row, "w:tc"):
            to = Collected(remarks=list(remarks))
            self._paragraphs(cell, to)
            _add(grid, inside(cell, "w:tcPr"), to.passage())

    def _paragraphs(self, elements: Element | list[Element], to: Collected) -> None:
        for element in elements:
            if element.tag == "w:p":
                self._paragraph(element, to)
            elif element.tag == "w:tbl":
                to.remark("儲存格內另有表格，依序讀入其文字")
                for row in _wrapped(element, "w:tr"):
                    for cell in _wrapped(row, "w:tc"):
                        self._paragraphs(cell, to)
            elif element.tag in _NOTED:
                to.remark(_NOTED[element.tag])
            elif element.tag not in ("w:tcPr", *_DELETED):
                self._paragraphs(list(element), to)

    def _paragraph(self, element: Element, to: Collected) -> None:
        properties = inside(element, "w:pPr")
        printed, known = self._numbering.printed(properties)
        if not known:
            to.remark("自動編號的方式無法辨識")
        to.paragraphs.append(printed + self._text(element, to))
        mark = inside(properties, "w:rPr")
        if any(inside(mark, tag) is not None for tag in (*_DELETED, *_INSERTED)):
            to.remark(TRACKED)

    def _text(self, parent: Element | None, to: Collected) -> str:
        return "".join(self._painted(each, to) for each in (parent if parent is not None else ()))

    def _painted(self, element: Element, to: Collected) -> str:
        tag = element.tag
        if tag in self._paint:
            return self._paint[tag](element, to)
        if tag in _SIGNS:
            return _SIGNS[tag]
        if tag in _NOTED:
            to.remark(_NOTED[tag])
            return "□" if tag == "w:sym" else ""
        if tag in _DELETED or tag in _INSERTED:
            to.remark(TRACKED)
            return self._text(element, to) if tag in _INSERTED else ""
        if tag == "w:r" and _is_on(inside(element, "w:rPr", "w:vanish")):
            if any(each.text for each in element.iter("w:t")):
                to.remark("有隱藏文字，未讀入")
            return ""
        if tag == "w:r" and any(_is_on(inside(element, "w:rPr", name)) for name in _STRUCK):
            to.remark(STRUCK)
        return self._text(element, to) if tag in _WRAPS else ""


def _add(grid: Grid, properties: Element | None, passage: Passage) -> None:
    width = _value(inside(properties, "w:gridSpan"), 1, MAX_COLUMNS + 1)
    merge = inside(properties, "w:vMerge")
    if merge is not None and merge.get("w:val", "continue") == "continue":
        grid.continue_above(passage, width=max(width, 1))
    else:
        grid.add(passage, width=max(width, 1), grows=merge is not None)


def _break(element: Element, _: Collected) -> str:
    return "" if element.get("w:type") in ("page", "column") else "\n"


def _picture(element: Element, to: Collected) -> str:
    text = "".join(each.text or "" for each in element.iter("w:t"))
    to.remark(f"有文字方塊「{text}」，未讀入" if text.strip() else "有圖片，未讀入")
    return ""


def _choice(element: Element) -> Element | None:
    choice = inside(element, "mc:Choice")
    return choice if choice is not None else inside(element, "mc:Fallback")


def _wrapped(parent: Element, tag: str) -> Iterator[Element]:
    """Children of that name, those in content controls included."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag in ("w:sdt", "w:sdtContent", "w:customXml"):
            yield from _wrapped(element, tag)


def _is_on(toggle: Element | None) -> bool:
    return toggle is not None and toggle.get("w:val", "1") not in _OFF


def _value(element: Element | None, default: int, most: int) -> int:
    return number(element.get("w:val") if element is not None else None, default, most)
