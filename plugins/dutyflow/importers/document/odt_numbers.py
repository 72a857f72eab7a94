"""The numbers that LibreOffice counts by itself (ODF 1.3 part 3, 5.3 and 16.30).

A list names a style, which says per level how to count; a list begins at 1, unless it goes on from
another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from .counting import FORMATS
from .trees import number

_LEVELS = 10
_MOST = 10_000
_PART = re.compile(r"%([0-9]{1,2})%")


@dataclass(frozen=True)
class _Level:
    counting: str
    pattern: str  # `（%2%）`
    start: int
    bullet: bool = False


@dataclass
class CountedList:
    """A list that is being counted."""

    style: str
    counts: list[int] = field(default_factory=lambda: [0] * (_LEVELS + 1))


class Numbering:
    def __init__(self, *roots: Element | None) -> None:
        self._styles: dict[str, dict[int, _Level]] = {}
        for root in roots:
            for style in root.iter("text:list-style") if root is not None else ():
                self._styles[str(style.get("style:name"))] = dict(map(_level, style))
        self._by_id: dict[str, CountedList] = {}
        self._last_of_style: dict[str, CountedList] = {}

    def begin(self, element: Element, outer: CountedList | None) -> CountedList:
        """A list begins, within another or on its own."""
        style = element.get("text:style-name") or (outer.style if outer is not None else "")
        if outer is not None:
            begun = CountedList(style, outer.counts)
        else:
            begun = CountedList(style, list(self._counts_to_go_on(element, style)))
            self._last_of_style[style] = begun
        if (name := element.get("xml:id")) is not None:
            self._by_id[name] = begun
        return begun

    def printed(self, within: CountedList, depth: int, item: Element) -> tuple[str, bool]:
        """The number printed before a list's item, and whether it is known how it counts."""
        level = self._styles.get(within.style, {}).get(depth)
        if level is None:
            return "", within.style == ""
        if level.bullet:
            return "• ", True
        counts = within.counts
        start = number(item.get("text:start-value"), level.start, _MOST)
        restarts = item.get("text:start-value") is not None or not counts[depth]
        counts[depth] = start if restarts else counts[depth] + 1
        counts[depth + 1 :] = [0] * (_LEVELS - depth)
        return self._written(level, within)

    def _written(self, level: _Level, within: CountedList) -> tuple[str, bool]:
        levels = self._styles[within.style]
        known = True

        def one(match: re.Match[str]) -> str:
            nonlocal known
            depth = min(int(match[1]), _LEVELS)
            other = levels.get(depth)
            if other is None or not other.counting:
                return ""
            way = FORMATS.get(other.counting)
            known = known and way is not None
            return way(within.counts[depth] or other.start) if way is not None else "?"

        return _PART.sub(one, level.pattern), known

    def _counts_to_go_on(self, element: Element, style: str) -> list[int]:
        before = self._by_id.get(element.get("text:continue-list", ""))
        if before is None and element.get("text:continue-numbering") == "true":
            before = self._last_of_style.get(style)
        return before.counts if before is not None else [0] * (_LEVELS + 1)


def _level(element: Element) -> tuple[int, _Level]:
    depth = number(element.get("text:level"), 1, _LEVELS)
    counting = element.get("style:num-format") or ""
    shown = number(element.get("text:display-levels"), 1, depth)
    numbers = ".".join(f"%{each}%" for each in range(depth - shown + 1, depth + 1))
    around = (element.get("style:num-prefix") or "", element.get("style:num-suffix") or "")
    pattern = element.get("loext:num-list-format")
    if pattern is None:
        pattern = numbers.join(around) if counting else ""
    start = number(element.get("text:start-value"), 1, _MOST)
    bullet = element.tag == "text:list-level-style-bullet"
    return depth, _Level(counting, pattern, start, bullet)
