"""The database or the disk is away for a while: the mail waits, and is taken in when it is back."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from dutyflow.calendars.roc import TAIPEI
from dutyflow.errors import ComesBack
from dutyflow.infra.blob_store import Store, StoreAway
from dutyflow.ledger.errors import LedgerAway
from dutyflow.orchestration.task_context import task_workspace
from tests.support.intake import LEASE, Intake
from tests.support.postgres import NoPostgres, PostgresServer
from tests.support.scene import OFFICE, Scene, filled, form_in, later, scene

MORNING = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """One of this test's own, which it may stop."""
    try:
        server = PostgresServer()
    except NoPostgres as reason:
        if os.environ.get("CI"):
            pytest.fail(str(reason))
        pytest.skip(str(reason))
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def office(tmp_path: Path, server: PostgresServer) -> Iterator[Scene]:
    with scene(tmp_path, MORNING, ledger=server.url(server.new_database())) as it:
        yield it


def test_mail_waits_while_the_database_is_away_and_no_message_is_blamed(
    office: Scene, server: PostgresServer
) -> None:
    cycle = office.open()
    letters = office.announce(cycle)
    for section in ("business", "design"):
        office.reply(letters[section], filled(form_in(letters[section])))
    server.go_away()
    for _ in range(2):  # Airflow's retries
        with pytest.raises(LedgerAway, match="稍後自動重試"):
            office.take_in()
    server.come_back()
    assert len(office.take_in()) == 2
    assert office.state(f"{cycle.key}/business") == "accepted"
    assert office.state(f"{cycle.key}/design") == "accepted"
    assert office.ledger.submissions.quarantined() == ()


def test_a_database_that_goes_away_between_two_steps_leaves_nothing_half_done(
    office: Scene, server: PostgresServer
) -> None:
    """It goes while the mail server has the receipt, and comes back an hour later."""
    cycle = office.open()
    letters = office.announce(cycle)
    for section in ("business", "design"):
        office.reply(letters[section], filled(form_in(letters[section])))

    class GoesAway(type(office.answers)):  # type: ignore[misc]
        async def handle_DATA(self, *given):  # noqa: N802 - aiosmtpd's name
            answer = await super().handle_DATA(*given)
            if len(self.kept) == before + 1:
                server.go_away()
            return answer

    before = len(office.answers.kept)
    office.answers.__class__ = GoesAway
    office.workspace.outbox.close()  # a server takes its handler's methods as a connection begins
    with pytest.raises(LedgerAway):
        office.take_in()
    server.come_back()
    receipts = office.new_mails()
    office.now = later(office.now, seconds=LEASE.total_seconds())
    receipts += office.take_in()
    times = Counter(mail["Message-ID"] for mail in receipts)
    assert sorted(times.values()) == [1, 2]  # the one in flight came again, as itself
    for section in ("business", "design"):
        assert office.state(f"{cycle.key}/{section}") == "accepted"
        assert len(office.ledger.submissions.of(f"{cycle.key}/{section}")) == 1
    assert office.ledger.events.verify() is None


def test_what_comes_back_is_left_to_airflows_retries(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DUTYFLOW_HOME", str(tmp_path))
    monkeypatch.setenv("DUTYFLOW_LEDGER", server.url(server.new_database()))
    server.go_away()
    with pytest.raises(ComesBack), task_workspace() as workspace:
        workspace.ledger.cycles.all(office=OFFICE)
    server.come_back()


def test_a_full_disk_leaves_the_mail_where_it_is(tmp_path: Path) -> None:
    with scene(tmp_path, MORNING) as office:
        cycle = office.open()
        letter = office.announce(cycle)["business"]
        raw = office.answer(letter, filled(form_in(letter)))
        mailbox = office.workspace.office(OFFICE).contacts.mailbox.address
        folder = office.workspace.settings.mail / mailbox
        (folder / "new").mkdir(parents=True)
        (folder / "new" / "1.mail").write_bytes(raw)
        intake = Intake(office)
        said = intake.fails(room=len(raw) // 2)
        assert "StoreAway" in said
        assert "OSError" in said
        assert (folder / "new" / "1.mail").read_bytes() == raw
        assert office.state(f"{cycle.key}/business") == "open"
        assert office.ledger.submissions.quarantined() == ()
        intake.succeeds()
        assert office.state(f"{cycle.key}/business") == "accepted"
        assert not list((folder / "new").iterdir())


def test_a_store_that_cannot_be_written_to_says_so_and_keeps_no_half_file(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "unfinished").write_bytes(b"no folder")
    store = Store(str(tmp_path / "store"))
    with pytest.raises(StoreAway, match="檔案庫目前無法讀寫"):
        store.put(b"bytes")
    (tmp_path / "store" / "unfinished").unlink()
    assert store.get(store.put(b"bytes")) == b"bytes"
