"""`make run`, as a README reader sees it: one collection from the opening mail to the report."""

from __future__ import annotations

import re
import subprocess
import sys
from io import BytesIO
from pathlib import Path

import httpx
import pytest
from openpyxl import load_workbook

from dutyflow.calendars.periods import period_named
from dutyflow.mail.inbound.message import read_message
from dutyflow.mail.mailboxes.inbox import MaildirInbox
from tests.e2e.conftest import DAG, DUTY, OFFICE, Airflow, play_environment

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def played(airflow: Airflow) -> str:
    """What the play printed."""
    done = subprocess.run(
        [sys.executable, "tools/play.py"],
        cwd=ROOT,
        env=play_environment(airflow.instance),
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def run(played: str) -> str:
    """The name of the run that was played, in the address that the play tells."""
    told = re.search(rf"/dags/{DAG}/runs/(\S+)", played)
    assert told, played
    return told[1]


@pytest.fixture(scope="module")
def cycle(airflow: Airflow, run: str):
    """What the ledger has of the cycle that was played; others may be open on the same day."""
    name, _, _ = run.rpartition("-")
    return airflow.workspace.ledger.cycles.get(f"{OFFICE}/{DUTY}/{name}")


def test_it_tells_what_happens_and_where_things_lie(airflow: Airflow, played: str) -> None:
    for words in ("收到：請填報", "還需要修正 2 處", "逾期", "彙整表第 2 版", "核定", "結案"):
        assert words in played
    assert airflow.instance.url in played
    assert str(airflow.instance.mail) in played


def test_the_run_shows_each_section_by_name(airflow: Airflow, run: str) -> None:
    titles = {t.title for t in airflow.api.tasks(DAG, run) if t.id == "section.collect"}
    assert titles == {"業務組", "總務組", "設計組", "電費組", "人資組"}


def test_only_the_late_section_ran_again(airflow: Airflow, run: str, cycle) -> None:
    assert airflow.collected_after_version_1(run, cycle.key) == {"人資組"}


def test_the_ledger_knows_who_was_late_and_what_went_out(airflow: Airflow, cycle) -> None:
    ledger = airflow.workspace.ledger
    on_time = {a.section: a.on_time for a in ledger.assignments.of(cycle.key)}
    assert on_time.pop("human_resources") is False
    assert set(on_time.values()) == {True}
    assert cycle.state == "closed"
    assert [r.state for r in ledger.reports.of(cycle.key)] == ["assembled", "delivered"]
    assert {n.state for n in ledger.notices.of(cycle=cycle.key)} == {"sent"}
    assert ledger.events.verify() is None


def test_head_office_has_the_second_version(airflow: Airflow, cycle) -> None:
    contacts = airflow.workspace.office("pingtung").contacts
    inbox = MaildirInbox(airflow.instance.mail / contacts.head_office.email)
    mails = (read_message(stored.data, mailbox="") for stored in inbox.messages())
    (mail,) = (each for each in mails if period_named(cycle.name).title in each.subject)
    assert "第 2 版" in mail.subject
    cells = {
        str(cell)
        for sheet in load_workbook(BytesIO(mail.attachments[0].data))
        for row in sheet.values
        for cell in row
    }
    assert "1.1.1" in cells
    assert "逾期未報" not in cells


def test_a_schedules_name_is_not_given_to_a_run_by_hand(airflow: Airflow, played: str) -> None:
    with pytest.raises(httpx.HTTPStatusError) as refused:
        airflow.api.start(DAG, "scheduled__115H2", {})
    assert refused.value.response.status_code == 400


def test_the_page_is_in_chinese_on_the_offices_clock(airflow: Airflow) -> None:
    page = httpx.get(f"{airflow.instance.url}/", follow_redirects=True).text
    assert "zh-TW" in page
    assert "Asia/Taipei" in page


def test_everything_listens_on_this_machine_only(airflow: Airflow) -> None:
    import psutil

    import embedded

    listening = set()
    for _, process in embedded.processes(airflow.instance):
        for member in (process, *process.children(recursive=True)):
            for connection in member.net_connections(kind="inet"):
                if connection.status == psutil.CONN_LISTEN:
                    listening.add(connection.laddr.ip)
    assert listening == {"127.0.0.1"}
