"""What a coordinator does by hand: a run that the mail server holds up, a return, no delivery.

The section that is asked again answers on its page.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx

import embedded
from dutyflow.mail.mailboxes.inbox import MaildirInbox
from sample_sections import Letter, filled, sample_answer
from tests.e2e.conftest import DAG, Airflow, until

DESIGN = 2  # 設計組, in the plan's order
RUN, CYCLE = "by-hand", "114H1"
KEY = f"pingtung/self_assessment/{CYCLE}"


def test_mail_is_held_up_then_goes_out_and_a_section_is_asked_again(airflow: Airflow) -> None:
    the_mail_server_is_down(airflow)
    a_run_is_started(airflow)
    nothing_is_marked_as_sent(airflow)
    the_mail_server_is_back(airflow)
    every_section_answers(airflow)
    one_is_sent_back(airflow)
    it_corrects_and_only_it_ran_again(airflow)
    the_report_is_withheld(airflow)


def the_mail_server_is_down(airflow: Airflow) -> None:
    sink = dict(embedded.processes(airflow.instance))["mail-sink"]
    sink.terminate()
    sink.wait(20)


def a_run_is_started(airflow: Airflow) -> None:
    until = datetime.now(UTC) + timedelta(hours=2)
    airflow.api.start(
        DAG,
        RUN,
        {"cycle": CYCLE, "collect_by": until.isoformat(), "report_due": "2099-01-01"},
    )


def nothing_is_marked_as_sent(airflow: Airflow) -> None:
    for index in range(5):
        airflow.until_task(RUN, "section.announce", "up_for_retry", index)
    assert "sent" not in {n.state for n in airflow.workspace.ledger.notices.of(cycle=KEY)}
    assert "郵件伺服器目前無法連線" in log_of(airflow, "section.announce", 0)


def the_mail_server_is_back(airflow: Airflow) -> None:
    embedded.up(airflow.instance)
    for index in range(5):
        airflow.until_task(RUN, "section.announce", "success", index)
    assert {n.state for n in airflow.workspace.ledger.notices.of(cycle=KEY)} == {"sent"}


def every_section_answers(airflow: Airflow) -> None:
    titles = {airflow.until_task(RUN, "section.collect", "deferred", i).title for i in range(5)}
    assert titles == set(airflow.sections(CYCLE)), "names are shown while sections are waited for"
    for section in airflow.sections(CYCLE).values():
        letter = until(lambda it=section: next(it.new_letters(), None), f"{section.name} opening")
        section.reply(letter, filled(letter.form.data, sample_answer))
    airflow.until_task(RUN, "review", "awaiting_input")


def one_is_sent_back(airflow: Airflow) -> None:
    design = airflow.sections(CYCLE)["設計組"]
    until(lambda: next(design.new_letters(), None), "receipt")
    airflow.api.decide(DAG, RUN, "退回補正", ["設計組"], "請補標章文號")
    letter = until(lambda: next(design.new_letters(), None), "the return")
    assert "請補正" in letter.message.subject
    assert "請補標章文號" in letter.message.text
    airflow.until_task(RUN, "section.collect", "deferred", DESIGN)

    def corrected(number: str) -> dict[str, object]:
        return {"佐證": "（樣本）標章文號 A-1"} if number == "1.2.2.8" else {}

    sent_by_page(letter, filled(letter.form.data, corrected))
    receipt = until(lambda: next(design.new_letters(), None), "receipt of the page")
    assert receipt.message.subject.startswith("已收到")


def sent_by_page(letter: Letter, workbook: bytes) -> None:
    """Through the link in a letter, as somebody does whose browser runs no scripts."""
    link = re.search(r"http://\S+#\S+", letter.message.text)
    assert link is not None
    door, _, code = link[0].partition("#")
    with httpx.Client(follow_redirects=True, timeout=60) as browser:
        form = browser.post(door, data={"csrf": token_in(browser.get(door)), "code": code})
        page = f"{form.url}workbook"
        said = {"csrf": token_in(browser.get(page))}
        done = browser.post(page, data=said, files={"workbook": (letter.form.name, workbook)})
    assert "已收到，檢查無誤" in done.text


def token_in(page: httpx.Response) -> str:
    found = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert found is not None, page.text
    return found[1]


def it_corrects_and_only_it_ran_again(airflow: Airflow) -> None:
    until(lambda: (airflow.workspace.ledger.reports.latest(KEY).version == 2) or None, "version 2")
    airflow.until_task(RUN, "review", "awaiting_input")
    assert airflow.collected_after_version_1(RUN, KEY) == {"設計組"}


def the_report_is_withheld(airflow: Airflow) -> None:
    contacts = airflow.workspace.office("pingtung").contacts
    inbox = MaildirInbox(airflow.instance.mail / contacts.head_office.email)
    before = len(list(inbox.messages()))
    airflow.api.decide(DAG, RUN, "不送", [], "")
    airflow.until_task(RUN, "close", "success")
    assert airflow.workspace.ledger.cycles.get(KEY).state == "closed"
    assert airflow.workspace.ledger.reports.latest(KEY).state == "withheld"
    assert len(list(inbox.messages())) == before


def test_a_cycle_that_does_not_exist_is_refused_in_plain_words(airflow: Airflow) -> None:
    airflow.api.start(DAG, "no-such-cycle", {"cycle": "114Q9"})
    airflow.until_task("no-such-cycle", "open", "failed")
    assert "114Q9" in log_of(airflow, "open", -1, run="no-such-cycle")


def log_of(airflow: Airflow, task: str, index: int, run: str = RUN) -> str:
    answer = httpx.get(
        f"{airflow.instance.url}/api/v2/dags/{DAG}/dagRuns/{run}/taskInstances/{task}/logs/1",
        params={"map_index": index, "full_content": True},
        headers={"Authorization": f"Bearer {airflow.api.token}", "Accept": "application/json"},
        timeout=30,
    )
    answer.raise_for_status()
    return answer.json().__str__()
