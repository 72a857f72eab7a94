"""The daily round against the real ledger and a real mail server: who is mailed what, and once."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest
from jinja2 import FileSystemLoader

from dutyflow.errors import DutyflowError
from dutyflow.ledger import UnknownKey
from dutyflow.mail.errors import MailDeferred
from dutyflow.mail.outbound import rendering
from dutyflow.services.cycles import opening
from dutyflow.services.messaging.post import Batch, MailRefused
from dutyflow.services.reminders import reminder_mail
from dutyflow.services.reminders.daily_round import (
    EVERYTHING,
    Decided,
    Wanted,
    decide_round,
    keep_silences,
)
from dutyflow.services.reminders.morning_summary import summarise
from dutyflow.services.reminders.reminder_mail import remind, write_digest
from tests.support.scene import DUTY, OFFICE, PLANS, Scene, filled, form_in, scene, text_of

OPENED = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)  # 08:30 in Taipei
SPACED = """
ladders:
  - id: standard
    name: 標準階段
    rungs:
      - {working_days: -2, to: [owner]}
      - {working_days: -1, to: [owner]}
      - {working_days: 0, to: [owner], tone: firm}
    min_gap: 2

duties:
"""


def edit(path: Path, was: str, becomes: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert was in text, (path, was)
    path.write_text(text.replace(was, becomes), encoding="utf-8")


@pytest.fixture
def at_work(tmp_path: Path):
    with scene(tmp_path, OPENED) as playing:
        yield playing


def morning(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T08:30:00+08:00").astimezone(UTC)


def round_on(playing: Scene, day: str, wanted: Wanted = EVERYTHING) -> tuple[Decided, list]:
    playing.now = morning(day)
    playing.new_mails()
    decided = decide_round(playing.workspace, now=playing.now, wanted=wanted)
    keep_silences(playing.workspace, decided, now=playing.now)
    remind(playing.workspace, OFFICE, decided.digests, now=playing.now)
    return decided, playing.new_mails()


def opened(playing: Scene):
    cycle = playing.open()
    return cycle, playing.announce(cycle)


def test_each_owner_gets_one_mail_and_a_round_run_again_sends_nothing(at_work: Scene) -> None:
    opened(at_work)
    _, mails = round_on(at_work, "2018-06-27")
    owners = [
        person.email
        for section in at_work.workspace.office(OFFICE).contacts.sections.values()
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


def test_one_that_cannot_be_claimed_leaves_the_one_before_it_on_record(at_work: Scene) -> None:
    cycle, _ = opened(at_work)
    at_work.now = morning("2018-06-27")
    digests = decide_round(at_work.workspace, now=at_work.now).digests
    mails = [write_digest(at_work.workspace, digest, now=at_work.now) for digest in digests]
    mails[1] = replace(mails[1], cycle="nowhere/at/all")
    at_work.new_mails()
    mailbox = at_work.workspace.office(OFFICE).contacts.mailbox
    batch = Batch(workspace=at_work.workspace, mailbox=mailbox, now=at_work.now)
    batch.post(mails)
    assert [type(trouble) for trouble in batch.troubles] == [UnknownKey]
    rest = {mail.to.email for place, mail in enumerate(mails) if place != 1}
    assert {mail["To"].addresses[0].addr_spec for mail in at_work.new_mails()} == rest
    reminded = [each for each in at_work.ledger.notices.of(cycle=cycle.key) if "@" in each.rung]
    assert {(each.recipient, each.state) for each in reminded} == {(who, "sent") for who in rest}


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


def test_a_digest_that_cannot_be_written_stops_no_other(at_work: Scene, monkeypatch) -> None:
    opened(at_work)
    write = reminder_mail.write_digest

    def writing(workspace, digest, **more):
        if "王小美" in digest.to.name:
            raise DutyflowError("寫不出來")
        return write(workspace, digest, **more)

    monkeypatch.setattr(reminder_mail, "write_digest", writing)
    with pytest.raises(MailRefused, match="寫不出來"):
        round_on(at_work, "2018-06-27")
    assert len(at_work.new_mails()) == 5


def test_a_template_that_is_broken_stops_its_mails_and_no_others(
    at_work: Scene, tmp_path: Path, monkeypatch
) -> None:
    """The coordinator hears of it in the morning; once it is mended, the mails go out after all."""
    opened(at_work)
    templates = Path(shutil.copytree(rendering.TEMPLATES, tmp_path / "templates"))
    (templates / "reminder.txt").write_text("{{ it.no_such_thing }}", encoding="utf-8")
    environment = rendering._environment()
    with monkeypatch.context() as patched:
        broken = environment.overlay(loader=FileSystemLoader(templates))
        patched.setattr(rendering, "_environment", lambda: broken)
        with pytest.raises(MailDeferred, match=r"範本 reminder.txt .*no_such_thing.*請還原或更正"):
            round_on(at_work, "2018-06-27")
        assert at_work.new_mails() == []
        summarise(at_work.workspace, [OFFICE], now=at_work.now)
        (summary,) = at_work.new_mails()
        assert "曾秀英" in str(summary["To"])
        assert "給許惠雯（樣本）（hsu.billing@pingtung.example.tw）的「提醒：" in text_of(summary)
        assert "還沒寄出（範本 reminder.txt" in text_of(summary)
    _, mails = round_on(at_work, "2018-06-27")
    assert len(mails) == 6


def test_one_person_of_two_sections_has_one_digest_with_both(tmp_path: Path) -> None:
    plans = Path(shutil.copytree(PLANS, tmp_path / "plan"))
    edit(
        plans / "pingtung" / "contacts.yaml",
        "liu.design@pingtung.example.tw",
        "hsu.billing@pingtung.example.tw",
    )
    with scene(tmp_path / "home", OPENED, plans=plans) as playing:
        cycle, _ = opened(playing)
        _, mails = round_on(playing, "2018-06-29")
        (mail,) = [each for each in mails if "hsu.billing" in str(each["To"])]
        assert "共 2 件" in text_of(mail)
        assert len(list(mail.iter_attachments())) == 2
        told = playing.ledger.notices.of(cycle=cycle.key)
        sent = [n for n in told if n.rung.startswith("before_3") and "hsu" in n.recipient]
        assert {n.about.rpartition("/")[2] for n in sent} == {"design", "billing"}
        assert len({n.message_id for n in sent}) == 1


def test_one_person_of_two_offices_has_one_digest_with_both(tmp_path: Path) -> None:
    plans = Path(shutil.copytree(PLANS, tmp_path / "plan"))
    second = Path(shutil.copytree(plans / "pingtung", plans / "penghu"))
    for path, was, becomes in (
        (second / "107.yaml", "office: {id: pingtung", "office: {id: penghu"),
        (second / "107.yaml", "屏東區營業處", "澎湖區營業處"),
        (second / "contacts.yaml", "@pingtung.example.tw", "@penghu.example.tw"),
        (second / "contacts.yaml", "hsu.billing@penghu", "hsu.billing@pingtung"),
    ):
        edit(path, was, becomes)
    with scene(tmp_path / "home", OPENED, plans=plans) as playing:
        opened(playing)
        opening.open_cycle(
            playing.workspace, office="penghu", duty=DUTY, name="107H1", now=playing.now, who="測試"
        )
        _, mails = round_on(playing, "2018-06-27")
        (mail,) = [each for each in mails if "hsu.billing" in str(each["To"])]
        said = text_of(mail)
        assert "共 2 件" in said
        assert "澎湖區營業處、" in said or "、台灣電力公司澎湖區營業處" in said
        replies = re.findall(r"寄回：(plan\+\w+@\w+)\.example\.tw", said)
        assert sorted(reply.partition("@")[2] for reply in replies) == ["penghu", "pingtung"]
        _, again = round_on(playing, "2018-06-27")
        assert again == []


def test_a_ladder_with_a_gap_keeps_it_and_the_record_says_so(tmp_path: Path) -> None:
    plans = Path(shutil.copytree(PLANS, tmp_path / "plan"))
    edit(plans / "pingtung" / "107.yaml", "\nduties:\n", SPACED)
    with scene(tmp_path / "home", OPENED, plans=plans) as playing:
        cycle, _ = opened(playing)
        told = {
            day: [
                re.findall(r"為何通知您：(.*\S)", text_of(mail))
                for mail in round_on(playing, day)[1]
                if "hsu.billing" in str(mail["To"])
            ]
            for day in ("2018-07-02", "2018-07-03", "2018-07-04")
        }
        assert told == {
            "2018-07-02": [["到期前 2 個工作天"]],
            "2018-07-03": [],
            "2018-07-04": [["今日截止，併入先前未寄的「到期前 1 個工作天」"]],
        }
        silences = playing.ledger.silences.of(cycle.key)
        held = [each for each in silences if each.about.endswith("/billing")]
        assert [(each.reason, each.recipient, each.rung) for each in held] == [
            (
                "未寄：距上次通知未滿 2 個工作天",
                "hsu.billing@pingtung.example.tw",
                "before_1@2018-07-04",
            )
        ]


@pytest.mark.parametrize(("most", "second"), [(1, 0), (2, 1)])
def test_how_many_mails_a_person_gets_a_day_is_the_ladders_to_say(
    tmp_path: Path, most: int, second: int
) -> None:
    """One person of two sections, of which one was paused when the first round ran."""
    plans = Path(shutil.copytree(PLANS, tmp_path / "plan"))
    people = plans / "pingtung" / "contacts.yaml"
    edit(people, "liu.design@pingtung.example.tw", "hsu.billing@pingtung.example.tw")
    limited = SPACED.replace("min_gap: 2", f"max_per_day: {most}")
    edit(plans / "pingtung" / "107.yaml", "\nduties:\n", limited)
    with scene(tmp_path / "home", OPENED, plans=plans) as playing:
        cycle, _ = opened(playing)
        pause = partial(
            playing.ledger.assignments.pause, f"{cycle.key}/design", now=OPENED, who="", why="測試"
        )
        pause(date(2018, 7, 3))
        _, mails = round_on(playing, "2018-07-03")
        assert len([mail for mail in mails if "hsu.billing" in str(mail["To"])]) == 1
        pause(None)
        _, mails = round_on(playing, "2018-07-03")
        assert len(mails) == second
        reasons = [each.reason for each in playing.ledger.silences.of(cycle.key)]
        assert ("未寄：今日已寄過一封，併入下次" in reasons) is (second == 0)
        _, mails = round_on(playing, "2018-07-04")
        (mail,) = [mail for mail in mails if "hsu.billing" in str(mail["To"])]
        merged = "今日截止，併入先前未寄的「到期前 1 個工作天」" in text_of(mail)
        assert merged is (second == 0)


def test_one_section_may_be_asked_for_by_name(at_work: Scene) -> None:
    opened(at_work)
    wanted = Wanted(office=OFFICE, duty="self_assessment", sections=("電費組",), again=True)
    _, mails = round_on(at_work, "2018-06-27", wanted)
    assert [mail["To"].addresses[0].display_name for mail in mails] == ["許惠雯（樣本）"]
