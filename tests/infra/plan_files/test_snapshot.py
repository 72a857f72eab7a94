"""The last good plan goes on, whatever happens to the files, and costs next to nothing to read."""

import hashlib
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from dutyflow.infra.plan_files.load import load_all
from dutyflow.infra.plan_files.snapshot import good_offices
from dutyflow.plan.model import Plan

BROKEN = ("owners: [business]", "owners: [業務組]")
CHANGED = ("name: 半年自行考核", "name: 自行考核")
REAL = Path(__file__).resolve().parents[3] / "include/plan"


@pytest.fixture
def keep(tmp_path):
    return tmp_path / "keep"


@pytest.fixture
def kept(plans_root, keep):
    """A good plan, already seen once."""
    offices, errors = good_offices(plans_root, keep)
    assert not errors
    return offices


def written(keep):
    """Which files are kept, and which writing of each: a file is replaced, never rewritten."""
    return {path.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in keep.iterdir()}


def duty_name(offices):
    return offices[0].plans[-1].duties[0].name


def test_what_is_kept_is_what_was_loaded(plans_root, keep, kept):
    (plans_root / "closures.csv").write_text(
        "date,kind,reason,source\n107-07-10,off,颱風,新聞\n", encoding="utf-8"
    )
    for _ in range(2):
        offices, errors = good_offices(plans_root, keep)
        assert errors == []
        assert tuple(offices) == load_all(plans_root)
        assert offices[0].plans[0].hash == load_all(plans_root)[0].plans[0].hash


def test_the_real_plan_is_kept_whole(keep):
    good_offices(REAL, keep)
    assert tuple(good_offices(REAL, keep)[0]) == load_all(REAL)


def test_every_way_to_recur_and_every_kind_of_rule_is_kept(plans_root, keep, write_plan):
    path = write_plan(
        (
            "every: half_year",
            "every: dates\n    dates:\n      - {name: 甲, start: 107-05-01, end: 107-06-30}",
        ),
        ("{working_days: 3, from: period_end}", "{date: 107-07-04}"),
        ("{working_days: 5, from: period_end}", "{on: [{month: 7, day: 6}], from: period_end}"),
    )
    more = """\
  - id: follow_up
    name: 改善追蹤
    clause: 陸
    covers: {measures: ["1.2"]}
    every: after
    after: self_assessment
    opens: {calendar_days: 1, from: approval, roll: next}
    collect_by: {weekday: friday, nth: -1, of: opens}
    report_due: {working_days: 2, from: collect_by}
    form: self_assessment
    report: assessment_summary
    deliver_to: [head_office]
    ladder: short
  - id: spot_checks
    name: 抽查
    clause: 陸
    covers: {measures: ["1.2"]}
    every: month
    unannounced: {seed: 一}
    collect_by: {working_days: 2, from: opens}
    report_due: {working_days: 2, from: collect_by}
    form: self_assessment
    report: assessment_summary
    deliver_to: [head_office]
    ladder: short
"""
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    good_offices(plans_root, keep)
    assert tuple(good_offices(plans_root, keep)[0]) == load_all(plans_root)
    (plan,) = load_all(plans_root)[0].plans
    assert Plan.model_validate_json(plan.model_dump_json(by_alias=True)) == plan


def test_files_that_did_not_change_are_not_examined_again(plans_root, keep, kept):
    before = written(keep)
    assert good_offices(plans_root, keep) == (kept, [])
    assert written(keep) == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("closures.csv", "date,kind,reason,source\n107-07-10,off,颱風,\n"),
        ("penghu/closures.csv", "date,kind,reason,source\n107-07-10,off,颱風,\n"),
    ],
)
def test_closures_count_as_a_change(plans_root, keep, kept, name, content):
    (plans_root / name).write_text(content, encoding="utf-8")
    offices, _ = good_offices(plans_root, keep)
    assert len(offices[0].closures) == 1


def test_contacts_count_as_a_change(plans_root, keep, kept, write_contacts):
    write_contacts(("name: 曾秀英", "name: 新承辦"), name="penghu/contacts.local.yaml")
    offices, _ = good_offices(plans_root, keep)
    assert offices[0].contacts.coordinator.name == "新承辦"


def test_a_changed_plan_replaces_the_kept_one(plans_root, keep, kept, write_plan):
    write_plan(CHANGED)
    for _ in range(2):
        offices, errors = good_offices(plans_root, keep)
        assert (duty_name(offices), errors) == ("自行考核", [])


def test_a_broken_plan_leaves_the_last_good_one_and_is_told_each_time(
    plans_root, keep, kept, write_plan
):
    path = write_plan(CHANGED, BROKEN)
    writings = []
    for _ in range(3):
        offices, (error,) = good_offices(plans_root, keep)
        assert offices == kept
        assert [(f.where, f.hint) for f in error.findings] == [(f"{path}:26", "應寫 business")]
        writings.append(written(keep))
    assert writings[0] == writings[1] == writings[2]  # it is not examined at every parse


def test_a_plan_that_is_mended_is_taken_up_again(plans_root, keep, kept, write_plan):
    write_plan(BROKEN)
    good_offices(plans_root, keep)
    write_plan(CHANGED)
    offices, errors = good_offices(plans_root, keep)
    assert (duty_name(offices), errors) == ("自行考核", [])


def test_a_plan_put_back_as_it_was_is_good_again(plans_root, keep, kept, write_plan):
    write_plan(BROKEN)
    good_offices(plans_root, keep)
    write_plan()
    assert good_offices(plans_root, keep) == (kept, [])


def test_a_plan_that_never_was_good_gives_no_office(plans_root, keep, write_plan):
    write_plan(BROKEN)
    for _ in range(2):
        offices, errors = good_offices(plans_root, keep)
        assert offices == []
        assert len(errors) == 1


def test_one_broken_office_does_not_touch_the_other(plans_root, keep, kept, write_plan):
    write_plan(BROKEN, name="kinmen/107.yaml")
    offices, (error,) = good_offices(plans_root, keep)
    assert offices == kept
    assert any("kinmen" in finding.where for finding in error.findings)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace("業務組".encode(), "業務祖".encode()),
        lambda content: b'{"version": 0}\n{}',
        lambda content: b"[]\n",
        lambda content: b"\xff\xfe not ours",
    ],
)
def test_a_damaged_snapshot_is_made_anew(plans_root, keep, kept, damage):
    path = keep / "penghu.json"
    good = path.read_bytes()
    path.write_bytes(damage(good))
    assert good_offices(plans_root, keep) == (kept, [])
    assert path.read_bytes() == good


def test_a_snapshot_of_another_form_with_a_right_checksum_is_made_anew(plans_root, keep, kept):
    path = keep / "penghu.json"
    head = json.loads(path.read_bytes().partition(b"\n")[0])
    body = b'{"office": "penghu", "plans": "of old"}'
    head["sha256"] = hashlib.sha256(body).hexdigest()
    path.write_bytes(json.dumps(head).encode() + b"\n" + body)
    assert good_offices(plans_root, keep) == (kept, [])


def test_the_snapshot_goes_with_the_folder_that_it_is_read_from(plans_root, keep, kept, tmp_path):
    moved = plans_root.rename(tmp_path / "moved")
    offices, errors = good_offices(moved, keep)
    assert errors == []
    assert offices[0].folder == moved / "penghu"


def test_where_nothing_can_be_kept_all_works(plans_root, tmp_path, write_plan):
    blocked = tmp_path / "a-file"
    blocked.write_text("not a folder", encoding="utf-8")
    offices, errors = good_offices(plans_root, blocked)
    assert (len(offices), errors) == (1, [])
    write_plan(BROKEN)
    offices, errors = good_offices(plans_root, blocked)
    assert (offices, len(errors)) == ([], 1)


def test_people_are_kept_for_the_owner_of_the_files_only(keep, kept):
    assert (keep / "penghu.json").stat().st_mode & 0o077 == 0


def test_an_office_that_is_removed_is_gone(plans_root, keep, kept):
    (plans_root / "penghu/107.yaml").unlink()
    (plans_root / "penghu/contacts.yaml").unlink()
    offices, (error,) = good_offices(plans_root, keep)
    assert offices == []
    assert error.findings[0].where == str(plans_root)


def test_no_plans_at_all_is_an_error_too(tmp_path, keep):
    offices, (error,) = good_offices(tmp_path / "nowhere", keep)
    assert offices == []
    assert error.findings


def test_many_readers_while_the_plan_is_saved_again_and_again(plans_root, keep, kept, write_plan):
    """Each sees a whole plan, the one or the other, and no file is left half written."""
    seen, failures = set(), []

    def read():
        for _ in range(20):
            offices, errors = good_offices(plans_root, keep)
            failures.extend(errors)
            seen.add(duty_name(offices))

    readers = [threading.Thread(target=read) for _ in range(4)]
    for reader in readers:
        reader.start()
    original = plans_root / "penghu/107.yaml"
    for edits in [(CHANGED,), ()] * 5:
        write_plan(*edits, name="../new.yaml").replace(original)
    for reader in readers:
        reader.join()
    assert failures == []
    assert seen <= {"自行考核", "半年自行考核"}
    assert [path.name for path in keep.iterdir()] == ["penghu.json"]


def test_reading_a_snapshot_pulls_in_nothing_heavy(plans_root, keep, kept):
    code = f"""
import sys
from pathlib import Path
from dutyflow.infra.plan_files.snapshot import good_offices
offices, errors = good_offices(Path({str(plans_root)!r}), Path({str(keep)!r}))
assert len(offices) == 1 and not errors
print(*sorted({{name.partition('.')[0] for name in sys.modules}}))
"""
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    loaded = set(result.stdout.split())
    assert "dutyflow" in loaded
    assert not loaded & {"pandas", "openpyxl", "holidays", "sqlalchemy", "airflow", "yaml"}
