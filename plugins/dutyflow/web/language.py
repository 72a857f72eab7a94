"""Airflow's pages in Traditional Chinese and on the office's clock, unless one chose otherwise.

Airflow has no setting for either: its pages follow what the browser remembers. This middleware
puts a default into the one HTML page that Airflow serves; a choice made in Airflow's own menu wins.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

ROOT_ELEMENT = b'<div id="root"'
DEFAULTS = (
    b"<script>for(const [k,v] of [['i18nextLng','zh-TW'],['timezone','\"Asia/Taipei\"']])"
    b"localStorage.getItem(k)||localStorage.setItem(k,v)</script>"
)


class ChineseByDefault:
    """ASGI middleware that adds the defaults to Airflow's page; all else passes untouched."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        await self.app(scope, receive, _Page(send))


class _Page:
    """Holds the head of an HTML answer back until its first bytes show whether it is the page."""

    def __init__(self, send: Send) -> None:
        self.send = send
        self.head: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_html(message):
            self.head = message
        elif message["type"] == "http.response.body" and self.head is not None:
            head, self.head = self.head, None
            await self._pass_on(head, message)
        else:
            await self.send(message)

    async def _pass_on(self, head: Message, body: Message) -> None:
        content: bytes = body.get("body", b"")
        if ROOT_ELEMENT in content:
            content = content.replace(b"<head>", b"<head>" + DEFAULTS, 1)
            grown = len(content) - len(body.get("body", b""))
            head["headers"] = [_longer(name, value, grown) for name, value in head["headers"]]
        await self.send(head)
        await self.send({**body, "body": content})


def _is_html(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/html")
        for name, value in message["headers"]
    )


def _longer(name: bytes, value: bytes, grown: int) -> tuple[bytes, bytes]:
    if name.lower() == b"content-length":
        return name, str(int(value) + grown).encode()
    return name, value
