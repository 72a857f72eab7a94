"""People who cannot stand for one another, and days on which nobody of a section is there."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from dutyflow.cli import main
from dutyflow.errors import PlanError
from dutyflow.infra.plan_files.load import load_contacts, load_office
from dutyflow.plan.lint.people import unattended, unattended_in_words
from dutyflow.plan.model import Contacts, Person, SectionContacts, Span

WANG = "      - {name: 王小美, email: wang@penghu.example.tw}\n"
HEAD = "    head: {name: 黃國華"


def told(path):
    with pytest.raises(PlanError) as refused:
        load_contacts(path)
    (finding,) = refused.value.findings
    return finding


def test_two_owners_at_one_address_cannot_be_told_apart(write_contacts):
    other = "      - {name: 林志明, email: Wang@penghu.example.tw}\n"
    finding = told(write_contacts((WANG, WANG + other)))
    assert finding.where.endswith(":6")
    assert finding.found == "林志明與王小美的信箱同為「Wang@penghu.example.tw」"


@pytest.mark.parametrize(
    ("known", "line"),
    [
        ("wang@penghu.example.tw", 5),
        ("tseng@penghu.example.tw", None),
        ("plan@penghu.example.tw", None),
    ],
)
def test_an_address_that_mail_cannot_carry_is_told(write_contacts, known, line):
    path = write_contacts((known, known.replace("@", "小美@")))
    finding = told(path)
    assert finding.found.endswith(f"「{known.replace('@', '小美@')}」含有中文或全形字")
    assert line is None or finding.where.endswith(f":{line}")


def test_an_owner_cannot_be_their_own_deputy(write_contacts, plans_root):
    path = write_contacts((HEAD, f"    deputies:\n{WANG}{HEAD}"))
    finding = told(path)
    assert finding.where.endswith(":7")
    assert finding.found == "王小美同時是承辦人與代理人"
    with pytest.raises(PlanError, match="同時是承辦人與代理人"):
        load_office(plans_root / "penghu")


def test_days_without_anybody_are_no_mistake_but_told(write_contacts):
    away = "away: [{start: 107-07-01, end: 107-07-10}, {start: 107-07-11, end: 107-07-12}]"
    wang = WANG.replace("}", f", {away}}}", 1)
    leave = "away: [{start: 107-07-05, end: 107-07-20}]"
    deputy = f"      - {{name: 陳怡君, email: chen@penghu.example.tw, {leave}}}\n"
    contacts = load_contacts(write_contacts((WANG, wang), (HEAD, f"    deputies:\n{deputy}{HEAD}")))
    (words,) = unattended_in_words(contacts)
    assert words.startswith("組室 business 的承辦人與代理人在107年7月5日至107年7月12日都請假")


def test_plan_check_notes_what_is_no_mistake(write_contacts, plans_root):
    """Nobody there on some days, rungs that a gap holds back: a line for each."""
    away = "away: [{start: 107-07-02, end: 107-07-03}]"
    write_contacts((WANG, WANG.replace("}", f", {away}}}", 1)))
    folder = plans_root / "penghu"
    plan = folder / "107.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("duties:\n", CLOSE), encoding="utf-8")
    done = CliRunner().invoke(main, ["plan", "check", str(folder)])
    assert done.exit_code == 0, done.output
    notes = [line for line in done.output.splitlines() if line.endswith("（提醒，不是錯誤）")]
    assert [note.partition("：")[0] for note in notes] == [
        str(plan),
        str(folder / "contacts.yaml"),
    ]
    assert "「截止當日」與「截止前 1 個工作天」只隔 1 個工作天" in notes[0]
    assert "都請假，期間的提醒只會寄給計畫承辦人" in notes[1]


CLOSE = """\
ladders:
  - id: short
    name: 簡短階段
    rungs:
      - {working_days: -1, to: [owner]}
      - {working_days: 0, to: [owner]}
    min_gap: 3
duties:
"""
SPANS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, 6)).map(
        lambda it: Span(start=DAY + timedelta(it[0]), end=DAY + timedelta(it[0] + it[1]))
    ),
    max_size=3,
)
DAY = date(2018, 7, 1)


@given(st.lists(SPANS, min_size=1, max_size=3))
def test_a_stretch_is_every_day_on_which_all_are_away(absences):
    people = [
        Person(name=f"樣本{number}", email=f"a{number}@example.tw", away=tuple(spans))
        for number, spans in enumerate(absences)
    ]
    section = SectionContacts(owners=people[:1], deputies=people[1:], head=people[0])
    contacts = Contacts.model_construct(sections={"business": section})
    days = [DAY + timedelta(offset) for offset in range(40)]
    found = list(unattended(contacts))
    alone = {day for day in days if any(start <= day <= end for _, start, end in found)}
    assert alone == {day for day in days if all(p.away_until(day) is not None for p in people)}
    assert all(a[2] + timedelta(1) < b[1] for a, b in pairwise(found))
