"""A half-year that an earlier version began is gone on with, and finished, by this one.

What that version had left is in `ledger_0012.tar.xz`: its ledger, its store, its plans, the
environment it was given, and what it had handed out to browsers and to Airflow.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from airflow._shared.module_loading import import_string
from airflow.models.trigger import Trigger
from airflow.triggers.base import BaseTrigger
from starlette.testclient import TestClient

from dutyflow.infra.settings import Settings
from dutyflow.ledger.event_types import SYSTEM
from dutyflow.mail.errors import MailDeferred
from dutyflow.orchestration import waiting
from dutyflow.orchestration.collect import Collect
from dutyflow.services.reminders.daily_round import decide_round, keep_silences
from dutyflow.services.reminders.reminder_mail import remind
from dutyflow.services.reporting import delivery, review
from dutyflow.web.upload import create_app
from tests.support.compose import SERVICES, environment_of
from tests.support.scene import DUTY, OFFICE, filled, form_in, parsed, text_of
from tests.web.conftest import fields_of

from .conftest import Left, Upgraded

CYCLE = f"{OFFICE}/{DUTY}/107H1"
OWNERS = {
    "design": "liu.design@pingtung.example.tw",
    "general_affairs": "chang.general@pingtung.example.tw",
    "human_resources": "kuo.hr@pingtung.example.tw",
}
IN_FLIGHT = ("claimed", "deferred", "unknown")
PATIENCE = 60  # seconds until a test gives up


def says(now: Any, before: Any) -> bool:
    """Whether all that was told before is told now; there may be more beside it."""
    if isinstance(before, dict):
        return all(key in now and says(now[key], value) for key, value in before.items())
    if isinstance(before, list):
        return len(now) == len(before) and all(map(says, now, before))
    return bool(now == before)


def test_an_env_of_before_has_all_that_the_services_ask_for(left: Left) -> None:
    """Compose refuses to start where a variable is missing; see `environment_of`."""
    env = left.text("env.example")
    settings = Settings.from_environ(
        {name: said for each in SERVICES for name, said in environment_of(each, env).items()}
    )
    assert settings.base_url == "http://127.0.0.1:8081"
    assert settings.ledger.startswith("postgresql+psycopg2://dutyflow:")


def test_what_was_on_record_is_told_as_before(upgraded: Upgraded) -> None:
    left, ledger = upgraded.left, upgraded.scene.ledger
    events = [{**vars(each), "at": each.at.isoformat()} for each in ledger.events.of()]
    assert events[: len(left.fact("events"))] == left.fact("events")
    assert ledger.events.verify() is None
    assert says(upgraded.tells("proof", "--cycle", "107H1"), left.fact("proof"))
    assert says(upgraded.tells("status"), left.fact("status"))


def test_the_half_year_is_finished(upgraded: Upgraded, monkeypatch: pytest.MonkeyPatch) -> None:
    triggers_look_at_once(monkeypatch)
    send_what_was_in_flight(upgraded)
    a_section_goes_on_on_its_page(upgraded)
    answer_with_forms_of_before(upgraded)
    more_time_is_granted(upgraded)
    waits_end(upgraded)
    report_and_close(upgraded)
    assert upgraded.scene.ledger.events.verify() is None


def triggers_look_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "_watch", None)
    monkeypatch.setattr(waiting, "LEAST_WAIT_SECONDS", 0)
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0.1)


def send_what_was_in_flight(upgraded: Upgraded) -> None:
    """The round is run again: each goes once more under its own Message-ID, and that is all."""
    scene, notices = upgraded.scene, upgraded.scene.ledger.notices
    promised = {each.recipient: each.message_id for each in notices.of() if each.state in IN_FLIGHT}
    assert set(promised) == set(OWNERS.values())
    with pytest.raises(MailDeferred, match=OWNERS["human_resources"]):
        play_round(upgraded)  # whoever claimed it may be at it still
    assert len(scene.answers.kept) == len(promised) - 1
    scene.now += timedelta(minutes=10)
    play_round(upgraded)
    assert not [each for each in notices.of() if each.state in IN_FLIGHT]
    play_round(upgraded)
    sent = [parsed(envelope.content) for envelope in scene.answers.kept]
    assert {m["To"].addresses[0].addr_spec: m["Message-ID"] for m in sent} == promised
    assert len(sent) == len(promised)
    scene.new_mails()


def play_round(upgraded: Upgraded) -> None:
    scene = upgraded.scene
    decided = decide_round(scene.workspace, now=scene.now)
    keep_silences(scene.workspace, decided, now=scene.now)
    remind(scene.workspace, OFFICE, decided.digests, now=scene.now)


def mail_of_before(upgraded: Upgraded, section: str, rung: str = "opening") -> EmailMessage:
    """The first mail that an earlier version sent about a section's part, as the ledger has it."""
    notices = upgraded.scene.ledger.notices
    found = (each for each in notices.of(about=f"{CYCLE}/{section}") if rung in each.rung)
    return parsed(notices.mail(next(found).message_blob))


def a_section_goes_on_on_its_page(upgraded: Upgraded) -> None:
    """By the ticket that its browser holds, with what was typed; a colleague by the link."""
    scene, held = upgraded.scene, upgraded.left.fact("page")
    app = create_app(scene.workspace, now=scene.clock)
    path = f"/fill/{held['place']}/"
    base = upgraded.environ["DUTYFLOW_BASE_URL"]
    browser = TestClient(app, base_url=base, cookies={"dutyflow": held["ticket"]})
    begun = browser.get(path)
    assert "（樣本）先寫下的一項" in begun.text
    assert held["form_token"] in begun.text
    colleague = TestClient(app, base_url=base)
    door = fields_of(colleague.get("/fill"))
    assert colleague.post("/fill", data={**door, "code": held["link"]}).url.path == path
    typed = {
        name: "90" if name.endswith(":score") else said or "（樣本）已辦理"
        for name, said in fields_of(begun).items()
        if name.startswith("t:")
    }
    done = browser.post(f"{path}send", data={**fields_of(begun), **typed})
    assert "已收到，檢查無誤" in done.text
    (kept,) = scene.ledger.submissions.accepted(CYCLE).keys() - {f"{CYCLE}/business"}
    assert kept == f"{CYCLE}/general_affairs"


def answer_with_forms_of_before(upgraded: Upgraded) -> None:
    scene = upgraded.scene
    for letter in (
        mail_of_before(upgraded, "design"),
        mail_of_before(upgraded, "billing", "answer"),
    ):
        scene.reply(letter, filled(form_in(letter)))
    receipts = scene.take_in()
    assert ["已收到" in mail["Subject"] for mail in receipts] == [True, True]
    (stranger,) = scene.ledger.submissions.quarantined()
    assert b"Is this the right place?" in scene.workspace.store.get(stranger.raw_blob)
    (answer, *_) = scene.ledger.submissions.of(f"{CYCLE}/business")
    assert [file.name for file in answer.files] == ["填報.xlsx", "宣導紀錄.jpg"]
    assert all(scene.workspace.store.get(file.blob) for file in answer.files)


def more_time_is_granted(upgraded: Upgraded) -> None:
    """The section's head answers the mail of before; the section answers within the new time."""
    scene, key = upgraded.scene, f"{CYCLE}/human_resources"
    (asked,) = (
        parsed(scene.ledger.notices.mail(each.message_blob))
        for each in scene.ledger.notices.of()
        if each.recipient == "head.hr@pingtung.example.tw"
    )
    scene.write(asked, "同意")
    told = [mail["Subject"] for mail in scene.take_in()]
    assert any("期限已展延至 107年7月11日（三）" in subject for subject in told)
    letter = mail_of_before(upgraded, "human_resources")
    scene.now = upgraded.left.stopped_at + timedelta(days=12)
    scene.reply(letter, filled(form_in(letter)))
    (receipt,) = scene.take_in()
    assert "逾期" not in receipt["Subject"]
    assert scene.ledger.assignments.get(key).on_time


def waits_end(upgraded: Upgraded) -> None:
    """Airflow makes each trigger from its row, and the task goes on with what it says."""
    for row in upgraded.left.fact("triggers"):
        stored = Trigger(classpath=row["classpath"], kwargs={})
        stored.encrypted_kwargs = row["encrypted_kwargs"]
        trigger = import_string(stored.classpath)(**stored.kwargs)
        assert isinstance(trigger, BaseTrigger)
        if row["task"] == "collect":
            waited_for = stored.kwargs["assignment"]
            task = Collect(task_id="collect", assignment=waited_for, section_name="")
            assert task.resume({}, fires(trigger)) == "accepted"


def fires(trigger: Any) -> Any:
    async def first() -> Any:
        return (await anext(aiter(trigger.run()))).payload

    return asyncio.run(asyncio.wait_for(first(), PATIENCE))


def report_and_close(upgraded: Upgraded) -> None:
    scene, workspace = upgraded.scene, upgraded.scene.workspace
    record = scene.assemble(scene.ledger.cycles.get(CYCLE))
    assert "尚未填報：（無）" in review.what_to_review(workspace, CYCLE)
    review.decide(
        workspace,
        CYCLE,
        decision="approved",
        sections=[],
        note="",
        who="曾秀英（樣本）",
        now=scene.now,
    )
    delivery.deliver(workspace, CYCLE, now=scene.now)
    (delivered,) = scene.new_mails()
    assert form_in(delivered) == workspace.store.get(record.files[0].blob)
    assert "1 版" in text_of(delivered)
    scene.ledger.cycles.close(CYCLE, now=scene.now, who=SYSTEM, why="已報送或決定不送")
    assert upgraded.tells("status")["cycles"] == []
