"""`dutyflow status`: how the sections stand, and whether the ladder works."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner

from dutyflow.calendars.cycles import opening_moment
from dutyflow.calendars.roc import TAIPEI
from dutyflow.cli import main
from dutyflow.services.audit.status import survey
from dutyflow.services.reminders.daily_round import decide_round
from dutyflow.services.reminders.reminder_mail import remind
from tests.support.scene import OFFICE, PLANS, Scene, filled, form_in, scene

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)
WHO = "曾秀英（樣本）"


def hold_round(playing: Scene, day: date) -> None:
    playing.now = opening_moment(day, TAIPEI).astimezone(UTC)
    decided = decide_round(playing.workspace, now=playing.now)
    remind(playing.workspace, OFFICE, decided.digests, now=playing.now)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sections answer on the day after a reminder, one is paused, one waived, one silent."""
    home = tmp_path_factory.mktemp("status")
    with scene(home, OPENED) as playing:
        cycle = playing.open()
        letters = playing.announce(cycle)
        playing.ledger.assignments.waive(
            f"{cycle.key}/human_resources", now=OPENED, who=WHO, why="無業務"
        )
        hold_round(playing, date(2018, 6, 27))
        playing.now = datetime(2018, 6, 28, 9, tzinfo=UTC)
        for section in ("business", "general_affairs"):
            playing.reply(letters[section], filled(form_in(letters[section])))
        playing.take_in()
        hold_round(playing, date(2018, 6, 29))
        playing.ledger.assignments.pause(
            f"{cycle.key}/design", date(2018, 7, 4), now=playing.now, who=WHO, why="搬遷"
        )
    return home


@pytest.fixture
def run(home: Path):
    def invoke(*arguments: object, home: Path = home):
        env = {"DUTYFLOW_HOME": str(home), "DUTYFLOW_PLANS": str(PLANS)}
        with time_machine.travel(datetime(2018, 7, 2, 1, tzinfo=UTC), tick=False):
            return CliRunner().invoke(main, list(map(str, arguments)), env=env)

    return invoke


def test_each_section_with_its_state_last_mail_and_next_reminder(run) -> None:
    result = run("status", "--json")
    assert result.exit_code == 0, result.output
    (cycle,) = json.loads(result.stdout)["cycles"]
    parts = {each["section"]: each for each in cycle["sections"]}
    assert (parts["business"]["state"], parts["business"]["next_rung"]) == ("accepted", None)
    billing = parts["billing"]
    assert (billing["state"], billing["deadline"], billing["days_left"]) == (
        "open",
        "2018-07-04",
        2,
    )
    assert billing["last_mail"]["reason"].startswith("到期前 3 個工作天")
    assert billing["next_rung"] == {
        "day": "2018-07-03",
        "rung": "before_1@2018-07-04",
        "title": "到期前 1 個工作天",
    }
    assert parts["design"]["next_rung"]["day"] == "2018-07-05"  # when the pause is over


def test_the_ladder_is_counted_rung_by_rung(run) -> None:
    ladder = {each["rung"]: each for each in json.loads(run("status", "--json").stdout)["ladder"]}
    assert list(ladder) == ["opening", "before_5", "before_3"]
    opened = ladder["opening"]
    assert (opened["mails"], opened["reminded"], opened["answered"]) == (6, 5, 0)
    five = ladder["before_5"]
    assert (five["mails"], five["reminded"], five["answered"], five["rate"]) == (5, 4, 2, 0.5)
    three = ladder["before_3"]
    assert (three["mails"], three["reminded"], three["answered"], three["rate"]) == (2, 2, 0, 0.0)


def test_an_answer_counts_until_the_next_working_day_ends_and_once(tmp_path: Path) -> None:
    """Reminded on Friday: Monday night counts, with a better one after it; Tuesday does not."""
    with scene(tmp_path, OPENED) as playing:
        cycle = playing.open()
        letters = playing.announce(cycle)
        hold_round(playing, date(2018, 6, 29))
        for section, moment in (
            ("business", datetime(2018, 7, 2, 15, 0, tzinfo=UTC)),  # Monday 23:00
            ("business", datetime(2018, 7, 2, 15, 30, tzinfo=UTC)),
            ("design", datetime(2018, 7, 2, 16, 30, tzinfo=UTC)),  # Tuesday 00:30
        ):
            playing.now = moment
            answer = filled(form_in(letters[section]), lambda n, at=moment: said(n, at))
            playing.reply(letters[section], answer)
            playing.take_in()
        effects = {
            each.rung: each for each in survey(playing.workspace, [cycle], now=playing.now).effects
        }
        three = effects["before_3"]
        assert (three.mails, three.reminded, three.answered) == (6, 5, 1)
        assert effects["opening"].answered == 0


def said(number: str, at: datetime) -> dict:
    return {"執行情形": f"（樣本）{number} {at:%H%M}", "自評分數": 90, "佐證": "（樣本）"}


def test_an_extension_moves_the_next_reminder(tmp_path: Path) -> None:
    with scene(tmp_path, OPENED) as playing:
        cycle = playing.open()
        playing.now = datetime(2018, 7, 4, 2, tzinfo=UTC)
        playing.ledger.assignments.extend(
            f"{cycle.key}/billing",
            datetime(2018, 7, 6, 16, tzinfo=UTC),
            now=playing.now,
            who=WHO,
            why="搬遷",
        )
        (status,) = survey(playing.workspace, [cycle], now=playing.now).cycles
        coming = {each.section: each.next_rung for each in status.sections}
        assert coming["billing"].day == date(2018, 7, 5)
        assert coming["billing"].title == "到期前 1 個工作天"
        assert coming["design"].title == "今日截止"


def test_as_a_table_in_words(run) -> None:
    shown = run("status", "--cycle", "107H1").stdout
    assert "107年上半年 半年自行考核（107H1）" in shown
    assert "107年7月3日（二） 到期前 1 個工作天" in shown
    assert any("到期前 5 個工作天" in line and "50%" in line for line in shown.splitlines())


def test_without_a_ledger_it_says_what_to_do(run, tmp_path: Path) -> None:
    for command in (("status",), ("proof", "--cycle", "107H1"), ("rehearse", "--from", "today")):
        result = run(*command, home=tmp_path)
        assert result.exit_code == 1
        assert result.stderr.startswith("還沒有帳本；請先執行 dutyflow migrate")
    assert not (tmp_path / "ledger.db").exists()


def test_an_empty_ledger_has_nothing_open(run, tmp_path: Path) -> None:
    assert run("migrate", home=tmp_path).exit_code == 0
    assert run("status", home=tmp_path).stdout == "目前沒有開啟的期別\n"


def test_tomorrow_is_the_next_round_and_its_mails_can_be_read(run, tmp_path: Path) -> None:
    told = json.loads(run("rehearse", "--from", "tomorrow", "--json").stdout)
    assert told["at"].startswith("2018-07-03T08:30")
    (billing,) = [mail for mail in told["mails"] if mail["rung"].startswith("before_1@")]
    assert billing["assignments"] == ["pingtung/self_assessment/107H1/billing"]
    number = told["mails"].index(billing) + 1
    shown = run("rehearse", "--from", "tomorrow", "--show", number).stdout
    assert "Subject: 即將截止" in shown
    assert "附件：107年上半年半年自行考核_電費組.xlsx" in shown
    run("rehearse", "--from", "tomorrow", "-o", tmp_path / "mails")
    endings = sorted(path.suffix for path in (tmp_path / "mails").iterdir())
    assert endings.count(".eml") == endings.count(".txt") == len(told["mails"])
    refused = run("rehearse", "--from", "tomorrow", "--to", "107-12-31")
    assert "不能與 --to 併用" in refused.stderr


def test_each_mailbox_with_its_last_look(run, home: Path) -> None:
    with scene(home, OPENED) as playing:
        mailboxes, name = playing.ledger.mailboxes, "plan（mail.example.tw）"
        mailboxes.read(OFFICE, name, now=OPENED)
        mailboxes.away(OFFICE, name, now=OPENED, why="逾時")
        try:
            told = run("status").output
            (read,) = json.loads(run("status", "--json").output)["mailboxes"]
        finally:
            mailboxes.keep(OFFICE, [])
    assert "最後一次讀取 107年6月15日（五）08:30" in told
    assert "自107年6月15日（五）08:30起：逾時" in told
    assert (read["name"], read["away_since"]) == (name, "2018-06-15T00:30:00+00:00")
