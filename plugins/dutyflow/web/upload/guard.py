"""What every request passes: headers, a limit of size while it streams, a limit of rate."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dutyflow.web.origins import host_of

MAX_BODY = 26 * 2**20  # 25 MB of files, and what is written around them
DRAINED = 4 * MAX_BODY  # read and thrown away, so that the browser gets to see the answer

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    # Not `no-referrer`: then browsers send no Origin with a form either, and that is asked for.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cache-Control": "no-store",
}
HSTS = "max-age=31536000"


class TooLarge(HTTPException):
    """More bytes than anybody needs to send."""

    def __init__(self) -> None:
        super().__init__(413)


class SafeHeaders:
    """ASGI middleware: the headers above on every answer; one that is set already stays."""

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._headers = {**HEADERS, "Strict-Transport-Security": HSTS} if https else HEADERS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


class BodyLimit:
    """ASGI middleware: raises TooLarge while a body is read that says, or turns out, to be so."""

    def __init__(self, app: ASGIApp, *, limit: int = MAX_BODY) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _Body(receive, limit=self._limit)

        async def after_draining(message: Message) -> None:
            if message["type"] == "http.response.start":
                await body.drain()
            await send(message)

        await self._app(scope, body.receive, after_draining)


@dataclass
class _Body:
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
        """What is too large is read to its end, within reason, and thrown away."""
        while self.too_large and not self.ended and self.size <= DRAINED:
            await self._next()

    async def _next(self) -> Message:
        message = await self.source()
        self.size += len(message.get("body", b""))
        self.ended = not message.get("more_body", False)
        return message


@dataclass
class Buckets:
    """A token bucket for each key: so many at once, then so many a second. Kept in this process
    alone: with several of them, each allows as many."""

    burst: float
    per_second: float
    clock: Callable[[], float] = time.monotonic
    most: int = 10_000
    _left: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def wait(self, key: str) -> int:
        """Take one. 0 where there was one; else how many seconds until there will be."""
        with self._lock:
            now = self.clock()
            left, at = self._left.pop(key, (self.burst, now))
            left = min(self.burst, left + (now - at) * self.per_second)
            granted = left >= 1
            self._left[key] = (left - 1 if granted else left, now)
            while len(self._left) > self.most:
                self._left.popitem(last=False)
        return 0 if granted else int((1 - left) / self.per_second) + 1


class TooMany(HTTPException):
    """Asked too often."""

    def __init__(self, seconds: int) -> None:
        super().__init__(429, headers={"Retry-After": str(seconds)})
        self.seconds = seconds


def allow(buckets: Buckets, key: str) -> None:
    """Raises TooMany."""
    seconds = buckets.wait(key)
    if seconds:
        raise TooMany(seconds)


def address_of(request: Request) -> str:
    """Whom a request is from; behind a proxy that is believed, uvicorn has put the client here."""
    return request.client.host if request.client else ""


def is_from_elsewhere(request: Request, own: str) -> bool:
    """Whether another site's page made the browser send this. `own`: our public address, or ""."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    if origin is None:
        return False  # an old browser, or none: the form's own token decides
    hosts = {request.headers.get("host", ""), host_of(own)}
    return host_of(origin) not in hosts - {""}
