"""Which owner belongs to which measure: each case as the two columns of a cell, line by line."""

from __future__ import annotations

import pytest

from dutyflow.importers.document.owners import entries_of, periods_of
from dutyflow.importers.document.pairing import paired
from dutyflow.importers.document.parts import Line

KNOWN = ("業務組", "總務組", "設計組", "電費組", "人力資源組")


def lines(column: str) -> list[Line]:
    """A column, its lines parted by spaces; `_` is an empty one."""
    return [Line("" if word == "_" else word) for word in column.split()]


def pair(owners: str, periods: str) -> tuple[list[str] | None, str]:
    """Each measure's owners, and the doubt. Each 隨 in the periods' column is a measure."""
    spaced = [line.line for line in periods_of(lines(periods))]
    found = paired(entries_of(lines(owners), KNOWN), len(spaced), spaced)
    if found.groups is None:
        return None, found.doubt
    return ["".join(n[0] for e in group for n in e.names) for group in found.groups], found.doubt


@pytest.mark.parametrize(
    ("owners", "periods", "expected"),
    [
        ("業務組", "隨", ["業"]),
        ("業務組 _ 總務組", "隨", ["業總"]),
        ("業務組、總務組", "隨", ["業總"]),
        ("業務組、 總務組", "隨", ["業總"]),
        ("業務組 總務組", "隨 隨", ["業", "總"]),
        ("業務組 各部門", "隨 隨", ["業", "各"]),
        ("業務組 業務組 總務組、設計組", "隨 隨 隨", ["業", "業", "總設"]),
        # level with the periods
        ("業務組 總務組 _ 業務組", "隨 _ _ 隨", ["業總", "業"]),
        ("業務組 _ _ 業務組 總務組 _", "隨 _ _ 隨 _ _", ["業", "業總"]),
        ("業務組 總務組 業務組 總務組", "隨 _ 隨 _", ["業總", "業總"]),
        ("業務組 各部門 總務組 設計組", "隨 隨 隨 _", ["業", "各", "總設"]),
        # nobody twice, and each line of a comma with the next one
        ("業務組、 總務組 業務組", "隨 隨", ["業總", "業"]),
        ("業務組 業務組 總務組", "隨 隨", ["業", "業總"]),
        # only empty lines tell
        ("業務組 總務組 _ 設計組", "隨 隨", ["業總", "設"]),
        # names broken in two
        ("人力資 源組 _ 業務組", "隨 _ _ 隨", ["人", "業"]),
    ],
)
def test_what_is_certain(owners: str, periods: str, expected: list[str]) -> None:
    assert pair(owners, periods) == (expected, "")


@pytest.mark.parametrize(
    ("owners", "periods", "assumed"),
    [
        ("業務組", "隨 隨", None),
        ("_ _", "隨", None),
        ("業務組 總務組 設計組", "隨 隨", None),
        ("業務組 總務組 業務組", "隨 隨", None),
        ("業務組 業務組", "隨", None),
        ("各部門 業務組", "隨", None),
        # the columns contradict each other
        ("業務組 總務組 _ _ 業務組", "隨 _ _ _ _ 隨", ["業總", "業"]),
        ("業務組 _ 總務組", "隨 隨 隨", None),
        ("業務組 總務組 設計組", "隨 _ _ 隨 _ 隨", ["業", "總", "設"]),
        # nothing between the names: a line may be missing
        ("業務組 總務組 設計組 業務組 總務組", "隨 _ _ 隨 _", ["業總設", "業總"]),
        ("業務組 總務組 業務組", "隨 _ 隨", ["業總", "業"]),
    ],
)
def test_what_is_doubtful(owners: str, periods: str, assumed: list[str] | None) -> None:
    found, doubt = pair(owners, periods)
    assert found == assumed
    assert doubt


def test_hostile_columns_take_no_time_to_give_up_on() -> None:
    column = " ".join(["業務組", "總務組", "設計組"] * 60)
    assert pair(column, " ".join(["隨"] * 60)) == (["業總設"] * 60, "")
    assert pair(" ".join(["業務組"] * 5000), " ".join(["隨"] * 50))[0] is None
