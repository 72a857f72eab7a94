"""Each duty of the plan, from its opening to the delivered report: asked, answered, assembled."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dutyflow.infra.plan_files.load import load_plan
from dutyflow.services.cycles import opening
from dutyflow.services.reminders import opening_mail
from dutyflow.services.reporting import assembly, delivery, review
from tests.support.filling import fill
from tests.support.scene import OFFICE, PLANS, Scene, form_in, parsed, scene, text_of

PLAN = load_plan(PLANS / OFFICE / "107.yaml")


def opened(duty: str) -> str:
    """A cycle of each duty in the plan's own year."""
    every = PLAN.duty(duty).every
    return {"month": "107M08", "quarter": "107Q3", "half_year": "107H1"}.get(every, "107")


@pytest.fixture
def at_work(tmp_path: Path):
    with scene(tmp_path, datetime(2018, 4, 2, 1, tzinfo=UTC)) as playing:
        yield playing


def announced(playing: Scene, duty: str):
    cycle = opening.open_cycle(
        playing.workspace,
        office=OFFICE,
        duty=duty,
        name=opened(duty),
        now=playing.now,
        who="測試",
    )
    letters = {}
    for assignment in playing.ledger.assignments.of(cycle.key):
        opening_mail.announce(playing.workspace, assignment.key, now=playing.now)
        letters[assignment.section] = playing.new_mails()[-1]
    return cycle, letters


@pytest.mark.parametrize("duty", [each.id for each in PLAN.duties])
def test_it_runs_from_opening_to_delivery(at_work: Scene, duty: str) -> None:
    form = PLAN.form_of(PLAN.duty(duty))
    cycle, letters = announced(at_work, duty)
    assert list(letters) == [each.id for each in PLAN.sections_of(PLAN.duty(duty))]
    for section, letter in list(letters.items())[:-1] or letters.items():
        assert PLAN.duty(duty).name in text_of(letter), section
        at_work.reply(letter, fill(form_in(letter), form))
    answers = at_work.take_in()
    assert all("已收到" in each["Subject"] for each in answers), [a["Subject"] for a in answers]
    late = list(letters)[1:][-1:]
    first = at_work.assemble(cycle)
    names = {each.id: each.name for each in PLAN.sections}
    summary = review.what_to_review(at_work.workspace, cycle.key)
    assert f"尚未填報：{'、'.join(names[each] for each in late) or '（無）'}" in summary
    for section in late:
        at_work.now += timedelta(minutes=1)
        at_work.reply(letters[section], fill(form_in(letters[section]), form))
    at_work.take_in()
    report = at_work.assemble(cycle)
    assert report.version == (2 if late else first.version)
    review.decide(
        at_work.workspace,
        cycle.key,
        decision="approved",
        sections=(),
        note="",
        who="測試",
        now=at_work.now,
    )
    delivery.deliver(at_work.workspace, cycle.key, now=at_work.now)
    contacts = at_work.workspace.office(OFFICE).contacts
    to = {"head_office": contacts.head_office, "director": contacts.director}
    (letter,) = at_work.new_mails()
    assert letter["To"].addresses[0].addr_spec == to[PLAN.duty(duty).deliver_to[0]].email
    assert letter["Subject"].startswith(f"檢送{cycle.title}")
    assert [part.get_filename() for part in letter.iter_attachments()] == [
        file.name for file in assembly.latest_report(at_work.workspace, cycle.key).files
    ]


def test_a_score_under_ninety_is_taken_with_its_improvement_report_only(at_work: Scene) -> None:
    form = PLAN.form_of(PLAN.duty("phone_courtesy"))
    cycle, letters = announced(at_work, "phone_courtesy")
    letter = letters["business"]

    def said(row: str) -> dict[str, object]:
        if row == "2":
            return {"tested_on": "107/8/20", "score": 85, "improvement": improvement}
        return {"tested_on": "107/8/20", "score": 95}

    improvement = None
    at_work.reply(letter, fill(form_in(letter), form, said))
    (told,) = at_work.take_in()
    assert "還需要修正 1 處" in told["Subject"]
    assert "「考核分數」低於 90（填的是 85）" in text_of(told)
    assert at_work.state(f"{cycle.key}/business") == "submitted"

    improvement = "改善報告.pdf"
    at_work.reply(letter, fill(form_in(letter), form, said))
    (told,) = at_work.take_in()
    assert "沒有附上「改善報告.pdf」" in text_of(told)

    raw = parsed(at_work.reply(letter, fill(form_in(letter), form, said)))
    raw.add_attachment(b"%PDF-1.4 ...", "application", "pdf", filename="改善報告.pdf")
    at_work.put(raw.as_bytes())
    told = at_work.take_in()[-1]
    assert "已收到" in told["Subject"]
    assert at_work.state(f"{cycle.key}/business") == "accepted"
