"""What the coordinator is told each morning and the director each week, with the real ledger and a
real mail server."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from dutyflow.calendars.roc import TAIPEI
from dutyflow.services.reminders.daily_round import decide_round, keep_silences
from dutyflow.services.reminders.morning_summary import summarise
from dutyflow.services.reminders.reminder_mail import remind
from dutyflow.services.reminders.weekly_status import report_week
from tests.support.scene import OFFICE, Scene, filled, form_in, scene, text_of

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)  # 08:30 in Taipei


@pytest.fixture
def at_work(tmp_path: Path):
    with scene(tmp_path, OPENED) as playing:
        yield playing


def morning(playing: Scene, day: str) -> None:
    playing.now = datetime.fromisoformat(f"{day}T08:30:00+08:00").astimezone(UTC)
    playing.new_mails()


def the_round(playing: Scene, day: str) -> list[EmailMessage]:
    morning(playing, day)
    decided = decide_round(playing.workspace, now=playing.now)
    keep_silences(playing.workspace, decided, now=playing.now)
    remind(playing.workspace, OFFICE, decided.digests, now=playing.now)
    return playing.new_mails()


def summary(playing: Scene, page: str = "") -> list[EmailMessage]:
    playing.new_mails()
    summarise(playing.workspace, [OFFICE], now=playing.now, page=page)
    return playing.new_mails()


def week(playing: Scene, day: str) -> list[EmailMessage]:
    morning(playing, day)
    report_week(playing.workspace, [OFFICE], now=playing.now)
    return playing.new_mails()


def to(mails: list[EmailMessage], whom: str) -> list[EmailMessage]:
    return [mail for mail in mails if whom in str(mail["To"])]


def opened(playing: Scene):
    cycle = playing.open()
    return cycle, playing.announce(cycle)


def all_late_but(playing: Scene, *sections: str):
    """The cycle of 107H1 after its cut-off, only these having answered."""
    cycle, letters = opened(playing)
    playing.answer_all({key: letters[key] for key in sections})
    playing.now = datetime(2018, 7, 5, 0, 1, tzinfo=TAIPEI).astimezone(UTC)
    for assignment in playing.ledger.assignments.of(cycle.key):
        playing.wait(assignment.key)
    return cycle


def test_a_quiet_morning_has_no_summary(at_work: Scene) -> None:
    assert summary(at_work) == []


def test_a_summary_tells_what_went_out_and_came_in_since_the_one_before(at_work: Scene) -> None:
    _, letters = opened(at_work)
    (first,) = summary(at_work)
    assert "電費組：首次通知 1 封" in text_of(first)
    morning(at_work, "2018-06-19")
    at_work.reply(letters["billing"], filled(form_in(letters["billing"])))
    at_work.reply(letters["design"], form_in(letters["design"]))
    at_work.take_in()
    the_round(at_work, "2018-06-27")
    (mail,) = summary(at_work)
    said = text_of(mail)
    assert "曾秀英" in str(mail["To"])
    assert "電費組 107年上半年 半年自行考核：已受理" in said
    assert "設計組 107年上半年 半年自行考核：有" in said
    assert "設計組：到期前 5 個工作天 1 封" in said
    assert "首次通知" not in said
    assert "沒有待處理的事" in mail["Subject"]


def test_one_summary_a_day_however_often_it_is_run(at_work: Scene) -> None:
    opened(at_work)
    assert len(summary(at_work)) == 1
    assert summary(at_work) == []


def test_late_sections_stand_in_it_with_the_day_since_when(at_work: Scene) -> None:
    all_late_but(at_work, "billing")
    the_round(at_work, "2018-07-06")
    (mail,) = summary(at_work)
    assert "設計組：107年上半年 半年自行考核，107年7月4日（三）截止，已過 2 個工作天" in text_of(
        mail
    )
    assert "電費組：107年上半年 半年自行考核，107年7月4日" not in text_of(mail)
    assert "件逾期" in mail["Subject"]


def test_who_is_paused_or_cannot_be_reached_is_named(at_work: Scene) -> None:
    cycle, _ = opened(at_work)
    at_work.ledger.assignments.pause(
        f"{cycle.key}/billing", date(2018, 6, 28), now=OPENED, who="計畫承辦人", why="搬遷"
    )
    people = at_work.workspace.office(OFFICE).contacts.sections["design"]
    for person in (*people.owners, *people.deputies):
        at_work.ledger.people.mark_undeliverable(
            person.email, now=OPENED, why="查無此人", who="測試"
        )
    the_round(at_work, "2018-06-27")
    (mail,) = summary(at_work)
    said = text_of(mail)
    assert "電費組 107年上半年 半年自行考核：暫停至107年6月28日" in said
    assert (
        "設計組 107年上半年 半年自行考核：到期前 5 個工作天，組室無人可收信："
        "劉家豪（樣本）（信箱退信）、代理人蔡雅婷（樣本）（信箱退信）"
    ) in said
    assert "退信（查無此人）" in said


def test_mail_that_nobody_could_match_is_named_until_it_is_seen_to(at_work: Scene) -> None:
    opened(at_work)
    at_work.put(b"From: who@example.tw\r\nTo: plan@pingtung.example.tw\r\nSubject: x\r\n\r\nx\r\n")
    at_work.take_in()
    for day in ("2018-06-15", "2018-06-19"):
        morning(at_work, day)
        (mail,) = summary(at_work, page="http://127.0.0.1:8080/plugin/dutyflow_desk")
        assert "who@example.tw「x」：寄件人不在通訊錄" in text_of(mail)
        assert "認領收件：http://127.0.0.1:8080/plugin/dutyflow_desk" in text_of(mail)
    (stray,) = at_work.ledger.arrivals.waiting(OFFICE, limit=50)
    at_work.ledger.arrivals.put_aside(stray.id, now=at_work.now, who="曾秀英", why="廣告信")
    morning(at_work, "2018-06-20")
    assert summary(at_work) == []


def test_automatic_answers_are_nothing_to_see_to(at_work: Scene) -> None:
    opened(at_work)
    at_work.put(
        b"From: who@example.tw\r\nTo: plan@pingtung.example.tw\r\n"
        b"Auto-Submitted: auto-replied\r\nSubject: x\r\n\r\nx\r\n"
    )
    at_work.take_in()
    assert len(at_work.ledger.events.of(what="待認領")) == 1
    assert at_work.ledger.arrivals.waiting(OFFICE, limit=50) == ()


def test_a_report_that_waits_is_told_until_it_is_decided_on(at_work: Scene) -> None:
    cycle = all_late_but(at_work, "billing")
    report = at_work.assemble(cycle)
    rungs = []
    for day in ("2018-07-05", "2018-07-06", "2018-07-09"):
        morning(at_work, day)
        (mail,) = summary(at_work)
        assert "107年上半年 半年自行考核（第 1 版）：107年7月6日（五）前報送" in text_of(mail)
        rungs = [n.rung for n in at_work.ledger.notices.of(about=cycle.key)]
    assert rungs == ["undecided:due:2018-07-06", "undecided:overdue_1:2018-07-06"]
    at_work.ledger.reports.decide(
        cycle.key, report.version, decision="approved", now=at_work.now, who="曾秀英"
    )
    morning(at_work, "2018-07-10")
    (mail,) = summary(at_work)
    assert "核定" not in text_of(mail)


def test_the_director_hears_of_a_decision_that_is_five_days_overdue_and_once_a_day(
    at_work: Scene,
) -> None:
    cycle = all_late_but(at_work, "billing")
    at_work.assemble(cycle)
    told = {}
    for day in ("2018-07-12", "2018-07-13"):
        morning(at_work, day)
        told[day] = to(summary(at_work), "director")
        assert to(summary(at_work), "director") == []
    assert told["2018-07-12"] == []
    (mail,) = told["2018-07-13"]
    assert mail["Subject"].startswith("待核定：107年上半年 半年自行考核")
    assert "逾報送期限 5 個工作天" in text_of(mail)


def test_on_a_day_off_nobody_is_told_anything(at_work: Scene) -> None:
    all_late_but(at_work)
    morning(at_work, "2018-07-07")
    assert summary(at_work) == []
    assert week(at_work, "2018-07-07") == []


def test_the_director_has_one_state_a_week_on_its_first_working_day(at_work: Scene) -> None:
    all_late_but(at_work, "billing", "design")
    (mail,) = week(at_work, "2018-07-09")
    said = text_of(mail)
    assert "director" in str(mail["To"])
    assert "██████████ 100%　電費組" in said
    assert "░░░░░░░░░░ 0%　業務組" in said
    assert "電費組：應報 1、準時 1、已填報 1（完成率 100%）；辦理中 0、逾期 0" in said
    assert "業務組：應報 1、準時 0、已填報 0（完成率 0%）；辦理中 0、逾期 1" in said
    (sheet,) = mail.iter_attachments()
    assert sheet.get_filename() == "每週狀態_107年7月9日.xlsx"
    assert "附件「每週狀態_107年7月9日.xlsx」" in said
    page = load_workbook(BytesIO(sheet.get_content())).active
    rows = {row[0].value: [cell.value for cell in row] for row in page.iter_rows()}
    assert rows["電費組"] == ["電費組", 1, 1, 100, 1, 100, 0, 0]
    assert rows["業務組"] == ["業務組", 1, 0, 0, 0, 0, 0, 1]
    assert len(page._charts) == 1
    assert week(at_work, "2018-07-09") == []
    assert week(at_work, "2018-07-10") == []
    assert len(week(at_work, "2018-07-16")) == 1


def test_a_week_whose_first_day_was_missed_is_told_on_the_next(at_work: Scene) -> None:
    opened(at_work)
    (mail,) = week(at_work, "2018-06-20")
    assert "準時率尚無資料" in mail["Subject"]


def test_a_mailbox_that_is_not_read_stands_on_top_until_it_is(at_work: Scene) -> None:
    mailboxes, name = at_work.ledger.mailboxes, "plan（mail.example.tw）"
    mailboxes.read(OFFICE, name, now=OPENED - timedelta(hours=20))
    why = f"收件信箱 {name} 目前無法讀取：timed out；信件仍在信箱裡，稍後自動重試"
    mailboxes.away(OFFICE, name, now=OPENED - timedelta(hours=15), why=why)
    (mail,) = summary(at_work)
    assert "收件信箱無法讀取" in mail["Subject"]
    assert "自107年6月14日（四）17:30起；最後一次讀取 107年6月14日（四）12:30" in text_of(mail)
    morning(at_work, "2018-06-19")
    mailboxes.read(OFFICE, name, now=at_work.now)
    assert summary(at_work) == []


def test_a_mailbox_into_which_nobody_has_looked_for_a_day_is_told(at_work: Scene) -> None:
    at_work.ledger.mailboxes.read(OFFICE, "plan（mail.example.tw）", now=OPENED)
    morning(at_work, "2018-06-19")
    (mail,) = summary(at_work)
    assert "之後系統沒有再查看" in text_of(mail)
