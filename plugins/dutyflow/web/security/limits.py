"""Limits of how many bytes a request may have, and of how often somebody may ask."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

DRAINED = 4  # so many times the limit is read and thrown away, so that the answer is seen


class TooLarge(HTTPException):
    """More bytes than anybody needs to send."""

    def __init__(self) -> None:
        super().__init__(413)


class TooManyRequests(HTTPException):
    """Asked too often; `seconds` until the next request is served."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, headers={"Retry-After": str(seconds)})
        self.seconds = seconds


class BodyLimit:
    """ASGI middleware: raises TooLarge once more than `limit` bytes of a body have been read.

    What is too large is read on, within reason, before the answer is sent: a browser that is still
    sending shows no answer.
    """

    def __init__(self, app: ASGIApp, *, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, limit=self._limit)

        async def send_after_draining(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.drain()
            await send(message)

        await self._app(scope, body.receive, send_after_draining)


@dataclass
class _Body:
    """A request's body as it comes, and how much of it has come."""

    source: Receive
    limit: int
    size: int = 0
    ended: bool = False
    too_large: bool = False

    async def receive(self) -> Message:
        if self.too_large:
            raise TooLarge
        message = await self._next()
        if self.size > self.limit:
            self.too_large = True
            raise TooLarge
        return message

    async def drain(self) -> None:
        """Read what is too large to its end, or to so many times the limit."""
        while self.too_large and not self.ended and self.size <= DRAINED * self.limit:
            await self._next()

    async def _next(self) -> Message:
        message = await self.source()
        self.size += len(message.get("body", b""))
        self.ended = not message.get("more_body", False)
        return message


@dataclass
class RateLimit:
    """A token bucket for each key: `burst` requests at once, then `per_second`.

    Kept in this process alone: with several processes, each allows as many. The keys that have been
    quiet for longest are forgotten, so that nobody fills the memory with new ones.
    """

    burst: float
    per_second: float
    clock: Callable[[], float] = time.monotonic
    most_keys: int = 10_000
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def check(self, key: str) -> None:
        """Count a request. Raises TooManyRequests."""
        seconds = self.take(key)
        if seconds:
            raise TooManyRequests(seconds)

    def take(self, key: str) -> int:
        """Count a request; 0 where it may be served, else how many seconds to wait."""
        with self._lock:
            now = self.clock()
            left, at = self._left.pop(key, (self.burst, now))
            left = min(self.burst, left + (now - at) * self.per_second)
            granted = left >= 1
            self._left[key] = (left - 1 if granted else left, now)
            while len(self._left) > self.most_keys:
                self._left.popitem(last=False)
        return 0 if granted else int((1 - left) / self.per_second) + 1


def client_address(request: Request) -> str:
    """Whom a request is from; behind a trusted proxy, uvicorn has put the client here."""
    return request.client.host if request.client else ""
