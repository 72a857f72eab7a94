"""The outline of the plans that DAG files read: right, and right again after any change."""

from dutyflow.plan.outline import good_outlines


def test_it_says_what_the_plan_says(plans_root, tmp_path):
    for _ in range(2):  # made, then read
        (office,) = good_outlines(plans_root, tmp_path / "keep")
        assert (office.id, office.name) == ("penghu", "澎湖區營業處")
        assert office.since == "2017-01-01"
        (duty,) = office.duties
        assert duty.sections == ("業務組", "設計組")
        assert "工作天" in duty.collect_by
        assert duty.schedule == "每半年，期末前第10個工作天開啟"


def test_a_change_of_the_plan_shows_at_once(plans_root, write_plan, tmp_path):
    good_outlines(plans_root, tmp_path)
    write_plan(("澎湖區營業處", "馬公服務所"))
    assert good_outlines(plans_root, tmp_path)[0].name == "馬公服務所"


def test_a_broken_plan_leaves_the_last_good_one(plans_root, write_plan, tmp_path):
    good_outlines(plans_root, tmp_path)
    write_plan(("owners: [business]", "owners: [nobody]"))
    for _ in range(2):
        assert good_outlines(plans_root, tmp_path)[0].name == "澎湖區營業處"


def test_a_damaged_outline_is_made_again(plans_root, tmp_path):
    good_outlines(plans_root, tmp_path)
    (kept,) = tmp_path.glob("*.outline.json")
    for damage in (b"", b"{", b"[]", kept.read_bytes()[:200]):
        kept.write_bytes(damage)
        assert good_outlines(plans_root, tmp_path)[0].name == "澎湖區營業處"


def test_without_any_plan_there_is_nothing(tmp_path):
    assert good_outlines(tmp_path / "nowhere", tmp_path) == []
