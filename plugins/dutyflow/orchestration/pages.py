"""What dutyflow shows in Airflow's API server: the coordinator's page 收件.

Every process of Airflow imports plugins; only the API server ever serves a page, and only when it
is asked for does it import what a page needs.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from threading import Lock
from typing import Any

from airflow.configuration import conf

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

PREFIX = "/dutyflow"
COORDINATOR_PAGE = "dutyflow_desk"  # the page's name in Airflow's own addresses


class LatePages:
    """An ASGI app that makes the real one when the first request comes."""

    def __init__(self, make: Callable[[], App]) -> None:
        self._make = make
        self._app: App | None = None
        self._lock = Lock()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        from starlette.concurrency import run_in_threadpool

        app = self._app if self._app is not None else await run_in_threadpool(self._made)
        await app(scope, receive, send)

    def _made(self) -> App:
        with self._lock:
            if self._app is None:
                self._app = self._make()
            return self._app


def _coordinator_pages() -> App:
    from .coordinator_pages import pages

    return pages()


def coordinator_page_address() -> str:
    """Where the coordinator finds the page, within Airflow's; "" where Airflow does not know its
    own address."""
    base: str = conf.get("api", "base_url", fallback="") or ""
    return f"{base.rstrip('/')}/plugin/{COORDINATOR_PAGE}" if base else ""


COORDINATOR_APP = {
    "name": "dutyflow",
    "url_prefix": f"{PREFIX}/desk",
    "app": LatePages(_coordinator_pages),
}
COORDINATOR_VIEW = {
    "name": "收件",
    "href": f"{PREFIX}/desk/",
    "url_route": COORDINATOR_PAGE,
    "destination": "nav",
    "category": "browse",
}
