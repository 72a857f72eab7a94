"""Twenty years of whatever duties the lint lets through: nothing dies, nothing is out of order."""

from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from dutyflow.calendars.periods import period_named
from dutyflow.calendars.working_days import GOVERNMENT, Closure
from dutyflow.plan.cycles import cycle_named, cycles
from dutyflow.plan.draft import draft_of
from dutyflow.plan.lint.plan import lint_plan
from dutyflow.plan.model import Plan
from dutyflow.plan.office import OfficePlans
from tests.plan.conftest import PLAN

BASE = yaml.safe_load(PLAN.replace("effective_from: 107-03-29", "effective_from: 107-01-01"))
START, END = date(2018, 1, 1), date(2037, 12, 31)
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

rolls = st.sampled_from(["none", "next", "previous"])
month_days = st.builds(lambda m, d: {"month": m, "day": d}, st.integers(1, 12), st.integers(1, 28))


@st.composite
def counted(draw, low, high, anchor):
    number = draw(st.integers(low, high))
    if draw(st.booleans()):
        return {"working_days": number, "from": anchor}
    return {"calendar_days": number, "from": anchor, "roll": draw(rolls)}


def by_the_calendar(anchor):
    """Rules that name a day of the month or of the year."""
    return st.one_of(
        st.builds(
            lambda weekday, nth, roll: {
                "weekday": weekday, "nth": nth, "of": anchor, "roll": roll,
            },
            st.sampled_from(WEEKDAYS), st.sampled_from([-4, -3, -2, -1, 1, 2, 3, 4]), rolls,
        ),
        st.builds(
            lambda days, roll: {"on": days, "from": anchor, "roll": roll},
            st.lists(month_days | st.just({"month": 2, "day": 29}), min_size=1, max_size=4), rolls,
        ),
        st.builds(
            lambda day, roll, offset: {**day, "roll": roll, "year_offset": offset},
            month_days, rolls, st.integers(0, 1),
        ),
    )  # fmt: skip


@st.composite
def days(draw, first="period_start"):
    """Opening, collecting and reporting, likely in this order."""
    opens = draw(counted(-10, 25, first))
    if first != "approval" and draw(st.booleans()):
        opens = draw(counted(-20, 5, "period_end") | by_the_calendar("period_end"))
    if draw(st.integers(0, 4)) == 0:
        opens = draw(counted(-9, -1, "collect_by"))
    anchor = "period_end" if opens.get("from") == "collect_by" else "opens"
    collect_by = draw(counted(1, 15, anchor) | by_the_calendar(anchor))
    report_due = draw(counted(0, 15, "collect_by") | by_the_calendar("collect_by"))
    return {"opens": opens, "collect_by": collect_by, "report_due": report_due}


@st.composite
def recurrences(draw):
    every = draw(st.sampled_from(["month", "quarter", "half_year", "year", "once", "dates"]))
    start = START + timedelta(days=draw(st.integers(0, 300)))
    if every == "once":
        end = start + timedelta(days=draw(st.integers(0, 400)))
        return {"every": every, "period": {"start": start.isoformat(), "end": end.isoformat()}}
    if every == "dates":
        spans = []
        for number in range(draw(st.integers(1, 4))):
            end = start + timedelta(days=draw(st.integers(0, 60)))
            spans.append({"name": f"第{number}", "start": str(start), "end": str(end)})
            start = end + timedelta(days=draw(st.integers(1, 30)))
        return {"every": every, "dates": spans}
    return {"every": every}


@st.composite
def duties(draw):
    duty = {**BASE["duties"][0], **draw(recurrences()), **draw(days())}
    if draw(st.integers(0, 3)) == 0:
        del duty["opens"]
        duty["unannounced"] = {"seed": draw(st.text("ab", max_size=3))}
        duty["collect_by"] = draw(counted(1, 9, "opens"))
    follower = {**BASE["duties"][0], "id": "follower", "every": "after", "after": duty["id"]}
    return [duty, {**follower, **draw(days("approval"))}][: draw(st.integers(1, 2))]


@st.composite
def offices(draw):
    """An office whose plan the lint accepts, with closures that the lint knows nothing of."""
    data = {**BASE, "duties": draw(duties())}
    assume(not list(lint_plan(draft_of(data), GOVERNMENT)))
    closures = [
        Closure(day=START + timedelta(days=offset), kind=kind, reason="試")
        for offset, kind in draw(
            st.dictionaries(st.integers(0, 7300), st.sampled_from(["off", "work"]), max_size=30)
        ).items()
    ]
    plan = Plan.model_validate(data)
    return OfficePlans(office="penghu", plans=(plan,), closures=tuple(closures), folder=Path())


def must_be_worked(rule):
    return "working_days" in rule or rule.get("roll", "none") != "none"


@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(office=offices())
def test_twenty_years_of_cycles_are_in_order_and_without_gaps(office):
    found = list(cycles(office, START, END))
    assert len({cycle.key for cycle in found}) == len(found)
    for duty in office.plans[0].duties:
        rules = {
            name: rule.model_dump(by_alias=True, exclude_defaults=True)
            for name, rule in duty.rules.items()
        }
        own = sorted((c for c in found if c.duty == duty.id), key=lambda c: c.period_start)
        for cycle in own:
            assert cycle.opens < cycle.collect_by <= cycle.report_due
            for name in filter(lambda name: must_be_worked(rules[name]), rules):
                assert office.calendar.is_working(getattr(cycle, name))
            if duty.unannounced is not None:
                assert office.calendar.is_working(cycle.opens)
        assert all(a.period_end < b.period_start for a, b in pairwise(own))
        if duty.is_regular:
            assert all(b.period_start - a.period_end == timedelta(days=1) for a, b in pairwise(own))
            assert all(period_named(cycle.name) == cycle.period for cycle in own)
            assert own[-1].period_end >= END
        for cycle in own[:2] + own[-2:]:
            assert cycle_named(office, duty.id, cycle.name) == cycle


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(office=offices())
def test_in_the_years_that_the_lint_tried_the_days_are_as_the_rules_have_them(office):
    """Only closures and later years make a day give way to another."""
    plain = OfficePlans(office="penghu", plans=office.plans, closures=(), folder=Path())
    (plan,) = plain.plans
    for cycle in cycles(plain, START, date(2020, 12, 31)):
        duty = plan.duty(cycle.duty)
        known = {
            "period_start": cycle.period_start,
            "period_end": cycle.period_end,
            "opens": cycle.opens,
            "collect_by": cycle.collect_by,
        }
        for name in ("collect_by", "report_due"):
            if duty.rules[name].anchor in known:
                assert duty.rules[name].resolve(known, plain.calendar) == getattr(cycle, name)
