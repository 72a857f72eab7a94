"""A run that was opened months ago resumes: what earlier versions have stored still works.

Airflow stores a trigger as its class and its arguments, and a waiting task as the name of the
method that goes on. These rows are as those versions wrote them: add to them, never edit them.
"""

from __future__ import annotations

import asyncio
import mailbox
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from airflow._shared.module_loading import import_string
from airflow.models.trigger import Trigger
from airflow.triggers.base import BaseTrigger

from dutyflow.calendars.roc import TAIPEI
from dutyflow.orchestration import waiting
from dutyflow.orchestration.collect import Collect
from dutyflow.orchestration.intake_dag import WaitForMail
from tests.support.scene import OFFICE, Scene, filled, form_in, scene

KEY = "pingtung/self_assessment/107H1/business"
COLLECT = (
    "dutyflow.orchestration.waiting.CollectTrigger",
    '{"assignment": "pingtung/self_assessment/107H1/business"}',
)
MAIL = ("dutyflow.orchestration.waiting.MailTrigger", '{"poll_seconds": 3.0}')
PATIENCE = 60  # seconds until a test gives up


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path))
    monkeypatch.setattr(waiting, "_watch", None)
    monkeypatch.setattr(waiting, "LEAST_WAIT_SECONDS", 0)
    monkeypatch.setattr(waiting, "POLL_SECONDS", 0.1)
    with scene(tmp_path, datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)) as it:
        yield it


def stored(classpath: str, kwargs: str) -> BaseTrigger:
    """As a triggerer makes it from its row."""
    row = Trigger(classpath=classpath, kwargs={})
    row.encrypted_kwargs = kwargs
    trigger: BaseTrigger = import_string(row.classpath)(**row.kwargs)
    return trigger


def fires(trigger: BaseTrigger) -> Any:
    async def first() -> Any:
        return (await anext(aiter(trigger.run()))).payload

    return asyncio.run(asyncio.wait_for(first(), PATIENCE))


def test_a_section_waited_for_since_an_earlier_version(office: Scene) -> None:
    letter = office.announce(office.open())["business"]
    office.reply(letter, filled(form_in(letter)))
    office.take_in()
    event = fires(stored(*COLLECT))
    task = Collect(task_id="collect", assignment=KEY, section_name="業務組")
    assert task.resume({}, event) == office.wait(KEY) == "accepted"


def test_mail_waited_for_since_an_earlier_version(office: Scene) -> None:
    contacts = office.workspace.office(OFFICE).contacts
    folder = office.workspace.settings.mail / contacts.mailbox.address
    folder.parent.mkdir(parents=True)
    mailbox.Maildir(folder).add(b"Subject: here\n\nx")
    event = fires(stored(*MAIL))
    assert WaitForMail(task_id="wait").resume({}, event) == [
        {"office": OFFICE, "office_name": office.workspace.office(OFFICE).name}
    ]


@pytest.mark.parametrize("row", [COLLECT, MAIL])
def test_what_this_version_stores_is_known_to_the_next(row: tuple[str, str]) -> None:
    """A trigger that stores anything new gets a row of its own above."""
    classpath, kwargs = stored(*row).serialize()
    assert stored(*row).serialize() == (row[0], Trigger._decrypt_kwargs(row[1]))
    assert classpath == row[0]
    assert kwargs == Trigger._decrypt_kwargs(row[1])
