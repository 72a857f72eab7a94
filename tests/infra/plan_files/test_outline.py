"""The outline of the plans that DAG files read: right, and right again after any change."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyflow.infra.plan_files.load import load_office
from dutyflow.infra.plan_files.outline import good_outlines
from dutyflow.plan.cycles import cycles
from dutyflow.plan.office import OfficePlan
from dutyflow.plan.outline import DutyOutline
from dutyflow.plan.outline_of import SHOWN, outline_of
from tests.support.invented import EVERY_KIND, ONCE, close_on, following, write_office

NOW = datetime(2018, 4, 2, 1, tzinfo=UTC)


def test_it_says_what_the_plan_says(plans_root, tmp_path):
    for _ in range(2):  # made, then read
        (office,) = good_outlines(plans_root, tmp_path / "keep", NOW)
        assert (office.id, office.name) == ("penghu", "澎湖區營業處")
        assert office.since == "2017-01-01"
        (duty,) = office.duties
        assert duty.sections == ("業務組", "設計組")
        assert duty.aspects == ("基礎服務", "服務量能")
        assert (duty.measures, duty.form) == (3, "自評表")
        assert duty.rhythm == "每半年，期末後第5個工作天前報出"


def test_a_change_of_the_plan_shows_at_once(plans_root, write_plan, tmp_path):
    good_outlines(plans_root, tmp_path, NOW)
    write_plan(("澎湖區營業處", "馬公服務所"))
    assert good_outlines(plans_root, tmp_path, NOW)[0].name == "馬公服務所"


def test_a_broken_plan_leaves_the_last_good_one(plans_root, write_plan, tmp_path):
    good_outlines(plans_root, tmp_path, NOW)
    write_plan(("owners: [business]", "owners: [nobody]"))
    for _ in range(2):
        assert good_outlines(plans_root, tmp_path, NOW)[0].name == "澎湖區營業處"


def test_it_is_the_last_good_one_however_often_a_plan_is_broken(plans_root, write_plan, tmp_path):
    broken = ("owners: [business]", "owners: [nobody]")
    write_plan()
    good_outlines(plans_root, tmp_path, NOW)
    write_plan(broken)
    good_outlines(plans_root, tmp_path, NOW)
    write_plan(("澎湖區營業處", "馬公服務所"))
    good_outlines(plans_root, tmp_path, NOW)
    write_plan(broken)
    assert good_outlines(plans_root, tmp_path, NOW)[0].name == "馬公服務所"


def test_a_damaged_outline_is_made_again(plans_root, tmp_path):
    good_outlines(plans_root, tmp_path, NOW)
    (kept,) = tmp_path.glob("*.outline.json")
    for damage in (b"", b"{", b"[]", kept.read_bytes()[:200]):
        kept.write_bytes(damage)
        assert good_outlines(plans_root, tmp_path, NOW)[0].name == "澎湖區營業處"


def test_without_any_plan_there_is_nothing(tmp_path):
    assert good_outlines(tmp_path / "nowhere", tmp_path, NOW) == []


# the next cycles


@pytest.fixture
def duties(tmp_path: Path) -> dict[str, DutyOutline]:
    """The outlines of a duty of every kind, as of NOW."""
    write_office(tmp_path / "plan", EVERY_KIND)
    (office,) = good_outlines(tmp_path / "plan", tmp_path / "keep", NOW)
    return {duty.id: duty for duty in office.duties}


def names(duty: DutyOutline, today: date) -> list[str]:
    return [cycle.name for cycle in duty.next_cycles(today, SHOWN)]


def test_the_next_cycles_are_those_that_are_not_over(duties):
    half_year = duties["self_assessment"]
    assert names(half_year, date(2018, 4, 2)) == ["107H1", "107H2", "108H1"]
    assert names(half_year, date(2018, 7, 6)) == ["107H1", "107H2", "108H1"], "due today"
    assert names(half_year, date(2018, 7, 7)) == ["107H2", "108H1", "108H2"]
    assert names(duties["monthly"], date(2018, 4, 2)) == ["107M04", "107M05", "107M06"]
    assert names(duties["yearly"], date(2018, 4, 2)) == ["107", "108", "109"]


def test_their_days_are_told_as_people_in_taiwan_write_them(duties):
    first = duties["self_assessment"].next_cycles(date(2018, 4, 2), 1)[0]
    assert (first.title, first.opens) == ("107年上半年", "107年6月15日（五）")
    assert (first.collect_by, first.report_due) == ("107年7月4日（三）", "107年7月6日（五）")
    assert not first.provisional


def test_a_closure_shows_at_once(duties, tmp_path):
    close_on(tmp_path / "plan", "107-07-05")
    (office,) = good_outlines(tmp_path / "plan", tmp_path / "keep", NOW)
    assert office.duties[0].cycles[0].report_due == "107年7月9日（一）"


def test_a_duty_with_given_dates_runs_out_of_cycles(duties):
    assert names(duties["once"], date(2018, 9, 10)) == ["107"]
    assert names(duties["once"], date(2018, 9, 11)) == []


def test_a_follower_is_told_from_the_planned_day(duties):
    first = duties["follow_up"].next_cycles(date(2018, 4, 2), 1)[0]
    assert first.opens == "107年7月9日（一）", "a working day after 6 July"
    assert duties["follow_up"].after == "半年自行考核"
    assert duties["self_assessment"].followers == ("改善追蹤",)
    assert duties["follow_up"].followers == ("改善複查",)
    assert duties["follow_up"].rhythm == "「半年自行考核」核定後，填報截止後第1個工作天前報出"


def test_a_follower_whose_report_counts_from_approval_says_so_once(tmp_path):
    due = "{working_days: 12, from: approval}"
    notice = following("notice", "公告", "self_assessment", report_due=due)
    write_office(tmp_path / "plan", [notice])
    (office,) = good_outlines(tmp_path / "plan", tmp_path / "keep", NOW)
    assert office.duties[1].rhythm == "「半年自行考核」核定後第12個工作天前報出"


def test_an_unannounced_day_is_nowhere_in_the_file_nor_what_counts_from_it(duties, tmp_path):
    for key in ("inspection", "remedy"):
        for cycle in duties[key].cycles:
            assert {cycle.opens, cycle.collect_by, cycle.report_due} == {"不預告"}
    kept = (tmp_path / "keep" / "penghu.outline.json").read_text()
    office = load_office(tmp_path / "plan" / "penghu")

    told = {duty["id"]: json.dumps(duty) for duty in json.loads(kept)["office"]["duties"]}
    for cycle in cycles(office, date(2018, 4, 2), date(2020, 4, 2)):
        if cycle.duty == "inspection" and cycle.opens != cycle.period_end:
            assert cycle.opens.isoformat() not in told["inspection"]


def test_it_is_made_anew_before_it_runs_out_of_cycles(duties, tmp_path):
    def seen(now: datetime) -> list[str]:
        (office,) = good_outlines(tmp_path / "plan", tmp_path / "keep", now)
        monthly = next(duty for duty in office.duties if duty.id == "monthly")
        return names(monthly, now.date())

    kept = tmp_path / "keep" / "penghu.outline.json"
    before = kept.read_bytes()
    assert seen(NOW + timedelta(days=300)) == ["108M01", "108M02", "108M03"]
    assert kept.read_bytes() == before, "as long as it has enough, it is only read"
    assert len(seen(NOW + timedelta(days=366))) == SHOWN
    assert kept.read_bytes() != before


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> OfficePlan:
    """With a duty of every kind that goes on without end."""
    root = tmp_path_factory.mktemp("plan")
    write_office(root, [duty for duty in EVERY_KIND if duty is not ONCE])
    return load_office(root / "penghu")


@settings(max_examples=25, deadline=None)
@given(later=st.integers(0, 366), start=st.integers(0, 3650))
def test_there_are_always_enough_and_they_do_not_depend_on_when_it_was_made(office, later, start):
    """Until it is renewed, an outline shows what one made today would show."""
    made_at = NOW + timedelta(days=start)
    today = made_at + timedelta(days=later)
    old, new = outline_of(office, made_at), outline_of(office, today)
    for kept, fresh in zip(old.duties, new.duties, strict=True):
        assert kept.next_cycles(today.date(), SHOWN) == fresh.next_cycles(today.date(), SHOWN)
        assert len(kept.next_cycles(today.date(), SHOWN)) == SHOWN
