"""What the page refuses: who is not logged in, forms from elsewhere, what strangers smuggle in."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from dutyflow.web.security.form_tokens import AgingFormTokens
from dutyflow.web.security.signing import Salt
from tests.support.coordinator_page import mail
from tests.support.scene import OFFICE
from tests.web.coordinator.conftest import HERE, Page, as_somebody_else

ASSIGNMENT = f"/{OFFICE}/assignments/self_assessment/107H1/design"
STYLE = "/coordinator.css"  # who is not logged in any more is told so in it
GETS = (
    "/",
    STYLE,
    f"/{OFFICE}",
    f"/{OFFICE}/items/1",
    f"/{OFFICE}/items/1/files/0",
    f"/{OFFICE}/items/1/original",
    ASSIGNMENT,
)


def test_every_address_asks_who_is_there(page: Page) -> None:
    as_somebody_else(page, None)
    for route in page.app.routes:
        path = re.sub(r"{\w+}", "1", route.path)
        for method in route.methods:
            refused = 200 if path == STYLE else 401
            assert page.client.request(method, path).status_code == refused, (method, path)


def test_the_refusal_is_in_chinese(page: Page) -> None:
    as_somebody_else(page, None)
    assert "請先登入" in page.client.get("/").text


@pytest.mark.parametrize("who", ["stranger", "neighbour"])
def test_nobody_sees_the_office_of_another(page: Page, who: str) -> None:
    page.stray()
    seal = page.seal()
    as_somebody_else(page, who)
    assert page.client.get("/").status_code == 403
    for path in GETS[2:]:
        assert page.client.get(path).status_code == 404, path
    answer = page.post(f"/{OFFICE}/items/1/aside", seal=seal, why="x")
    assert answer.status_code == 404


def test_a_thing_of_another_office_is_not_there(page: Page) -> None:
    stray = page.stray()
    from sqlalchemy import update

    from dutyflow.ledger.tables import submissions

    with page.scene.ledger._database.writing() as connection:
        connection.execute(update(submissions).values(office="lienchiang"))
    assert "自評表" not in page.get()
    for path in ("", "/files/0", "/original"):
        assert page.client.get(f"/{OFFICE}/items/{stray.id}{path}").status_code == 404


@pytest.mark.parametrize(
    ("headers", "keep_seal"),
    [
        ({"Origin": HERE}, False),
        ({"Origin": "https://elsewhere.example"}, True),
        ({"Origin": "null"}, True),
        ({"Origin": "http://["}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
    ],
)
def test_a_form_from_elsewhere_does_nothing(
    page: Page, headers: dict[str, str], keep_seal: bool
) -> None:
    stray = page.stray()
    fields = {"why": "x", **({"seal": page.seal()} if keep_seal else {})}
    answer = page.client.post(f"/{OFFICE}/items/{stray.id}/aside", data=fields, headers=headers)
    assert answer.status_code == 403
    assert page.waiting() == (stray,)


def test_a_form_that_was_drawn_for_somebody_else_does_nothing(page: Page) -> None:
    stray, seal = page.stray(), page.seal()
    tokens = AgingFormTokens(
        page.scene.workspace.secret, Salt.COORDINATOR_FORM, max_age=timedelta(hours=1)
    )
    assert tokens.issue("coordinator").partition(".")[0] == seal.partition(".")[0]
    other = tokens.issue("other")
    answer = page.post(f"/{OFFICE}/items/{stray.id}/aside", seal=other, why="x")
    assert answer.status_code == 403


def test_looking_changes_nothing(page: Page) -> None:
    page.scene.open()
    page.stray()
    before = page.scene.ledger.events.last()
    for path in GETS:
        page.client.get(path)
    assert page.client.get(f"/{OFFICE}/items/1/aside").status_code in (404, 405)
    assert page.scene.ledger.events.last() == before


def test_what_a_stranger_writes_is_shown_and_not_obeyed(page: Page) -> None:
    evil = '<script>alert(1)</script>"><img src=x onerror=alert(1)>'
    page.scene.put(mail(evil, Subject=evil, files=[(f"{evil}.pdf", b"x")]))
    page.scene.take_in()
    (stray,) = page.waiting()
    for path in (f"/{OFFICE}", f"/{OFFICE}/items/{stray.id}"):
        said = page.get(path)
        assert "<script" not in said
        assert "<img" not in said
        assert "&lt;script&gt;alert(1)" in said


def test_a_mail_of_html_alone_is_shown_as_words(page: Page) -> None:
    page.scene.put(
        b"From: a@example.tw\r\nTo: plan@pingtung.example.tw\r\nSubject: x\r\n"
        b"Content-Type: text/html\r\n\r\n<b>hello</b><img src=http://example.tw/x.png>\r\n"
    )
    page.scene.take_in()
    said = page.get()
    assert "hello" in said
    assert "<b>" not in said
    assert "x.png" not in said


def test_a_name_that_reads_backwards_is_straightened(page: Page) -> None:
    page.scene.put(mail(Subject="=?utf-8?q?a=E2=80=AEfdp.exe?="))
    page.scene.take_in()
    assert "\u202e" not in page.get()


@pytest.mark.parametrize("path", ["/", f"/{OFFICE}", f"/{OFFICE}/", "/nowhere", STYLE])
def test_pages_run_nothing_and_are_framed_by_nobody_else(page: Page, path: str) -> None:
    headers = page.client.get(path, follow_redirects=False).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'self'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "SAMEORIGIN"
    assert headers["cache-control"] == "no-store"


def test_a_file_is_kept_and_never_opened(page: Page) -> None:
    page.scene.put(mail(files=[("x.html", b"<script>alert(1)</script>")]))
    page.scene.take_in()
    (stray,) = page.waiting()
    for path in ("files/0", "original"):
        headers = page.client.get(f"/{OFFICE}/items/{stray.id}/{path}").headers
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"].startswith("attachment; ")
        assert headers["content-security-policy"].startswith("sandbox;")
        assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    [
        "items/..%2f..%2fetc%2fpasswd",
        "items/1/files/..%2f..%2fsecret",
        "items/1/files/-1",
        "items/1/files/99",
        "items/0",
        "items/99999999999999999999",
        "items/1;ls",
        "assignments/..%2f..%2fx/107H1/design",
        "assignments/self_assessment/107H1/nobody",
    ],
)
def test_an_address_that_leads_out_leads_nowhere(page: Page, path: str) -> None:
    page.scene.open()
    page.stray()
    answer = page.client.get(f"/{OFFICE}/{path}")
    assert answer.status_code == 404
    assert "找不到這個頁面" in answer.text


def test_too_long_a_form_is_not_read(page: Page) -> None:
    stray = page.stray()
    answer = page.post(f"/{OFFICE}/items/{stray.id}/aside", seal=page.seal(), why="x" * 70_000)
    assert answer.status_code == 413


def test_words_in_an_address_are_not_shown_as_ours(page: Page) -> None:
    assert "您中獎了" not in page.get(f"/{OFFICE}?said=您中獎了")
