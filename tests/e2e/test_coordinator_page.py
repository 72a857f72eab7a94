"""收件 in a real Airflow: who is let in, one click that assigns, one that collects again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from playwright.sync_api import Browser, FrameLocator, expect

from dutyflow.infra.mime_types import XLSX
from dutyflow.mail.attachment import Attachment
from dutyflow.mail.mailboxes.inbox import MaildirInbox
from sample_sections import (
    Letter,
    filled,
    read_letter,
    sample_answer,
    send_from_elsewhere,
)
from tests.e2e.conftest import DAG, OFFICE, Airflow, until
from tests.support.browser import browser

__all__ = ["browser"]

COORDINATOR_PAGE = "/dutyflow/desk"
RUN, CYCLE = "assigned-by-hand", "113H1"
LATE_RUN, LATE_CYCLE = "late-by-hand", "112H1"
BUSINESS, DESIGN = 0, 2  # in the plan's order


@pytest.fixture
def coordinator(airflow: Airflow):
    with httpx.Client(
        base_url=airflow.instance.url,
        cookies={"_token": airflow.api.token},
        headers={"Origin": airflow.instance.url},
        follow_redirects=True,
        timeout=60,
    ) as client:
        yield client


@pytest.mark.parametrize("path", ["/", f"/{OFFICE}", f"/{OFFICE}/items/1"])
def test_nobody_is_let_in_without_a_login(airflow: Airflow, path: str) -> None:
    answer = httpx.get(f"{airflow.instance.url}{COORDINATOR_PAGE}{path}", timeout=60)
    assert answer.status_code == 401
    assert "請先登入" in answer.text


@pytest.fixture
def frame(airflow: Airflow, browser: Browser) -> Iterator[FrameLocator]:
    """The page as Airflow shows it: in the menu, in a frame of its own."""
    context = browser.new_context(locale="zh-TW", viewport={"width": 1280, "height": 800})
    context.set_default_timeout(60_000)
    context.add_cookies(
        [{"name": "_token", "value": airflow.api.token, "url": airflow.instance.url}]
    )
    tab = context.new_page()
    tab.goto(airflow.instance.url)
    tab.get_by_role("button", name="瀏覽").click()
    tab.get_by_role("menuitem", name="收件").click()
    frame = tab.frame_locator("iframe")
    expect(frame.get_by_role("heading", name="收件", level=1)).to_be_visible(timeout=60_000)
    yield frame
    context.close()


def test_one_click_in_airflow_s_frame_assigns_what_a_stranger_sent(
    airflow: Airflow, coordinator: httpx.Client, frame: FrameLocator
) -> None:
    a_run_is_started(airflow, RUN, CYCLE, timedelta(hours=2))
    airflow.until_task(RUN, "section.collect", "deferred", DESIGN)
    letter = opening_mail(airflow, "設計組", "113年上半年")
    subject = f"設計組表單 {datetime.now(UTC).timestamp()}"
    a_stranger_sends(airflow, letter, subject)
    until(lambda: page_with(coordinator, subject), "the mail on the page")
    frame.get_by_role("link", name="收件", exact=True).click()
    came = frame.get_by_role("article").filter(has_text=subject)
    chosen = f"{OFFICE}/self_assessment/{CYCLE}/design"
    expect(came.get_by_label("歸入哪一份應辦事項")).to_have_value(chosen)
    came.get_by_role("button", name="認領").click()
    done = "已歸入設計組「113年上半年 半年自行考核」：已受理"
    expect(frame.get_by_role("status")).to_contain_text(done, timeout=60_000)
    airflow.until_task(RUN, "section.collect", "success", DESIGN)
    until(lambda: receipt(airflow, "113年上半年"), "the receipt to the section's owner")
    (event, *_) = reversed(airflow.workspace.ledger.events.of(what="認領"))
    assert event.who == "admin"


def test_what_was_accepted_is_returned_in_the_frame(airflow: Airflow, frame: FrameLocator) -> None:
    cycle = frame.get_by_role("heading", name="113年上半年 半年自行考核").locator(
        "xpath=following::table[1]"
    )
    cycle.get_by_role("link", name="設計組", exact=True).click()
    frame.get_by_text("退回補正", exact=True).first.click()
    frame.get_by_label("要補正什麼").fill("請補標章文號")
    frame.get_by_role("button", name="退回補正").click()
    done = "已退回補正；通知信由系統辦理中；重新收件由系統辦理中"
    expect(frame.get_by_role("status")).to_contain_text(done, timeout=60_000)
    until(lambda: letter_in(airflow, "設計組", "請補正", "113年上半年"), "what to correct")
    airflow.until_task(RUN, "section.collect", "deferred", DESIGN)


def test_a_late_section_is_collected_again(airflow: Airflow, coordinator: httpx.Client) -> None:
    a_run_is_started(airflow, LATE_RUN, LATE_CYCLE, timedelta(seconds=60))
    airflow.until_task(LATE_RUN, "section.collect", "failed", BUSINESS)
    airflow.until_task(LATE_RUN, "review", "awaiting_input")
    path = f"{COORDINATOR_PAGE}/{OFFICE}/assignments/self_assessment/{LATE_CYCLE}/business"
    seal = seal_on(coordinator.get(path).text)
    answer = coordinator.post(f"{path}/again", data={"seal": seal})
    assert "重新收件中" in answer.text
    airflow.until_task(LATE_RUN, "section.collect", "deferred", BUSINESS)
    assert "重新收件</button>" not in coordinator.get(path).text


def seal_on(page: str) -> str:
    found = re.search(r'name="seal" value="([^"]+)"', page)
    assert found
    return found[1]


def a_run_is_started(airflow: Airflow, run: str, cycle: str, waits: timedelta) -> None:
    until = datetime.now(UTC) + waits
    order = {"cycle": cycle, "collect_by": until.isoformat(), "report_due": "2099-01-01"}
    airflow.api.start(DAG, run, order)


def opening_mail(airflow: Airflow, section: str, period: str) -> Letter:
    return until(lambda: letter_in(airflow, section, "請填報", period), f"{section} opening")


def receipt(airflow: Airflow, period: str) -> Letter | None:
    return letter_in(airflow, "設計組", "收到", period)


def letter_in(airflow: Airflow, section: str, word: str, period: str) -> Letter | None:
    inbox = MaildirInbox(airflow.instance.mail / airflow.sections(CYCLE)[section].person.email)
    letters = (read_letter(stored.data) for stored in inbox.messages())
    return next(
        (it for it in letters if word in it.message.subject and period in it.message.subject), None
    )


def a_stranger_sends(airflow: Airflow, letter: Letter, subject: str) -> None:
    form = Attachment(
        name=letter.form.name, content_type=XLSX, data=filled(letter.form.data, sample_answer)
    )
    mailbox = airflow.workspace.office(OFFICE).contacts.mailbox.address
    send_from_elsewhere(airflow.instance, mailbox, subject, form)


def page_with(coordinator: httpx.Client, subject: str) -> str | None:
    page = coordinator.get(f"{COORDINATOR_PAGE}/").text
    return page if subject in page else None
