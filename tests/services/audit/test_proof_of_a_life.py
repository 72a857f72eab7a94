"""One section's half-year with everything in it: each thing that happened is in the proof."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from dutyflow.cli import main
from tests.services.intake.test_bounces import report_on
from tests.services.reminders.test_daily_round import morning, round_on
from tests.support.scene import PLANS, filled, form_in, scene

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)
OWNER, DEPUTY = "hsu.billing@pingtung.example.tw", "cheng.billing@pingtung.example.tw"
HEAD = "head.billing@pingtung.example.tw"


def to(mails, address):
    return [mail for mail in mails if address in str(mail["To"])]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bounce, a deputy who acts, an extension that the head grants, mistakes, an answer, a better
    one."""
    home = tmp_path_factory.mktemp("life")
    with scene(home, OPENED) as playing:
        letter = playing.announce(playing.open())["billing"]
        _, mails = round_on(playing, "2018-06-20")
        playing.put(report_on(to(mails, OWNER)[0]))
        playing.take_in()
        _, mails = round_on(playing, "2018-06-27")
        (acting,) = to(mails, DEPUTY)
        playing.write(acting, "展期 107/7/11 原因：會計關帳")
        (asked,) = to(playing.take_in(), HEAD)
        playing.now = morning("2018-06-28")
        playing.write(asked, "同意")
        playing.take_in()
        for day in ("2018-07-04", "2018-07-12"):
            round_on(playing, day)
        playing.wait("pingtung/self_assessment/107H1/billing")
        playing.reply(acting, form_in(letter))  # nothing filled in
        playing.take_in()
        playing.now = morning("2018-07-13")
        form = filled(form_in(letter))
        playing.reply(acting, form)
        playing.take_in()
        playing.now = morning("2018-07-16")
        playing.reply(acting, filled(form_in(letter), better))
        playing.take_in()
        round_on(playing, "2018-07-17")
    return home


def better(number: str):
    return {"執行情形": f"（樣本）{number} 已改善", "自評分數": 95, "佐證": "（樣本）照片"}


def prove(home: Path, ledger: str = ""):
    env = {"DUTYFLOW_HOME": str(home), "DUTYFLOW_PLANS": str(PLANS), "DUTYFLOW_LEDGER": ledger}
    return CliRunner().invoke(main, ["proof", "--cycle", "107H1", "--json"], env=env)


@pytest.fixture(scope="module")
def proof(home: Path):
    done = prove(home)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)[0]


@pytest.fixture(scope="module")
def billing(proof) -> list[dict]:
    (section,) = [each for each in proof["sections"] if each["section"] == "billing"]
    assert section["until"] == "107年7月11日（三）"
    assert section["verdict"] == "107年7月13日（五）08:30 收到，逾期"
    return section["events"]


def of(events: list[dict], what: str) -> list[dict]:
    return [each for each in events if each["what"] == what]


def test_each_thing_is_there_in_the_order_in_which_it_happened(billing: list[dict]) -> None:
    story = [each["what"] for each in billing if each["what"] != "寄出通知"]
    assert story == [
        "退信", "未寄", "申請展期", "展期", "同意展期", "未寄", "未寄", "逾期",
        "收到填報", "不予受理", "收到填報", "受理", "收到填報", "受理", "未寄",
    ]  # fmt: skip


def test_each_reminder_says_to_whom_for_whom_and_why(billing: list[dict]) -> None:
    mails = of(billing, "寄出通知")
    reminders = [each for each in mails if each["rung"][:2] in ("到期", "逾期", "今日")]
    assert [(each["recipient"], each["acting_for"], each["why"]) for each in reminders] == [
        (OWNER, "", "到期前 10 個工作天"),
        (
            DEPUTY,
            "許惠雯（樣本）",
            "到期前 5 個工作天，代理 許惠雯（樣本），併入先前未寄的「到期前 10 個工作天」",
        ),
        # Of the new deadline, ten days before was a day before it was granted.
        (DEPUTY, "許惠雯（樣本）", "到期前 5 個工作天，代理 許惠雯（樣本）"),
        (
            DEPUTY,
            "許惠雯（樣本）",
            "逾期第 1 日，代理 許惠雯（樣本），併入先前未寄的「今日截止」",
        ),
    ]
    assert all("250" in each["result"] for each in mails)
    (bounce,) = of(billing, "退信")
    assert bounce["recipient"] == OWNER
    assert bounce["result"].startswith("信件退回，未送達：550 5.1.10")


def test_each_silence_says_why(billing: list[dict]) -> None:
    silences = of(billing, "未寄")
    assert [each["why"] for each in silences] == [
        *["未寄：信箱退信，已由代理人鄭文彬（樣本）收受"] * 3,
        "未寄：已填報",
    ]
    assert {each["recipient"] for each in silences[:3]} == {OWNER}


def test_an_extension_says_who_asked_who_granted_and_until_when(billing: list[dict]) -> None:
    (asked,), (granted,), (moved,) = (
        of(billing, what) for what in ("申請展期", "同意展期", "展期")
    )
    assert (asked["who"], asked["why"]) == (DEPUTY, "會計關帳")
    assert asked["result"] == "申請展期至 107年7月11日（三），由組長核示"
    assert granted["who"] == moved["who"] == "組長 謝麗珠（樣本）"
    assert granted["result"] == "申請展期至 107年7月11日（三）"
    assert moved["result"] == "期限改為 107年7月11日（三）"


def test_each_answer_says_when_it_came_and_with_what(billing: list[dict]) -> None:
    came = of(billing, "收到填報")
    moments = [each["result"].partition(" 收到：填報.xlsx（SHA-256 ")[0] for each in came]
    assert moments == [
        "107年7月12日（四）08:30",
        "107年7月13日（五）08:30",
        "107年7月16日（一）08:30",
    ]
    assert len({each["result"] for each in came}) == 3
    assert [each["result"] for each in of(billing, "不予受理")] == ["需修正 31 處"]
    accepted = [each["result"].partition("；")[0] for each in of(billing, "受理")]
    assert accepted == ["編號 S00002", "編號 S00003"]
    receipts = [each for each in of(billing, "寄出通知") if "已收到" in each["why"]]
    assert ["S00002" in receipts[0]["why"], "S00003" in receipts[1]["why"]] == [True, True]


FORGERIES = {
    "another name": "UPDATE events SET detail = replace(detail, 'cheng', 'li') WHERE id = {id}",
    "another moment": "UPDATE events SET at = '2018-06-30 00:00:00.000000' WHERE id = {id}",
    "taken out": "DELETE FROM events WHERE id = {id}",
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_is_noticed(home: Path, tmp_path: Path, billing: list[dict], forgery: str):
    number = next(each["number"] for each in billing if each["acting_for"])
    forged = tmp_path / "ledger.db"
    with sqlite3.connect(home / "ledger.db") as kept, sqlite3.connect(forged) as copy:
        kept.backup(copy)
        assert copy.execute(forgery.format(id=number)).rowcount == 1
    done = prove(home, ledger=f"sqlite:///{forged}")
    assert done.exit_code == 1
    assert "事件鏈驗證不符" in done.stderr
    assert "Traceback" not in done.output
