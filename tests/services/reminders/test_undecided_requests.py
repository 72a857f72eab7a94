"""A request for more time that nobody decides on is not forgotten; on the real ledger and SMTP."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from dutyflow.services.reminders.morning_summary import summarise
from tests.services.extensions.test_requests import (
    COORDINATOR,
    HEAD,
    OPENED,
    OWNER,
    answer,
    ask,
    by_address,
    end_of,
)
from tests.services.extensions.test_requests import deadline as deadline_of
from tests.services.reminders.test_daily_round import morning, round_on
from tests.support.scene import OFFICE, Scene, filled, form_in, later, scene, text_of

WISH = "展期 107/7/18 原因：資料尚待彙整"


@pytest.fixture
def asked(tmp_path: Path):
    """On 27 June billing asks for more time; what its head was sent is `request`."""
    with scene(tmp_path, OPENED) as playing:
        playing.letter = playing.announce(playing.open())["billing"]
        playing.now = morning("2018-06-27")
        playing.request = ask(playing, WISH)[HEAD]
        yield playing


def summary_on(playing: Scene, day: str) -> dict[str, EmailMessage]:
    playing.now = morning(day)
    playing.new_mails()
    summarise(playing.workspace, [OFFICE], now=playing.now)
    return by_address(playing.new_mails())


def test_the_coordinator_sees_each_morning_who_has_to_decide(asked: Any) -> None:
    told = summary_on(asked, "2018-06-28")[COORDINATOR]
    assert "1 件展期待核示" in told["Subject"]
    assert "電費組 107年上半年 半年自行考核：申請展至 107年7月18日（三）" in text_of(told)
    assert "等候組長 謝麗珠（樣本）核示" in text_of(told)


def test_whoever_decides_is_asked_again_on_the_ladder_s_days_and_not_between(asked: Any) -> None:
    days = ("2018-06-28", "2018-06-29", "2018-07-02", "2018-07-03", "2018-07-04", "2018-07-05")
    assert [HEAD in summary_on(asked, day) for day in days] == [0, 1, 0, 1, 1, 1]
    assert HEAD not in summary_on(asked, "2018-07-05")  # once a day, however often it is run


def test_an_answer_to_the_reminder_decides(asked: Any) -> None:
    reminder = summary_on(asked, "2018-06-29")[HEAD]
    assert "107年6月27日（三）" in text_of(reminder)  # when it was asked for
    assert "期限已展延至" in answer(asked, reminder, "同意")[OWNER]["Subject"]
    assert deadline_of(asked) == end_of("2018-07-18")
    told = summary_on(asked, "2018-07-02")
    assert HEAD not in told
    assert "核准的展期（1）" in text_of(told[COORDINATOR])
    assert "展至 107年7月18日（三），組長 謝麗珠（樣本）" in text_of(told[COORDINATOR])


def test_what_nobody_needs_any_more_is_not_asked_again(asked: Any) -> None:
    asked.now = later(asked.now, hours=1)
    asked.reply(asked.letter, filled(form_in(asked.letter)))
    asked.take_in()
    assert "展期等候核示" not in text_of(summary_on(asked, "2018-06-28")[COORDINATOR])
    assert HEAD not in summary_on(asked, "2018-06-29")


def test_a_cycle_that_is_closed_waits_for_no_decision(asked: Any) -> None:
    asked.now = morning("2018-07-05")
    (cycle,) = asked.ledger.cycles.all()
    for assignment in asked.ledger.assignments.of(cycle.key):
        asked.wait(assignment.key)
    asked.ledger.cycles.close(cycle.key, now=asked.now, who="測試", why="測試")
    told = summary_on(asked, "2018-07-06")
    assert HEAD not in told
    assert all("展期" not in mail["Subject"] for mail in told.values())


def test_the_section_is_told_that_its_request_waits(asked: Any) -> None:
    reminder = by_address(round_on(asked, "2018-06-29")[1])[OWNER]
    assert "已申請展期至 107年7月18日（三），等候核示；核示之前，期限不變" in text_of(reminder)
