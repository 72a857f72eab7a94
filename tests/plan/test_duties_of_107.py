"""The recurring work of the real plan: who, how often, from which clause."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from dutyflow.infra.plan_files.load import load_office
from dutyflow.plan.cycles import cycles

OFFICE = load_office(Path(__file__).parents[2] / "include/plan/pingtung")
PLAN = OFFICE.plans[0]
EVERY_SECTION = ("業務組", "總務組", "設計組", "電費組", "人資組")

DUTIES = {
    "self_assessment": ("half_year", EVERY_SECTION),
    "satisfaction_survey": ("year", ("業務組", "人資組")),
    "survey_publication": ("after", ("業務組",)),
    "channel_surveys": ("half_year", ("業務組",)),
    "website_review": ("quarter", EVERY_SECTION),
    "web_accessibility": ("half_year", ("設計組",)),
    "facility_accessibility": ("quarter", ("業務組", "總務組")),
    "facilities_inspection": ("quarter", ("業務組", "總務組")),
    "open_data_refresh": ("quarter", EVERY_SECTION),
    "form_review": ("half_year", ("業務組",)),
    "spot_checks": ("month", ("業務組",)),
    "phone_courtesy": ("month", ("業務組",)),
    "training": ("half_year", ("業務組",)),
    "high_voltage_visits": ("quarter", ("業務組",)),
    "complaints_followup": ("month", EVERY_SECTION),
    "complaints_mechanism": ("half_year", ("業務組",)),
    "innovation_review": ("half_year", EVERY_SECTION),
    "epayment_launch": ("once", ("業務組", "電費組")),
}


def test_every_recurring_duty_is_there_with_its_owners_and_its_rhythm() -> None:
    found = {
        duty.id: (duty.every, tuple(section.name for section in PLAN.sections_of(duty)))
        for duty in PLAN.duties
    }
    assert found == DUTIES


@pytest.mark.parametrize("duty", PLAN.duties, ids=lambda duty: duty.id)
def test_what_the_plan_does_not_say_is_marked_with_a_reason(duty) -> None:
    said_by_the_plan = duty.id == "self_assessment"
    assert bool(duty.assumption) != said_by_the_plan
    if duty.every in ("month", "quarter") or "定期" in duty.assumption:
        assert "暫定" in duty.assumption


def test_all_complaints_are_followed_up_by_two_and_the_time_limits_by_everybody() -> None:
    duty = PLAN.duty("complaints_followup")
    asked = {
        section.name: [measure.id for measure in PLAN.measures_of(duty, section)]
        for section in PLAN.sections
    }
    assert asked["業務組"] == asked["總務組"] == ["4.2.4", "4.2.5"]
    assert asked["設計組"] == asked["電費組"] == asked["人資組"] == ["4.2.5"]


def test_the_one_off_duty_is_reported_before_its_day_which_is_a_saturday() -> None:
    (cycle,) = cycles(OFFICE, date(2018, 1, 1), date(2030, 1, 1), "epayment_launch")
    assert cycle.name == "107"
    assert cycle.report_due == date(2018, 6, 29) < date(2018, 6, 30)


def test_results_are_published_after_the_surveys_report_is_due() -> None:
    (survey,) = cycles(OFFICE, date(2018, 1, 1), date(2018, 12, 31), "satisfaction_survey")
    (published,) = cycles(OFFICE, date(2018, 1, 1), date(2018, 12, 31), "survey_publication")
    assert published.name == survey.name == "107"
    assert published.opens > survey.report_due


def test_spot_checks_come_on_days_that_cannot_be_told_beforehand() -> None:
    found = list(cycles(OFFICE, date(2018, 4, 1), date(2019, 12, 31), "spot_checks"))
    assert len(found) == 21
    assert len({cycle.opens.day for cycle in found}) > 8
    assert all(OFFICE.calendar.is_working(cycle.opens) for cycle in found)
    again = list(cycles(OFFICE, date(2018, 4, 1), date(2019, 12, 31), "spot_checks"))
    assert again == found


@pytest.mark.parametrize("duty", PLAN.duties, ids=lambda duty: duty.id)
def test_twenty_years_of_it_are_in_order(duty) -> None:
    found = list(cycles(OFFICE, date(2018, 1, 1), date(2037, 12, 31), duty.id))
    for cycle in found:
        assert cycle.opens < cycle.collect_by <= cycle.report_due, cycle
        for name, rule in duty.rules.items():
            day = getattr(cycle, name)
            if hasattr(rule, "working_days") or getattr(rule, "roll", "none") != "none":
                assert OFFICE.calendar.is_working(day), (cycle.name, name)
    if duty.is_regular:
        in_time = sorted(found, key=lambda cycle: cycle.period_start)
        for earlier, later in pairwise(in_time):
            assert later.period_start == earlier.period_end + timedelta(days=1)
        assert len({cycle.name for cycle in found}) == len(found)
