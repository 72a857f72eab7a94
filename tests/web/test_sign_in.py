"""Links: who is let in, for how long, and what a stranger learns."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dutyflow.services.messaging import form_links
from dutyflow.services.messaging.form_links import GRACE, visit_by_code
from dutyflow.web.upload import session
from tests.support.scene import form_in, text_of
from tests.web.conftest import BASE, Page, answers, fields_of


def test_a_code_opens_the_form_of_its_section_and_person(page: Page) -> None:
    visitor = page.visitor("business")
    assert "業務組" in visitor.page.text
    assert "王小美（樣本）" in visitor.page.text
    assert page.visitor("business", 1).page.text.count("林志明（樣本）") >= 1


@pytest.mark.parametrize("typed", ["{url}", " {upper}\n", "{bare}", "{spaced}"])
def test_a_code_is_understood_however_it_was_copied(page: Page, typed: str) -> None:
    code = page.code()
    url = form_links.link(page.case(), page.person(), page.scene.now)
    bare = code.replace("-", "")
    written = typed.format(url=url, upper=code.upper(), bare=bare, spaced=code.replace("-", " － "))
    assert page.browser().open(written).status_code == 200


def test_nothing_secret_is_in_any_path(page: Page) -> None:
    url = form_links.link(page.case(), page.person(), page.scene.now)
    path, _, secret = url.partition("#")
    assert path == f"{BASE}/fill"
    assert len(secret.replace("-", "")) == 24
    assert secret not in page.visitor().page.url.path
    assert page.case().assignment.token not in secret.replace("-", "")


def test_a_wrong_code_is_told_and_opens_nothing(page: Page) -> None:
    good = page.code()
    for wrong in ("", "hello", good[:-1], good[:-1] + ("a" if good[-1] != "a" else "b"), "✓" * 24):
        answer = page.browser().open(wrong)
        assert answer.status_code == 403
        assert "這個連結或代碼不能用" in answer.text


def test_a_code_is_for_one_assignment_and_one_person(page: Page) -> None:
    """No other seal fits the same assignment, nor the same seal another assignment."""
    one, other = page.code("business"), page.code("design")
    mixed = other[:9] + one[9:]
    assert visit_by_code(page.scene.workspace, mixed) is None
    visitor = page.visitor("business")
    visitor.page = page.visitor("design").page
    assert visitor.show().status_code == 403


def test_who_is_no_longer_of_the_section_is_not_let_in(page: Page) -> None:
    case = page.case()
    gone = form_links.code(case, "gone@pingtung.example.tw", 0)
    assert page.browser().open(gone).status_code == 403


def test_looking_changes_nothing(page: Page) -> None:
    """Mail scanners follow links, and some run scripts."""
    before = page.scene.ledger.events.last()
    visitor = page.visitor()
    for path in ("", "workbook", "nothing", "time", "deputy", "done", "form.xlsx", "draft", "send"):
        assert visitor.show(path).status_code == 200
    assert page.scene.ledger.events.last() == before
    assert page.scene.ledger.drafts.of(page.case().assignment.key) is None
    assert page.browser().open(page.code()).status_code == 200, (
        "a link is not used up by opening it"
    )


def test_a_link_dies_on_acceptance(page: Page) -> None:
    code, visitor, colleague = page.code("design"), page.visitor("design"), page.visitor("design")
    done = visitor.post("send", **answers(page))
    assert done.url.path.endswith("/done")
    for answer in (page.browser().open(code), colleague.show(), visitor.show("workbook")):
        assert "已收到，檢查無誤" in answer.text
        assert "<form" not in answer.text
    refused = colleague.client.post(colleague.path + "send", data=fields_of(colleague.page))
    assert "已收到，檢查無誤" in refused.text
    assert len(page.scene.ledger.submissions.of(page.case("design").assignment.key)) == 1
    assert form_links.link(page.case("design"), page.person("design"), page.scene.now) == ""


def test_an_old_link_stays_dead_when_the_answer_is_returned(page: Page) -> None:
    code, visitor = page.code("design"), page.visitor("design")
    visitor.post("send", **answers(page))
    key, scene = page.case("design").assignment.key, page.scene
    until = scene.now + timedelta(days=3)
    scene.ledger.assignments.return_for_correction(
        key, note="請補充（樣本）", until=until, now=scene.now, who="曾秀英"
    )
    assert "退回補正之後寄給您的新連結" in page.browser().open(code).text
    fresh = page.visitor("design").page.text
    assert "請補充（樣本）" in fresh
    assert "已辦理" in fresh, "what was sent before is in the form"


def test_a_link_dies_after_the_cut_off_and_grace(page: Page) -> None:
    code, cut_off = page.code(), page.case().assignment.collect_by
    page.scene.now = cut_off + GRACE - timedelta(seconds=1)
    assert "已過" in page.browser().open(code).text
    page.scene.now = cut_off + GRACE
    closed = page.browser().open(code)
    assert (closed.status_code, "截止已久" in closed.text) == (410, True)


def test_a_waived_section_is_told_so(page: Page) -> None:
    key, scene = page.case().assignment.key, page.scene
    scene.ledger.assignments.waive(key, now=scene.now, who="曾秀英", why="（樣本）")
    assert "這一期免報" in page.browser().open(page.code()).text


def test_a_session_lasts_half_a_day_and_the_draft_longer(page: Page) -> None:
    visitor = page.visitor("design")
    row = page.case("design").rows[0].id
    visitor.post("draft", **{f"t:{row}:text": "寫到一半（樣本）"})
    page.scene.now += session.LASTS
    over = visitor.show()
    assert (over.status_code, "頁面已逾時" in over.text) == (403, True)
    assert "寫到一半（樣本）" in page.visitor("design").page.text


@pytest.mark.parametrize("tampered", ["", "x", "x" * 3000])
def test_a_forged_cookie_opens_nothing(page: Page, tampered: str) -> None:
    visitor = page.visitor()
    path = visitor.path
    visitor.client.cookies.clear()
    visitor.client.cookies.set(session.COOKIE, tampered, domain="plan.example.tw", path=path)
    assert visitor.client.get(path).status_code == 403


def test_new_links_go_to_addresses_on_record_and_nobody_else_learns_who_is(page: Page) -> None:
    known, unknown = page.person().email.upper(), "stranger@example.tw"
    told = []
    for email in (known, unknown):
        browser = page.browser()
        door = browser.client.get("/fill")
        told.append(browser.client.post("/fill/again", data={**fields_of(door), "email": email}))
    assert told[0].text == told[1].text
    assert told[0].headers.keys() == told[1].headers.keys()
    (mail,) = page.confirm()
    assert mail["To"].addresses[0].addr_spec == page.person().email
    (url,) = re.findall(r"http\S+#\S+", text_of(mail))
    assert page.browser().open(url).status_code == 200
    assert page.confirm() == [], "once"


def test_new_links_are_not_sent_twice_within_minutes(page: Page) -> None:
    for minutes, mails in ((0, 1), (9, 0), (2, 1)):
        page.scene.now += timedelta(minutes=minutes)
        browser = page.browser()
        door = browser.client.get("/fill")
        browser.client.post("/fill/again", data={**fields_of(door), "email": page.person().email})
        assert len(page.confirm()) == mails


def test_the_opening_mail_brings_a_link_for_each_person(page: Page) -> None:
    mails = page.scene.announce(page.cycle)
    text = text_of(mails["design"])
    (url,) = re.findall(r"http\S+#\S+", text)
    assert url == form_links.link(page.case("design"), page.person("design"), page.scene.now)
    assert "回覆這封信" in text, "the other way stays"
    html = mails["design"].get_body(("html",)).get_content()
    assert f'href="{url}"' in html
    assert form_in(mails["design"])


@settings(max_examples=200, deadline=None)
@given(
    email=st.emails(),
    returns=st.integers(0, 30),
    other=st.tuples(st.emails(), st.integers(0, 30)),
)
def test_codes_differ_between_people_and_rounds(shared_page: Page, email, returns, other) -> None:
    case = shared_page.case()
    code = form_links.code(case, email, returns)
    assert re.fullmatch(r"([a-z2-7]{4}-){5}[a-z2-7]{4}", code)
    assert code == form_links.code(case, email.upper().lower(), returns)
    if (email.lower(), returns) != (other[0].lower(), other[1]):
        assert code != form_links.code(case, *other)
