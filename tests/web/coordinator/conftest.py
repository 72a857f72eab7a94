"""The page as somebody who is logged in meets it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from dutyflow.ledger import SubmissionRecord
from tests.support.coordinator_page import Runs, app_on, mail
from tests.support.scene import OFFICE, Scene, scene

PAGE = "http://plan.example.tw"  # of the sections
HERE = "http://desk.example.tw"


@dataclass
class Page:
    """The office, and its pages as somebody who is logged in sees them."""

    scene: Scene
    runs: Runs
    client: httpx.Client
    app: FastAPI

    def get(self, path: str = f"/{OFFICE}") -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def seal(self, path: str = f"/{OFFICE}") -> str:
        """The mark of the forms on a page."""
        found = re.search(r'name="seal" value="([^"]+)"', self.get(path))
        assert found
        return found[1]

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form, as a browser on the page does."""
        return self.client.post(path, data=fields, headers={"Origin": HERE})

    def stray(self, text: str = "如附件。", **headers: str) -> SubmissionRecord:
        """Something comes in that nobody can match; as it waits."""
        self.scene.put(mail(text, **headers))
        self.scene.take_in()
        return self.waiting()[0]

    def waiting(self) -> tuple[SubmissionRecord, ...]:
        return self.scene.ledger.arrivals.waiting(OFFICE, limit=50)


class InProcess(httpx.BaseTransport):
    """Hands requests to the app without a network; what it fails at is a 500, as in a server."""

    def __init__(self, app: FastAPI) -> None:
        self._asgi = httpx.ASGITransport(app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return asyncio.run(self._handled(request))

    async def _handled(self, request: httpx.Request) -> httpx.Response:
        answer = await self._asgi.handle_async_request(request)
        return httpx.Response(
            answer.status_code, headers=answer.headers, content=await answer.aread()
        )


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    opens = datetime(2018, 6, 15, 0, 30, tzinfo=UTC)
    with scene(tmp_path, opens, base_url=PAGE) as playing:
        runs = Runs()
        app = app_on(playing, runs)
        with httpx.Client(transport=InProcess(app), base_url=HERE) as client:
            client.follow_redirects = True
            client.cookies.set("who", "coordinator")
            yield Page(scene=playing, runs=runs, client=client, app=app)


def as_somebody_else(page: Page, who: str | None) -> None:
    page.client.cookies.clear()
    if who is not None:
        page.client.cookies.set("who", who)
