"""The trigger of the intake: which offices it names, and when, with a real Dovecot among them."""

from __future__ import annotations

import asyncio
import json
import mailbox
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from airflow.sdk import Connection

from dutyflow.infra import clock
from dutyflow.infra.settings import Settings
from dutyflow.ledger import NewCall
from dutyflow.mail.mailboxes.imap import ImapAccount
from dutyflow.mail.outbound.outbox import SmtpOutbox
from dutyflow.orchestration import doors
from dutyflow.orchestration.doors import Doors
from dutyflow.orchestration.intake_dag import take_in_all
from dutyflow.orchestration.mailboxes import NoMailbox, account_of
from dutyflow.services.intake import folder
from dutyflow.services.intake.web_form_mail import offices_that_wait
from dutyflow.services.messaging.mailbox_health import LONG, unreached
from dutyflow.services.workspace import Workspace
from tests.infra.test_shared_folder import workbook
from tests.support.dovecot import Dovecot, dovecot, dovecot_server
from tests.support.invented import OFFICE, write_office
from tests.support.smtp import smtp_server

__all__ = ["dovecot", "dovecot_server"]

PATIENCE = 30  # seconds until a test gives up
MAIL = b"Subject: here\r\n\r\nx"
Opened = Callable[[], Workspace]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """An office whose mail lies in a Maildir."""
    write_office(tmp_path / "plan")
    environ = {"DUTYFLOW_HOME": str(tmp_path), "DUTYFLOW_PLANS": str(tmp_path / "plan")}
    workspace = Workspace(Settings.from_environ(environ))
    workspace.ledger.migrate()
    workspace.close()
    return lambda: Workspace(Settings.from_environ(environ))


@pytest.fixture
def on_server(
    tmp_path: Path, opened: Opened, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> Dovecot:
    """Its mail is on a server from now on."""
    contacts = tmp_path / "plan" / OFFICE / "contacts.yaml"
    text = contacts.read_text(encoding="utf-8")
    address = opened().office(OFFICE).contacts.mailbox.address
    contacts.write_text(text.replace(address, f"{address}, imap: imap_default", 1), "utf-8")
    connects(monkeypatch, dovecot.account())
    return dovecot


def connects(monkeypatch: pytest.MonkeyPatch, account: ImapAccount) -> None:
    said = {
        "conn_type": "imap",
        "host": account.host,
        "port": account.port,
        "login": account.login,
        "password": account.password,
        "extra": {"ca_file": account.ca_file},
    }
    monkeypatch.setenv("AIRFLOW_CONN_IMAP_DEFAULT", json.dumps(said))


def wait(opened: Opened, meanwhile: Callable[[], object] | None = None) -> list[str]:
    """What the doors tell; `meanwhile` happens once they have looked and found nothing."""

    async def play() -> list[str]:
        watching = Doors(opened, poll_seconds=0.05)
        came = asyncio.create_task(watching.something_came(not_before=0))
        if meanwhile:
            await asyncio.sleep(0.5)
            assert not came.done()
            await asyncio.to_thread(meanwhile)
        return await came

    return asyncio.run(asyncio.wait_for(play(), PATIENCE))


def put_into_maildir(workspace: Workspace) -> None:
    folder = workspace.settings.mail / workspace.office(OFFICE).contacts.mailbox.address
    folder.parent.mkdir(parents=True, exist_ok=True)
    mailbox.Maildir(folder).add(MAIL)


def test_mail_in_a_maildir_is_noticed(opened: Opened) -> None:
    assert wait(opened, lambda: put_into_maildir(opened())) == [OFFICE]


def test_a_file_in_the_shared_folder_is_noticed_once_it_is_whole(opened: Opened) -> None:
    place = opened().settings.folders / OFFICE
    place.mkdir(parents=True)
    half, whole = workbook()[:-100], workbook()
    (place / "a.xlsx").write_bytes(half)
    assert wait(opened, lambda: (place / "a.xlsx").write_bytes(whole)) == [OFFICE]


def test_what_a_section_asked_for_on_its_page_is_noticed_and_told(opened: Opened) -> None:
    """The page has no mail server: whoever takes in mail sends for it."""
    workspace = opened()
    email = next(iter(workspace.office(OFFICE).contacts.sections.values())).owners[0].email
    call = NewCall(office=OFFICE, kind="link", email=email.lower())
    assert wait(opened, lambda: workspace.ledger.calls.add(call, now=clock.now())) == [OFFICE]
    with smtp_server() as server:
        sending = replace(workspace, outbox=SmtpOutbox(connect=server.connect))
        take_in_all(sending, OFFICE)
        take_in_all(sending, OFFICE)
        sending.close()
    assert [envelope.rcpt_tos for envelope in server.kept] == [[email]]
    assert offices_that_wait(workspace, clock.now()) == []


def test_a_folder_that_is_away_is_told_of_once_and_hides_no_mail(
    opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    place = opened().settings.folders / OFFICE
    place.parent.mkdir(parents=True)
    place.write_bytes(b"no folder")
    assert wait(opened, lambda: put_into_maildir(opened())) == [OFFICE]
    assert len([each for each in caplog.messages if "共用資料夾" in each]) == 1


def test_mail_on_a_server_is_noticed(opened: Opened, on_server: Dovecot) -> None:
    assert wait(opened, lambda: on_server.put(MAIL, datetime.now(UTC))) == [OFFICE]


def test_whose_mail_is_on_a_server_has_none_in_a_maildir(
    opened: Opened, on_server: Dovecot
) -> None:
    put_into_maildir(opened())
    assert opened().offices_with_mail() == []


def test_an_office_that_changes_to_a_server_meanwhile_is_followed(
    tmp_path: Path, opened: Opened, dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "RENEWED_SECONDS", 0.1)

    def change() -> None:
        contacts = tmp_path / "plan" / OFFICE / "contacts.yaml"
        address = opened().office(OFFICE).contacts.mailbox.address
        text = contacts.read_text(encoding="utf-8")
        connects(monkeypatch, dovecot.account())
        contacts.write_text(text.replace(address, f"{address}, imap: imap_default", 1), "utf-8")
        dovecot.put(MAIL, datetime.now(UTC))

    assert wait(opened, change) == [OFFICE]


def test_a_connection_that_is_missing_is_told_of_and_made_later(
    opened: Opened,
    on_server: Dovecot,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(doors, "RENEWED_SECONDS", 0.1)
    monkeypatch.delenv("AIRFLOW_CONN_IMAP_DEFAULT")
    on_server.put(MAIL, datetime.now(UTC))

    def make() -> None:
        assert any("Airflow 沒有這個連線" in each for each in caplog.messages)
        connects(monkeypatch, on_server.account())

    assert wait(opened, make) == [OFFICE]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"password": ""}, "沒有 password"),
        ({"host": ""}, "沒有 host"),
        ({"extra": json.dumps({"done_foldr": "x"})}, "是不是 done_folder？"),
        ({"extra": json.dumps({"starttls": "yes"})}, "應為true 或 false"),
    ],
)
def test_a_connection_that_says_too_little_is_told_in_words(
    said: dict[str, str], told: str
) -> None:
    known = {"host": "mail.example.tw", "login": "plan", "password": "樣本"}
    with pytest.raises(NoMailbox, match=told):
        account_of(Connection(conn_id="imap_default", conn_type="imap", **{**known, **said}))


def test_a_mailbox_that_cannot_be_opened_keeps_no_file_waiting(
    opened: Opened, on_server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is watched: when it is back it rings, and no retry keeps other offices waiting."""
    workspace = opened()
    place = workspace.settings.folders / OFFICE
    place.mkdir(parents=True)
    (place / "a.xlsx").write_bytes(workbook())
    monkeypatch.setattr(folder, "SETTLING_SECONDS", 0)
    connects(monkeypatch, on_server.account(port=1))
    with smtp_server() as server:
        sending = replace(workspace, outbox=SmtpOutbox(connect=server.connect))
        assert take_in_all(sending, OFFICE) == 1
        sending.close()
    assert not (place / "a.xlsx").exists()
    workspace.close()


def looked_into(opened: Opened, watching: Doors, until: Callable[[], bool]) -> None:
    """The doors look until the ledger says so."""

    async def play() -> None:
        came = asyncio.create_task(watching.something_came(not_before=0))
        while not await asyncio.to_thread(until):
            await asyncio.sleep(0.05)
        came.cancel()

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_a_mailbox_that_cannot_be_reached_is_told_to_the_coordinator(
    opened: Opened, on_server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "RENEWED_SECONDS", 0.1)
    workspace = opened()
    mailboxes = lambda: workspace.ledger.mailboxes.of(OFFICE)  # noqa: E731
    looked_into(opened, Doors(opened, poll_seconds=0.05), lambda: bool(mailboxes()))
    (read,) = mailboxes()
    assert (read.away_since, read.why) == (None, "")
    assert read.read_at is not None
    assert list(unreached(workspace, workspace.office(OFFICE), clock.now())) == []

    on_server.stop()
    try:
        down = Doors(opened, poll_seconds=0.05)
        looked_into(opened, down, lambda: mailboxes()[0].away_since is not None)
    finally:
        on_server.start()

    (away,) = mailboxes()
    assert away.read_at == read.read_at
    now = clock.now()
    assert list(unreached(workspace, workspace.office(OFFICE), now)) == [], (
        "a restart takes a while"
    )
    (told,) = unreached(workspace, workspace.office(OFFICE), now + LONG)
    assert "plan（127.0.0.1） 目前無法讀取" in told
    assert "起；最後一次讀取 " in told
    looked_into(opened, Doors(opened, poll_seconds=0.05), lambda: not mailboxes()[0].away_since)


def test_so_is_a_connection_that_is_missing(
    opened: Opened, on_server: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_IMAP_DEFAULT")
    workspace = opened()
    watching = Doors(opened, poll_seconds=0.05)
    looked_into(opened, watching, lambda: bool(workspace.ledger.mailboxes.of(OFFICE)))
    (told,) = unreached(workspace, workspace.office(OFFICE), clock.now() + LONG)
    assert "Airflow 沒有這個連線" in told
    assert "從未讀取成功" in told
