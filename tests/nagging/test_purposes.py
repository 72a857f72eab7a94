"""Whoever is told something is told what they are to do about it: fill in, see to it, or know."""

from __future__ import annotations

from datetime import date

import pytest

from dutyflow.infra.plan_files.load import load_office
from dutyflow.nagging import wording
from dutyflow.nagging.decisions import Nag
from dutyflow.plan.asking import awaited_by
from dutyflow.plan.titles import USUAL_TITLES, Titles
from tests.nagging.test_decisions import decided, office
from tests.support.scene import PLANS

AWAY = date(2018, 8, 31)


def nags(day: date, *away: str) -> dict[str, Nag]:
    at = office(away={f"{name}@example.tw": AWAY for name in away})
    return {nag.to.person.name: nag for nag in decided(day, at=at).nags}


def test_a_deputy_gets_the_form_which_the_owner_s_first_mail_brought() -> None:
    ten_days_before = date(2018, 6, 20)
    assert not nags(ten_days_before)["wang"].brings_form
    deputy = nags(ten_days_before, "wang")["chen"]
    assert (deputy.purpose, deputy.brings_form) == ("ask", True)


def test_a_deputy_is_not_told_that_the_owner_hears_too() -> None:
    overdue = date(2018, 7, 6)
    assert nags(overdue)["huang"].other_roles == ("owner",)
    assert nags(overdue, "wang")["chen"].other_roles == ("head",)


def test_where_nobody_can_be_told_the_coordinator_is_to_see_to_it() -> None:
    alarm = nags(date(2018, 6, 20), "wang", "chen", "lin")["tseng"]
    assert (alarm.purpose, alarm.brings_form, alarm.other_roles) == ("alarm", False, ())
    assert "組室無人可收信" in wording.why_told(alarm, USUAL_TITLES)


def test_where_the_ladder_ends_the_coordinator_goes_on_and_is_told_that_it_has_ended() -> None:
    (last,) = nags(date(2018, 7, 19)).values()
    assert (last.to.person.name, last.purpose) == ("tseng", "take_over")
    assert wording.why_told(last, USUAL_TITLES).startswith("逾期超過 10 個工作天，不再稽催")


def test_a_head_is_told_to_know_of_it() -> None:
    head = nags(date(2018, 7, 6))["huang"]
    assert (head.purpose, wording.why_told(head, USUAL_TITLES)) == ("inform", "逾期第 2 日")
    assert wording.as_role(head, USUAL_TITLES) == "副知組長"
    own = Titles(head="分局主任")
    assert wording.as_role(head, own) == "副知分局主任"
    assert wording.worded(head.reason, own) == "逾期第 2 日，副知分局主任"


@pytest.mark.parametrize(
    ("deadline", "told"),
    [(date(2018, 7, 4), "業務處，107年7月6日（五）前報送"), (date(2018, 7, 9), "業務處")],
)
def test_who_was_given_more_time_than_the_report_has_is_told_of_one_day(
    deadline: date, told: str
) -> None:
    duty = load_office(PLANS / "pingtung").plans[-1].duty("self_assessment")
    assert awaited_by(duty, date(2018, 7, 6), deadline, USUAL_TITLES) == told
