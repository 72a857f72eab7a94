"""Who is told what on which day, and why: tables of named weekdays, and what always holds."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dutyflow.calendars.roc import parse_date
from dutyflow.calendars.working_days import Closure, WorkingDays
from dutyflow.nagging import wording
from dutyflow.nagging.decisions import Nag, Office, Round, Silence, Standing, decide
from dutyflow.nagging.digests import digests_of
from dutyflow.nagging.people import Reachability
from dutyflow.nagging.steps import Step, steps_of
from dutyflow.plan.catalogue import shipped_ladders
from dutyflow.plan.ladders import Ladder
from dutyflow.plan.model import Contacts
from dutyflow.plan.titles import USUAL_TITLES

STANDARD = shipped_ladders()["standard"]
DAY = timedelta(days=1)


def person(name: str) -> dict[str, str]:
    return {"name": name, "email": f"{name}@example.tw"}


CONTACTS = Contacts.model_validate(
    {
        "mailbox": {"name": "填報信箱", "address": "plan@example.tw"},
        "sections": {
            "business": {
                "owners": [person("wang")],
                "deputies": [person("chen"), person("lin")],
                "head": person("huang"),
            },
            "design": {"owners": [person("liu"), person("wang")], "head": person("yang")},
        },
        "coordinator": person("tseng"),
        "director": person("liao"),
        "head_office": person("office"),
    }
)
# 107H1: opened Friday 15 June 2018, to be answered by Wednesday 4 July.
OPENED, DEADLINE = date(2018, 6, 15), date(2018, 7, 4)
KEY = "pingtung/self_assessment/107H1/business"


def standing(**changed: Any) -> Standing:
    whole: dict[str, Any] = {
        "assignment": KEY,
        "office": "pingtung",
        "section": "business",
        "ladder": "standard",
        "state": "open",
        "opened": OPENED,
        "deadline": DEADLINE,
    }
    return Standing(**whole | changed)


def spaced(gap: int, ladder: Ladder = STANDARD) -> Ladder:
    """The ladder with a gap between two reminders, and no sooner given up than there is one."""
    return ladder.model_copy(update={"min_gap": gap})


def office(
    closures: tuple[Closure, ...] = (),
    away: dict[str, date] | None = None,
    gap: int = 0,
    **more: Any,
) -> Office:
    short = shipped_ladders()["short"]
    return Office(
        calendar=WorkingDays(closures),
        contacts=CONTACTS,
        ladders={"standard": spaced(gap), "short": spaced(gap, short)},
        reachability=Reachability(away=away or {}, **more),
    )


def decided(
    day: date,
    *standings: Standing,
    at: Office | None = None,
    told: Collection[tuple[str, ...]] = (),
    reminded: dict[tuple[str, str], date] | None = None,
) -> Round:
    return decide(
        standings or (standing(),),
        {"pingtung": at or office()},
        day,
        told=by_step(told),
        reminded=reminded or {},
    )


def spoken(found: Round) -> list[tuple[str, str]]:
    return [(nag.to.person.name, said(nag)) for nag in found.nags]


def said(nag: Nag) -> str:
    return wording.worded(nag.reason, USUAL_TITLES)


def unsaid(silence: Silence) -> str:
    return wording.worded_silence(silence.reason, USUAL_TITLES)


def by_step(told: Collection[tuple[str, ...]]) -> dict[tuple[str, str], set[str]]:
    """Where only the step is named, everybody has been told."""
    everybody = {f"{name}@example.tw" for name in ("wang", "chen", "lin", "liu", "huang", "yang")}
    everybody |= {"tseng@example.tw", "liao@example.tw"}
    found: dict[tuple[str, str], set[str]] = {}
    for assignment, rung, *email in told:
        found.setdefault((assignment, rung), set()).update(email or everybody)
    return found


EVERY_DAY = [
    ("107-06-15", []),  # Friday: the opening mail says it all
    ("107-06-20", [("wang", "到期前 10 個工作天")]),
    ("107-06-23", []),  # Saturday
    ("107-06-27", [("wang", "到期前 5 個工作天")]),
    ("107-06-29", [("wang", "到期前 3 個工作天")]),
    ("107-07-03", [("wang", "到期前 1 個工作天")]),
    ("107-07-04", [("wang", "今日截止")]),
    ("107-07-05", [("wang", "逾期第 1 日")]),
    ("107-07-06", [("wang", "逾期第 2 日"), ("huang", "逾期第 2 日，副知組長")]),
    (
        "107-07-11",
        [
            ("wang", "逾期第 5 日"),
            ("huang", "逾期第 5 日，副知組長"),
            ("liao", "逾期第 5 日，副知處長"),
        ],
    ),
    ("107-07-19", [("tseng", "逾期超過 10 個工作天，不再稽催")]),
    ("107-07-20", []),
]


def test_a_half_year_day_by_day() -> None:
    told: set[tuple[str, str]] = set()
    expected = {parse_date(day): mails for day, mails in EVERY_DAY}
    day = OPENED
    while day <= date(2018, 7, 31):
        found = decided(day, told=told)
        told |= {(nag.assignment, nag.rung.key) for nag in found.nags}
        if day in expected:
            assert spoken(found) == expected[day], day
        elif day < date(2018, 7, 5):
            assert not found.nags, day
        day += DAY


@pytest.mark.parametrize(
    ("day", "told", "reason"),
    [
        # Nothing went out on Wednesday: Thursday makes up for it.
        ("107-06-28", ["before_10"], "到期前 5 個工作天"),
        # An outage of two weeks ends on the last day but one.
        ("107-07-03", [], "到期前 1 個工作天，併入先前未寄的「到期前 3 個工作天」"),
        ("107-07-09", ["before_10", "before_5", "before_3", "before_1", "due"],
         "逾期第 3 日，併入先前未寄的「逾期第 2 日」"),
    ],
)  # fmt: skip
def test_what_was_missed_collapses_into_the_highest_step_due(
    day: str, told: list[str], reason: str
) -> None:
    keys = {(KEY, f"{name}@2018-07-04") for name in told}
    found = decided(parse_date(day), told=keys)
    assert spoken(found)[0] == ("wang", reason)
    assert len({nag.rung for nag in found.nags}) == 1


def test_what_was_merged_once_is_not_merged_again() -> None:
    first = decided(date(2018, 6, 29))
    assert spoken(first) == [("wang", "到期前 3 個工作天，併入先前未寄的「到期前 5 個工作天」")]
    told = {(nag.assignment, nag.rung.key) for nag in first.nags}
    assert spoken(decided(date(2018, 7, 3), told=told)) == [("wang", "到期前 1 個工作天")]


def test_a_head_is_told_of_no_missed_step_that_was_not_for_them() -> None:
    assert spoken(decided(date(2018, 7, 6), told={(KEY, "before_1@2018-07-04")})) == [
        ("wang", "逾期第 2 日，併入先前未寄的「逾期第 1 日」"),
        ("huang", "逾期第 2 日，副知組長"),
    ]


def test_a_step_is_told_once() -> None:
    first = decided(date(2018, 6, 27))
    told = {(nag.assignment, nag.rung.key) for nag in first.nags}
    assert decided(date(2018, 6, 27), told=told).nags == ()
    assert decided(date(2018, 6, 28), told=told).nags == ()


def test_whoever_was_not_reached_before_a_crash_is_told_afterwards() -> None:
    known = {(KEY, "overdue_2@2018-07-04", "wang@example.tw")}
    found = decided(date(2018, 7, 6), told=known)
    assert [nag.to.person.name for nag in found.nags] == ["huang"]


def test_a_section_that_was_told_is_not_told_again_when_its_owner_goes_away() -> None:
    known = {(KEY, "before_5@2018-07-04", "wang@example.tw")}
    at = office(away={"wang@example.tw": date(2018, 6, 30)})
    assert decided(date(2018, 6, 28), at=at, told=known).nags == ()


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"state": "accepted"}, "未寄：已填報"),
        ({"state": "waived"}, "未寄：已免報"),
        ({"paused_until": date(2018, 7, 2)}, "未寄：暫停至107年7月2日"),
    ],
)
def test_a_silence_has_a_reason(changed: dict[str, Any], reason: str) -> None:
    found = decided(date(2018, 6, 27), standing(**changed))
    assert found.nags == ()
    assert [(unsaid(s), s.rung.key) for s in found.silences] == [(reason, "before_5@2018-07-04")]


def test_a_pause_ends_and_what_was_missed_is_told() -> None:
    paused = standing(paused_until=date(2018, 7, 2))
    assert decided(date(2018, 7, 2), paused).nags == ()
    (nag,) = decided(date(2018, 7, 3), paused).nags
    assert said(nag) == "到期前 1 個工作天，併入先前未寄的「到期前 3 個工作天」"


def test_an_extension_arms_the_steps_that_it_moves_and_speaks_of_no_old_day() -> None:
    told = {(KEY, f"{name}@2018-07-04") for name in ("before_10", "before_5", "before_3")}
    extended = standing(deadline=date(2018, 7, 18))
    assert decided(date(2018, 7, 3), extended, told=told).nags == ()
    assert decided(date(2018, 7, 4), extended, told=told).nags[0].step.name == "before_10"
    (nag,) = decided(date(2018, 7, 11), extended, told=told).nags
    assert (nag.rung.key, nag.deadline) == ("before_5@2018-07-18", date(2018, 7, 18))


def test_no_step_of_a_new_deadline_was_before_it_was_granted() -> None:
    """Extended on the last day by two: nothing was to be sent on the days before for that."""
    extended = standing(deadline=date(2018, 7, 6), since=date(2018, 7, 4))
    told = {(KEY, "due@2018-07-04")}
    assert decided(date(2018, 7, 4), extended, told=told).nags == ()
    assert spoken(decided(date(2018, 7, 5), extended, told=told)) == [("wang", "到期前 1 個工作天")]


def test_a_typhoon_day_moves_what_counts_in_working_days() -> None:
    typhoon = Closure(day=date(2018, 7, 3), kind="off", reason="颱風")
    (nag,) = decided(
        date(2018, 7, 2), at=office((typhoon,)), told={(KEY, "before_3@2018-07-04")}
    ).nags
    assert said(nag).startswith("到期前 1 個工作天")
    assert decided(date(2018, 7, 3), at=office((typhoon,))) == Round(nags=(), silences=())


class TestPeople:
    def test_a_deputy_acts_for_who_is_away_and_the_record_says_so(self) -> None:
        at = office(away={"wang@example.tw": date(2018, 6, 30)})
        found = decided(date(2018, 6, 27), at=at, told={(KEY, "before_10@2018-07-04")})
        assert spoken(found) == [("chen", "到期前 5 個工作天，代理 wang")]
        assert [unsaid(s) for s in found.silences] == ["未寄：請假，已由代理人chen收受"]

    def test_one_person_and_not_all(self) -> None:
        away = {"wang@example.tw": date(2018, 6, 30), "chen@example.tw": date(2018, 6, 27)}
        assert [
            n.to.person.name for n in decided(date(2018, 6, 27), at=office(away=away)).nags
        ] == ["lin"]

    def test_who_is_back_is_told_again(self) -> None:
        at = office(away={"wang@example.tw": date(2018, 6, 26)})
        assert spoken(decided(date(2018, 6, 27), at=at))[0][0] == "wang"

    def test_a_bouncing_address_falls_over_to_the_deputy(self) -> None:
        at = office(undeliverable={"wang@example.tw"})
        found = decided(date(2018, 6, 27), at=at)
        assert [nag.to.person.name for nag in found.nags] == ["chen"]
        assert unsaid(found.silences[0]) == "未寄：信箱退信，已由代理人chen收受"

    def test_one_of_two_owners_is_enough(self) -> None:
        at = office(away={"liu@example.tw": date(2018, 6, 30)})
        found = decided(date(2018, 6, 27), standing(section="design"), at=at)
        assert [nag.to.person.name for nag in found.nags] == ["wang"]

    def test_nobody_can_be_told(self) -> None:
        away = {f"{name}@example.tw": date(2018, 6, 30) for name in ("wang", "chen", "lin")}
        found = decided(date(2018, 6, 27), at=office(away=away))
        (alarm,) = found.nags
        assert alarm.to.person.name == "tseng"
        assert said(alarm).endswith(
            "組室無人可收信：wang（請假）、代理人chen（請假）、代理人lin（請假）"
        )
        again = decided(date(2018, 6, 28), at=office(away=away), told={(KEY, alarm.rung.key)})
        assert again.nags == ()


def test_one_digest_for_a_person_with_the_most_urgent_first() -> None:
    late = standing(assignment="pingtung/a/107H1/business", deadline=date(2018, 6, 25))
    soon = standing(assignment="pingtung/b/107H1/business", deadline=date(2018, 6, 28))
    other = standing(assignment="pingtung/c/107H1/design", section="design")
    found = decided(date(2018, 6, 27), other, soon, late, at=office())
    digests = {digest.to.name: digest for digest in digests_of(found.nags)}
    assert [nag.assignment[9] for nag in digests["wang"].nags] == ["a", "b", "c"]
    assert digests["wang"].tone == "urgent"
    assert [nag.assignment[9] for nag in digests["liu"].nags] == ["c"]
    assert [nag.assignment[9] for nag in digests["huang"].nags] == ["a"]


# A gap between two reminders. 107H1 again: five and three days before are two working days apart.


def played(at: Office, until: date, *, out: Collection[date] = ()) -> list[tuple[date, str, str]]:
    """Each mail and each silence (in brackets) of wang's and huang's, day by day."""
    told: set[tuple[str, str, str]] = set()
    reminded: dict[tuple[str, str], date] = {}
    lived = []
    day = OPENED
    while day <= until:
        if day not in out:
            found = decided(day, at=at, told=told, reminded=reminded)
            for nag in found.nags:
                told.add((nag.assignment, nag.rung.key, nag.to.person.email))
                reminded[nag.assignment, nag.to.person.email] = day
                lived.append((day, nag.to.person.name, said(nag)))
            for silence in found.silences:
                lived.append((day, silence.person.partition("@")[0], f"[{unsaid(silence)}]"))
        day += DAY
    return lived


HELD = "[未寄：距上次通知未滿 2 個工作天]"
WITH_A_GAP = [
    ("107-06-20", "wang", "到期前 10 個工作天"),  # Wednesday
    ("107-06-27", "wang", "到期前 5 個工作天"),  # Wednesday
    ("107-06-29", "wang", "到期前 3 個工作天"),  # Friday: two working days later
    ("107-07-03", "wang", "到期前 1 個工作天"),  # Tuesday
    ("107-07-04", "wang", HELD),  # Wednesday, the last day: told on Tuesday
    ("107-07-05", "wang", "逾期第 1 日，併入先前未寄的「今日截止」"),  # Thursday
    ("107-07-06", "wang", HELD),  # Friday
    ("107-07-06", "huang", "逾期第 2 日，副知組長"),  # who has heard nothing yet
    ("107-07-09", "wang", "逾期第 3 日，併入先前未寄的「逾期第 2 日」"),  # Monday
    ("107-07-09", "huang", HELD),
    ("107-07-10", "wang", HELD),
    ("107-07-10", "huang", "逾期第 4 日，副知組長，併入先前未寄的「逾期第 3 日」"),
]


def test_a_gap_holds_a_step_back_and_the_next_one_takes_it_in() -> None:
    expected = [(parse_date(day), *said) for day, *said in WITH_A_GAP]
    assert sorted(played(office(gap=2), date(2018, 7, 10))) == sorted(expected)


def test_a_step_that_the_gap_held_back_comes_by_itself_where_no_other_has_come() -> None:
    """Nobody is told on Friday; on Monday they are, and on Tuesday it is too soon."""
    lived = played(office(gap=2), date(2018, 7, 5), out={date(2018, 6, 29)})
    assert [(str(day), said) for day, _, said in lived[2:]] == [
        ("2018-07-02", "到期前 3 個工作天"),
        ("2018-07-03", HELD),
        ("2018-07-04", "今日截止，併入先前未寄的「到期前 1 個工作天」"),
        ("2018-07-05", HELD),
    ]


def test_a_gap_counts_working_days() -> None:
    typhoon = Closure(day=date(2018, 7, 3), kind="off", reason="颱風")
    last = {(KEY, "wang@example.tw"): date(2018, 7, 2)}  # Monday; Tuesday is off
    steps = {(KEY, "before_3@2018-07-04")}
    found = decided(date(2018, 7, 4), at=office((typhoon,), gap=2), told=steps, reminded=last)
    assert [unsaid(silence) for silence in found.silences] == [HELD[1:-1]]


def test_an_extension_does_not_shorten_the_gap() -> None:
    """Extended on the last day by two: the steps of the new deadline collide with the old ones."""
    told = {(KEY, "due@2018-07-04", "wang@example.tw")}
    last = {(KEY, "wang@example.tw"): date(2018, 7, 4)}
    extended = standing(deadline=date(2018, 7, 6))
    for day, told_on_it in ((date(2018, 7, 5), []), (date(2018, 7, 6), ["今日截止"])):
        found = decided(day, extended, at=office(gap=2), told=told, reminded=last)
        assert [wording.step_title(nag.step) for nag in found.nags] == told_on_it, day
    without = decided(date(2018, 7, 5), extended, at=office(), told=told, reminded=last)
    assert [wording.step_title(nag.step) for nag in without.nags] == ["到期前 1 個工作天"]


def test_whoever_waits_for_the_gap_can_be_reached() -> None:
    """The coordinator is not told that nobody could be: somebody was, yesterday."""
    last = {(KEY, "wang@example.tw"): date(2018, 7, 3)}
    found = decided(
        date(2018, 7, 4), at=office(gap=3), told={(KEY, "before_1@2018-07-04")}, reminded=last
    )
    assert found.nags == ()


def test_out_of_office_hours_goes_only_what_a_step_says_cannot_wait() -> None:
    rungs = [
        rung.model_copy(update={"any_hour": rung.working_days >= 0}) for rung in STANDARD.rungs
    ]
    urgent = STANDARD.model_copy(update={"rungs": tuple(rungs)})
    at = Office(**{**vars(office()), "ladders": {"standard": urgent}})
    today = standing(assignment="pingtung/a/107H1/business", deadline=date(2018, 6, 27))
    later = standing(assignment="pingtung/b/107H1/business")
    (digest,) = digests_of(decided(date(2018, 6, 27), later, today, at=at).nags)
    at_night, waits = digest.out_of_hours()
    assert at_night is not None
    assert [nag.assignment[9] for nag in at_night.nags] == ["a"]
    assert [(each.assignment[9], each.person, unsaid(each)) for each in waits] == [
        ("b", "wang@example.tw", "未寄：不在辦公時間（08:00–18:00），併入下次")
    ]
    (digest,) = digests_of(decided(date(2018, 6, 27), later, at=at).nags)
    assert digest.out_of_hours()[0] is None


# Whatever happens, day after day.

DAYS = [date(2018, 6, 1) + DAY * n for n in range(120)]
patient = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=120)


@st.composite
def lives(draw: st.DrawFn) -> dict[str, Any]:
    opened = draw(st.sampled_from(DAYS[:30]))
    deadline = opened + DAY * draw(st.integers(2, 40))
    return {
        "opened": opened,
        "deadline": deadline,
        "extended": draw(st.none() | st.tuples(st.sampled_from(DAYS), st.integers(1, 20))),
        "answered": draw(st.none() | st.sampled_from(DAYS)),
        "outage": draw(st.sets(st.sampled_from(DAYS), max_size=40)),
        "closed": draw(st.sets(st.sampled_from(DAYS), max_size=6)),
        "away": draw(st.none() | st.sampled_from(DAYS)),
        "ladder": draw(st.sampled_from(["standard", "short"])),
        "gap": draw(st.integers(0, 4)),
    }


@patient
@given(lives())
def test_no_step_twice_none_lost_nobody_after_acceptance_or_on_a_day_off(life: Any) -> None:
    closures = tuple(Closure(day=d, kind="off", reason="停班") for d in sorted(life["closed"]))
    away = {"wang@example.tw": life["away"]} if life["away"] else {}
    at = office(closures, away, life["gap"])
    ladder = at.ladders[life["ladder"]]
    told: set[tuple[str, str, str]] = set()
    reminded: dict[tuple[str, str], date] = {}
    merged: set[tuple[str, str]] = set()
    deadline, rounds = life["deadline"], []
    for day in DAYS:
        if day < life["opened"] or day in life["outage"]:
            continue
        if life["extended"] and day >= life["extended"][0]:
            deadline = life["deadline"] + DAY * life["extended"][1]
        answered = life["answered"] is not None and day >= life["answered"]
        found = decided(
            day,
            standing(
                opened=life["opened"],
                deadline=deadline,
                ladder=life["ladder"],
                state="accepted" if answered else "open",
            ),
            at=at,
            told=told,
            reminded=reminded,
        )
        if found.nags:
            assert at.calendar.is_working(day)
            assert not answered
            assert {nag.deadline for nag in found.nags} == {deadline}
            assert len(digests_of(found.nags)) == len({n.to.person.email for n in found.nags})
        keys = {(nag.assignment, nag.rung.key, nag.to.person.email) for nag in found.nags}
        assert len(keys) == len(found.nags)
        assert not keys & told
        told |= keys
        for nag in found.nags:
            if not nag.is_alarm:
                who = (nag.assignment, nag.to.person.email)
                if who in reminded:
                    assert at.calendar.between(reminded[who], day) >= life["gap"]
                reminded[who] = day
            told_of = said(nag).partition("併入先前未寄的")[2]
            mention = (nag.to.person.email, f"{told_of}{deadline}")
            assert not told_of or mention not in merged
            merged.add(mention)
        rounds.append((day, deadline, answered, found))
    _none_is_lost(rounds, life, ladder, at)


def _none_is_lost(rounds: Any, life: Any, ladder: Any, at: Office) -> None:
    """On each working day on which a round ran and nothing was answered, the highest step whose day
    had come has been told by its end; or the gap holds it back, which is said, and then it comes,
    by itself or in a higher one, as soon as the gap is over."""
    rungs: set[str] = set()
    since: date | None = None
    for day, deadline, answered, found in rounds:
        rungs |= {nag.rung.key for nag in found.nags}
        if answered or not at.calendar.is_working(day):
            since = None
            continue
        days = {step: _day_of(step, deadline, at) for step in steps_of(ladder)}
        come = [step for step, on in days.items() if life["opened"] < on <= day]
        if not come or come[-1].rung(deadline).key in rungs:
            since = None
            continue
        held = f"未寄：距上次通知未滿 {life['gap']} 個工作天"
        assert (come[-1].rung(deadline).key, held) in {
            (s.rung.key, unsaid(s)) for s in found.silences
        }
        since = since or day
        assert at.calendar.between(since, day) < life["gap"]


def _day_of(step: Step, deadline: date, at: Office) -> date:
    if step.offset == 0:
        return at.calendar.roll(deadline, "previous")
    return at.calendar.shift(deadline, step.offset)
