"""The daily round against the real ledger and a real mail server: who is mailed what, and once."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dutyflow.reminding import remind
from dutyflow.rounds import EVERYTHING, Decided, Wanted, decide_round, keep_silences
from tests.support.scene import OFFICE, Scene, filled, form_in, scene, text_of

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)  # 08:30 in Taipei


@pytest.fixture
def at_work(tmp_path: Path):
    with scene(tmp_path, OPENED) as playing:
        yield playing


def morning(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T08:30:00+08:00").astimezone(UTC)


def round_on(playing: Scene, day: str, wanted: Wanted = EVERYTHING) -> tuple[Decided, list]:
    playing.now = morning(day)
    playing.new_mails()
    decided = decide_round(playing.desk, now=playing.now, wanted=wanted)
    keep_silences(playing.desk, decided, now=playing.now)
    with playing.client() as client:
        remind(playing.desk, client, OFFICE, decided.digests, now=playing.now)
    return decided, playing.new_mails()


def opened(playing: Scene):
    cycle = playing.open()
    return cycle, playing.announce(cycle)


def test_each_owner_gets_one_mail_and_a_round_run_again_sends_nothing(at_work: Scene) -> None:
    opened(at_work)
    _, mails = round_on(at_work, "2018-06-27")
    owners = [
        person.email
        for section in at_work.desk.office(OFFICE).contacts.sections.values()
        for person in section.owners
    ]
    assert sorted(mail["To"].addresses[0].addr_spec for mail in mails) == sorted(owners)
    assert {mail["Subject"].partition("：")[0] for mail in mails} == {"提醒"}
    assert "到期前 5 個工作天" in text_of(mails[0])
    decided, mails = round_on(at_work, "2018-06-27")
    assert (decided.digests, mails) == ((), [])


def test_who_has_answered_is_left_alone_and_the_record_says_why(at_work: Scene) -> None:
    cycle, letters = opened(at_work)
    at_work.answer_all(letters, but=("billing",))
    _, mails = round_on(at_work, "2018-06-29")
    assert [mail["To"].addresses[0].display_name for mail in mails] == ["許惠雯（樣本）"]
    assert form_in(mails[0]).startswith(b"PK")  # from the third day before on
    silences = at_work.ledger.silences.of(cycle.key)
    assert {(each.about.rpartition("/")[2], each.reason) for each in silences} == {
        (section, "未寄：已填報") for section in letters if section != "billing"
    }
    round_on(at_work, "2018-06-29")
    assert at_work.ledger.silences.of(cycle.key) == silences


def test_an_answer_to_a_reminder_counts(at_work: Scene) -> None:
    cycle, _ = opened(at_work)
    _, mails = round_on(at_work, "2018-07-03")
    letter = next(mail for mail in mails if "許惠雯" in str(mail["To"]))
    at_work.reply(letter, filled(form_in(letter)))
    (receipt,) = at_work.take_in()
    assert "已收到" in receipt["Subject"]
    assert at_work.state(f"{cycle.key}/billing") == "accepted"


def test_heads_hear_from_the_second_day_overdue(at_work: Scene) -> None:
    cycle, letters = opened(at_work)
    at_work.answer_all(letters, but=("billing",))
    at_work.now = morning("2018-07-05")
    at_work.wait(f"{cycle.key}/billing")
    _, mails = round_on(at_work, "2018-07-05")
    assert [mail["Subject"].partition("：")[0] for mail in mails] == ["已逾期"]
    _, mails = round_on(at_work, "2018-07-06")
    told = {mail["To"].addresses[0].addr_spec: mail for mail in mails}
    assert set(told) == {"hsu.billing@pingtung.example.tw", "head.billing@pingtung.example.tw"}
    head = told["head.billing@pingtung.example.tw"]
    assert head["Subject"].startswith("副知：")
    assert "您不必填寫" in text_of(head)
    assert not list(head.iter_attachments())


def test_who_is_away_is_stood_in_for_and_the_notice_says_for_whom(at_work: Scene) -> None:
    cycle, _ = opened(at_work)
    at_work.ledger.people.set_away(
        "Hsu.Billing@pingtung.example.tw",
        date(2018, 6, 29),
        now=OPENED,
        who="計畫承辦人",
        why="公假",
    )
    _, mails = round_on(at_work, "2018-06-27")
    told = {mail["To"].addresses[0].addr_spec for mail in mails}
    assert "cheng.billing@pingtung.example.tw" in told
    assert "hsu.billing@pingtung.example.tw" not in told
    (notice,) = [
        each
        for each in at_work.ledger.notices.of(about=f"{cycle.key}/billing")
        if each.rung.startswith("before_5")
    ]
    assert notice.acting_for == "許惠雯（樣本）"
    assert "代理 許惠雯（樣本）" in notice.reason
    (silence,) = at_work.ledger.silences.of(cycle.key)
    assert silence.reason == "未寄：請假，已由代理人鄭文彬（樣本）收受"


def test_a_pause_keeps_the_round_silent_until_it_ends(at_work: Scene) -> None:
    cycle, _ = opened(at_work)
    at_work.ledger.assignments.pause(
        f"{cycle.key}/billing", date(2018, 6, 28), now=OPENED, who="計畫承辦人", why="搬遷"
    )
    _, mails = round_on(at_work, "2018-06-27")
    assert not [mail for mail in mails if "許惠雯" in str(mail["To"])]
    _, mails = round_on(at_work, "2018-06-29")
    (mail,) = [mail for mail in mails if "許惠雯" in str(mail["To"])]
    assert "到期前 3 個工作天，併入先前未寄的「到期前 5 個工作天」" in text_of(mail)


def test_no_mail_after_an_extension_names_the_old_day(at_work: Scene) -> None:
    cycle, _ = opened(at_work)
    until = datetime(2018, 7, 18, 16, tzinfo=UTC)  # the end of that day in Taipei
    at_work.ledger.assignments.extend(
        f"{cycle.key}/billing", until, now=OPENED, who="組長", why="展期"
    )
    told = []
    for day in ("2018-06-27", "2018-07-04", "2018-07-11"):
        _, mails = round_on(at_work, day)
        told += [text_of(mail) for mail in mails if "許惠雯" in str(mail["To"])]
    assert len(told) == 2
    assert all("107年7月18日（三）" in text and "7月4日" not in text for text in told)


def test_on_a_day_off_nothing_is_sent(at_work: Scene) -> None:
    opened(at_work)
    decided, mails = round_on(at_work, "2018-06-30")
    assert (decided.digests, decided.silences, mails) == ((), (), [])


def test_one_section_may_be_asked_for_by_name(at_work: Scene) -> None:
    opened(at_work)
    wanted = Wanted(office=OFFICE, duty="self_assessment", sections=("電費組",), again=True)
    _, mails = round_on(at_work, "2018-06-27", wanted)
    assert [mail["To"].addresses[0].display_name for mail in mails] == ["許惠雯（樣本）"]
