from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from dutyflow.ledger import Ledger, NotPossible, ReportFile, ReportRecord, UnknownKey
from tests.support.racing import at_once

NOW = datetime(2018, 7, 5, 1, tzinfo=UTC)
FILES = [
    ReportFile(name="彙整表.xlsx", blob="ab" * 32, size=9000),
    ReportFile(name="彙整表.ods", blob="cd" * 32, size=8000),
]


def add(ledger: Ledger, cycle: str, *, total: float = 90.5, **content: Any) -> ReportRecord:
    return ledger.reports.add(
        cycle,
        plan_hash="abc",
        content={"total": total, **content},
        files=FILES,
        now=NOW,
        who="系統",
    )


def test_versions_follow_each_other(ledger, cycle) -> None:
    assert ledger.reports.latest(cycle.key) is None
    first, second = add(ledger, cycle.key), add(ledger, cycle.key, total=91)
    assert (first.version, second.version) == (1, 2)
    assert (first.state, first.content, first.files) == (
        "assembled",
        {"total": 90.5},
        tuple(FILES),
    )
    assert ledger.reports.of(cycle.key) == (first, second)
    assert ledger.reports.latest(cycle.key) == second
    assert ledger.reports.get(cycle.key, 1) == first


def test_assembling_again_with_nothing_new_adds_no_version(ledger, cycle) -> None:
    first = add(ledger, cycle.key, version=1, made_on="2018-07-05")
    approved = ledger.reports.decide(cycle.key, 1, decision="approved", now=NOW, who="處長")
    again = add(ledger, cycle.key, version=2, made_on="2018-07-09")
    assert again == approved
    assert ledger.reports.of(cycle.key) == (approved,)
    assert first.version == 1


def test_going_back_to_what_an_older_version_said_is_a_new_version(ledger, cycle) -> None:
    for total in (90, 91, 90):
        add(ledger, cycle.key, total=total)
    assert [it.version for it in ledger.reports.of(cycle.key)] == [1, 2, 3]


def test_those_who_assemble_at_once_get_versions_of_their_own(url: str, ledger, cycle) -> None:
    def assemble(number: int) -> int:
        with Ledger(url) as mine:
            return add(mine, cycle.key, total=number).version

    assert sorted(at_once(assemble)) == [1, 2, 3, 4]


def test_a_report_is_approved_and_delivered_once(ledger, cycle) -> None:
    add(ledger, cycle.key)
    for _ in range(2):
        approved = ledger.reports.decide(
            cycle.key, 1, decision="approved", now=NOW, who="處長", note="可"
        )
        assert (approved.state, approved.decided_by, approved.note) == ("approved", "處長", "可")
    for _ in range(2):
        assert ledger.reports.delivered(cycle.key, 1, now=NOW, who="系統").state == "delivered"
    said = [it.what for it in ledger.events.of(cycle.key)]
    assert said == ["開啟期別", "彙整", "核定", "送出"]


@pytest.mark.parametrize("decision", ["returned", "withheld"])
def test_what_was_not_approved_does_not_go_out(ledger, cycle, decision) -> None:
    add(ledger, cycle.key)
    ledger.reports.decide(cycle.key, 1, decision=decision, now=NOW, who="處長", note="請再查")
    with pytest.raises(NotPossible, match="第1版"):
        ledger.reports.delivered(cycle.key, 1, now=NOW, who="系統")
    ledger.reports.decide(cycle.key, 1, decision="approved", now=NOW, who="處長")
    assert ledger.reports.delivered(cycle.key, 1, now=NOW, who="系統").state == "delivered"


def test_nothing_is_decided_after_delivery(ledger, cycle) -> None:
    add(ledger, cycle.key)
    ledger.reports.delivered(cycle.key, 1, now=NOW, who="系統")
    with pytest.raises(NotPossible, match="已經送出"):
        ledger.reports.decide(cycle.key, 1, decision="returned", now=NOW, who="處長")


def test_unknown_versions_and_cycles_are_named(ledger, cycle) -> None:
    with pytest.raises(UnknownKey, match="第9版"):
        ledger.reports.get(cycle.key, 9)
    with pytest.raises(UnknownKey, match="pingtung/none/107"):
        add(ledger, "pingtung/none/107")


# since when it is approved

LATER = datetime(2018, 7, 6, 1, tzinfo=UTC)
LATEST = datetime(2018, 7, 9, 1, tzinfo=UTC)


def test_nothing_is_approved_before_somebody_does(ledger, cycle) -> None:
    assert ledger.reports.approved_at(cycle.key) is None
    add(ledger, cycle.key)
    assert ledger.reports.approved_at(cycle.key) is None


def test_the_first_approval_counts_whatever_comes_after_it(ledger, cycle) -> None:
    add(ledger, cycle.key)
    ledger.reports.decide(cycle.key, 1, decision="approved", now=NOW, who="處長")
    ledger.reports.delivered(cycle.key, 1, now=NOW, who="系統")
    add(ledger, cycle.key, total=91)
    ledger.reports.decide(cycle.key, 2, decision="returned", now=LATER, who="處長")
    ledger.reports.decide(cycle.key, 2, decision="approved", now=LATEST, who="處長")
    assert ledger.reports.approved_at(cycle.key) == NOW


@pytest.mark.parametrize("decision", ["returned", "withheld"])
def test_an_approval_that_was_taken_back_does_not_count(ledger, cycle, decision) -> None:
    add(ledger, cycle.key)
    ledger.reports.decide(cycle.key, 1, decision="approved", now=NOW, who="處長")
    ledger.reports.decide(cycle.key, 1, decision=decision, now=LATER, who="處長")
    assert ledger.reports.approved_at(cycle.key) is None
    ledger.reports.decide(cycle.key, 1, decision="approved", now=LATEST, who="處長")
    assert ledger.reports.approved_at(cycle.key) == LATEST


def test_the_approval_of_another_cycle_does_not_count(ledger, cycle) -> None:
    add(ledger, cycle.key)
    ledger.reports.decide(cycle.key, 1, decision="approved", now=NOW, who="處長")
    assert ledger.reports.approved_at(cycle.key.replace("107", "108")) is None
