"""Both web apps answer as they did before they shared their security code.

`headers_and_refusals.yaml` was written by the code of that time. Status, first words and type of
each answer must be the same; a header must be the same or stricter, and may be added.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml
from httpx import Response
from starlette.testclient import TestClient

from dutyflow.infra.settings import Settings
from dutyflow.services.coordinator.arrivals import Arrivals
from dutyflow.web.upload import create_app
from tests.support.coordinator_page import mail
from tests.support.scene import OFFICE
from tests.web.conftest import BASE, Page, fields_of
from tests.web.coordinator.conftest import HERE, as_somebody_else
from tests.web.coordinator.conftest import Page as CoordinatorPage
from tests.web.coordinator.conftest import page as coordinator_page

__all__ = ["coordinator_page"]

BEFORE = yaml.safe_load(
    Path(__file__).with_name("headers_and_refusals.yaml").read_text(encoding="utf-8")
)
FOREIGN = {
    "another site": {"Origin": "https://evil.example"},
    "a sandbox": {"Origin": "null"},
    "an unreadable origin": {"Origin": "http://["},
    "across sites": {"Sec-Fetch-Site": "cross-site"},
    "a neighbour's host": {"Sec-Fetch-Site": "same-site"},
}
MEBIBYTE = 2**20
Answers = Iterator[tuple[str, Response]]


def section_answers(page: Page, patch: pytest.MonkeyPatch) -> Answers:
    """Of the page of sections; the last ones use up what may be asked for."""
    stranger = page.browser().client
    for path in ("/", "/fill", "/fill/static/fill.css", "/fill/static/none.css", "/fill/health"):
        yield f"GET {path}", stranger.get(path, follow_redirects=False)
    yield "GET nowhere", stranger.get("/nowhere")
    yield "GET as JSON nowhere", stranger.get("/nowhere", headers={"Accept": "application/json"})
    yield "PUT /fill", stranger.put("/fill")
    token = fields_of(stranger.get("/fill"))["csrf"]
    entered = {"csrf": token, "code": page.code("design")}
    yield "POST code", stranger.post("/fill", data=entered, follow_redirects=False)
    yield "POST wrong code", stranger.post("/fill", data={**entered, "code": "x"})
    yield "POST code without token", stranger.post("/fill", data={"code": page.code()})
    asked = {"csrf": token, "email": page.person().email}
    yield "POST again", stranger.post("/fill/again", data=asked)
    yield from _signed_in_answers(page)
    yield from _https_answers(page)
    patch.setattr(type(page.scene.ledger), "is_ready", lambda _: 1 / 0)
    broken = TestClient(page.app, base_url=BASE, raise_server_exceptions=False)
    yield "broken", broken.get("/fill/health")
    for _ in range(25):
        answer = stranger.post("/fill", data={**entered, "code": "x"})
    yield "POST too many codes", answer
    for _ in range(40):
        answer = stranger.post("/fill/again", data=asked)
    yield "POST again too often", answer


def _signed_in_answers(page: Page) -> Answers:
    visitor = page.visitor("design")
    path, token = visitor.path, fields_of(visitor.page)["csrf"]
    yield "GET form without a session", page.browser().client.get(path)
    said = {"Accept": "application/json"}
    yield "POST draft without a session", page.browser().client.post(f"{path}draft", headers=said)
    for name in ("", "workbook", "nothing", "time", "deputy", "done", "form.xlsx", "draft"):
        yield f"GET form/{name}", visitor.client.get(path + name, follow_redirects=False)
    for name in ("draft", "send", "workbook", "nothing", "time", "deputy"):
        yield f"POST {name} without token", visitor.client.post(path + name, data={"csrf": "x"})
    for whence, headers in FOREIGN.items():
        sent = {"csrf": token}
        yield f"POST from {whence}", visitor.client.post(f"{path}draft", data=sent, headers=headers)
        known = {"csrf": fields_of(visitor.client.get("/fill"))["csrf"], "email": "a@example.tw"}
        yield (
            f"POST again from {whence}",
            visitor.client.post("/fill/again", data=known, headers=headers),
        )
    ours = {"Origin": BASE, "Sec-Fetch-Site": "same-origin"}
    yield (
        "POST from our own page",
        visitor.client.post(
            f"{path}draft", data={"csrf": token}, headers=ours, follow_redirects=False
        ),
    )
    heavy = [("files", ("大.jpg", bytes(27 * MEBIBYTE), "image/jpeg"))]
    yield "POST too large", visitor.client.post(f"{path}draft", data={"csrf": token}, files=heavy)
    kind = {"content-type": "multipart/form-data; boundary=b; charset=undefined"}
    body = b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--b--\r\n'
    yield "POST unreadable", visitor.client.post(f"{path}draft", content=body, headers=kind)


def _https_answers(page: Page) -> Answers:
    base = "https://plan.example.tw"
    settings = Settings(**{**vars(page.scene.workspace.settings), "base_url": f"{base}/section"})
    before = page.scene.workspace.settings
    page.scene.workspace.__dict__["settings"] = settings
    client = TestClient(create_app(page.scene.workspace, now=page.scene.clock), base_url=base)
    door = client.get("/section/fill")
    yield "GET /fill over https", door
    sent = {**fields_of(door), "code": page.code("design")}
    yield (
        "POST code over https",
        client.post("/section/fill", data=sent, follow_redirects=False),
    )
    page.scene.workspace.__dict__["settings"] = before


def coordinator_answers(page: CoordinatorPage, patch: pytest.MonkeyPatch) -> Answers:
    page.scene.open()
    page.scene.put(mail(files=[("佐證 1.html", b"<script>")]))
    page.scene.take_in()
    (waiting,) = page.waiting()
    client, item = page.client, f"/{OFFICE}/items/{waiting.id}"
    assignment = f"/{OFFICE}/assignments/self_assessment/107H1/design"
    client.follow_redirects = False
    for name, path in {
        "/": "/",
        "style": "/coordinator.css",
        "board": f"/{OFFICE}",
        "board with a slash": f"/{OFFICE}/",
        "board with words of others": f"/{OFFICE}?said=您中獎了",
        "item": item,
        "file": f"{item}/files/0",
        "original": f"{item}/original",
        "assignment": assignment,
        "no office": "/nowhere",
        "no item": f"/{OFFICE}/items/99",
        "no number": f"/{OFFICE}/items/x",
        "no address": f"/{OFFICE}/nowhere/at/all",
    }.items():
        yield f"GET {name}", client.get(path)
    yield "GET an action", client.get(f"{item}/aside")
    seal, here = page.seal(), {"Origin": HERE}
    yield "POST without seal", client.post(f"{item}/aside", data={"why": "x"}, headers=here)
    for whence, headers in FOREIGN.items():
        sent = {"seal": seal, "why": "x"}
        yield f"POST from {whence}", client.post(f"{item}/aside", data=sent, headers=headers)
    yield (
        "POST too long",
        client.post(f"{item}/aside", data={"seal": seal, "why": "x" * 70_000}, headers=here),
    )
    yield "POST unreadable", client.post(f"{item}/aside", content=b"why=%FF", headers=here)
    many = {str(number): "x" for number in range(30)}
    yield "POST too many fields", client.post(f"{item}/aside", data=many, headers=here)
    yield "POST impossible", client.post(f"{item}/assign", data={"seal": seal}, headers=here)
    sent = {"seal": seal, "why": "（樣本）"}
    yield "POST done", client.post(f"{item}/aside", data=sent, headers=here)
    yield from _others_answers(page, item, seal)
    patch.setattr(Arrivals, "waiting", lambda *_: 1 / 0)
    yield "broken", client.get(f"/{OFFICE}")


def _others_answers(page: CoordinatorPage, item: str, seal: str) -> Answers:
    client, here = page.client, {"Origin": HERE}
    sent = {"seal": seal, "why": "x"}
    for who in ("stranger", "neighbour", None):
        as_somebody_else(page, who)
        yield f"GET / as {who}", client.get("/")
        yield f"GET item as {who}", client.get(item)
        yield f"POST as {who}", client.post(f"{item}/aside", data=sent, headers=here)
    as_somebody_else(page, "coordinator")


def test_the_page_of_sections_answers_as_before(
    page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert differences(BEFORE["sections"], section_answers(page, monkeypatch)) == []


def test_the_page_of_the_coordinator_answers_as_before(
    coordinator_page: CoordinatorPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = coordinator_answers(coordinator_page, monkeypatch)
    assert differences(BEFORE["coordinator"], answers) == []


def differences(before: dict[str, list], answers: Answers) -> list[str]:
    """What is not as it was, an entry for each."""
    found, met = [], set()
    for name, answer in answers:
        met.add(name)
        status, said, headers = before[name]
        if (answer.status_code, sentence_of(answer)) != (status, said):
            found.append(f"{name}: {answer.status_code} {sentence_of(answer)}")
        for header, value in headers.items():
            if not as_strict(header, value, answer.headers.get(header, "")):
                found.append(f"{name}: {header}: {answer.headers.get(header)}, was {value}")
    return found + [f"{name}: not asked for" for name in before.keys() - met]


def sentence_of(answer: Response) -> str:
    """What somebody reads first: of an error its words, else the heading."""
    kind = answer.headers.get("content-type", "")
    if "json" in kind:
        return answer.json()["said"]
    if not kind.startswith("text/html"):
        return ""
    for pattern in (r'role="alert".*?</(?:div|p)>', r"<h1>.*?</h1>", r".*"):
        if match := re.search(pattern, answer.text, re.DOTALL):
            words = re.sub(r'<[^>]*>|role="alert"[^>]*>', "", match[0])
            return re.sub(r"\d+ 秒", "… 秒", " ".join(words.split()))
    return ""


def as_strict(header: str, before: str, now: str) -> bool:
    rule: Callable[[str, str], bool] = {
        "content-security-policy": _policy_as_strict,
        "content-disposition": lambda a, b: _whole_name(a) == _whole_name(b),
        "set-cookie": lambda a, b: _cookie_as_kept(a) == _cookie_as_kept(b),
        "retry-after": lambda _, b: int(b) > 0,
    }.get(header, str.__eq__)
    return bool(now) and rule(before, now)


def _whole_name(disposition: str) -> tuple[str, str]:
    return disposition.partition(";")[0], unquote(disposition.partition("filename*=")[2][7:])


def _cookie_as_kept(cookie: str) -> list[str]:
    """Name and attributes. What it holds is another each time, and so is where a form lies."""
    named = re.sub(r"^(\w+)=[^;]*", r"\1", cookie)
    return sorted(re.sub(r"/[a-z2-7]{16}/", "/PLACE/", named).split("; "))


def _policy_as_strict(before: str, now: str) -> bool:
    """Nothing is allowed (CSP level 3) that was not."""
    old, new = _directives(before), _directives(now)
    return all(_sources(new, name) <= allowed for name, allowed in old.items())


def _directives(policy: str) -> dict[str, set[str]]:
    parts = [part.split() for part in policy.split(";")]
    return {name: set(values) - {"'none'"} for name, *values in parts}


def _sources(policy: dict[str, set[str]], name: str) -> set[str]:
    anything = {"*"}
    if name.endswith("-src"):
        return policy.get(name, policy.get("default-src", anything))
    return policy.get(name, anything)


def test_a_looser_header_would_be_found() -> None:
    policy = "default-src 'none'; style-src 'self'; frame-ancestors 'self'"
    assert as_strict("content-security-policy", policy, policy)
    stricter = "default-src 'none'; frame-ancestors 'none'"
    assert as_strict("content-security-policy", policy, stricter)
    for looser in (
        "default-src 'self'; frame-ancestors 'self'",
        "default-src 'none'; style-src 'self'",
        "default-src 'none'; style-src 'self' 'unsafe-inline'; frame-ancestors 'self'",
        "",
    ):
        assert not as_strict("content-security-policy", policy, looser)
    assert not as_strict("cache-control", "no-store", "no-cache")
