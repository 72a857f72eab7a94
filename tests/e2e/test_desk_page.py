"""收件 in a real Airflow: who is let in, one click that assigns, one that collects again."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from dutyflow.mail.attachment import XLSX, Attachment
from dutyflow.mail.inbox import MaildirInbox
from sample_sections import (
    Letter,
    filled,
    read_letter,
    sample_answer,
    send_from_elsewhere,
)
from tests.e2e.conftest import DAG, OFFICE, Airflow, until

DESK = "/dutyflow/desk"
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


@pytest.mark.parametrize("path", ["/", "/desk.css", f"/{OFFICE}", f"/{OFFICE}/items/1"])
def test_nobody_is_let_in_without_a_login(airflow: Airflow, path: str) -> None:
    answer = httpx.get(f"{airflow.instance.url}{DESK}{path}", timeout=60)
    assert answer.status_code == 401
    assert "請先登入" in answer.text


def test_airflow_has_it_in_its_menu(airflow: Airflow, coordinator: httpx.Client) -> None:
    plugins = coordinator.get("/api/v2/plugins").json()["plugins"]
    (ours,) = (each for each in plugins if each["name"] == "dutyflow")
    (view,) = ours["external_views"]
    assert (view["name"], view["href"]) == ("收件", f"{DESK}/")


def test_one_click_assigns_what_a_stranger_sent(
    airflow: Airflow, coordinator: httpx.Client
) -> None:
    a_run_is_started(airflow, RUN, CYCLE, timedelta(hours=2))
    airflow.until_task(RUN, "section.collect", "deferred", DESIGN)
    letter = opening_mail(airflow, "設計組", "113年上半年")
    subject = f"設計組表單 {datetime.now(UTC).timestamp()}"
    a_stranger_sends(airflow, letter, subject)
    page = until(lambda: page_with(coordinator, subject), "the mail on the page")
    action = re.search(rf'action="({DESK}/{OFFICE}/items/\d+/assign)"', page)
    assert action
    form = page.split(f'action="{action[1]}"')[1].split("</form>")[0]
    fields = dict(re.findall(r'<input[^>]* name="(\w+)"[^>]* value="([^"]*)"', form))
    chosen = re.search(r'<option value="([^"]+)" selected', form)
    assert chosen
    assert chosen[1] == f"{OFFICE}/self_assessment/{CYCLE}/design"
    answer = coordinator.post(action[1], data={**fields, "assignment": chosen[1]})
    assert "已歸入設計組「113年上半年 半年自行考核」：已受理" in answer.text
    airflow.until_task(RUN, "section.collect", "success", DESIGN)
    until(lambda: receipt(airflow, "113年上半年"), "the receipt to the section's owner")
    (event, *_) = reversed(airflow.desk.ledger.events.of(what="認領"))
    assert event.who == "admin"


def test_what_was_accepted_is_returned(airflow: Airflow, coordinator: httpx.Client) -> None:
    path = f"{DESK}/{OFFICE}/assignments/self_assessment/{CYCLE}/design"
    seal = seal_on(coordinator.get(path).text)
    answer = coordinator.post(f"{path}/return", data={"seal": seal, "why": "請補標章文號"})
    assert "已退回補正；通知信由系統辦理中；重新收件由系統辦理中" in answer.text
    until(lambda: letter_in(airflow, "設計組", "請補正", "113年上半年"), "what to correct")
    airflow.until_task(RUN, "section.collect", "deferred", DESIGN)


def test_a_late_section_is_collected_again(airflow: Airflow, coordinator: httpx.Client) -> None:
    a_run_is_started(airflow, LATE_RUN, LATE_CYCLE, timedelta(seconds=60))
    airflow.until_task(LATE_RUN, "section.collect", "failed", BUSINESS)
    airflow.until_task(LATE_RUN, "review", "awaiting_input")
    path = f"{DESK}/{OFFICE}/assignments/self_assessment/{LATE_CYCLE}/business"
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
    inbox = MaildirInbox(airflow.instance.mail / airflow.sections[section].person.email)
    letters = (read_letter(stored.data) for stored in inbox.messages())
    return next(
        (it for it in letters if word in it.message.subject and period in it.message.subject), None
    )


def a_stranger_sends(airflow: Airflow, letter: Letter, subject: str) -> None:
    form = Attachment(
        name=letter.form.name, content_type=XLSX, data=filled(letter.form.data, sample_answer)
    )
    mailbox = airflow.desk.office(OFFICE).contacts.mailbox.address
    send_from_elsewhere(airflow.instance, mailbox, subject, form)


def page_with(coordinator: httpx.Client, subject: str) -> str | None:
    page = coordinator.get(f"{DESK}/").text
    return page if subject in page else None
