"""A typhoon day, and what it moves of a half-year that is open: in the ledger, and by mail."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import pytest

from dutyflow.calendars.roc import TAIPEI
from dutyflow.ledger import CycleRecord
from dutyflow.mail.errors import MailDeferred
from dutyflow.plan.moves import moves
from dutyflow.services.cycles import collection, moved_days, reschedule
from dutyflow.services.messaging.post import MailRefused
from dutyflow.services.reporting.review import decide
from tests.ledger.conftest import migrated_database, migrated_file, postgres_server, url
from tests.support.scene import OFFICE, PLANS, Scene, filled, form_in, later, scene, text_of

__all__ = ["migrated_database", "migrated_file", "postgres_server", "url"]

OPENING = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)
TYPHOON = "107-07-03,off,瑪莉亞颱風停止上班（樣本）,屏東縣政府"
LAST_MORNING = datetime(2018, 7, 4, 7, 0, tzinfo=TAIPEI)
DAY_AFTER = datetime(2018, 7, 5, 7, 0, tzinfo=TAIPEI)
AFTER = """\
  - id: follow_up
    name: 改善追蹤（樣本）
    clause: 陸、考核作業
    covers: {measures: ["1.1.2.3"]}
    every: after
    after: self_assessment
    opens: {working_days: 1, from: approval}
    collect_by: {working_days: 15, from: approval}
    report_due: {working_days: 18, from: approval}
    ladder: standard
    form: self_assessment
    report: assessment_summary
    deliver_to: [head_office]
"""
SIXTH, NINTH = date(2018, 7, 6), date(2018, 7, 9)


def midnight_after(month: int, day: int) -> datetime:
    return datetime(2018, month, day + 1, tzinfo=TAIPEI)


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """A folder of plans in which closures may be written."""
    return Path(shutil.copytree(PLANS, tmp_path / "plan"))


@pytest.fixture
def here(tmp_path: Path, plans: Path, url: str) -> Iterator[Scene]:
    with scene(tmp_path, OPENING, ledger=url, plans=plans) as it:
        yield it


def close_on(here: Scene, *lines: str) -> None:
    """Write the office's closures.csv anew."""
    text = "\n".join(["date,kind,reason,source", *lines, ""])
    (here.workspace.settings.plans / OFFICE / "closures.csv").write_text(text)
    here.workspace.read_plans_anew()


def morning(here: Scene) -> list[str]:
    """What the daily round moves, in words; and the mails that it sends."""
    moves = reschedule.reschedule(here.workspace, OFFICE, now=here.now, who="排程")
    inform(here)
    return [str(move) for move in moves if not move.stays]


def inform(here: Scene) -> None:
    moved_days.inform(here.workspace, OFFICE, now=here.now)


def cut_off_of(here: Scene, cycle: CycleRecord, section: str) -> datetime:
    assignment = here.ledger.assignments.get(f"{cycle.key}/{section}")
    return assignment.collect_by


def test_a_typhoon_day_moves_the_days_to_come_and_says_why(here: Scene) -> None:
    cycle = here.open()
    close_on(here, TYPHOON)
    here.now = datetime(2018, 7, 3, 7, tzinfo=TAIPEI)

    moved = morning(here)

    assert moved == [
        "收件期限由107年7月4日（三）改為107年7月5日（四）："
        "瑪莉亞颱風停止上班（樣本）（107年7月3日放假）",
        "報送期限由107年7月6日（五）改為107年7月9日（一）："
        "瑪莉亞颱風停止上班（樣本）（107年7月3日放假）",
    ]
    after = here.ledger.cycles.get(cycle.key)
    assert (after.collect_by, after.report_due) == (midnight_after(7, 5), NINTH)
    for assignment in here.ledger.assignments.of(cycle.key):
        assert assignment.collect_by == assignment.due_by == midnight_after(7, 5)
    here.now = DAY_AFTER
    assert here.wait(f"{cycle.key}/design") == "waiting"
    here.now = midnight_after(7, 5)
    assert here.wait(f"{cycle.key}/design") == "late"


def test_the_record_says_when_who_what_and_why_for_the_cycle_and_each_assignment(
    here: Scene,
) -> None:
    cycle = here.open()
    close_on(here, TYPHOON)
    moved = morning(here)

    of_cycle, *along = [
        event for event in here.ledger.events.of(cycle.key) if event.what in ("改期", "隨期別改期")
    ]

    assert (of_cycle.what, of_cycle.about, of_cycle.who) == ("改期", cycle.key, "排程")
    assert of_cycle.at == here.now
    assert of_cycle.why == "；".join(moved)
    assert [event.about for event in along] == [
        assignment.key for assignment in here.ledger.assignments.of(cycle.key)
    ]
    assert {event.why for event in along} == {moved[0]}
    assert here.ledger.events.verify() is None


def test_twice_moves_and_mails_nothing_twice(here: Scene) -> None:
    here.open()
    close_on(here, TYPHOON)
    morning(here)
    events, mails = here.ledger.events.of(), here.new_mails()
    assert mails

    assert morning(here) == []

    assert here.ledger.events.of() == events
    assert here.new_mails() == []


def test_with_no_closure_nothing_happens(here: Scene) -> None:
    cycle = here.open()
    events = here.ledger.events.of()

    assert morning(here) == []

    assert here.ledger.cycles.get(cycle.key) == cycle
    assert here.ledger.events.of() == events
    assert here.new_mails() == []


def test_a_closure_known_when_the_cycle_opened_is_no_news(here: Scene) -> None:
    close_on(here, TYPHOON)
    cycle = here.open()

    assert cycle.collect_by == midnight_after(7, 5)
    assert morning(here) == []


def test_taken_back_before_its_day_the_days_come_back(here: Scene) -> None:
    cycle = here.open()
    close_on(here, TYPHOON)
    morning(here)
    close_on(here)
    here.now = datetime(2018, 7, 2, 7, tzinfo=TAIPEI)

    moved = morning(here)

    assert here.ledger.cycles.get(cycle.key).collect_by == cycle.collect_by
    assert here.ledger.cycles.get(cycle.key).report_due == cycle.report_due
    assert all("107年7月3日取消放假" in words for words in moved)
    subjects = [str(mail["Subject"]) for mail in here.new_mails()]
    assert sum("期限改為 107年7月4日（三）" in subject for subject in subjects) == 6


def test_what_has_gone_by_stays_but_the_report_still_moves(here: Scene) -> None:
    cycle = here.open()
    here.now = DAY_AFTER
    close_on(here, TYPHOON)

    (moved,) = morning(here)

    assert moved.startswith("報送期限由107年7月6日（五）改為107年7月9日（一）")
    assert here.ledger.cycles.get(cycle.key).collect_by == cycle.collect_by
    assert cut_off_of(here, cycle, "design") == cycle.collect_by
    (mail,) = here.new_mails()
    assert (
        mail["To"].addresses[0].addr_spec
        == here.workspace.office(OFFICE).contacts.coordinator.email
    )


def test_days_given_by_hand_stay(here: Scene) -> None:
    given = datetime(2018, 7, 4, 17, 0, tzinfo=TAIPEI)
    cycle = here.open(collect_by=given, report_due=SIXTH)
    close_on(here, TYPHOON)

    assert morning(here) == []

    after = here.ledger.cycles.get(cycle.key)
    assert (after.collect_by, after.report_due) == (given, SIXTH)


def test_a_report_day_given_by_hand_lets_collecting_move_no_further(here: Scene) -> None:
    cycle = here.open(report_due=date(2018, 7, 5))
    close_on(here, TYPHOON, "107-07-02,off,停電（樣本）,")

    morning(here)

    after = here.ledger.cycles.get(cycle.key)
    assert (after.collect_by, after.report_due) == (midnight_after(7, 5), date(2018, 7, 5))


def test_who_has_a_cut_off_of_its_own_keeps_it_whatever_the_cycle_does(here: Scene) -> None:
    cycle = here.open()
    extended = f"{cycle.key}/design"
    until = midnight_after(7, 5)  # where the typhoon is about to move the others
    here.ledger.assignments.extend(extended, until, now=here.now, who="承辦人", why="人力不足")
    close_on(here, TYPHOON)
    morning(here)
    close_on(here)
    morning(here)

    assert cut_off_of(here, cycle, "design") == until
    assert cut_off_of(here, cycle, "billing") == cycle.collect_by
    told = [event.about for event in here.ledger.events.of(extended, "隨期別改期")]
    assert told == []


def test_a_verdict_stands_and_who_has_answered_is_not_written_to(here: Scene) -> None:
    cycle = here.open()
    mails = here.announce(cycle)
    here.reply(mails["design"], filled(form_in(mails["design"])))
    here.take_in()
    before = here.ledger.assignments.get(f"{cycle.key}/design")
    close_on(here, TYPHOON)

    morning(here)

    assert here.ledger.assignments.get(before.key) == before
    assert before.on_time is True
    assert not any("設計組" in mail["Subject"] for mail in here.new_mails())


def test_who_is_late_already_stays_late(here: Scene) -> None:
    cycle = here.open()
    key = f"{cycle.key}/design"
    here.now = midnight_after(7, 4)
    assert here.wait(key) == "late"
    close_on(here, TYPHOON)
    morning(here)
    assert here.state(key) == "late"
    assert collection.start(here.workspace, key, here.now) == "waiting"
    own = cut_off_of(here, cycle, "design")
    close_on(here, TYPHOON, "107-07-06,off,停電（樣本）,")
    morning(here)
    assert cut_off_of(here, cycle, "design") == own


def test_each_section_that_still_has_to_answer_is_told_the_new_day_once(here: Scene) -> None:
    cycle = here.open()
    opening = here.announce(cycle)["design"]
    close_on(here, TYPHOON)
    here.now = datetime(2018, 7, 3, 7, tzinfo=TAIPEI)
    morning(here)

    mails = here.new_mails()
    mail = next(mail for mail in mails if "設計組" in mail["Subject"])

    assert mail["Subject"] == ("期限改為 107年7月5日（四）：107年上半年 半年自行考核（設計組）")
    text = text_of(mail)
    assert "請於 107年7月5日（四）前回覆，還有 2 個工作天" in text
    assert "瑪莉亞颱風停止上班（樣本）（107年7月3日放假）" in text
    assert text.count("107年7月4日") == 1
    assert "由 107年7月4日（三）改為 107年7月5日（四）" in text
    assert mail["References"].split()[0] == opening["References"].split()[0]
    here.reply(mail, filled(form_in(opening)))
    here.take_in()
    assert here.state(f"{cycle.key}/design") == "accepted"


def test_the_coordinator_is_told_once_what_moved_who_was_told_and_who_keeps_another_day(
    here: Scene,
) -> None:
    cycle = here.open()
    here.ledger.assignments.extend(
        f"{cycle.key}/design", midnight_after(7, 10), now=here.now, who="承辦人", why="人力不足"
    )
    close_on(here, TYPHOON)
    morning(here)

    coordinator = here.workspace.office(OFFICE).contacts.coordinator.email
    (mail,) = [m for m in here.new_mails() if m["To"].addresses[0].addr_spec == coordinator]

    text = text_of(mail)
    assert "收件期限：由 107年7月4日（三）改為 107年7月5日（四）" in text
    assert "報送期限：由 107年7月6日（五）改為 107年7月9日（一）" in text
    assert text.count("瑪莉亞颱風停止上班（樣本）（107年7月3日放假）") == 2
    assert "另行通知：業務組、總務組、電費組、人資組。" in text
    assert "設計組（107年7月10日（二））" in text


def test_what_the_mail_server_held_up_is_told_later_and_only_the_last_word(here: Scene) -> None:
    here.open()
    close_on(here, TYPHOON)
    here.answers.data = "451 4.3.0 try again later"
    with pytest.raises(MailDeferred):
        morning(here)
    close_on(here, TYPHOON, "107-07-02,off,停電（樣本）,")
    here.answers.data = ""
    here.now = later(here.now, hours=1)

    morning(here)

    subjects = [str(mail["Subject"]) for mail in here.new_mails()]
    assert not any("期限改為 107年7月5日" in subject for subject in subjects)
    assert sum("期限改為 107年7月6日（五）" in subject for subject in subjects) == 6
    assert sum("期限已調整" in subject for subject in subjects) == 2


def test_one_refused_address_keeps_no_other_mail_back(here: Scene) -> None:
    here.open()
    close_on(here, TYPHOON)
    owner = here.workspace.office(OFFICE).contacts.sections["business"].owners[0]
    here.answers.rcpt, here.answers.refused = "550 5.1.1 no such user", (owner.email,)

    with pytest.raises(MailRefused, match=owner.email):
        morning(here)

    assert len(here.new_mails()) == 5 + 1, "the other owners, and the coordinator"


def test_a_closed_cycle_is_left_alone(here: Scene) -> None:
    cycle = here.open()
    here.ledger.cycles.close(cycle.key, now=here.now, who="承辦人", why="測試")
    close_on(here, TYPHOON)

    assert morning(here) == []


def test_the_diff_tells_what_the_morning_does_also_of_what_counts_from_the_opening(
    here: Scene, plans: Path
) -> None:
    plan = plans / OFFICE / "107.yaml"
    rule = "collect_by: {working_days: 3, from: period_end}"
    assert rule in plan.read_text()
    plan.write_text(plan.read_text().replace(rule, "collect_by: {working_days: 12, from: opens}"))
    here.open()
    before = here.workspace.office(OFFICE)
    close_on(here, "107-06-20,off,停電（樣本）,")
    after = here.workspace.office(OFFICE).closures

    told = moves(before, after, date(2018, 1, 1), date(2018, 6, 30), now=here.now)

    expected = [
        "收件期限由107年7月4日（三）改為107年7月5日（四）：停電（樣本）（107年6月20日放假）"
    ]
    assert [str(move) for move in told if not move.stays] == expected
    assert morning(here) == expected


def test_a_cycle_that_comes_after_another_counts_from_its_approval(
    here: Scene, plans: Path
) -> None:
    (plans / OFFICE / "107.yaml").open("a").write(AFTER)
    first = here.open()
    here.now = DAY_AFTER
    here.assemble(first)
    decide(
        here.workspace,
        first.key,
        decision="approved",
        sections=[],
        note="",
        who="承辦人",
        now=here.now,
    )
    here.ledger.cycles.close(first.key, now=here.now, who="承辦人", why="測試")
    opened = here.open(duty="follow_up")
    assert opened.collect_by == midnight_after(7, 26), "15 working days after 5 July"
    assert morning(here) == []
    close_on(here, "107-07-11,off,瑪莉亞颱風停止上班（樣本）,")

    moved = morning(here)

    assert moved[0].startswith("收件期限由107年7月26日（四）改為107年7月27日（五）")


def test_one_that_was_opened_before_that_approval_is_left_alone(here: Scene, plans: Path) -> None:
    (plans / OFFICE / "107.yaml").open("a").write(AFTER)
    cycle = here.open(duty="follow_up")
    close_on(here, TYPHOON)

    assert morning(here) == []
    assert here.ledger.cycles.get(cycle.key) == cycle


def test_deadlines_on_an_estimated_calendar_are_told_once_a_year(here: Scene) -> None:
    here.now = datetime(2026, 11, 20, 7, tzinfo=TAIPEI)
    inform(here)
    assert here.new_mails() == [], "the calendar of 116 is known, and 117 is too far away"

    here.now = datetime(2026, 12, 20, 7, tzinfo=TAIPEI)
    inform(here)
    (mail,) = here.new_mails()
    assert re.match(r"117年有 \d+ 期的期限為推估", mail["Subject"])
    text = text_of(mail)
    assert "半年自行考核：116年下半年、117年上半年、117年下半年" in text
    assert "便民服務不定期查核：" in text
    assert not re.search("月[0-9]+日", text), "not the day of an unannounced inspection"
    assert "closures.csv" in text
    assert "升級 dutyflow" in text

    here.now = datetime(2027, 6, 20, 7, tzinfo=TAIPEI)
    inform(here)
    assert here.new_mails() == []

    here.now = datetime(2028, 6, 20, 7, tzinfo=TAIPEI)
    inform(here)
    (next_year,) = here.new_mails()
    assert next_year["Subject"].startswith("118年有")
