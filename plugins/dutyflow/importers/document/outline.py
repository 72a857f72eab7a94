"""Strips as the plan's outline: aspects, strategies, items and their points, with the ids.

An id is made of the printed numbers only (decision 0007); where a number is missing among others,
the next one is assumed and a doubt says so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from .columns import HEADINGS, TITLES
from .flowing import bare
from .parts import Doubt
from .points import Point, points_of, title_of
from .strips import Heading, Strip


@dataclass
class Node:
    """A heading, or a point as the last of them."""

    role: str
    number: int | None
    kind: str
    name: str
    place: str
    doubts: list[str] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    point: Point | None = None
    strip: int = -1
    key: object = None
    says: str = ""


@dataclass(frozen=True)
class Outlined:
    """A measure's words and where it came from. `strip` is the index of its strip."""

    id: str
    aspect: str
    strategy: str
    item: str
    text: str
    place: str
    strip: int


def outlined(strips: Sequence[Strip]) -> tuple[list[Outlined], list[Doubt]]:
    """The measures in the document's order, and what is doubtful about them."""
    root = Node("", None, "", "", "")
    begun: dict[object, Node] = {}
    doubts: list[Doubt] = []
    for index, strip in enumerate(strips):
        if not _hang(root, strip, index, begun):
            doubts.append(
                Doubt(where=strip.place, found="這一列沒有具體作法的文字", assumed="未讀入")
            )
    measures: list[Outlined] = []
    _number(root, (), ["", "", ""], measures, doubts)
    return measures, [*doubts, *_repeated(measures)]


def _hang(root: Node, strip: Strip, index: int, begun: dict[object, Node]) -> bool:
    """Put a strip's points where they belong. False where it has none. `begun` are the headings
    by their cells."""
    parent, empty = root, ""  # the column that is empty, until something confirms what that means
    for role in HEADINGS:
        node, is_new = _node(parent, role, strip)
        if is_new:
            parent.children.append(node)
            _once_only(node, begun)
        elif node.name and _is_empty(strip.headings[role]):
            empty = role
        if is_new and node.name:
            node.doubts += _unconfirmed(empty, node.number)
            empty = ""
        parent = node
    points = points_of(strip.text)
    for point in points:
        leaf = _leaf(point, strip, index)
        leaf.doubts += _unconfirmed(empty, point.number)
        empty = ""
        parent.children.append(leaf)
    return bool(points)


def _once_only(node: Node, begun: dict[object, Node]) -> None:
    """One heading's cell beside two headings of the level above is a merge gone wrong."""
    if node.key is None:
        return
    first = begun.setdefault(node.key, node)
    if first is not node:
        doubt = f"「{TITLES[node.role]}」的合併儲存格跨越上一級的分界"
        node.doubts.append(doubt)
        first.doubts.append(doubt)


def _is_empty(heading: Heading | None) -> bool:
    return heading is not None and not heading.passage


def _unconfirmed(empty: str, number: int | None) -> list[str]:
    """An empty cell goes on from the one above, if the number beside it does (see _numbered)."""
    doubt = f"「{TITLES[empty]}」欄空白，視為延續上一列" if empty and number is None else ""
    return [doubt] if doubt else []


def _leaf(point: Point, strip: Strip, index: int) -> Node:
    doubts = [*point.doubts, *strip.remarks]
    return Node("text", point.number, point.kind, "", strip.place, doubts, point=point, strip=index)


def _node(parent: Node, role: str, strip: Strip) -> tuple[Node, bool]:
    """The heading that holds for a strip, and whether it begins here."""
    heading = strip.headings[role]
    last = parent.children[-1] if parent.children else None
    if heading is None or not heading.passage:
        if last is not None and (heading is not None or last.name == ""):
            return last, False
        return _nameless(role, strip), True
    if last is not None and (last.key == heading.key or last.says == bare(heading.passage.text)):
        return last, False
    return _begun(role, heading, strip), True


def _nameless(role: str, strip: Strip) -> Node:
    node = Node(role, None, "", "", strip.place)
    if role != "item" or strip.headings[role] is not None:
        node.doubts.append(f"「{TITLES[role]}」欄沒有文字")
    return node


def _begun(role: str, heading: Heading, strip: Strip) -> Node:
    title = title_of(heading.passage)
    return Node(
        role,
        title.number,
        title.kind,
        title.name,
        strip.place,
        title.doubts,
        key=heading.key,
        says=bare(heading.passage.text),
    )


def _number(
    node: Node,
    numbers: tuple[int, ...],
    names: list[str],
    measures: list[Outlined],
    doubts: list[Doubt],
) -> None:
    expected, kinds = 1, Counter(child.kind for child in node.children if child.kind)
    again: tuple[Node, str, int] | None = None  # where the numbers began anew
    for child in node.children:
        first = len(measures)
        found = list(child.doubts)
        alone = len(node.children) == 1 and child.role in ("item", "text")
        number, doubt = _numbered(child, expected, alone)
        if doubt and number is not None and number < expected and again is None:
            again = (child, doubt, first)
        elif doubt:
            found.append(doubt)
        if child.kind and child.kind != kinds.most_common(1)[0][0]:
            found.append("編號的樣式與同級的其他編號不同")
        own = numbers if number is None else (*numbers, number)
        expected = expected if number is None else number + 1
        if child.point is not None:
            measures.append(_measure(child, own, names))
        else:
            level = HEADINGS.index(child.role)
            _number(child, own, [*names[:level], child.name, *[""] * (2 - level)], measures, doubts)
        concerned = tuple(range(first, len(measures)))
        doubts += [_doubt(child, each, concerned) for each in found]
    if again is not None:  # a heading may be missing there, and then all that follows is wrong
        child, doubt, first = again
        doubts.append(_doubt(child, doubt, tuple(range(first, len(measures)))))


def _numbered(node: Node, expected: int, alone: bool) -> tuple[int | None, str]:
    """A heading's or point's number, and what is doubtful about it."""
    what = TITLES.get(node.role, node.role)
    if node.number is None and node.point is None and node.name == "":
        return None, "" if alone or node.doubts else f"同級之中有的列「{what}」、有的沒有"
    if node.number is None:
        return (None, "") if alone else (expected, f"{what}沒有編號")
    if node.number != expected:
        return node.number, f"{what}編號為 {node.number}，依序應為 {expected}"
    return node.number, ""


def _measure(leaf: Node, numbers: tuple[int, ...], names: list[str]) -> Outlined:
    aspect, strategy, item = names
    text = leaf.point.text if leaf.point is not None else ""
    code = ".".join(map(str, numbers))
    return Outlined(code, aspect, strategy, item, text, leaf.place, leaf.strip)


def _doubt(node: Node, found: str, concerned: tuple[int, ...]) -> Doubt:
    assumed = "" if "沒有內容" in found else "暫照表中次序與所印文字讀入"
    return Doubt(where=node.place, found=found, assumed=assumed, measures=concerned)


def places(measures: Sequence[Outlined], indices: Iterable[int]) -> str:
    """Where measures are, for a person; of many only the first few."""
    found = list(dict.fromkeys(measures[index].place for index in indices))
    return "、".join(found[:3]) + (f"等 {len(found)} 處" if len(found) > 3 else "")


def _repeated(measures: Sequence[Outlined]) -> Iterator[Doubt]:
    by_id: dict[str, list[int]] = {}
    for index, measure in enumerate(measures):
        by_id.setdefault(measure.id, []).append(index)
    for code, indices in by_id.items():
        if len(indices) > 1 or not code:
            yield Doubt(
                where=places(measures, indices),
                found=f"編號 {code or '（無）'} 有 {len(indices)} 項",
                measures=tuple(indices),
            )
