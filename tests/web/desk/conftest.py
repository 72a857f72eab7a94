"""The pages over the real plan, ledger and store. Only who is logged in, and Airflow, are stood in
for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request

from dutyflow.ledger import AssignmentRecord, SubmissionRecord
from dutyflow.web.desk import Surroundings, Visitor, desk_app
from tests.support.scene import OFFICE, Scene, scene

HERE = "http://desk.example.tw"


@dataclass
class Runs:
    """Airflow's runs, as far as the page reaches them."""

    at_rest: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    told: list[int | str] = field(default_factory=list)

    def stopped(self, assignments: Iterable[AssignmentRecord]) -> set[str]:
        return self.at_rest & {each.key for each in assignments}

    def collect_again(self, assignment: AssignmentRecord, *, who: str) -> None:
        self.asked.append((assignment.key, who))

    def tell_assigned(self, submission: int, *, who: str) -> None:
        self.told.append(submission)

    def tell_returned(self, assignment: AssignmentRecord, *, who: str) -> None:
        self.told.append(assignment.key)


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

    def seal(self) -> str:
        """The mark of the forms on the page."""
        found = re.search(r'name="seal" value="([^"]+)"', self.get())
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


def mail(
    text: str = "如附件。", *, files: Iterable[tuple[str, bytes]] = (), **headers: str
) -> bytes:
    """A mail to the office's mailbox, without a token."""
    message = EmailMessage()
    said = {"From": "somebody@example.tw", "To": "plan@pingtung.example.tw", "Subject": "自評表"}
    for name, value in {**said, **headers}.items():
        message[name] = value
    message.set_content(text)
    for name, data in files:
        message.add_attachment(data, maintype="application", subtype="pdf", filename=name)
    return message.as_bytes()


def admit(request: Request) -> None:
    """As Airflow does it: by a cookie, else 401. `all` may edit everything, others one office."""
    name = request.cookies.get("who")
    if name is None:
        raise HTTPException(401, "Not authenticated")
    offices = {"coordinator": {OFFICE}, "stranger": set(), "neighbour": {"lienchiang"}}[name]
    request.state.visitor = Visitor(
        key=name, name=f"{name}（樣本）", may_edit=lambda office, duties: office in offices
    )


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    with scene(tmp_path, datetime(2018, 6, 15, 0, 30, tzinfo=UTC)) as playing:
        runs = Runs()

        @contextmanager
        def open_desk():
            yield playing.desk

        app = desk_app(
            Surroundings(admit=admit, runs=runs, open_desk=open_desk, clock=playing.clock)
        )
        with httpx.Client(transport=InProcess(app), base_url=HERE) as client:
            client.follow_redirects = True
            client.cookies.set("who", "coordinator")
            yield Page(scene=playing, runs=runs, client=client, app=app)


def as_somebody_else(page: Page, who: str | None) -> None:
    page.client.cookies.clear()
    if who is not None:
        page.client.cookies.set("who", who)
