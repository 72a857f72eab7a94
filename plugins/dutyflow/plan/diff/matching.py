"""Which item of a later plan is which of an earlier one. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from dutyflow.plan.field_types import FormField
from dutyflow.plan.forms import Form
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.model import Duty, Measure, Section

from .redline import likeness

Item = Section | Measure | Form | Ladder | Duty | FormField
ALIKE = 0.6  # of two measures' wordings, so that one may have become the other


class Pair(NamedTuple):
    """An item before and after; None where it was not there yet, or is there no more."""

    was: Item | None
    becomes: Item | None


def called(item: Item) -> str:
    """What a person knows an item by: its name, or a measure's text."""
    match item:
        case Measure():
            return item.text
        case FormField():
            return item.title
    return item.name


def matched(before: Sequence[Item], after: Sequence[Item]) -> list[Pair]:
    """Each item with what it has become: those that are there no more first, then in their order.

    What is called the same is the same, even under another code: where a measure is put in, all
    that follow it are numbered anew. Then what has the same code; then measures worded alike.
    """
    partners: dict[int, int] = {}  # an index before, by that after
    for same in (_by_code_and_name, _by_name, _by_code, _by_likeness):
        taken = set(partners.values())
        for new, item in enumerate(after):
            if new in partners:
                continue
            old = next(
                (n for n, each in enumerate(before) if n not in taken and same(each, item)), None
            )
            if old is not None:
                partners[new] = old
                taken.add(old)
    left = set(range(len(before))) - set(partners.values())
    gone = [Pair(before[old], None) for old in sorted(left)]
    stay = [
        Pair(before[partners[new]] if new in partners else None, item)
        for new, item in enumerate(after)
    ]
    return [*gone, *stay]


def out_of_place(
    before: Sequence[Item], pairs: Sequence[Pair]
) -> Iterator[tuple[Item, Item | None]]:
    """Items that stand elsewhere among the others than before, each with the one it follows now.

    As few as explain the new order.
    """
    position = {id(item): number for number, item in enumerate(before)}
    both = [pair for pair in pairs if pair.was is not None and pair.becomes is not None]
    places = [position[id(pair.was)] for pair in both]
    kept = _longest_rising(places)
    for number, pair in enumerate(both):
        if number not in kept and pair.becomes is not None:
            yield pair.becomes, both[number - 1].becomes if number else None


def _by_code_and_name(was: Item, item: Item) -> bool:
    return was.id == item.id and called(was) == called(item)


def _by_name(was: Item, item: Item) -> bool:
    return called(was) == called(item)


def _by_code(was: Item, item: Item) -> bool:
    return was.id == item.id


def _by_likeness(was: Item, item: Item) -> bool:
    return isinstance(item, Measure) and likeness(called(was), called(item)) >= ALIKE


def _longest_rising(numbers: Sequence[int]) -> set[int]:
    """The indices of a longest subsequence whose numbers rise."""
    tails: list[int] = []  # the index of the least number that ends a rising run of each length
    before: list[int | None] = []
    for index, number in enumerate(numbers):
        length = bisect_left(tails, number, key=lambda each: numbers[each])
        before.append(tails[length - 1] if length else None)
        tails[length : length + 1] = [index]
    kept: set[int] = set()
    last = tails[-1] if tails else None
    while last is not None:
        kept.add(last)
        last = before[last]
    return kept
