"""`plan roll` and `plan diff`, as they are used when the year turns."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from dutyflow.cli import main
from tests.importers.next_year.test_roll import FOLLOWER, HOLIDAYS, ONCE
from tests.plan.conftest import CONTACTS, PLAN, edited

REAL = Path(__file__).resolve().parents[2] / "include/plan"


@pytest.fixture
def folder(tmp_path):
    """The folder of an office with duties of every kind."""
    root = tmp_path / "plan"
    (root / "penghu").mkdir(parents=True)
    (root / "penghu/107.yaml").write_text(PLAN + ONCE + FOLLOWER + HOLIDAYS, encoding="utf-8")
    (root / "penghu/contacts.yaml").write_text(CONTACTS, encoding="utf-8")
    return root / "penghu"


@pytest.fixture
def run(folder):
    def invoke(*arguments, plans=folder.parent):
        env = {"DUTYFLOW_PLANS": str(plans)}
        return CliRunner().invoke(main, [str(each) for each in arguments], env=env)

    return invoke


def second_office(folder):
    other = Path(shutil.copytree(folder, folder.parent / "kinmen"))
    path = other / "107.yaml"
    path.write_text(edited(path.read_text(encoding="utf-8"), ("id: penghu", "id: kinmen")), "utf-8")
    return other


# plan roll


def test_roll_writes_a_draft_that_is_valid_and_of_no_effect(run, folder):
    before = run("cycles", "--from", "115-01-01", "--to", "115-12-31").stdout
    result = run("plan", "roll", "--to", "115")
    assert (result.exit_code, result.stderr) == (0, "")
    draft = folder / "115.draft.yaml"
    assert run("plan", "check", draft).exit_code == 0
    assert run("cycles", "--from", "115-01-01", "--to", "115-12-31").stdout == before
    check = run("plan", "check")
    assert check.exit_code == 0
    assert (
        f"{draft}：草稿，不生效；請執行 plan check {draft}，確認後改名為 115.yaml" in check.stdout
    )
    assert json.loads(run("plan", "check", "--json").stdout)["drafts"] == [str(draft)]


def test_the_draft_renamed_is_in_force_from_its_day(run, folder):
    run("plan", "roll", "--to", "115")
    (folder / "115.draft.yaml").rename(folder / "115.yaml")
    assert run("plan", "check").exit_code == 0
    found = json.loads(run("cycles", "--from", "114-07-01", "--to", "115-12-31", "--json").stdout)
    holidays = [row["cycle"] for row in found if row["duty"] == "holidays"]
    assert holidays == ["115D1", "115D2"]


def test_roll_tells_what_changed_what_went_the_days_and_what_to_check(run, folder):
    lines = run("plan", "roll", "--to", "115").stdout.splitlines()
    told = [line.strip() for line in lines]
    assert told[0] == (
        f"已寫入 {folder / '115.draft.yaml'}：115 年度計畫的草稿，依 {folder / '107.yaml'} 推算"
    )
    assert told[1] == (
        f"尚未生效；確認後請改名為 {folder / '115.yaml'}，即自115年1月1日起生效；"
        "在此之前仍依 107 年度計畫辦理"
    )
    assert "年度：107 → 115" in told
    assert "試辦調查（pilot）：一次性工作（every: once）" in told
    assert "試辦追蹤（pilot_follow）：接續「試辦調查」，該項未沿用" in told
    rows = [line.split() for line in told]
    assert [
        "半年自行考核",
        "107H1",
        "107年6月15日（五）",
        "107年7月4日（三）",
        "107年7月6日（五）",
    ] in rows
    assert ["115H1", "115年6月15日（一）", "115年7月3日（五）", "115年7月7日（二）"] in rows
    assert "□ 「節前檢查」各期日期由 107 年順移 8 年，遇農曆節日或另行公告者請改正" in told
    assert "□ 第 5 行 標題：107 年度提升服務效能執行計畫" in told
    assert "□ 訂定日期仍為107年3月29日" in told
    assert not any("請先補正" in line for line in told)


def test_roll_as_json(run, folder):
    (report,) = json.loads(run("plan", "roll", "--to", "115", "--json").stdout)
    assert report["office"] == "penghu"
    assert report["file"] == str(folder / "115.draft.yaml")
    assert report["from"] == {"file": str(folder / "107.yaml"), "year": 107}
    assert (report["year"], report["effective_from"]) == (115, "2026-01-01")
    assert [each["id"] for each in report["dropped"]] == ["pilot", "pilot_follow"]
    assert report["moved"] == ["holidays"]
    assert [
        (c["old"]["cycle"], c["new"]["cycle"], c["new"]["report_due"]) for c in report["cycles"]
    ] == [
        ("107H1", "115H1", "2026-07-07"),
        ("107H2", "115H2", "2027-01-08"),
        ("107D1", "115D1", "2026-06-11"),
        ("107D2", "115D2", "2026-12-28"),
    ]
    assert {each["part"] for each in report["differences"]} == {"plan", "duties"}
    assert report["findings"] == []


def test_days_beyond_the_announced_calendars_are_marked(run):
    result = run("plan", "roll", "--to", "120")
    assert "120H1*" in result.stdout
    assert "107H1*" not in result.stdout
    assert "*號各期的日期為推估" in result.stderr


def test_an_unannounced_day_is_not_given_away(run, folder):
    path = folder / "107.yaml"
    opens = ("opens: {working_days: -10, from: period_end}", "unannounced: {}")
    due = ("{working_days: 3, from: period_end}", "{working_days: 3, from: opens}")
    plan = edited(
        PLAN, opens, due, ("{working_days: 5, from: period_end}", "{working_days: 5, from: opens}")
    )
    path.write_text(plan, encoding="utf-8")
    told = [line.split() for line in run("plan", "roll", "--to", "108").stdout.splitlines()]
    assert [
        "半年自行考核",
        "每半年",
        "不預告",
        "開始填報後第3個工作天",
        "開始填報後第5個工作天",
    ] in told
    (path.parent / "108.draft.yaml").unlink()
    (report,) = json.loads(run("plan", "roll", "--to", "108", "--json").stdout)
    assert report["cycles"] == []


def test_what_only_a_person_can_mend_is_listed(run, folder):
    """The 42nd working day is 7 March or before it from 107 to 109, and 10 March in 115."""
    path = folder / "107.yaml"
    plan = edited(
        PLAN,
        ("every: half_year", "every: year"),
        ("{working_days: -10, from: period_end}", "{working_days: 1, from: period_start}"),
        ("{working_days: 3, from: period_end}", "{working_days: 42, from: period_start}"),
        ("{working_days: 5, from: period_end}", "{month: 3, day: 7}"),
    )
    path.write_text(plan, encoding="utf-8")
    assert run("plan", "check", path).exit_code == 0
    result = run("plan", "roll", "--to", "115")
    assert result.exit_code == 0
    draft = folder / "115.draft.yaml"
    assert "■ 請先補正（1 處），否則草稿無法生效" in result.stdout
    check = run("plan", "check", draft)
    assert check.exit_code == 1
    assert check.stderr.strip() in result.stdout
    assert run("plan", "check").exit_code == 0


def test_roll_does_not_overwrite_unless_it_is_told_to(run, folder):
    run("plan", "roll", "--to", "115")
    draft = folder / "115.draft.yaml"
    draft.write_text("# 我改過的\n", encoding="utf-8")
    result = run("plan", "roll", "--to", "115")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.strip() == f"已有 {draft}；要覆寫請加 --force，或以 -o 指定其他檔案"
    assert draft.read_text(encoding="utf-8") == "# 我改過的\n"
    assert run("plan", "roll", "--to", "115", "--force").exit_code == 0
    assert "year: 115" in draft.read_text(encoding="utf-8")


def test_roll_never_overwrites_the_plan_that_it_starts_from(run, folder):
    plan = folder / "107.yaml"
    before = plan.read_bytes()
    result = run("plan", "roll", "--to", "115", "-o", plan, "--force")
    assert result.exit_code == 1
    assert result.stderr.strip().endswith("是草稿所本的計畫，不可覆寫；請以 -o 指定其他檔案")
    assert plan.read_bytes() == before


def test_roll_into_a_file_of_ones_own_choice(run, folder, tmp_path):
    result = run("plan", "roll", "--to", "115", "-o", tmp_path / "draft.yaml")
    assert f"確認後請存為 {folder / '115.yaml'}" in result.stdout
    assert "year: 115" in (tmp_path / "draft.yaml").read_text(encoding="utf-8")
    assert not (folder / "115.draft.yaml").exists()
    result = run("plan", "roll", "--to", "115", "-o", tmp_path / "no/draft.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"無法寫入 {tmp_path / 'no/draft.yaml'}：")


def test_roll_straight_into_force_says_so(run, folder):
    result = run(
        "plan", "roll", "--to", "115", "-o", folder / "115.yaml", "--effective-from", "114-12-20"
    )
    assert result.stdout.splitlines()[1].startswith("自114年12月20日起生效")
    assert run("plan", "check").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--to", "107"], "最新的計畫是 107 年度，草稿的年度要在其後；請指定 108 以後的民國年度"),
        (["--to", "2026"], "西元 2026 年是民國 115 年；"),
        (["--to", "115", "--effective-from", "107-01-01"], "115 年度的計畫不能自107年1月1日生效"),
        (
            ["--to", "115", "--effective-from", "115-02-30"],
            "--effective-from：「115-02-30」沒有這一天",
        ),
        (
            ["--to", "115", "--office", "pengu"],
            "沒有機關「pengu」；是不是 penghu（澎湖區營業處）？",
        ),
    ],
)
def test_what_roll_cannot_do_is_told_in_one_sentence(run, folder, arguments, sentence):
    result = run("plan", "roll", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(sentence)
    assert not list(folder.glob("*.draft.yaml"))


def test_roll_starts_from_the_newest_plan(run, folder):
    newer = edited(PLAN, ("year: 107", "year: 112"), ("from: 107-03-29", "from: 112-02-01"))
    (folder / "112.yaml").write_text(newer, encoding="utf-8")
    assert run("plan", "roll", "--to", "112").stderr.startswith("最新的計畫是 112 年度")
    (report,) = json.loads(run("plan", "roll", "--to", "113", "--json").stdout)
    assert report["from"]["year"] == 112


def test_roll_of_a_broken_plan_says_what_is_wrong(run, folder):
    path = folder / "107.yaml"
    path.write_text(PLAN.replace("frequency: yearly", "frequency: x"), encoding="utf-8")
    result = run("plan", "roll", "--to", "115")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"{path}:34：frequency（執行期間）為「x」")


def test_roll_makes_a_draft_for_each_office_or_for_none(run, folder, tmp_path):
    other = second_office(folder)
    result = run("plan", "roll", "--to", "115", "-o", tmp_path / "x.yaml")
    assert result.stderr.strip() == "-o 只能寫一份草稿；請以 --office 指定機關"
    assert run("plan", "roll", "--to", "115", "--office", "kinmen").exit_code == 0
    assert run("plan", "roll", "--to", "115").exit_code == 1
    assert not (folder / "115.draft.yaml").exists()
    (other / "115.draft.yaml").unlink()
    assert run("plan", "roll", "--to", "115").exit_code == 0
    assert (folder / "115.draft.yaml").exists()
    assert (other / "115.draft.yaml").exists()


def test_the_real_plan_rolls(run, tmp_path):
    plans = Path(shutil.copytree(REAL, tmp_path / "real"))
    result = run("plan", "roll", "--to", "115", plans=plans)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "請先補正" not in result.stdout
    draft = plans / "pingtung/115.draft.yaml"
    assert run("plan", "check", draft, plans=plans).exit_code == 0
    old = (plans / "pingtung/107.yaml").read_text(encoding="utf-8").splitlines()
    new = draft.read_text(encoding="utf-8").splitlines()
    comments = [line for line in old if line.strip().startswith("#")]
    assert set(comments) <= set(new)


# plan diff


def test_diff_of_two_years_in_words(run, folder):
    later = edited(
        PLAN,
        ("year: 107", "year: 108"),
        ("from: 107-03-29", "from: 108-01-01"),
        ("name: 設計組", "name: 規劃組"),
        ("text: 於處理時限內完成。", "text: 於規定時限內完成並回復。"),
        ("{working_days: 3, from: period_end}", "{working_days: 4, from: period_end}"),
    )
    (folder / "107.yaml").write_text(PLAN, encoding="utf-8")
    (folder / "108.yaml").write_text(later, encoding="utf-8")
    result = run("plan", "diff", "107", "108")
    assert (result.exit_code, result.stderr) == (0, "")
    assert (
        result.stdout
        == f"""\
107 年度（{folder / "107.yaml"}） → 108 年度（{folder / "108.yaml"}）：5 處差異

計畫
  年度：107 → 108
  生效日：107年3月29日 → 108年1月1日

組室
  design 規劃組
    名稱：設計組 → 規劃組

具體作法
  1.1 提升服務及時性
    內容：於處理時限內完成。 → 於規定時限內完成並回復。

定期工作
  self_assessment 半年自行考核
    填報截止：期末後第3個工作天 → 期末後第4個工作天
"""
    )


def test_diff_as_json(run, folder):
    run("plan", "roll", "--to", "115")
    (report,) = json.loads(run("plan", "diff", "107", "115", "--json").stdout)
    assert report["office"] == "penghu"
    assert report["from"] == {"file": str(folder / "107.yaml"), "year": 107}
    assert report["to"] == {"file": str(folder / "115.draft.yaml"), "year": 115}
    first = report["differences"][0]
    assert first == {
        "part": "plan",
        "kind": "changed",
        "id": "",
        "name": "",
        "field": "year",
        "was": 107,
        "becomes": 115,
        "sentence": "年度：107 → 115",
    }
    gone = [each["id"] for each in report["differences"] if each["kind"] == "removed"]
    assert gone == ["pilot", "pilot_follow"]


def test_diff_of_two_files_that_say_the_same(run, folder, tmp_path):
    twin = tmp_path / "twin.yaml"
    twin.write_text("# 註\n" + (folder / "107.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    result = run("plan", "diff", folder / "107.yaml", twin)
    assert result.exit_code == 0
    assert result.stdout.strip().endswith("沒有差異")
    (report,) = json.loads(run("plan", "diff", "107", twin, "--json").stdout)
    assert report["differences"] == []


def test_diff_of_each_office_that_has_both(run, folder):
    second_office(folder)
    run("plan", "roll", "--to", "108", "--office", "kinmen")
    reports = json.loads(run("plan", "diff", "107", "108", "--json").stdout)
    assert [each["office"] for each in reports] == ["kinmen"]
    result = run("plan", "diff", "107", "108", "--office", "penghu")
    assert result.stderr.strip() == "沒有機關兼有 107 與 108 年度的計畫；penghu 有 107"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["107", "116"], "沒有機關兼有 107 與 116 年度的計畫；penghu 有 107"),
        (["nowhere.yaml", "107"], "找不到 nowhere.yaml；請給民國年度（例如 107），或計畫檔"),
        (["a.yaml", "b.yaml"], "找不到 a.yaml；請給民國年度（例如 107），或計畫檔"),
    ],
)
def test_what_diff_cannot_do_is_told_in_one_sentence(run, arguments, sentence):
    result = run("plan", "diff", *arguments)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.strip() == sentence


@pytest.mark.parametrize("command", ["roll", "diff"])
def test_help_says_what_comes_of_it(run, command):
    text = " ".join(run("plan", command, "--help").stdout.split())
    expected = {"roll": "has no effect", "diff": "exit code is 0"}[command]
    assert expected in text
