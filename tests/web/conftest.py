"""A section's page as a browser meets it: the app, on the real plan, ledger and store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from httpx import Response
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dutyflow.calendars.roc import TAIPEI
from dutyflow.ledger import CycleRecord
from dutyflow.plan.model import Person
from dutyflow.services.intake import web_form_mail
from dutyflow.services.messaging import form_links
from dutyflow.services.workspace import Case
from dutyflow.web.security.limits import RateLimit
from dutyflow.web.upload import create_app
from dutyflow.web.upload.context import RateLimits
from tests.support.scene import OFFICE, Scene, scene

BASE = "http://plan.example.tw"


class _Fields(HTMLParser):
    """The controls of the forms on a page, by their names, with what they would send."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._area = ""
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "textarea":
            self._area = said["name"]
            self.values[self._area] = ""
        elif tag == "select":
            self._select = said["name"]
            self.values[self._select] = ""
        elif tag == "option" and "selected" in said:
            self.values[self._select] = said.get("value", "?")
        elif tag == "input" and said.get("type") not in ("file", "checkbox", "radio"):
            self.values[said["name"]] = said.get("value", "")
        elif tag == "input" and "checked" in said:
            self.values[said["name"]] = said["value"]

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[self._area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.values[self._area] = self.values[self._area].removeprefix("\n")
            self._area = ""


def fields_of(page: Response) -> dict[str, str]:
    parser = _Fields()
    parser.feed(page.text)
    return parser.values


def no_limits() -> RateLimits:
    """For tests that ask oftener than anybody does."""
    names = (each.name for each in fields(RateLimits))
    return RateLimits(**{name: RateLimit(burst=1e9, per_second=1e9) for name in names})


@dataclass
class Visitor:
    """Somebody with a browser: keeps cookies, follows redirects."""

    client: TestClient
    page: Response = field(init=False)

    def open(self, code: str) -> Response:
        """By the code, as whoever has no JavaScript pastes it."""
        door = self.client.get("/fill")
        self.page = self.client.post("/fill", data={**fields_of(door), "code": code})
        return self.page

    @property
    def path(self) -> str:
        """Where the form lies."""
        return "/".join(self.page.url.path.split("/")[:3]) + "/"

    def show(self, page: str = "") -> Response:
        return self.client.get(self.path + page)

    def post(self, page: str, *, files: object = None, at: str = "", **said: str) -> Response:
        """Fill in the form that is shown at `at`, and send it to a page."""
        sent = {**fields_of(self.show(at)), **said}
        return self.client.post(self.path + page, data=sent, files=files)


@dataclass
class Page:
    scene: Scene
    app: Starlette
    cycle: CycleRecord

    def case(self, section: str = "business") -> Case:
        return self.scene.workspace.case(f"{self.cycle.key}/{section}")

    def person(self, section: str = "business", number: int = 0) -> Person:
        return tuple(form_links.people(self.case(section)))[number]

    def code(self, section: str = "business", number: int = 0) -> str:
        case = self.case(section)
        return form_links.code(case, self.person(section, number).email, case.assignment.returns)

    def browser(self) -> Visitor:
        return Visitor(TestClient(self.app, base_url=BASE, raise_server_exceptions=True))

    def visitor(self, section: str = "business", number: int = 0) -> Visitor:
        """Somebody who has opened their link."""
        visitor = self.browser()
        visitor.open(self.code(section, number))
        assert visitor.page.status_code == 200, visitor.page.text
        return visitor

    def confirm(self) -> list:
        """What the intake sends for the page."""
        self.scene.new_mails()
        web_form_mail.confirm(self.scene.workspace, OFFICE, clock=self.scene.clock)
        return self.scene.new_mails()


@pytest.fixture(scope="session")
def shared_page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One for all the tests that only look, or that do not mind what others have done."""
    with _opened(tmp_path_factory.mktemp("page")) as it:
        yield it


@pytest.fixture
def page(tmp_path: Path) -> Iterator[Page]:
    """The page on the morning on which 107H1 opens."""
    with _opened(tmp_path) as it:
        yield it


@contextmanager
def _opened(home: Path, base_url: str = BASE) -> Iterator[Page]:
    morning = datetime(2018, 6, 15, 8, 30, tzinfo=TAIPEI)
    with scene(home, morning, base_url=base_url) as it:
        yield Page(scene=it, app=create_app(it.workspace, now=it.clock), cycle=it.open())


def answers(page: Page, section: str = "design", **changed: str) -> dict[str, str]:
    """Every row of the section's form filled in well, as the fields of the page."""
    typed = {}
    for row in page.case(section).rows:
        typed[f"t:{row.id}:text"] = f"（樣本）{row.id} 已辦理"
        typed[f"t:{row.id}:score"] = "90"
    return {**typed, **changed}
