"""Headers, other sites' forms, sizes and rates: what stands between the page and the world."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from dutyflow.infra.settings import BadSetting, Settings
from dutyflow.web.security.limits import DRAINED
from dutyflow.web.upload import create_app
from dutyflow.web.upload.app import MAX_BODY
from tests.web.conftest import BASE, Page, Visitor, answers, fields_of

JPEG = b"\xff\xd8\xff"
PATHS = ("/fill", "/fill/static/fill.css", "/fill/nowhere/", "/nowhere", "/fill/health")


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_headers(shared_page: Page, path: str) -> None:
    answer = shared_page.browser().client.get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    kept = "public" if "static" in path else "no-store"
    assert kept in answer.headers["Cache-Control"]
    assert "server" not in answer.headers


def test_the_workbook_is_kept_and_never_opened(page: Page) -> None:
    headers = page.visitor("design").show("form.xlsx").headers
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none';")
    assert headers["Content-Disposition"].startswith("attachment; ")
    assert headers["Cache-Control"] == "no-store"


def test_an_error_of_ours_is_a_sentence_with_the_headers(page: Page, monkeypatch) -> None:
    visitor = page.visitor()
    monkeypatch.setattr(page.app.state.context, "slug", lambda _: 1 / 0)
    client = TestClient(page.app, base_url=BASE, raise_server_exceptions=False)
    client.cookies = visitor.client.cookies
    answer = client.get(visitor.path)
    assert answer.status_code == 500
    assert "系統暫時有問題" in answer.text
    assert "Traceback" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert "Content-Security-Policy" in answer.headers


def test_pages_have_no_inline_script_or_style_and_fetch_nothing_from_elsewhere(page: Page) -> None:
    visitor = page.visitor()
    for path in ("", "workbook", "nothing", "time", "deputy"):
        text = visitor.show(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert text.count("<script") == 1
        assert "https://" not in text.replace("https://example", "")
        assert 'lang="zh-Hant-TW"' in text


def test_the_cookies_are_for_one_path_and_out_of_scripts_reach(page: Page) -> None:
    browser = page.browser()
    door = browser.client.get("/fill")
    answer = browser.client.post(
        "/fill", data={**fields_of(door), "code": page.code()}, follow_redirects=False
    )
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert f"Path={answer.headers['Location']}" in cookie
    assert "Secure" not in cookie
    assert page.person().email not in cookie, "not in clear"


def test_over_https_cookies_are_secure_and_browsers_told_to_stay_there(page: Page) -> None:
    environ = {**vars(page.scene.workspace.settings)}
    environ["base_url"] = "https://plan.example.tw/section"
    page.scene.workspace.__dict__["settings"] = Settings(**environ)
    app = create_app(page.scene.workspace, now=page.scene.clock)
    client = TestClient(app, base_url="https://plan.example.tw")
    door = client.get("/section/fill")
    assert "Secure" in door.headers["Set-Cookie"]
    assert "Strict-Transport-Security" in door.headers
    form = client.post("/section/fill", data={**fields_of(door), "code": page.code()})
    assert form.status_code == 200
    assert 'action="/section/fill/' in form.text


@pytest.mark.parametrize("address", ["plan.example.tw", "https://", "ftp://x", "http://u@x", "a b"])
def test_a_base_url_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(BadSetting, match="不是網址"):
        Settings.from_environ({"DUTYFLOW_BASE_URL": address})


FOREIGN = (
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://["},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


@pytest.mark.parametrize("headers", FOREIGN)
def test_another_site_s_form_is_refused(page: Page, headers: dict[str, str]) -> None:
    visitor = page.visitor("design")
    said = {**fields_of(visitor.page), **answers(page)}
    answer = visitor.client.post(visitor.path + "send", data=said, headers=headers)
    assert answer.status_code == 403
    assert page.case("design").assignment.state == "open"
    door = visitor.client.get("/fill")
    known = {**fields_of(door), "email": page.person().email}
    assert visitor.client.post("/fill/again", data=known, headers=headers).status_code == 403
    assert page.confirm() == []


@pytest.mark.parametrize("page_", ["draft", "send", "workbook", "nothing", "time", "deputy"])
def test_a_form_without_its_token_is_refused(page: Page, page_: str) -> None:
    visitor = page.visitor("design")
    said = {**answers(page), "sure": "1", "day": "107/7/9", "why": "x", "deputy": "other"}
    for token in ("", "x", page.app.state.context.form_tokens.issue("another")):
        answer = visitor.client.post(visitor.path + page_, data={**said, "csrf": token})
        assert answer.status_code == 403
    assert page.case("design").assignment.state == "open"
    assert page.scene.ledger.drafts.of(page.case("design").assignment.key) is None


def test_one_visitor_s_token_is_no_other_s(page: Page) -> None:
    one, two = page.visitor("design", 0), page.visitor("design", 1)
    stolen = fields_of(two.page)["csrf"]
    answer = one.client.post(one.path + "nothing", data={"csrf": stolen, "sure": "1"})
    assert answer.status_code == 403


def test_a_link_that_is_opened_twice_leaves_the_first_page_good(page: Page) -> None:
    """Somebody clicks in the mail again: what they type in the older tab can still be sent."""
    visitor = page.visitor("design")
    older = fields_of(visitor.page)
    visitor.open(page.code("design"))
    sent = {**older, **answers(page)}
    assert "已收到" in visitor.client.post(visitor.path + "send", data=sent).text


def test_too_large_is_told_and_nothing_is_kept(page: Page, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "spool"))
    (tmp_path / "spool").mkdir()
    visitor = page.visitor("design")
    heavy = [("files", ("大.jpg", b"x" * (MAX_BODY + 1), "image/jpeg"))]
    answer = visitor.post("send", files=heavy, **answers(page))
    assert answer.status_code == 413
    assert "25 MB 以內" in answer.text
    assert page.case("design").assignment.state == "open"
    assert list((tmp_path / "spool").iterdir()) == []


def test_files_that_add_up_over_several_drafts_are_told(page: Page) -> None:
    visitor = page.visitor("design")
    for number in range(2):
        some = [("files", (f"{number}.jpg", JPEG + bytes(14 * 2**20), "image/jpeg"))]
        answer = visitor.post("draft", files=some)
    assert answer.status_code == 422
    assert "28 MB" in answer.text
    draft = page.scene.ledger.drafts.of(page.case("design").assignment.key)
    assert [file.name for file in draft.files] == ["0.jpg"]


def test_a_body_without_end_is_cut_off_while_it_streams(page: Page) -> None:
    """No more is read than what the answer needs to be seen."""
    visitor = page.visitor("design")
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        yield (b'--b\r\nContent-Disposition: form-data; name="files"; filename="a"\r\n\r\n')
        while True:
            read += 2**20
            yield bytes(2**20)

    status = asyncio.run(_post(page, visitor, body()))
    assert status == 413
    assert MAX_BODY < read <= DRAINED * MAX_BODY + 2**21


async def _post(page: Page, visitor: Visitor, body: AsyncIterator[bytes]) -> int:
    cookie = "; ".join(f"{it.name}={it.value}" for it in visitor.client.cookies.jar)
    headers = {"cookie": cookie, "content-type": "multipart/form-data; boundary=b", "host": "x"}
    scope = {
        "type": "http",
        "method": "POST",
        "path": visitor.path + "send",
        "raw_path": visitor.path.encode(),
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 1),
        "server": ("x", 80),
        "scheme": "http",
        "http_version": "1.1",
    }
    statuses: list[int] = []

    async def receive() -> dict:
        return {"type": "http.request", "body": await anext(body), "more_body": True}

    async def send(message: dict) -> None:
        if message["type"] == "http.response.start":
            statuses.append(message["status"])

    await page.app(scope, receive, send)
    return statuses[0]


def test_guessing_codes_is_slowed_and_good_codes_are_not(page: Page) -> None:
    guesser = page.browser()
    answers_ = [guesser.open("x" * 24).status_code for _ in range(30)]
    assert answers_[0] == 403
    assert answers_[-1] == 429
    assert int(guesser.page.headers["Retry-After"]) > 0
    assert "秒再試" in guesser.page.text
    assert page.browser().open(page.code()).status_code == 200


def test_asking_for_links_and_sending_are_limited(page: Page) -> None:
    browser = page.browser()
    said = {**fields_of(browser.client.get("/fill")), "email": "a@example.tw"}
    told = [browser.client.post("/fill/again", data=said).status_code for _ in range(25)]
    assert (told[0], told[-1]) == (200, 429)
    visitor = page.visitor("design")
    form = {"csrf": fields_of(visitor.page)["csrf"]}
    sent = [visitor.client.post(visitor.path + "nothing", data=form).status_code for _ in range(35)]
    assert (sent[0], sent[-1]) == (422, 429)
    assert page.visitor("design", 1).page.status_code == 200, "others are not held up"


ODD_PARTS = (
    {"version": "9" * 5000},
    {"version": "9" * 19},
    {"remove": "9" * 5000},
)


@pytest.mark.parametrize("said", ODD_PARTS, ids=str)
def test_no_number_is_too_long_to_be_none(page: Page, said: dict[str, str]) -> None:
    visitor = page.visitor("design")
    visitor.post("draft")
    assert visitor.post("draft", **said).status_code in (200, 409)


def test_a_charset_that_is_none_is_told(page: Page) -> None:
    visitor = page.visitor("design")
    body = b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\n\xff\r\n--b--\r\n'
    kind = "multipart/form-data; boundary=b; charset=undefined"
    answer = visitor.client.post(
        visitor.path + "draft", content=body, headers={"content-type": kind}
    )
    assert (answer.status_code, "無法讀取" in answer.text) == (400, True)


def test_what_a_cookie_says_is_not_repeated(page: Page) -> None:
    """Escapes in a cookie would come back as line ends."""
    odd = 'dutyflow_door="aaaaaaaaaaaaaaaaaaaa\\012Set-Cookie: x"'
    answer = page.browser().client.get("/fill", headers={"Cookie": odd})
    assert answer.status_code == 200
    assert "aaaa" not in answer.headers["Set-Cookie"]


def test_health_says_whether_the_ledger_is_there(shared_page: Page) -> None:
    assert shared_page.browser().client.get("/fill/health").text == "ok"
