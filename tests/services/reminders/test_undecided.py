"""待核定: how a ladder's gap and its mails a day spare those who are to decide on a report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

from dutyflow.calendars.roc import TAIPEI
from dutyflow.infra.plan_files.load import load_all
from dutyflow.ledger import CycleRecord
from dutyflow.services.audit.proof import prove
from dutyflow.services.reminders.daily_round import decide_round
from dutyflow.services.reminders.morning_summary import summarise
from dutyflow.services.reminders.reminder_mail import remind
from tests.support.scene import OFFICE, PLANS, Scene, scene, text_of

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)  # 08:30 in Taipei
LADDER = """
ladders:
  - id: standard
    name: 標準階段
    rungs:
      - {{working_days: 0, to: [owner], tone: firm}}
      - {{working_days: 1, to: [owner], tone: urgent, daily: true}}
      - {{working_days: 5, to: [owner, director], tone: urgent, daily: true}}
    {spares}

duties:
"""
TOO_SOON = "未寄：距上次通知未滿 2 個工作天"
HAD_ENOUGH = "未寄：今日已寄過一封，併入下次"


@contextmanager
def waiting(tmp_path: Path, spares: str, *, answered: bool) -> Iterator[tuple[Scene, CycleRecord]]:
    """A report of 107H1, which is to be delivered by 07-06, on the morning after the cut-off."""
    plans = Path(shutil.copytree(PLANS, tmp_path / "plan"))
    plan = plans / "pingtung" / "107.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("\nduties:\n", LADDER.format(spares=spares)), encoding="utf-8")
    assert load_all(plans)
    with scene(tmp_path / "home", OPENED, plans=plans) as playing:
        cycle = playing.open()
        letters = playing.announce(cycle)
        if answered:
            playing.answer_all(letters)
        playing.now = datetime(2018, 7, 5, 0, 1, tzinfo=TAIPEI).astimezone(UTC)
        for assignment in playing.ledger.assignments.of(cycle.key):
            playing.wait(assignment.key)
        playing.assemble(cycle)
        playing.new_mails()
        yield playing, cycle


def morning(playing: Scene, day: str, *, with_round: bool = False) -> list[EmailMessage]:
    """The mails of the watch alone."""
    playing.now = datetime.fromisoformat(f"{day}T08:30:00+08:00").astimezone(UTC)
    if with_round:
        digests = decide_round(playing.workspace, now=playing.now).digests
        remind(playing.workspace, OFFICE, digests, now=playing.now)
    playing.new_mails()
    summarise(playing.workspace, [OFFICE], now=playing.now)
    return playing.new_mails()


def told(playing: Scene, cycle: CycleRecord, whom: str) -> list[str]:
    notices = playing.ledger.notices.of(about=cycle.key)
    return [each.rung.split(":")[1] for each in notices if whom in each.recipient]


def silent(playing: Scene, cycle: CycleRecord) -> list[tuple[str, str, str]]:
    kept = playing.ledger.silences.of(cycle.key)
    return [
        (each.recipient.partition("@")[0], each.rung.split(":")[1], each.reason)
        for each in kept
        if each.about == cycle.key
    ]


def test_who_decides_is_urged_no_more_often_than_the_ladder_s_gap_allows(tmp_path: Path) -> None:
    with waiting(tmp_path, "min_gap: 2", answered=True) as (playing, cycle):
        morning(playing, "2018-07-05")
        mails = {day: morning(playing, day) for day in ("2018-07-06", "2018-07-09", "2018-07-10")}
        assert [len(each) for each in mails.values()] == [1, 0, 1]
        assert told(playing, cycle, "coordinator") == ["due", "overdue_2"]
        assert silent(playing, cycle) == [("coordinator", "overdue_1", TOO_SOON)]


def test_a_summary_that_has_more_to_say_still_tells_what_waits(tmp_path: Path) -> None:
    with waiting(tmp_path, "min_gap: 2", answered=False) as (playing, cycle):
        morning(playing, "2018-07-06")
        (mail,) = morning(playing, "2018-07-09")
        assert "等您核定" in text_of(mail)
        assert told(playing, cycle, "coordinator") == ["due"]


def test_the_director_hears_of_a_report_no_more_often_than_the_gap_allows(tmp_path: Path) -> None:
    with waiting(tmp_path, "min_gap: 2", answered=True) as (playing, cycle):
        for day in ("2018-07-13", "2018-07-16", "2018-07-17"):
            morning(playing, day)
        assert told(playing, cycle, "director") == ["overdue_5", "overdue_7"]
        assert ("director", "overdue_6", TOO_SOON) in silent(playing, cycle)


def test_who_had_the_day_s_mail_hears_of_a_report_the_next_day_at_the_latest(
    tmp_path: Path,
) -> None:
    """The director is reminded of late sections on each of these days."""
    with waiting(tmp_path, "max_per_day: 1", answered=False) as (playing, cycle):
        morning(playing, "2018-07-13", with_round=True)
        assert told(playing, cycle, "director") == []
        morning(playing, "2018-07-13")  # run again by hand
        assert silent(playing, cycle) == [("director", "overdue_5", HAD_ENOUGH)]
        morning(playing, "2018-07-16", with_round=True)
        assert told(playing, cycle, "director") == ["overdue_6"]


def test_a_ladder_that_allows_two_mails_a_day_holds_nothing_back(tmp_path: Path) -> None:
    with waiting(tmp_path, "max_per_day: 2", answered=False) as (playing, cycle):
        morning(playing, "2018-07-13", with_round=True)
        assert told(playing, cycle, "director") == ["overdue_5"]
        assert silent(playing, cycle) == []


def test_the_proof_tells_in_words_who_was_urged_to_decide_and_who_was_spared(
    tmp_path: Path,
) -> None:
    with waiting(tmp_path, "min_gap: 2", answered=True) as (playing, cycle):
        for day in ("2018-07-06", "2018-07-09"):
            morning(playing, day)
        (proof,) = prove(playing.workspace, [cycle], now=playing.now)
        rows = [(row.rung, row.why) for row in proof.whole if row.rung]
        assert ("待核定，今日截止", "待核定，今日截止") in rows
        assert ("待核定，逾期第 1 日", TOO_SOON) in rows
