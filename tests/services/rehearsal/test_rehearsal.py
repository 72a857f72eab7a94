"""A rehearsal and the real thing decide alike: the same weeks, once played, once mailed."""

from __future__ import annotations

import re
import shutil
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from dutyflow.calendars.cycles import opening_moment
from dutyflow.calendars.roc import TAIPEI
from dutyflow.calendars.working_days import GAZETTED_UNTIL, ONE_DAY, days_from
from dutyflow.ledger.records import NoticeRecord
from dutyflow.nagging import wording
from dutyflow.nagging.rungs import RungKind
from dutyflow.plan.cycles import cycles
from dutyflow.services.cycles.moved_days import inform
from dutyflow.services.cycles.reschedule import reschedule
from dutyflow.services.rehearsal.mails import ForeseenMail, Point
from dutyflow.services.rehearsal.next_round import foresee
from dutyflow.services.rehearsal.play import Rehearsal, Wish, rehearse
from dutyflow.services.reminders.daily_round import EVERYTHING, decide_round, keep_silences
from dutyflow.services.reminders.morning_summary import summarise
from dutyflow.services.reminders.reminder_mail import remind
from dutyflow.services.reminders.weekly_status import report_week
from tests.support.scene import OFFICE, PLANS, Scene, parsed, scene, text_of

START, END = date(2018, 6, 14), date(2018, 7, 20)
PARTS = 3  # slashes in an assignment's key
PLAYED = ("self_assessment", "spot_checks")
Told = tuple[date, str, str, str, str, str]


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    """Two duties, and people who are away: an owner, and once an owner with the deputy."""
    copy = Path(shutil.copytree(PLANS, tmp_path / "plan"))
    _keep_duties(copy / "pingtung" / "107.yaml")
    contacts = copy / "pingtung" / "contacts.yaml"
    text = contacts.read_text(encoding="utf-8")
    for name, start, end in (
        ("hsu.billing", "107-06-27", "107-07-05"),
        ("liu.design", "107-06-20", "107-06-28"),
        ("tsai.design", "107-06-20", "107-06-22"),
        ("head.business", "107-07-06", "107-07-20"),
    ):
        address = f"{name}@pingtung.example.tw"
        away = f"{address}, away: [{{start: {start}, end: {end}}}]"
        assert address in text
        text = text.replace(address, away)
    contacts.write_text(text, encoding="utf-8")
    return copy


def _keep_duties(plan: Path) -> None:
    head, listed, duties = plan.read_text(encoding="utf-8").partition("\nduties:\n")
    each = re.split(r"(?m)^(?=  - id: )", duties)
    kept = [duty for duty in each if duty.startswith(tuple(f"  - id: {id}\n" for id in PLAYED))]
    assert len(kept) == len(PLAYED)
    plan.write_text(head + listed + "".join(kept), encoding="utf-8")


@pytest.fixture
def at_work(tmp_path: Path, plans: Path):
    with scene(tmp_path, datetime(2018, 6, 14, 0, 0, tzinfo=UTC), plans=plans) as playing:
        yield playing


def live(playing: Scene, start: date, end: date) -> None:
    """Open what opens, and hold the round, day by day."""
    office = playing.workspace.office(OFFICE)
    coming = list(cycles(office, start - timedelta(days=31), end + timedelta(days=31)))
    for day in days_from(start, end):
        playing.now = opening_moment(day, TAIPEI).astimezone(UTC)
        for cycle in (each for each in coming if each.opens == day):
            playing.announce(playing.open(cycle.name, cycle.duty))
        decided = decide_round(playing.workspace, now=playing.now, wanted=EVERYTHING)
        keep_silences(playing.workspace, decided, now=playing.now)
        remind(playing.workspace, OFFICE, decided.digests, now=playing.now)


def long_over(playing: Scene, before: date) -> None:
    """What was over before the first day: nobody answered, and it is closed."""
    office = playing.workspace.office(OFFICE)
    for planned in cycles(office, before - timedelta(days=366), before):
        if planned.report_due < before - timedelta(days=14):
            playing.now = opening_moment(planned.opens, TAIPEI).astimezone(UTC)
            cycle = playing.open(planned.name, planned.duty)
            playing.now = cycle.collect_by
            for assignment in playing.ledger.assignments.of(cycle.key):
                playing.wait(assignment.key)
            playing.ledger.cycles.close(cycle.key, now=playing.now, who="測試", why="核定")


def watched(playing: Scene, start: date, end: date, decided: dict[str, date]) -> list[EmailMessage]:
    """As `live`, and each morning those who watch are told: these mails. Nobody answers; what is
    assembled is closed on the day on which it is decided on."""
    mails: list[EmailMessage] = []
    for day in days_from(start, end):
        playing.now = datetime.combine(day, time(0, 1), TAIPEI).astimezone(UTC)
        for cycle in playing.ledger.cycles.all(state="open"):
            if cycle.collect_by <= playing.now and not playing.ledger.reports.of(cycle.key):
                for assignment in playing.ledger.assignments.of(cycle.key):
                    playing.wait(assignment.key)
                playing.assemble(cycle)
        live(playing, day, day)
        playing.new_mails()
        summarise(playing.workspace, [OFFICE], now=playing.now)
        report_week(playing.workspace, [OFFICE], now=playing.now)
        mails += playing.new_mails()
        playing.now += timedelta(hours=8)
        for cycle in playing.ledger.cycles.all(state="open"):
            if decided.get(cycle.key) == day:
                playing.ledger.cycles.close(cycle.key, now=playing.now, who="測試", why="核定")
    return mails


def as_told(notice: NoticeRecord) -> Told:
    assert notice.state == "sent"
    day = notice.claimed_at.astimezone(TAIPEI).date()
    said = (notice.recipient, notice.about, notice.rung, notice.reason, notice.subject)
    return (day, *said)


def said(mail: ForeseenMail, point: Point) -> tuple[str, str]:
    return point.rung.key, wording.worded(point.reason, mail.titles)


def as_foreseen(rehearsal: Rehearsal) -> list[Told]:
    return sorted(
        (mail.day, mail.to.email, point.assignment, *said(mail, point), mail.subject)
        for mail in rehearsal.mails
        for point in mail.points
    )


def test_a_rehearsal_tells_every_mail_that_the_rounds_then_send(at_work: Scene) -> None:
    office = at_work.workspace.office(OFFICE)
    wish = Wish(start=START, end=END)
    rehearsal = rehearse([office], wish)
    foreseen = [told for told in as_foreseen(rehearsal) if told[2].count("/") == PARTS]
    live(at_work, min(part.cycle.opens for part in rehearsal.parts), END)
    sent = [
        notice
        for cycle in at_work.ledger.cycles.all()
        for notice in at_work.ledger.notices.of(cycle=cycle.key)
    ]
    assert sorted(told for told in map(as_told, sent) if told[0] >= START) == foreseen
    assert len(at_work.new_mails()) > 0
    reasons = {told[4] for told in foreseen}
    assert any("代理 許惠雯" in reason for reason in reasons)
    assert any("組室無人可收信" in reason for reason in reasons)
    assert any("不再稽催" in reason for reason in reasons)


def test_a_rehearsal_tells_what_those_who_watch_are_then_told(at_work: Scene) -> None:
    """晨間摘要, 待核定 and 每週狀態: each mail, its reason, and all that stands in the summary."""
    end = date(2018, 7, 18)
    office = at_work.workspace.office(OFFICE)
    rehearsal = rehearse([office], Wish(start=START, end=end))
    decided = {part.cycle.key: part.last_day for part in rehearsal.parts}
    long_over(at_work, before=START)
    first = min(part.cycle.opens for part in rehearsal.parts)
    mails = watched(at_work, first, end, decided)
    about = (OFFICE, *(cycle.key for cycle in at_work.ledger.cycles.all()))
    notices = [n for each in about for n in at_work.ledger.notices.of(about=each)]
    sent = sorted(told for told in map(as_told, notices) if told[0] >= START)
    watching = [told for told in as_foreseen(rehearsal) if told[2] in about]
    assert watching == sent
    assert {told[3].partition(":")[0] for told in sent} == {"summary", "week", "undecided"}
    assert {told[1].partition("@")[0] for told in sent if told[3].startswith("undecided")} == {
        "coordinator",
        "director",
    }
    told = {str(mail["Subject"]): sorted(text_of(mail).splitlines()) for mail in mails}
    for mail in rehearsal.mails:
        if mail.first.rung.kind is RungKind.SUMMARY:
            text = text_of(parsed(mail.message(at_work.now).as_bytes()))
            assert sorted(text.splitlines()) == told[mail.subject]


def test_who_asks_for_one_duty_is_not_told_of_the_whole(at_work: Scene) -> None:
    office = at_work.workspace.office(OFFICE)
    rungs = {
        mail.first.rung.kind.value
        for mail in rehearse([office], Wish(start=START, end=END, duty="spot_checks")).mails
    }
    assert not rungs & {"summary", "week", "undecided"}


def test_once_all_have_answered_a_report_waits_no_longer_than_its_own_day(at_work: Scene) -> None:
    office = at_work.workspace.office(OFFICE)
    played = rehearse([office], Wish(start=START, end=END, answered_on_time=True))
    due = {part.title: part.cycle.report_due for part in played.parts}
    summaries = [mail for mail in played.mails if mail.first.rung.kind is RungKind.SUMMARY]
    waits = [(mail.day, line) for mail in summaries for line in mail.content.waiting]
    assert waits
    assert all(day <= due[line.title] for day, line in waits)
    assert not any(mail.content.late for mail in summaries)
    came = [line for mail in summaries for line in mail.content.came_in]
    assert "電費組 107年上半年 半年自行考核：已受理" in came


def test_a_rehearsal_that_begins_later_tells_the_same_of_the_later_days(at_work: Scene) -> None:
    office = at_work.workspace.office(OFFICE)
    whole = as_foreseen(rehearse([office], Wish(start=START, end=END)))
    later = as_foreseen(rehearse([office], Wish(start=date(2018, 7, 5), end=END)))
    assert later == [told for told in whole if told[0] >= date(2018, 7, 5)]


def test_the_next_round_is_told_as_it_will_be_and_nothing_is_changed(at_work: Scene) -> None:
    live(at_work, START, date(2018, 6, 28))
    events = at_work.ledger.events.of()
    found = foresee(at_work.workspace, EVERYTHING, now=at_work.now, days_ahead=1)
    assert at_work.ledger.events.of() == events
    at_work.new_mails()
    live(at_work, date(2018, 6, 29), date(2018, 6, 29))
    sent = sorted(mail.as_bytes() for mail in at_work.new_mails())
    composed = (mail.message(found.at).as_bytes() for mail in found.mails)
    assert sorted(parsed(each).as_bytes() for each in composed) == sent


def test_what_the_coordinator_and_the_director_get_tomorrow_is_told_as_it_will_be(
    at_work: Scene, plans: Path
) -> None:
    """Days that closures moved, the summary with what the round will have done, the week."""
    live(at_work, START, date(2018, 6, 29))
    closures = plans / OFFICE / "closures.csv"
    closures.write_text("date,kind,reason,source\n107-07-03,off,颱風,人事處\n", encoding="utf-8")
    at_work.workspace.read_plans_anew()
    reschedule(at_work.workspace, OFFICE, now=at_work.now, who="測試")
    found = foresee(at_work.workspace, EVERYTHING, now=at_work.now, days_ahead=1)
    kinds = {mail.first.rung.kind.value for mail in found.besides}
    assert kinds == {"moved", "summary", "week"}
    at_work.new_mails()
    at_work.now = found.at
    inform(at_work.workspace, OFFICE, now=at_work.now)
    moved = at_work.new_mails()
    live(at_work, date(2018, 7, 2), date(2018, 7, 2))
    at_work.new_mails()
    summarise(at_work.workspace, [OFFICE], now=at_work.now)
    report_week(at_work.workspace, [OFFICE], now=at_work.now)
    sent = [*moved, *at_work.new_mails()]
    composed = [parsed(mail.message(found.at).as_bytes()) for mail in found.besides]
    assert {mail["Subject"] for mail in composed} == {mail["Subject"] for mail in sent}
    told = sorted(text_of(mail) for mail in sent)
    assert sorted(map(text_of, composed)) == told
    again = foresee(at_work.workspace, EVERYTHING, now=at_work.now, days_ahead=0)
    assert again.besides == ()


def test_a_calendar_that_is_not_announced_is_told_once_in_a_rehearsal(at_work: Scene) -> None:
    after = date(GAZETTED_UNTIL.year + 2, 1, 1)
    rehearsal = rehearse(
        [at_work.workspace.office(OFFICE)], Wish(start=after, end=after + 40 * ONE_DAY)
    )
    told = [mail for mail in rehearsal.mails if mail.first.rung.kind is RungKind.ESTIMATED]
    assert {mail.to.name for mail in told} == {"曾秀英（樣本）"}
    assert len({mail.first.rung for mail in told}) == len(told) > 0


def test_who_answers_in_time_is_told_nothing_once_the_day_is_over(at_work: Scene) -> None:
    office = at_work.workspace.office(OFFICE)
    wish = Wish(start=START, end=END, answered_on_time=True, late=frozenset({"電費組"}))
    overdue = [
        point
        for mail in rehearse([office], wish).mails
        for point in mail.points
        if point.rung.key.startswith("overdue")
    ]
    assert {point.section for point in overdue} == {"billing"}
