"""XML from outside, made into a tree: no document type, so no entities; bounded in size and depth.

Neither format may carry a document type (OPC, ECMA-376 part 2, clause 8.1.4; ODF needs none), and
without one there is nothing to expand and nothing to fetch.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from .guard import DocumentRefused, broken

MAX_DEPTH = 100
MAX_ELEMENTS = 600_000
_CHUNK = 1 << 16

_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_WORD = ("http://schemas.openxmlformats.org/", "http://purl.oclc.org/ooxml/")
_PREFIXES = {
    f"{_ODF}office:1.0": "office",
    f"{_ODF}text:1.0": "text",
    f"{_ODF}table:1.0": "table",
    f"{_ODF}style:1.0": "style",
    f"{_ODF}drawing:1.0": "draw",
    "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0": "loext",
    f"{_WORD[0]}wordprocessingml/2006/main": "w",
    f"{_WORD[1]}wordprocessingml/main": "w",
    f"{_WORD[0]}markup-compatibility/2006": "mc",
    "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
    f"{_WORD[0]}officeDocument/2006/math": "m",
    f"{_WORD[1]}officeDocument/math": "m",
    f"{_WORD[0]}package/2006/relationships": "rel",
    "http://www.w3.org/XML/1998/namespace": "xml",
}


def tree(content: bytes) -> Element:
    """The root, its names written with the usual prefixes (`w:tbl`). Raises DocumentRefused."""
    try:
        text = content.decode("utf-8-sig")  # what Word and LibreOffice write; no other is guessed
    except UnicodeDecodeError:
        raise broken() from None
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise DocumentRefused("文件內含實體宣告，為安全起見不予開啟；請另存為 ODT 或 DOCX")
    try:
        root = _parsed(text)
    except ParseError:
        raise broken() from None
    for element in root.iter():
        _rename(element)
    return root


def _parsed(text: str) -> Element:
    builder = _Bounded()
    parser = XMLParser(target=builder)  # noqa: S314 (nothing is expanded)
    for start in range(0, len(text), _CHUNK):
        parser.feed(text[start : start + _CHUNK])
    root: Element = parser.close()
    return root


class _Bounded(TreeBuilder):
    """Builds no tree that is too deep or too large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._count = 0

    def start(self, tag: str, attrs: dict[str, str], /) -> Element:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise DocumentRefused("文件的結構過於龐大，為安全起見不予開啟；請只留計畫本文")
        return super().start(tag, attrs)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _rename(element: Element) -> None:
    element.tag = _short(element.tag)
    for name in list(element.attrib):
        element.attrib[_short(name)] = element.attrib.pop(name)


def _short(name: str) -> str:
    uri, brace, local = name[1:].partition("}")
    if not brace or name[0] != "{":
        return name
    return f"{_PREFIXES.get(uri, '?')}:{local}"


def number(written: str | None, default: int, most: int) -> int:
    """A count in an attribute, kept between 0 and `most`; the default where it is none."""
    try:
        return max(0, min(int(written or ""), most))
    except ValueError:
        return default


def children(element: Element | None, name: str) -> Iterator[Element]:
    return (child for child in (element if element is not None else ()) if child.tag == name)


def inside(element: Element | None, *way: str) -> Element | None:
    """The element at the end of a way of child names, or None."""
    for name in way:
        element = next(children(element, name), None)
    return element
