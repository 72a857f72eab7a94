"""The points of one cell of 具體作法, and the heading in one cell to its left. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from .counting import Mark, mark_of
from .flowing import is_ended, joined, spaced
from .parts import Line, Passage

BULLET = "bullet"
_POINTS = ("digit", "bracketed digit", "half-bracketed digit", "circled", "bracketed han")
_SENTENCE_END = re.compile(r"[。；;：:][^\S\n]*")
_SUB_KINDS = ("stem", "letter", BULLET)  # what plans number below a measure, never measures with


@dataclass
class Point:
    """One measure's words, with the number printed before them."""

    number: int | None
    kind: str
    lines: list[str]
    doubts: list[str] = field(default_factory=list)
    counted: dict[str, int] = field(default_factory=dict)  # its own sub-points, by kind

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass
class Title:
    """What a heading's cell says: `（一）服務友善性`."""

    number: int | None
    kind: str
    name: str
    doubts: list[str]


def points_of(passage: Passage) -> list[Point]:
    """The points in a cell, in order. What carries no number belongs to what stands above it."""
    points: list[Point] = []
    kind = _kind_of_points(passage)
    for line in passage.told:
        mark = mark_of(line.text)
        doubts = _by_chance(mark, line, points)
        if points:
            points[-1].doubts += doubts
        if mark is not None and mark.kind == kind and _begins(mark, line, points):
            points.append(_begun(mark))
            points[-1].doubts += doubts
        elif not points:
            points.append(Point(None, "", [spaced(line.text)]))
        else:
            _add(points[-1], line, mark, kind)
    for point in points:
        if not point.text.strip():
            point.doubts.append("有編號而沒有內容")
        point.doubts += _within(point)
    return points


def title_of(passage: Passage) -> Title:
    """A heading, its lines joined: columns are narrow, so headings are broken anywhere."""
    first, *others = passage.told
    mark = mark_of(first.text)
    name, doubts = (mark.rest if mark is not None else first.text), []
    for line in others:
        ended = is_ended(name)
        name, doubt = joined(name, line.text)
        further = mark_of(line.text)
        if line.starts and further is not None and (mark is None or further.kind == mark.kind):
            doubt = f"一格內另有編號「{further.printed}」"
        elif ended:
            doubt = f"標題之後另有「{line.text[:20]}」，併入標題"
        doubts += [doubt] if doubt else []
    kind = mark.kind if mark is not None else ""
    return Title(_number(mark), kind, spaced(name), doubts)


def _kind_of_points(passage: Passage) -> str:
    told = passage.told
    mark = mark_of(told[0].text) if told else None
    return mark.kind if mark is not None else ""


def _by_chance(mark: Mark | None, line: Line, points: list[Point]) -> list[str]:
    """In the midst of a sentence a line may begin with what only looks like a number."""
    if mark is None or line.starts or not points or is_ended(points[-1].lines[-1]):
        return []
    return [f"句中換行之後的「{mark.printed}」，不知是否為編號"]


def _begins(mark: Mark, line: Line, points: list[Point]) -> bool:
    """Whether a point begins: with a paragraph, or where the numbers go on."""
    follows = bool(points) and mark.number == (points[-1].number or 0) + 1
    return line.starts or follows or not points


def _begun(mark: Mark) -> Point:
    point = Point(_number(mark), mark.kind, [spaced(mark.rest)])
    if mark.kind in _SUB_KINDS:
        point.doubts.append(f"以「{mark.printed}」編號，不知是具體作法或其子項")
    return point


def _within(point: Point) -> Iterator[str]:
    """A number in the midst of a line, where the next point might begin."""
    following = (point.number or 0) + 1
    for match in _SENTENCE_END.finditer(point.text):
        mark = mark_of(point.text[match.end() :])
        if mark is not None and mark.number == following and mark.kind in (point.kind or _POINTS):
            yield f"文字中有「{mark.printed}」，不知是否為另一項"


def _number(mark: Mark | None) -> int | None:
    return None if mark is None or mark.kind == BULLET else mark.number


def _add(point: Point, line: Line, mark: Mark | None, kind: str) -> None:
    """A further line of a point: one of its own sub-points, or the rest of a line above."""
    if mark is not None and mark.kind != kind:
        point.doubts += _oddities(point, mark, kind)
        point.lines.append(spaced(line.text))
        return
    before = point.lines[-1]
    point.lines[-1], doubt = joined(before, line.text)
    if line.starts:
        doubt = f"段落「{line.text[:20]}」沒有編號，視為接續上文"
    elif before and is_ended(before):
        doubt = f"「{line.text[:20]}」另起一行，視為接續上文"
    point.doubts += [doubt] if doubt else []


def _oddities(point: Point, mark: Mark, kind: str) -> Iterator[str]:
    expected = point.counted.get(mark.kind, 0) + 1
    if mark.kind != BULLET and mark.number not in (1, expected):
        yield f"子項編號「{mark.printed}」與上一個不連續"
    point.counted[mark.kind] = mark.number
    if not kind and mark.kind not in _SUB_KINDS:
        yield f"沒有編號的文字之下另有編號「{mark.printed}」，視為同一項的子項"
