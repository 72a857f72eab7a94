"""However extensions are asked for, granted or refused: the limits hold, and so do the verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from dutyflow.calendars.cycles import cut_off
from dutyflow.calendars.roc import TAIPEI, format_roc
from dutyflow.calendars.working_days import GOVERNMENT
from dutyflow.errors import DutyflowError
from dutyflow.ledger import NewSubmission
from dutyflow.mail.inbound.bodies import Decision, Wish
from dutyflow.plan.extensions import Allowed, Extensions, Level, Position, judge
from dutyflow.plan.model import Person
from dutyflow.services.extensions import requests
from tests.services.extensions.test_requests import BILLING, OPENED, by_address
from tests.services.reminders.test_daily_round import morning, round_on
from tests.support.scene import Scene, scene, text_of

ASKER = Person(name="許惠雯（樣本）", email="hsu.billing@pingtung.example.tw")
DAYS = st.dates(date(2018, 6, 20), date(2018, 10, 10))


@dataclass(frozen=True)
class Step:
    """Some days later somebody asks for a day, by mail or at the desk; and is answered after."""

    wait: int
    until: date
    task_workspace: bool
    decided_after: int
    agrees: bool


STEPS = st.lists(
    st.builds(
        Step,
        wait=st.integers(0, 12),
        until=DAYS,
        task_workspace=st.booleans(),
        decided_after=st.integers(0, 20),
        agrees=st.sampled_from([True, True, True, False]),
    ),
    max_size=9,
)


@settings(max_examples=12, deadline=None)
@given(STEPS, st.integers(0, 40))
def test_never_more_than_the_limits_and_on_time_is_judged_rightly(
    steps: list[Step], answered_after: int
) -> None:
    with TemporaryDirectory() as home, scene(Path(home), OPENED) as playing:
        playing.open()
        due = playing.ledger.assignments.get(BILLING).due_by
        for number, step in enumerate(steps):
            due = play(playing, step, number, due)
            check_limits(playing)
        pass_time(playing, answered_after)
        received = playing.now
        accept(playing, received)
        assert playing.ledger.assignments.get(BILLING).on_time is (received <= due)
        assert playing.ledger.events.verify() is None


def play(playing: Scene, step: Step, number: int, due: datetime) -> datetime:
    """Until when an answer is on time after the step."""
    pass_time(playing, step.wait)
    asked_at = playing.now
    asking = requests.Asking(
        wish=Wish(until=step.until, why="樣本"), by=ASKER, at=asked_at, source=str(number)
    )
    case = playing.workspace.case(BILLING)
    if step.task_workspace:
        try:
            requests.grant_directly(case, asking, who="承辦人", now=asked_at)
        except DutyflowError:
            return due
    else:
        _, mails = requests.ask(case, asking, now=asked_at)
        if not mails:
            return due
        pass_time(playing, step.decided_after)
        (request,) = playing.ledger.requests.of(BILLING, "pending")
        decision = Decision(agrees=step.agrees, why="樣本")
        case = playing.workspace.case(BILLING)
        requests.decide(case, request, decision, who="組長", now=playing.now)
    last = playing.ledger.requests.of(BILLING)[-1]
    excused = asked_at < due
    granted = last.state == "granted" and last.source == str(number)
    return cut_off(step.until, TAIPEI) if granted and excused else due


def pass_time(playing: Scene, days: int) -> None:
    playing.now += timedelta(days=days)
    playing.wait(BILLING)


def check_limits(playing: Scene) -> None:
    granted = playing.ledger.requests.of(BILLING, "granted")
    assert len(granted) <= 3
    assert sum(each.days for each in granted) <= 30
    assert len(playing.ledger.requests.of(BILLING, "pending")) == 0
    if granted:
        until = cut_off(granted[-1].until, TAIPEI)
        assert playing.ledger.assignments.get(BILLING).collect_by == until


def accept(playing: Scene, received: datetime) -> None:
    playing.ledger.submissions.record(
        NewSubmission(
            assignment=BILLING,
            channel="mail",
            sender=ASKER.email,
            received_at=received,
            message_id="<1@example.tw>",
            content_hash="1",
            raw_blob="1",
            verdict="accepted",
        ),
        now=received,
    )


@settings(max_examples=4, deadline=None)
@given(st.lists(st.integers(1, 12), min_size=1, max_size=3).filter(lambda days: sum(days) <= 30))
def test_after_any_grant_no_later_mail_names_an_old_day(spans: list[int]) -> None:
    with TemporaryDirectory() as home, scene(Path(home), OPENED) as playing:
        letter = playing.announce(playing.open())["billing"]
        playing.now = morning("2018-06-27")
        old: list[date] = []
        for span in spans:
            old.append(deadline(playing))
            playing.write(letter, f"展期 {span} 個工作天 原因：樣本")
            (asked,) = [mail for mail in playing.take_in() if "請核示" in str(mail["Subject"])]
            assert not names(asked, old[:-1])  # it does name the day that is still in force
            playing.write(asked, "同意")
            for mail in by_address(playing.take_in()).values():
                assert not names(mail, old)
        for day in days_after(deadline(playing)):
            _, mails = round_on(playing, day.isoformat())
            mine = [mail for mail in mails if "許惠雯" in str(mail["To"])]
            assert not [mail for mail in mine if names(mail, old)]


def names(mail, days: list[date]) -> bool:
    text = f"{mail['Subject']} {text_of(mail)}"
    return any(format_roc(day) in text for day in days)


def deadline(playing: Scene) -> date:
    moment = playing.ledger.assignments.get(BILLING).collect_by
    return (moment.astimezone(TAIPEI) - timedelta(seconds=1)).date()


def days_after(day: date) -> Iterator[date]:
    """Before, on and after the deadline: working days on which something is told."""
    for offset in (-5, -1, 1):
        yield GOVERNMENT.shift(day, offset)


@given(
    st.dates(date(2018, 1, 2), date(2018, 10, 1)),
    st.integers(-40, 40),
    st.dates(date(2018, 1, 1), date(2018, 12, 31)),
    st.lists(st.integers(1, 15), max_size=4),
)
def test_what_is_allowed_is_within_every_limit(
    deadline: date, since: int, until: date, granted: list[int]
) -> None:
    rules = Extensions()
    today = deadline + timedelta(days=since)
    at = Position(today=today, deadline=deadline, granted=granted)
    found = judge(until, at, rules, GOVERNMENT)
    if isinstance(found, Allowed):
        in_all = sum(granted) + found.days
        assert len(granted) < 3
        assert in_all <= 30
        assert until >= today
        assert until > deadline
        assert GOVERNMENT.is_working(until)
        assert rules.levels[found.level].by == (
            "head" if in_all <= 10 else "director" if in_all <= 20 else "head_office"
        )
    else:
        assert len(found.sentence) < 120


def test_the_highest_level_may_end_below_the_limit_in_all() -> None:
    rules = Extensions(levels=(Level(working_days=5, by="head"),), times=9)
    at = Position(today=date(2018, 7, 2), deadline=date(2018, 7, 4), granted=[3])
    assert isinstance(judge(date(2018, 7, 6), at, rules, GOVERNMENT), Allowed)
    refused = judge(date(2018, 7, 9), at, rules, GOVERNMENT)
    assert "合計至多 5 個，還有 2 個" in refused.sentence
