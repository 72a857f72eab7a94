"""Reasons and rungs as values: what the ledger keeps of them is what comes back."""

from __future__ import annotations

import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.nagging.reasons import Reason, ReasonCode
from dutyflow.nagging.rungs import Rung, RungKind, StepKind, StepName

STEP = {"step": StepName(kind=StepKind.BEFORE, days=5), "deadline": date(2018, 7, 4)}
KEYS = [
    ("before_5@2018-07-04", Rung(kind=RungKind.STEP, **STEP)),
    ("due@2018-07-04", Rung(kind=RungKind.STEP, **(STEP | {"step": StepName(kind=StepKind.DUE)}))),
    ("opening", Rung(kind=RungKind.OPENING)),
    ("delivery", Rung(kind=RungKind.DELIVERY)),
    ("unreachable:before_5@2018-07-04", Rung(kind=RungKind.UNREACHABLE, **STEP)),
    ("undecided:before_5:2018-07-04", Rung(kind=RungKind.UNDECIDED, **STEP)),
    ("request:12:ask", Rung(kind=RungKind.REQUEST, which="12:ask")),
    ("request:12:ask:before_5@2018-07-04", Rung(kind=RungKind.REQUEST, which="12:ask", **STEP)),
    ("moved:17", Rung(kind=RungKind.MOVED, which="17")),
    ("estimated:108", Rung(kind=RungKind.ESTIMATED, which="108")),
    ("summary:2018-07-04", Rung(kind=RungKind.SUMMARY, which="2018-07-04")),
    ("week:2018-W27", Rung(kind=RungKind.WEEK, which="2018-W27")),
    ("returned:2", Rung(kind=RungKind.RETURNED, which="2")),
    ("answer:ab12", Rung(kind=RungKind.ANSWER, which="ab12")),
    ("misplaced:ab12", Rung(kind=RungKind.MISPLACED, which="ab12")),
    ("waived:manual__1", Rung(kind=RungKind.WAIVED, which="manual__1")),
    ("call:3", Rung(kind=RungKind.CALL, which="3")),
    (
        "undeliverable:wang@example.tw:20180704T000000Z",
        Rung(kind=RungKind.UNDELIVERABLE, which="wang@example.tw:20180704T000000Z"),
    ),
    ("announce", Rung(kind=RungKind.OTHER, which="announce")),
    ("before_5@2018-02-30", Rung(kind=RungKind.OTHER, which="before_5@2018-02-30")),
]


@pytest.mark.parametrize(("key", "rung"), KEYS)
def test_a_rung_and_its_key_are_one_thing(key: str, rung: Rung) -> None:
    assert rung.key == key
    assert Rung.parse(key) == rung


@given(st.text() | st.from_regex(r"\A(request|unreachable|undecided|answer|due)[:@].*\Z"))
def test_no_key_is_changed_by_being_read(key: str) -> None:
    assert Rung.parse(key).key == key


def test_a_reason_comes_back_from_json_as_it_was() -> None:
    reason = Reason.of(
        ReasonCode.NOBODY_REACHABLE,
        step="due",
        people=[{"name": "王大明", "why": ReasonCode.AWAY}],
        missed=None,
        returned=False,
    )
    assert set(reason.parameters) == {"step", "people"}
    assert Reason(reason.code, json.loads(json.dumps(reason.plain))) == reason
    assert reason.without("people") == Reason.of(ReasonCode.NOBODY_REACHABLE, step="due")


def test_a_reason_cannot_be_changed() -> None:
    reason = Reason.of(ReasonCode.PAUSED, until="2018-07-04")
    with pytest.raises(TypeError):
        reason.parameters["until"] = "2018-07-05"  # type: ignore[index]
    assert len({reason, Reason.of(ReasonCode.PAUSED, until="2018-07-04")}) == 1
