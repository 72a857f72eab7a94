"""The command line, as the IT person uses it."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner

from dutyflow.cli import COMMANDS, main
from dutyflow.plan.schema import schema_text

PLANS = Path(__file__).resolve().parents[2] / "include/plan"
SECTIONS = {
    "business": ("業務組", 62, 82),
    "general_affairs": ("總務組", 11, 31),
    "design": ("設計組", 9, 29),
    "billing": ("電費組", 11, 31),
    "human_resources": ("人資組", 1, 21),
}


@pytest.fixture
def plans_copy(tmp_path):
    """The real plans, to make mistakes in."""
    return Path(shutil.copytree(PLANS, tmp_path / "plan"))


@pytest.fixture
def run(tmp_path, plans_copy):
    """Run a command on the copied plans."""

    def invoke(*arguments):
        env = {"DUTYFLOW_PLANS": str(plans_copy), "DUTYFLOW_HOME": str(tmp_path / "var")}
        return CliRunner().invoke(main, [str(each) for each in arguments], env=env)

    return invoke


def replace_in(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


# plan check


def test_check_counts_what_the_plan_holds(run, plans_copy):
    result = run("plan", "check")
    assert (result.exit_code, result.stderr) == (0, "")
    (line,) = result.stdout.splitlines()
    assert line.startswith(str(plans_copy / "pingtung/107.yaml"))
    assert "89 項（隨時辦理 87、每年一次 2）" in line
    assert "業務組 62、總務組 11、設計組 9、電費組 11、人資組 1、各部門 20" in line
    assert "業務組 82、總務組 31、設計組 29、電費組 31、人資組 21" in line


def test_check_as_json(run):
    result = run("plan", "check", "--json")
    report = json.loads(result.stdout)
    assert (report["ok"], report["findings"]) == (True, [])
    (plan,) = report["plans"]
    assert plan["measures"] == 89
    assert plan["frequencies"] == {"ongoing": 87, "yearly": 2}
    assert plan["every_section"] == 20
    assert {s["id"]: (s["name"], s["named"], s["answers"]) for s in plan["sections"]} == SECTIONS


@pytest.mark.parametrize("where", ["", "pingtung", "pingtung/107.yaml"])
def test_check_takes_a_file_a_folder_or_all_folders(run, plans_copy, where):
    result = run("plan", "check", plans_copy / where)
    assert result.exit_code == 0
    assert "89 項" in result.stdout


@pytest.mark.parametrize("name", ["pingtung/contacts.yaml", "closures.csv"])
def test_check_takes_contacts_and_closures_by_themselves(run, plans_copy, name):
    assert run("plan", "check", plans_copy / name).exit_code == 0
    (plans_copy / name).write_text("x: y\n", encoding="utf-8")
    result = run("plan", "check", plans_copy / name)
    assert result.exit_code == 1
    assert f"{plans_copy / name}:1" in result.stderr


def test_check_tells_every_mistake_on_its_line(run, plans_copy):
    plan = plans_copy / "pingtung/107.yaml"
    replace_in(plan, "owners: [business]", "owners: [業務組]")
    replace_in(plan, "frequency: yearly", "frequency: 每年一次")
    replace_in(plans_copy / "pingtung/contacts.yaml", "  design:", "  desing:")
    result = run("plan", "check")
    assert result.exit_code == 1
    owner, frequency, contacts = result.stderr.splitlines()
    assert owner.startswith(f"{plan}:43：沒有組室「業務組」；應為：business（業務組）")
    assert owner.endswith("（應寫 business）")
    assert "為「每年一次」" in frequency
    assert "（應寫 yearly）" in frequency
    assert "是不是 design（設計組）？" in contacts

    report = json.loads(run("plan", "check", "--json").stdout)
    assert not report["ok"]
    assert [set(finding) for finding in report["findings"]] == [
        {"where", "found", "expected", "hint"}
    ] * 3
    assert report["findings"][0]["where"] == f"{plan}:43"


def test_check_tells_of_all_offices_and_counts_the_good_ones(run, plans_copy):
    second = Path(shutil.copytree(plans_copy / "pingtung", plans_copy / "kaohsiung"))
    replace_in(second / "107.yaml", "id: pingtung", "id: kaohsiung")
    replace_in(second / "107.yaml", "year: 107", "year: 2018")
    result = run("plan", "check")
    assert result.exit_code == 1
    assert "西元 2018 年是民國 107 年" in result.stderr
    assert result.stdout.startswith(str(plans_copy / "pingtung/107.yaml"))


def test_a_second_office_needs_no_code(run, plans_copy):
    second = Path(shutil.copytree(plans_copy / "pingtung", plans_copy / "kaohsiung"))
    replace_in(second / "107.yaml", "id: pingtung", "id: kaohsiung")
    assert len(json.loads(run("plan", "show", "--json").stdout)) == 2
    rows = json.loads(run(*YEAR_107, "--json").stdout)
    assert [(row["office"], row["cycle"]) for row in rows] == [
        ("kaohsiung", "107H1"),
        ("kaohsiung", "107H2"),
        ("pingtung", "107H1"),
        ("pingtung", "107H2"),
    ]


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_path_that_is_not_there(run, plans_copy, command):
    result = run("plan", command, plans_copy / "nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"找不到 {plans_copy / 'nowhere'}")


# plan show


def test_show_as_json(run):
    (plan,) = json.loads(run("plan", "show", "--json").stdout)
    assert {"office", "year", "sections", "measures", "duties"} <= set(plan)
    assert plan["office"]["id"] == "pingtung"
    assert plan["year"] == 107
    assert len(plan["measures"]) == 89
    first = plan["measures"][0]
    fields = {"id", "aspect", "strategy", "item", "text", "owners", "owners_expanded", "frequency"}
    assert set(first) == fields
    assert first["owners"] == first["owners_expanded"] == ["業務組"]
    everyone = next(each for each in plan["measures"] if each["owners"] == ["各部門"])
    assert everyone["owners_expanded"] == [name for name, _, _ in SECTIONS.values()]
    assert plan["duties"][0]["opens"] == {"working_days": -10, "from": "period_end"}


def test_show_in_words(run):
    lines = run("plan", "show").stdout.splitlines()
    assert "89 項" in lines[0]
    assert lines[1].split() == ["編號", "承辦部門", "執行期間", "具體作法"]
    assert lines[2].split()[:3] == ["1.1.1", "業務組", "隨時辦理"]
    (assessment,) = [line for line in lines if line.startswith("self_assessment ")]
    assert "期末後第5個工作天" in assessment


def test_show_of_a_wrong_plan_says_what_is_wrong(run, plans_copy):
    replace_in(plans_copy / "pingtung/107.yaml", "year: 107", "year: 一〇七")
    result = run("plan", "show", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "year（年度）為「一〇七」；應為：整數" in result.stderr


# plan schema


def test_schema_is_written_beside_the_plans_or_where_one_wants_it(run, plans_copy, tmp_path):
    (plans_copy / "plan.schema.json").unlink(missing_ok=True)
    result = run("plan", "schema")
    assert result.exit_code == 0
    assert (plans_copy / "plan.schema.json").read_text(encoding="utf-8") == schema_text()
    assert run("plan", "schema", "-o", tmp_path / "s.json").exit_code == 0
    assert (tmp_path / "s.json").read_text(encoding="utf-8") == schema_text()
    assert run("plan", "schema", "-o", "-").stdout == schema_text()
    assert run("plan", "schema", "-o", tmp_path / "no/s.json").exit_code == 1


# cycles

CYCLES = [
    ("107H1", "2018-01-01", "2018-06-30", "2018-06-15", "2018-07-04", "2018-07-06"),
    ("107H2", "2018-07-01", "2018-12-31", "2018-12-18", "2019-01-04", "2019-01-08"),
    ("108H1", "2019-01-01", "2019-06-30", "2019-06-17", "2019-07-03", "2019-07-05"),
    ("108H2", "2019-07-01", "2019-12-31", "2019-12-17", "2020-01-06", "2020-01-08"),
]
ASSESSMENT = ("cycles", "--duty", "self_assessment")
FIELDS = ("cycle", "period_start", "period_end", "opens", "collect_by", "report_due")


@pytest.mark.parametrize(
    "dates",
    [("107-01-01", "108-12-31"), ("2018-01-01", "2019-12-31"), ("107年1月1日", "108/12/31")],
)
def test_cycles_as_json(run, dates):
    start, end = dates
    rows = json.loads(run(*ASSESSMENT, "--from", start, "--to", end, "--json").stdout)
    assert rows == [
        {
            "office": "pingtung",
            "duty": "self_assessment",
            **dict(zip(FIELDS, row, strict=True)),
            "provisional": False,
        }
        for row in CYCLES
    ]


def test_cycles_in_words(run):
    heading, first, *_ = run(
        *ASSESSMENT, "--from", "107-01-01", "--to", "107-12-31"
    ).stdout.splitlines()
    assert heading.split() == [
        "機關",
        "定期工作",
        "期別",
        "期間",
        "開始填報",
        "填報截止",
        "彙整表期限",
    ]
    assert first.split() == [
        "pingtung",
        "self_assessment",
        "107H1",
        "107年1月1日至107年6月30日",
        "107年6月15日（五）",
        "107年7月4日（三）",
        "107年7月6日（五）",
    ]


def test_cycles_of_one_office_and_duty(run):
    options = ["cycles", "--from", "107-01-01", "--to", "107-06-30", "--json"]
    result = run(*options, "--office", "pingtung", "--duty", "self_assessment")
    assert [row["cycle"] for row in json.loads(result.stdout)] == ["107H1"]


def test_no_cycles_is_an_empty_list(run):
    result = run("cycles", "--from", "106-01-01", "--to", "106-12-31", "--json")
    assert (result.exit_code, json.loads(result.stdout)) == (0, [])


def test_cycles_beyond_the_published_calendars_come_with_a_warning(run):
    result = run(*ASSESSMENT, "--from", "120-01-01", "--to", "120-12-31")
    assert result.exit_code == 0
    assert [line.split()[2] for line in result.stdout.splitlines()] == ["期別", "120H1*", "120H2*"]
    assert "*號各期的日期為推估" in result.stderr
    assert run("cycles", "--from", "107-01-01", "--to", "107-12-31").stderr == ""


def test_a_cycle_that_reaches_beyond_the_published_calendars_is_provisional(run):
    rows = run(*ASSESSMENT, "--from", "116-01-01", "--to", "117-12-31", "--json").stdout
    told = {row["cycle"]: row["provisional"] for row in json.loads(rows)}
    assert told == {"116H1": False, "116H2": True, "117H1": True, "117H2": True}


# cycles --diff

TYPHOON = "date,kind,reason,source\n107-07-03,off,颱風停班,縣府公告\n"
NONE_CLOSED = "date,kind,reason,source\n"
YEAR_107 = (*ASSESSMENT, "--from", "107-01-01", "--to", "107-12-31")


@pytest.fixture
def earlier(plans_copy, tmp_path):
    """The closures before the typhoon day that is in the plans now."""
    (plans_copy / "closures.csv").write_text(TYPHOON, encoding="utf-8")
    path = tmp_path / "earlier.csv"
    path.write_text(NONE_CLOSED, encoding="utf-8")
    return path


def test_diff_tells_which_day_moved_and_why(run, earlier):
    with time_machine.travel(datetime(2018, 7, 2, tzinfo=UTC)):
        result = run(*YEAR_107, "--diff", earlier)
        moves = json.loads(run(*YEAR_107, "--diff", earlier, "--json").stdout)
    reason = "颱風停班（107年7月3日放假）"
    assert [line.split()[2:] for line in result.stdout.splitlines()] == [
        ["期別", "日期", "原為", "改為", "原因"],
        ["107H1", "填報截止", "107年7月4日（三）", "107年7月5日（四）", reason],
        ["107H1", "彙整表期限", "107年7月6日（五）", "107年7月9日（一）", reason],
    ]
    assert moves[0] == {
        "office": "pingtung",
        "duty": "self_assessment",
        "cycle": "107H1",
        "which": "collect_by",
        "from": "2018-07-04",
        "to": "2018-07-05",
        "stays": False,
        "reasons": [
            {"date": "2018-07-03", "kind": "off", "reason": "颱風停班", "withdrawn": False}
        ],
    }


def test_a_day_that_has_gone_by_is_told_but_does_not_move(run, earlier):
    with time_machine.travel(datetime(2018, 7, 5, 1, tzinfo=UTC)):  # the cut-off has passed
        lines = run(*YEAR_107, "--diff", earlier).stdout.splitlines()
    assert ["已過，不變" in line for line in lines[1:]] == [True, False]


def test_diff_with_a_folder_takes_the_offices_own_closures_too(run, earlier, plans_copy, tmp_path):
    old = Path(shutil.copytree(plans_copy, tmp_path / "old"))
    (old / "pingtung/closures.csv").write_text(
        "date,kind,reason,source\n107-07-02,off,停電,本處\n", encoding="utf-8"
    )
    with time_machine.travel(datetime(2018, 6, 1, tzinfo=UTC)):
        moves = json.loads(run(*YEAR_107, "--diff", old, "--json").stdout)
    assert [(m["which"], m["from"], m["to"]) for m in moves] == [
        ("collect_by", "2018-07-06", "2018-07-05"),
        ("report_due", "2018-07-10", "2018-07-09"),
    ]
    assert moves[0]["reasons"] == [
        {"date": "2018-07-02", "kind": "off", "reason": "停電", "withdrawn": True}
    ]


def test_closures_that_are_the_same_move_nothing(run, earlier, plans_copy):
    result = run(*YEAR_107, "--diff", plans_copy / "closures.csv")
    assert (result.exit_code, result.stdout.strip()) == (0, "沒有日期因停班或補班而移動")
    result = run(*YEAR_107, "--diff", plans_copy, "--json")
    assert json.loads(result.stdout) == []


def test_diff_with_what_is_no_file_of_closures(run, earlier, tmp_path):
    result = run(*YEAR_107, "--diff", tmp_path / "nowhere.csv")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"找不到 {tmp_path / 'nowhere.csv'}")
    earlier.write_text("x\n", encoding="utf-8")
    result = run(*YEAR_107, "--diff", earlier)
    assert (result.exit_code, result.stdout) == (1, "")
    assert f"{earlier}:1" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--from", "108-01-01", "--to", "107-12-31"],
            "起日108年1月1日晚於迄日107年12月31日；請對調 --from 與 --to",
        ),
        (
            ["--from", "107-02-30", "--to", "107-12-31"],
            "--from：「107-02-30」沒有這一天；請檢查月份與日期",
        ),
        (
            ["--from", "107-01-01", "--to", "明年"],
            "--to：「明年」不是日期；請寫成 107-07-06（民國年-月-日）",
        ),
        (
            ["--from", "107-01-01", "--to", "107-12-31", "--office", "pingtong"],
            "沒有機關「pingtong」；是不是 pingtung（台灣電力公司屏東區營業處）？",
        ),
        (
            ["--from", "107-01-01", "--to", "107-12-31", "--office", "xyz"],
            "沒有機關「xyz」；有 pingtung",
        ),
        (
            ["--from", "107-01-01", "--to", "107-12-31", "--duty", "self_assesment"],
            "沒有定期工作「self_assesment」；是不是 self_assessment（半年自行考核）？",
        ),
        (["--from", "9999-01-01", "--to", "9999-12-31"], "9999-01-01 不在民國 1 年至 999 年之間"),
        (["--from", "1-01-01", "--to", "107-12-31"], "--from：「1-01-01」不是日期；"),
        (["--from", "10-01-01", "--to", "107-12-31"], "期間超過 50 年；請分次查詢"),
    ],
)
def test_what_makes_no_sense_is_told_in_one_sentence(run, arguments, sentence):
    result = run("cycles", *arguments)
    assert result.exit_code == 1
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith(sentence)


def test_cycles_need_no_contacts(run, plans_copy):
    (plans_copy / "pingtung/contacts.yaml").unlink()
    assert run("cycles", "--from", "107-01-01", "--to", "107-12-31").exit_code == 0


# the program itself


@pytest.mark.parametrize("path", [[], *([name] for name in COMMANDS)])
def test_every_command_has_help(run, path):
    result = run(*path, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith("Usage:")


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        (("plans",), "沒有指令「plans」；是不是 plan？用法見 dutyflow --help"),
        (("plan", "chek"), "沒有指令「chek」；是不是 check？用法見 dutyflow plan --help"),
        (("proof",), "缺少 --cycle；用法見 dutyflow proof --help"),
        (("rehearse", "--form", "x"), "沒有選項 --form，是不是 --from、--to？"),
        (("rehearse", "--from", "107-01-01", "--show", "x"), "--show 的值不對；應為整數"),
        (("status", "--cycle"), "選項 --cycle 的寫法不對，或缺少後面的值"),
        (("--bogus",), "沒有選項 --bogus"),
    ],
)
def test_a_command_that_is_written_wrongly_is_told_in_a_sentence(run, written, sentence):
    result = run(*written)
    assert result.exit_code == 2
    assert result.stderr.startswith(sentence)
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "locale", [{"LANG": "C"}, {"LC_ALL": "POSIX"}, {"PYTHONIOENCODING": "ascii"}]
)
def test_as_a_program_it_speaks_utf8_whatever_the_locale(tmp_path, locale):
    env = {
        "PATH": os.environ["PATH"],
        "PYTHONUTF8": "0",
        "PYTHONCOERCECLOCALE": "0",
        "DUTYFLOW_HOME": str(tmp_path),
        **locale,
    }
    program = Path(sys.executable).with_name("dutyflow")
    good = subprocess.run(
        [program, "plan", "check"], env=env, capture_output=True, timeout=60, check=False
    )
    assert (good.returncode, good.stderr) == (0, b"")
    assert "隨時辦理 87" in good.stdout.decode("utf-8")
    bad = subprocess.run(
        [program, "plan", "check", "沒有"], env=env, capture_output=True, timeout=60, check=False
    )
    assert bad.returncode == 1
    assert bad.stderr.decode("utf-8").startswith("找不到")
