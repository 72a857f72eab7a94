"""Noticing at once that mail has come: by IDLE (RFC 2177), else by a look now and then.

For an event loop: what waits for a server to answer does so in a thread, and while the server is
silent no thread is held.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from dutyflow.mail.errors import MailboxAway

from .imap import ImapAccount, ImapInbox, connect, hang_up, on_the_line

log = logging.getLogger(__name__)

LOOK_SECONDS = 15.0  # between two looks at a server that cannot tell
IDLE_SECONDS = 60.0  # until a server that can is asked again: it, or what is between, may be gone
LEAST_PAUSE, MOST_PAUSE = 3.0, 600.0  # seconds until a lost server is tried again

_Done = TypeVar("_Done")
# Of their own: a server that is down holds a thread until it times out, and others wait for theirs.
_threads = ThreadPoolExecutor(max_workers=8, thread_name_prefix="mailbox")


def _tell_nobody(away: MailboxAway | None) -> None:
    pass


async def mail_waits(
    account: ImapAccount,
    *,
    least_pause: float = LEAST_PAUSE,
    tell: Callable[[MailboxAway | None], None] = _tell_nobody,
) -> None:
    """Return once a message waits in the mailbox. Of each look it can `tell`: None, or why not.

    A server that is away is tried again, after pauses that double up to ten minutes; also one that
    lets us in and hangs up at once, since too many logins lock an account.
    """
    loop, pause = asyncio.get_running_loop(), least_pause
    while True:
        begun = loop.time()
        try:
            await _told(await _in_thread(lambda: _Line(account)), tell)
            return
        except MailboxAway as away:
            log.warning("%s", away)
            tell(away)
        if loop.time() - begun > IDLE_SECONDS:
            pause = least_pause  # it was there for a while
        await asyncio.sleep(pause)
        pause = min(2 * pause, MOST_PAUSE)


async def _told(line: _Line, tell: Callable[[MailboxAway | None], None]) -> None:
    """Return once the other end says that mail waits. Hangs up in any case."""
    try:
        waits = False
        while not waits:
            waits = await _in_thread(line.look)
            tell(None)
            if not waits:
                await line.stirs()
    finally:
        _threads.submit(line.close)


class _Line:
    """A connection that looks, listens and looks again. Raises MailboxAway."""

    def __init__(self, account: ImapAccount) -> None:
        self._account = account
        self._client = connect(account)
        self._idles = False
        self._in_use = Lock()  # whoever gives up waiting for a look closes what it still uses
        try:
            self._inbox = ImapInbox(self._client, account)
        except MailboxAway:
            hang_up(self._client)
            raise

    def look(self) -> bool:
        """Whether mail waits. If not, the server tells from now on, where it can."""
        with self._in_use, on_the_line(self._account):
            self._stop_idling()
            if self._inbox.waiting():
                return True
            if self._client.has_capability("IDLE"):
                self._client.idle()
                self._idles = True
            return False

    async def stirs(self) -> None:
        """Return when the server says something, or when it is time for another look."""
        if not self._idles:
            await asyncio.sleep(LOOK_SECONDS)
            return
        loop, said = asyncio.get_running_loop(), asyncio.Event()
        socket = self._client.socket().fileno()
        loop.add_reader(socket, said.set)
        try:
            with suppress(TimeoutError):
                await asyncio.wait_for(said.wait(), IDLE_SECONDS)
        finally:
            loop.remove_reader(socket)

    def close(self) -> None:
        with self._in_use:
            with suppress(MailboxAway), on_the_line(self._account):
                self._stop_idling()
            hang_up(self._client)

    def _stop_idling(self) -> None:
        if self._idles:
            self._idles = False
            self._client.idle_done()


async def _in_thread(work: Callable[[], _Done]) -> _Done:
    return await asyncio.get_running_loop().run_in_executor(_threads, work)
