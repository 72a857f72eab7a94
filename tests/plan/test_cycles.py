"""Which cycles there are: from the plan in force when each opens."""

from datetime import date

import pytest

from dutyflow.infra.plan_files.load import load_office
from dutyflow.plan.cycles import UnknownCycle, UnknownDuty, cycle_named, cycles

NEXT = [("year: 107", "year: 108"), ("effective_from: 107-03-29", "effective_from: 108-06-20")]
OPENS = "opens: {working_days: -10, from: period_end}"


@pytest.fixture
def penghu(plans_root):
    return load_office(plans_root / "penghu")


@pytest.fixture
def with_next_year(plans_root, write_plan):
    """Two plans, the second (with edits) from 108-06-20 on."""

    def build(*edits):
        write_plan(*NEXT, *edits, name="penghu/108.yaml")
        return load_office(plans_root / "penghu")

    return build


def days(office, start, end):
    return {
        c.name: (c.opens.isoformat(), c.collect_by.isoformat(), c.report_due.isoformat())
        for c in cycles(office, start, end)
    }


def test_the_plans_own_deadlines_of_107(penghu):
    """107-07-06 and 108-01-08, as the printed plan says (陸、考核作業)."""
    found = days(penghu, date(2018, 1, 1), date(2018, 12, 31))
    assert found == {
        "107H1": ("2018-06-15", "2018-07-04", "2018-07-06"),
        "107H2": ("2018-12-18", "2019-01-04", "2019-01-08"),
    }


def test_no_cycle_opened_before_the_first_plan_was_in_force(penghu):
    names = [cycle.name for cycle in cycles(penghu, date(2017, 1, 1), date(2019, 12, 31))]
    assert names == ["107H1", "107H2", "108H1", "108H2"]


@pytest.mark.parametrize(
    ("start", "end", "names"),
    [
        (date(2018, 6, 30), date(2018, 6, 30), ["107H1"]),
        (date(2018, 6, 30), date(2018, 7, 1), ["107H1", "107H2"]),
        (date(2018, 7, 1), date(2018, 7, 1), ["107H2"]),
        (date(2018, 1, 1), date(2017, 1, 1), []),
    ],
)
def test_a_cycle_counts_when_its_period_shares_a_day(penghu, start, end, names):
    assert [cycle.name for cycle in cycles(penghu, start, end)] == names


def test_a_cycle_says_what_it_is(penghu):
    cycle = cycle_named(penghu, "self_assessment", "107H1")
    assert cycle.key == "penghu/self_assessment/107H1"
    assert cycle.title == "107年上半年"
    assert (cycle.period_start, cycle.period_end) == (date(2018, 1, 1), date(2018, 6, 30))


def test_a_typhoon_day_of_the_office_moves_its_deadlines(plans_root):
    (plans_root / "closures.csv").write_text(
        "date,kind,reason,source\n107-07-03,off,颱風,\n", encoding="utf-8"
    )
    office = load_office(plans_root / "penghu")
    assert days(office, date(2018, 6, 1), date(2018, 6, 30)) == {
        "107H1": ("2018-06-15", "2018-07-05", "2018-07-09")
    }


def test_the_plan_in_force_when_a_cycle_opens_makes_it(with_next_year):
    """108H1 opens on 108-06-17 under the old plan, 108H2 under the new."""
    office = with_next_year(("collect_by: {working_days: 3", "collect_by: {working_days: 4"))
    found = days(office, date(2019, 1, 1), date(2019, 12, 31))
    assert found["108H1"] == ("2019-06-17", "2019-07-03", "2019-07-05")
    assert found["108H2"] == ("2019-12-17", "2020-01-07", "2020-01-08")


def test_a_cycle_that_is_open_is_not_opened_again_by_the_next_plan(with_next_year):
    office = with_next_year((OPENS, "opens: {working_days: -3, from: period_end}"))
    found = list(cycles(office, date(2019, 1, 1), date(2019, 6, 30)))
    assert [(cycle.name, cycle.opens) for cycle in found] == [("108H1", date(2019, 6, 17))]


def test_a_cycle_is_not_lost_between_two_plans(plans_root, write_plan, with_next_year):
    """Too late for the old plan's opening, too early for the new one's: the old days stand."""
    write_plan((OPENS, "opens: {working_days: -3, from: period_end}"))
    office = with_next_year()
    found = days(office, date(2019, 1, 1), date(2019, 12, 31))
    assert found["108H1"] == ("2019-06-26", "2019-07-03", "2019-07-05")
    assert found["108H2"][0] == "2019-12-17"


def test_a_duty_that_the_next_plan_drops_ends_with_its_own_plan(with_next_year):
    office = with_next_year(("id: self_assessment", "id: review"))
    found = list(cycles(office, date(2019, 1, 1), date(2019, 12, 31)))
    assert [(c.duty, c.name) for c in found] == [("self_assessment", "108H1"), ("review", "108H2")]


def test_cycles_come_in_the_order_of_opening(plans_root, write_plan):
    monthly = (
        "  - id: monthly\n    name: 月報\n    clause: 陸\n    covers: {frequency: [ongoing]}\n"
        "    every: month\n    opens: {working_days: 1, from: period_end}\n"
        "    collect_by: {working_days: 3, from: period_end}\n"
        "    report_due: {working_days: 5, from: period_end}\n"
        "    form: self_assessment\n    report: assessment_summary\n    deliver_to: [head_office]\n"
        "    ladder: short\n"
    )
    write_plan(("\nduties:\n", f"\nduties:\n{monthly}"))
    office = load_office(plans_root / "penghu")
    found = list(cycles(office, date(2018, 1, 1), date(2018, 12, 31)))
    assert [cycle.opens for cycle in found] == sorted(cycle.opens for cycle in found)
    assert len(found) == 10 + 2  # 107M03 opens on 107-04-02, the first after 107-03-29
    only = [cycle.name for cycle in cycles(office, date(2018, 1, 1), date(2018, 4, 30), "monthly")]
    assert only == ["107M03", "107M04"]


def test_what_does_not_exist_is_told_with_what_does(penghu):
    with pytest.raises(
        UnknownDuty, match=r"沒有定期工作「self_assesment」；是不是 self_assessment"
    ):
        list(cycles(penghu, date(2018, 1, 1), date(2018, 12, 31), "self_assesment"))
    with pytest.raises(UnknownDuty, match="應寫 self_assessment"):
        cycle_named(penghu, "半年自行考核", "107H1")
    with pytest.raises(UnknownDuty, match="有 self_assessment"):
        cycle_named(penghu, "xyz", "107H1")
    with pytest.raises(UnknownCycle, match="「上半年」不是期別"):
        cycle_named(penghu, "self_assessment", "上半年")
    with pytest.raises(UnknownCycle, match="沒有「107Q3」這一期；同一期間有 107H2"):
        cycle_named(penghu, "self_assessment", "107Q3")
    with pytest.raises(UnknownCycle, match="沒有「106H2」這一期"):
        cycle_named(penghu, "self_assessment", "106H2")
