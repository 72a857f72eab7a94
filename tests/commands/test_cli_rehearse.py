"""`dutyflow rehearse`, as the IT person uses it: a year before any of it happens."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from icalendar import Calendar
from openpyxl import load_workbook

from dutyflow.cli import main

PLANS = Path(__file__).resolve().parents[2] / "include/plan"
NAMES = {"date", "to", "role", "office", "assignments", "rung", "reason", "subject"}
WEEKS = ("--from", "107-06-15", "--to", "107-07-20")


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PLANS, tmp_path / "plan"))


@pytest.fixture
def run(tmp_path: Path, plans: Path):
    def invoke(*arguments: object):
        env = {"DUTYFLOW_PLANS": str(plans), "DUTYFLOW_HOME": str(tmp_path / "var")}
        return CliRunner().invoke(main, ["rehearse", *map(str, arguments)], env=env)

    return invoke


def mails_of(result) -> list[dict]:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["mails"]


def test_one_duty_from_its_opening_to_the_end_of_its_ladder(run) -> None:
    mails = mails_of(run(*WEEKS, "--duty", "self_assessment", "--section", "電費組", "--json"))
    assert all(set(mail) >= NAMES for mail in mails)
    steps = [(m["date"], m["rung"].partition("@")[0]) for m in mails if m["role"] == "owner"]
    assert steps[:7] == [
        ("2018-06-15", "opening"),
        ("2018-06-20", "before_10"),
        ("2018-06-27", "before_5"),
        ("2018-06-29", "before_3"),
        ("2018-07-03", "before_1"),
        ("2018-07-04", "due"),
        ("2018-07-05", "overdue_1"),
    ]
    assert {mail["to"] for mail in mails if mail["role"] == "head"} == {
        "head.billing@pingtung.example.tw"
    }
    (given_up,) = [mail for mail in mails if mail["role"] == "coordinator"]
    assert (given_up["date"], given_up["reason"]) == (
        "2018-07-19",
        "逾期超過 10 個工作天，不再稽催",
    )
    assert mails[0]["assignments"] == ["pingtung/self_assessment/107H1/billing"]
    assert mails[0]["subject"].startswith("請填報：107年上半年 半年自行考核（電費組）")


def test_a_year_gives_nobody_two_digests_on_a_day_and_writes_nothing(run, tmp_path: Path) -> None:
    mails = mails_of(run("--from", "107-01-01", "--to", "107-12-31", "--json"))
    reminders = Counter((m["date"], m["to"]) for m in mails if "@" in m["rung"])
    assert set(reminders.values()) == {1}
    assert not (tmp_path / "var").exists()


def test_who_answers_in_time_hears_less_and_who_is_late_alone_hears_more(run) -> None:
    never = mails_of(run(*WEEKS, "--json"))
    always = mails_of(run(*WEEKS, "--answered-on-time", "--json"))
    but_one = mails_of(run(*WEEKS, "--late", "billing", "--json"))
    overdue = [m for m in always if m["date"] > "2018-07-06" and "overdue" in m["rung"]]
    assert overdue == []
    assert len(always) < len(but_one) < len(never)


def test_the_load_names_the_most_crowded_day_first_and_weeks_with_holidays(run) -> None:
    told = json.loads(run("--from", "107-12-01", "--to", "108-02-28", "--json").stdout)
    counts = [each["assignments"] for each in told["load"]]
    assert counts == sorted(counts, reverse=True)
    weeks = {week["start"]: week for week in told["crowded_weeks"]}
    for week in weeks.values():
        assert week["working_days"] <= 4
        assert len(week["cycles"]) >= 2
        assert week["off"]


def test_a_section_that_nobody_is_there_for_is_named(run, plans: Path) -> None:
    contacts = plans / "pingtung" / "contacts.yaml"
    text = contacts.read_text(encoding="utf-8")
    for name in ("hsu.billing", "cheng.billing"):
        address = f"{name}@pingtung.example.tw"
        assert address in text
        away = "away: [{start: 107-06-15, end: 107-06-28}]"
        text = text.replace(address, f"{address}, {away}")
    contacts.write_text(text, encoding="utf-8")
    result = run(*WEEKS, "--duty", "self_assessment", "--json")
    unreached = json.loads(result.stdout)["unreached"]
    assert {each["assignment"] for each in unreached} == {"pingtung/self_assessment/107H1/billing"}
    assert [each["date"] for each in unreached] == ["2018-06-15", "2018-06-20", "2018-06-27"]
    shown = run(*WEEKS, "--duty", "self_assessment").stdout
    assert "■ 組室無人可收信" in shown
    assert "組室無人可收信：許惠雯（樣本）（請假）" in shown


def test_a_calendar_file_has_whole_days_that_keep_their_identity(run, tmp_path: Path) -> None:
    file = tmp_path / "year.ics"
    assert run(*WEEKS, "--duty", "self_assessment", "--ics", file).exit_code == 0
    events = list(Calendar.from_ical(file.read_bytes()).walk("VEVENT"))
    days = {str(event["SUMMARY"]): event["DTSTART"].dt.isoformat() for event in events}
    assert days == {
        "開始填報：107年上半年 半年自行考核": "2018-06-15",
        "填報截止：107年上半年 半年自行考核": "2018-07-04",
        "彙整表期限：107年上半年 半年自行考核": "2018-07-06",
    }
    assert {event["DTSTART"].params["VALUE"] for event in events} == {"DATE"}
    assert len({str(event["UID"]) for event in events}) == 3


def test_the_workbook_has_a_page_for_each_month_and_every_mail(run, tmp_path: Path) -> None:
    file = tmp_path / "year.xlsx"
    assert run(*WEEKS, "--xlsx", file).exit_code == 0
    workbook = load_workbook(BytesIO(file.read_bytes()))
    months = [cell.value for (cell,) in workbook["年曆"].iter_rows(max_col=1)]
    assert [text for text in months if text and "月" in str(text)] == ["107年6月", "107年7月"]
    assert len(workbook["年曆"].row_breaks.brk) == 2
    assert workbook["信件"].max_row - 2 == len(mails_of(run(*WEEKS, "--json")))


def test_a_year_tells_what_the_coordinator_and_the_director_are_sent(run) -> None:
    mails = mails_of(run("--from", "107-07-02", "--to", "107-07-31", "--json"))
    summaries = [mail for mail in mails if mail["reason"] == "晨間摘要"]
    assert {(m["role"], m["name"]) for m in summaries} == {("coordinator", "曾秀英（樣本）")}
    assert max(Counter(mail["date"] for mail in summaries).values()) == 1
    assert summaries[0]["subject"].startswith("晨間摘要 107年7月")
    weeks = [mail["date"] for mail in mails if mail["reason"] == "每週狀態"]
    assert weeks == ["2018-07-02", "2018-07-09", "2018-07-16", "2018-07-23", "2018-07-30"]
    urged = [mail for mail in mails if mail["reason"].startswith("待核定")]
    assert {mail["role"] for mail in urged} == {"director"}


def test_the_workbook_lists_the_load_and_what_is_tight(run, plans: Path, tmp_path: Path) -> None:
    contacts = plans / "pingtung" / "contacts.yaml"
    text = contacts.read_text(encoding="utf-8")
    for name in ("hsu.billing", "cheng.billing"):
        address = f"{name}@pingtung.example.tw"
        text = text.replace(address, f"{address}, away: [{{start: 110-03-29, end: 110-04-09}}]")
    contacts.write_text(text, encoding="utf-8")
    file = tmp_path / "year.xlsx"
    asked = ("--from", "110-03-29", "--to", "110-04-16")
    assert run(*asked, "--xlsx", file).exit_code == 0
    told = json.loads(run(*asked, "--json").stdout)
    workbook = load_workbook(BytesIO(file.read_bytes()))
    rows = {
        name: list(workbook[name].iter_rows(min_row=3, values_only=True))
        for name in workbook.sheetnames
    }
    assert len(rows["每日負荷"]) == len(told["load"])
    assert len(rows["連假擁擠"]) == len(told["crowded_weeks"]) > 0
    assert len(rows["無人可收信"]) == len(told["unreached"]) > 0
    assert {row[1] for row in rows["無人可收信"]} == {"電費組"}
    assert rows["連假擁擠"][0][0] == "110年4月5日起"
    assert any("許惠雯（樣本）（請假）" in str(row[3]) for row in rows["無人可收信"])


def test_a_list_of_the_workbook_without_rows_says_so(run, tmp_path: Path) -> None:
    file = tmp_path / "year.xlsx"
    assert run(*WEEKS, "--duty", "self_assessment", "--xlsx", file).exit_code == 0
    assert load_workbook(file)["無人可收信"]["A3"].value == "（這段期間沒有）"


def test_any_mail_can_be_read_beforehand(run, tmp_path: Path) -> None:
    asked = (*WEEKS, "--duty", "self_assessment")
    shown = run(*asked, "--show", 1).stdout
    assert "Subject: 請填報：107年上半年 半年自行考核（業務組），107年7月4日（三）前" in shown
    assert "王小美" in shown
    assert run(*asked, "--show", 9999).stderr.startswith("沒有第 9999 封信")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--from", "107-06-15"), "請以 --to 指定迄日"),
        (("--from", "107-07-20", "--to", "107-06-15"), "請對調 --from 與 --to"),
        (
            ("--from", "100-01-01", "--to", "100-12-31"),
            "100年1月1日至100年12月31日沒有生效的計畫；最早的計畫自107年3月29日生效",
        ),
        (("--from", "明天", "--to", "107-06-15"), "「明天」不是日期"),
        ((*WEEKS, "--section", "biling"), "是不是 billing（電費組）？"),
        ((*WEEKS, "--duty", "self_assesment"), "是不是 self_assessment（半年自行考核）？"),
        ((*WEEKS, "--office", "pingdong"), "沒有機關「pingdong」"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(run, arguments, words) -> None:
    result = run(*arguments)
    assert result.exit_code == 1
    assert words in result.stderr
    assert "Traceback" not in result.output
