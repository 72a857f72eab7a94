"""Mail on a real Dovecot is noticed: at once, later, and after the line was cut."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from dutyflow.mail.mailboxes import idle
from dutyflow.mail.mailboxes.idle import mail_waits
from tests.support.cutting import Wire, cutting
from tests.support.dovecot import (
    Dovecot,
    dovecot,
    dovecot_server,
    plain_dovecot,
    plain_dovecot_server,
)

__all__ = ["dovecot", "dovecot_server", "plain_dovecot", "plain_dovecot_server"]

PATIENCE = 30  # seconds until a test gives up
MAIL = b"Subject: here\r\n\r\nx"


@pytest.fixture
def wire(dovecot: Dovecot) -> Iterator[Wire]:
    with cutting(dovecot.tls_port) as between:
        yield between


async def comes(server: Dovecot) -> None:
    await asyncio.to_thread(server.put, MAIL, datetime.now(UTC))


async def listening(server: Dovecot) -> None:
    """Return once the server has somebody in IDLE."""
    while "IDLE" not in await asyncio.to_thread(server.doing):
        await asyncio.sleep(0.05)


def test_mail_that_waits_already_is_noticed(dovecot: Dovecot) -> None:
    async def play() -> None:
        await comes(dovecot)
        await mail_waits(dovecot.account())

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_mail_that_comes_is_told_by_the_server(dovecot: Dovecot) -> None:
    async def play() -> None:
        waiting = asyncio.create_task(mail_waits(dovecot.account()))
        await listening(dovecot)
        assert not waiting.done()
        await comes(dovecot)
        await waiting

    assert idle.IDLE_SECONDS > PATIENCE  # no look of our own would find it in time
    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_where_the_server_cannot_tell_we_look_again(
    plain_dovecot: Dovecot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idle, "LOOK_SECONDS", 0.1)

    async def play() -> None:
        waiting = asyncio.create_task(mail_waits(plain_dovecot.account()))
        await asyncio.sleep(0)
        await comes(plain_dovecot)
        await waiting

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_mail_that_comes_after_the_line_was_cut_is_noticed(dovecot: Dovecot, wire: Wire) -> None:
    async def play() -> None:
        account = dovecot.account(port=wire.port)
        waiting = asyncio.create_task(mail_waits(account, least_pause=0.05))
        await listening(dovecot)
        wire.cut()
        await comes(dovecot)
        await waiting

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_a_server_that_is_down_is_waited_for_and_told_of_in_words(
    dovecot: Dovecot, caplog: pytest.LogCaptureFixture
) -> None:
    async def play() -> None:
        await comes(dovecot)
        dovecot.stop()
        waiting = asyncio.create_task(mail_waits(dovecot.account(), least_pause=0.05))
        while len(caplog.messages) < 3:
            await asyncio.sleep(0.05)
        await asyncio.to_thread(dovecot.start)
        await waiting

    with caplog.at_level(logging.WARNING, logger=idle.__name__):
        asyncio.run(asyncio.wait_for(play(), PATIENCE))
    assert all("目前無法讀取" in each for each in caplog.messages)


def test_whoever_stops_waiting_leaves_no_connection_behind(dovecot: Dovecot) -> None:
    async def play() -> None:
        waiting = asyncio.create_task(mail_waits(dovecot.account()))
        await listening(dovecot)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        while "IDLE" in await asyncio.to_thread(dovecot.doing):
            await asyncio.sleep(0.05)

    asyncio.run(asyncio.wait_for(play(), PATIENCE))


def test_a_server_that_hangs_up_at_once_is_not_asked_ever_more_often(
    dovecot: Dovecot, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It lets us in and breaks off: too many logins lock an account."""
    pauses: list[float] = []
    sleep = asyncio.sleep

    async def noted(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 4:
            raise asyncio.CancelledError
        await sleep(0)

    wire.cut_after(6_000)
    monkeypatch.setattr(idle.asyncio, "sleep", noted)
    monkeypatch.setattr(idle._Line, "stirs", lambda line: sleep(0))  # a talkative server
    with pytest.raises(asyncio.CancelledError):
        asyncio.run(mail_waits(dovecot.account(port=wire.port), least_pause=3))
    assert pauses == [3, 6, 12, 24]
