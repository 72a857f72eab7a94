"""The numbers that Word counts by itself: they are printed, but stand nowhere in the text.

ECMA-376 part 1, 17.9: a paragraph names a list (`numId`) and a level; the list is an instance of
an abstract one, which says per level how to count and what stands around the number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from .counting import FORMATS
from .trees import children, inside, number

_VALUE = "w:val"
_LEVELS = 9
_MOST = 10_000
_PART = re.compile(r"%([1-9])")


@dataclass(frozen=True)
class _Level:
    counting: str
    text: str
    start: int


class Numbering:
    """Counts the paragraphs of a document in its order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        abstracts = {
            each.get("w:abstractNumId"): each for each in children(numbering, "w:abstractNum")
        }
        self._lists: dict[str, tuple[str, dict[int, _Level]]] = {}
        for each in children(numbering, "w:num"):
            name = _value(inside(each, "w:abstractNumId"))
            base = _levels(abstracts.get(name))
            levels = base | _overrides(each, base)
            own = any(True for _ in children(each, "w:lvlOverride"))
            list_id = str(each.get("w:numId"))
            # Lists made from one abstract list count on together, unless one begins anew.
            self._lists[list_id] = (f"own {list_id}" if own else f"shared {name}", levels)
        self._styles = {each.get("w:styleId"): each for each in children(styles, "w:style")}
        self._counts: dict[str, list[int]] = {}

    def printed(self, properties: Element | None) -> tuple[str, bool]:
        """The number printed before a paragraph, "" where there is none, and whether it is known
        how the list counts. To be asked once of each paragraph, in order."""
        list_id, depth = self._list_of(properties)
        if list_id not in self._lists:
            return "", list_id in ("", "0")
        key, levels = self._lists[list_id]
        level = levels.get(depth)
        if level is None:
            return "", False
        counts = self._counts.setdefault(key, [0] * _LEVELS)
        counts[depth] = counts[depth] + 1 if counts[depth] else level.start
        counts[depth + 1 :] = [0] * (_LEVELS - depth - 1)
        return self._written(level, levels, counts)

    def _written(
        self, level: _Level, levels: dict[int, _Level], counts: list[int]
    ) -> tuple[str, bool]:
        if level.counting == "none":
            return "", True
        if level.counting == "bullet":
            return "• ", True
        known = True

        def one(match: re.Match[str]) -> str:
            nonlocal known
            depth = int(match[1]) - 1
            way = FORMATS.get(levels[depth].counting) if depth in levels else None
            known = known and way is not None
            return way(counts[depth] or levels[depth].start) if way is not None else "?"

        return _PART.sub(one, level.text), known

    def _list_of(self, properties: Element | None) -> tuple[str, int]:
        direct = inside(properties, "w:numPr")
        style = _value(inside(properties, "w:pStyle"))
        inherited = self._of_style(style)
        list_id = _value(inside(direct, "w:numId")) or _value(inside(inherited, "w:numId"))
        depth = _value(inside(direct, "w:ilvl")) or _value(inside(inherited, "w:ilvl"))
        return list_id, number(depth, 0, _LEVELS - 1)

    def _of_style(self, style: str) -> Element | None:
        for _ in range(20):  # styles may be based on each other in a circle
            element = self._styles.get(style)
            found = inside(element, "w:pPr", "w:numPr")
            if found is not None or element is None:
                return found
            style = _value(inside(element, "w:basedOn"))
        return None


def _value(element: Element | None) -> str:
    return (element.get(_VALUE) or "") if element is not None else ""


def _levels(abstract: Element | None) -> dict[int, _Level]:
    return {
        number(each.get("w:ilvl"), 0, _LEVELS - 1): _level(each)
        for each in children(abstract, "w:lvl")
    }


def _overrides(instance: Element, base: dict[int, _Level]) -> dict[int, _Level]:
    levels = {}
    for each in children(instance, "w:lvlOverride"):
        depth = number(each.get("w:ilvl"), 0, _LEVELS - 1)
        own = inside(each, "w:lvl")
        level = _level(own) if own is not None else base.get(depth)
        start = _value(inside(each, "w:startOverride"))
        if level is not None:
            levels[depth] = replace(level, start=number(start, level.start, _MOST))
    return levels


def _level(element: Element) -> _Level:
    return _Level(
        counting=_value(inside(element, "w:numFmt")) or "decimal",
        text=_value(inside(element, "w:lvlText")),
        start=number(_value(inside(element, "w:start")), 1, _MOST),
    )
