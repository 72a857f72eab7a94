"""Every way in which a duty recurs: which cycles it has, what they are called, on which days."""

from datetime import date

import pytest

from dutyflow.infra.plan_files.load import load_office, load_plan
from dutyflow.plan.cycles import UnknownCycle, cycle_named, cycle_on, cycles

EVERY = "every: half_year"
OPENS = "opens: {working_days: -10, from: period_end}"
COLLECT_BY = "collect_by: {working_days: 3, from: period_end}"
REPORT_DUE = "report_due: {working_days: 5, from: period_end}"
ONCE = "every: once\n    period: {start: 107-11-01, end: 108-02-28}"
DATES = """\
every: dates
    dates:
      - {name: 端午前, start: 107-06-01, end: 107-06-17}
      - {name: 春節前, start: 107-12-15, end: 108-02-03}"""
NEXT = [("year: 107", "year: 108"), ("effective_from: 107-03-29", "effective_from: 108-01-01")]
FOLLOW_UP = """\
  - id: follow_up
    name: 改善追蹤
    clause: 陸
    covers: {measures: ["1.2"]}
    every: after
    after: self_assessment
    opens: {working_days: 1, from: approval}
    collect_by: {working_days: 10, from: opens}
    report_due: {calendar_days: 3, from: collect_by, roll: next}
    form: self_assessment
    report: assessment_summary
    deliver_to: [head_office]
"""


@pytest.fixture
def office(plans_root, write_plan):
    """The office whose only plan has these edits, or these duties beside its own."""

    def build(*edits, more=""):
        path = write_plan(*edits)
        path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
        return load_office(plans_root / "penghu")

    return build


def names(office, start, end, duty=None):
    return [cycle.name for cycle in cycles(office, start, end, duty)]


def days(cycle):
    return (cycle.opens.isoformat(), cycle.collect_by.isoformat(), cycle.report_due.isoformat())


@pytest.mark.parametrize(
    ("every", "expected"),
    [
        ("month", ["109M01", "109M02", "109M03", "109M04"]),
        ("quarter", ["109Q1", "109Q2"]),
        ("half_year", ["109H1"]),
        ("year", ["109"]),
    ],
)
def test_parts_of_the_calendar_come_without_end(office, every, expected):
    """Plan 107 goes on, over a leap day, until another replaces it."""
    found = names(office((EVERY, f"every: {every}")), date(2020, 1, 1), date(2020, 4, 1))
    assert found == expected


def test_a_period_of_its_own_may_cross_the_year_and_comes_once(office):
    penghu = office((EVERY, ONCE))
    (cycle,) = cycles(penghu, date(2000, 1, 1), date(2030, 12, 31))
    assert (cycle.name, cycle.title) == ("107", "107年")
    assert (cycle.period_start, cycle.period_end) == (date(2018, 11, 1), date(2019, 2, 28))
    assert days(cycle) == ("2019-02-15", "2019-03-06", "2019-03-08")
    assert cycle_named(penghu, "self_assessment", "107") == cycle
    assert cycle_on(penghu, "self_assessment", date(2019, 1, 5)) == cycle


def test_periods_given_by_their_dates_are_numbered_as_the_plan_lists_them(office):
    penghu = office((EVERY, DATES))
    found = list(cycles(penghu, date(2018, 1, 1), date(2030, 12, 31)))
    assert [(cycle.name, cycle.title) for cycle in found] == [
        ("107D1", "107年端午前"),
        ("107D2", "107年春節前"),
    ]
    assert names(penghu, date(2019, 1, 1), date(2019, 12, 31)) == ["107D2"]
    assert cycle_named(penghu, "self_assessment", "107D2").period_end == date(2019, 2, 3)
    with pytest.raises(UnknownCycle, match="沒有「107D3」這一期；同一期間有 107D1、107D2"):
        cycle_named(penghu, "self_assessment", "107D3")


def test_a_given_period_opens_though_the_next_plan_is_in_force_by_then(
    plans_root, office, write_plan
):
    """No other plan knows of it, so nothing dies at New Year."""
    office((EVERY, DATES))
    write_plan(*NEXT, name="penghu/108.yaml")
    penghu = load_office(plans_root / "penghu")
    found = [(c.name, c.opens, c.plan_year) for c in cycles(penghu, *[date(2019, 1, 20)] * 2)]
    assert found == [
        ("107D2", date(2019, 1, 21), 107),
        ("108H1", date(2019, 6, 17), 108),
    ]


def test_a_given_period_that_is_over_before_the_plan_begins_is_not_made_up_for(office):
    penghu = office(
        (EVERY, DATES.replace("107-06-01, end: 107-06-17", "107-01-01, end: 107-02-14"))
    )
    assert names(penghu, date(2018, 1, 1), date(2019, 12, 31)) == ["107D2"]


def test_a_date_may_be_given_for_each_day(office):
    penghu = office(
        (EVERY, ONCE),
        (OPENS, "opens: {date: 108-02-01}"),
        (COLLECT_BY, "collect_by: {working_days: 3, from: opens}"),
        (REPORT_DUE, "report_due: {date: 108-03-03, roll: next}"),
    )
    (cycle,) = cycles(penghu, date(2019, 1, 1), date(2019, 1, 1))
    assert days(cycle) == ("2019-02-01", "2019-02-13", "2019-03-04")


# after another duty


def test_a_duty_that_comes_after_another_has_a_cycle_for_each_of_the_others(office):
    penghu = office(more=FOLLOW_UP)
    found = list(cycles(penghu, date(2018, 1, 1), date(2018, 12, 31), "follow_up"))
    assert [(cycle.name, cycle.title, cycle.period_end) for cycle in found] == [
        ("107H1", "107年上半年", date(2018, 6, 30)),
        ("107H2", "107年下半年", date(2018, 12, 31)),
    ]
    assert days(found[0]) == ("2018-07-09", "2018-07-23", "2018-07-26")  # 107H1 is due on the 6th
    assert len(names(penghu, date(2018, 1, 1), date(2018, 12, 31))) == 4
    assert cycle_named(penghu, "follow_up", "107H2").opens == date(2019, 1, 9)


def test_a_duty_may_come_after_one_that_comes_after_another(office):
    third = FOLLOW_UP.replace("id: follow_up", "id: third").replace(
        "after: self_assessment", "after: follow_up"
    )
    penghu = office(more=FOLLOW_UP + third)
    first, second = (cycle_named(penghu, duty, "107H1") for duty in ("follow_up", "third"))
    assert second.opens == penghu.calendar.shift(first.report_due, 1)


def test_what_comes_after_is_asked_as_the_plan_said_that_asked_the_first(
    plans_root, office, write_plan
):
    office(more=FOLLOW_UP)
    path = write_plan(*NEXT, name="penghu/108.yaml")
    later = FOLLOW_UP.replace("working_days: 10", "working_days: 20")
    path.write_text(path.read_text(encoding="utf-8") + later, encoding="utf-8")
    penghu = load_office(plans_root / "penghu")
    found = list(cycles(penghu, date(2018, 7, 1), date(2019, 6, 30), "follow_up"))
    assert [(cycle.name, cycle.plan_year) for cycle in found] == [("107H2", 107), ("108H1", 108)]
    calendar = penghu.calendar
    assert [calendar.between(c.opens, c.collect_by) for c in found] == [10, 20]


def test_what_comes_after_a_given_period_is_called_as_it_is(office):
    penghu = office((EVERY, DATES), more=FOLLOW_UP)
    assert names(penghu, date(2018, 1, 1), date(2019, 12, 31), "follow_up") == ["107D1", "107D2"]


# unannounced

UNANNOUNCED = [
    (EVERY, "every: month"),
    (OPENS, "unannounced: {seed: 抽查}"),
    (COLLECT_BY, "collect_by: {working_days: 2, from: opens}"),
    (REPORT_DUE, "report_due: {working_days: 3, from: collect_by}"),
]


def test_an_unannounced_duty_opens_on_a_drawn_working_day_of_its_period(office):
    penghu = office(*UNANNOUNCED)
    found = list(cycles(penghu, date(2018, 5, 1), date(2020, 12, 31)))
    assert len(found) == 32
    assert all(c.period_start <= c.opens <= c.period_end for c in found)
    assert all(penghu.calendar.is_working(c.opens) for c in found)
    assert all(penghu.calendar.between(c.opens, c.collect_by) == 2 for c in found)
    assert len({cycle.opens.day for cycle in found}) > 10
    assert list(cycles(penghu, date(2018, 5, 1), date(2020, 12, 31))) == found


def test_another_seed_draws_other_days(office):
    drawn = [c.opens for c in cycles(office(*UNANNOUNCED), date(2018, 5, 1), date(2018, 12, 31))]
    other = [UNANNOUNCED[0], (OPENS, "unannounced: {}"), *UNANNOUNCED[2:]]
    found = [c.opens for c in cycles(office(*other), date(2018, 5, 1), date(2018, 12, 31))]
    assert drawn != found


def test_no_word_about_an_unannounced_duty_tells_the_day(write_plan):
    duty = load_plan(write_plan(*UNANNOUNCED)).duties[0]
    told = [duty.opening, str(duty.collect_by), str(duty.report_due)]
    assert told == [
        "期間內不預告抽定的一個工作天",
        "開始填報後第2個工作天",
        "填報截止後第3個工作天",
    ]


# what is not as the rules alone would have it

FIXED_DUE = [
    (COLLECT_BY, "collect_by: {working_days: 3, from: period_end}"),
    (REPORT_DUE, "report_due: {on: [{month: 7, day: 6}, {month: 1, day: 8}], from: period_end}"),
]


def close(plans_root, *closed):
    rows = "".join(f"{day},off,颱風,\n" for day in closed)
    path = plans_root / "closures.csv"
    path.write_text(f"date,kind,reason,source\n{rows}", encoding="utf-8")


def test_closures_never_put_the_collection_after_the_report(plans_root, office):
    """The day for head office holds; collecting ends on the last working day before it."""
    office(*FIXED_DUE)
    close(plans_root, "107-07-02", "107-07-03", "107-07-04")
    cycle = cycle_named(load_office(plans_root / "penghu"), "self_assessment", "107H1")
    assert days(cycle) == ("2018-06-15", "2018-07-06", "2018-07-06")


def test_if_nothing_else_is_left_the_report_is_due_later(plans_root, office):
    office(*FIXED_DUE, (OPENS, "opens: {working_days: 1, from: period_end}"))
    close(plans_root, *(f"107-07-0{day}" for day in (2, 3, 4, 5)))
    cycle = cycle_named(load_office(plans_root / "penghu"), "self_assessment", "107H1")
    assert days(cycle) == ("2018-07-06", "2018-07-09", "2018-07-09")


@pytest.mark.parametrize(
    ("day", "name"), [(date(2018, 6, 17), "107D1"), (date(2018, 12, 15), "107D2")]
)
def test_the_cycle_of_a_day_is_the_one_whose_period_holds_it(office, day, name):
    assert cycle_on(office((EVERY, DATES)), "self_assessment", day).name == name


def test_a_day_outside_all_given_periods(office):
    with pytest.raises(UnknownCycle, match=r"107年8月1日不在.*任何一期之內；請指定期別"):
        cycle_on(office((EVERY, DATES)), "self_assessment", date(2018, 8, 1))


def test_owners_follow_from_the_measures_that_are_named(write_plan):
    plan = load_plan(write_plan(("{frequency: [ongoing, yearly]}", '{measures: ["1.1"]}')))
    duty = plan.duties[0]
    assert [measure.id for measure in plan.measures_of(duty)] == ["1.1"]
    assert [section.id for section in plan.sections_of(duty)] == ["business"]
