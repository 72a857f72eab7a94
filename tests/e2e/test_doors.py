"""Answers come in by a mail server and by a shared folder, into a real Airflow."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from dutyflow.infra.shared_folder import TAKEN
from dutyflow.mail.mailboxes.imap import DONE_FOLDER
from sample_sections import Letter, filled, sample_answer
from tests.e2e.conftest import DAG, OFFICE, Airflow, until
from tests.support.dovecot import Dovecot, dovecot, dovecot_server

__all__ = ["dovecot", "dovecot_server"]

RUN, CYCLE = "three-doors", "111H2"


@pytest.fixture
def on_server(airflow: Airflow, dovecot: Dovecot) -> Iterator[Dovecot]:
    """Whoever runs it makes a connection in Airflow and names it in the contacts, nothing else."""
    account = dovecot.account()
    httpx.post(
        f"{airflow.instance.url}/api/v2/connections",
        headers={"Authorization": f"Bearer {airflow.api.token}"},
        json={
            "connection_id": "imap_default",
            "conn_type": "imap",
            "host": account.host,
            "port": account.port,
            "login": account.login,
            "password": account.password,
            "extra": f'{{"ca_file": "{account.ca_file}"}}',
        },
        timeout=30,
    ).raise_for_status()
    folder = airflow.instance.plans / OFFICE
    text = (folder / "contacts.yaml").read_text(encoding="utf-8")
    address = airflow.workspace.office(OFFICE).contacts.mailbox.address
    local = folder / "contacts.local.yaml"
    local.write_text(text.replace(address, f"{address}, imap: imap_default", 1), encoding="utf-8")
    yield dovecot
    local.unlink()


def test_by_a_folder_and_by_a_mail_server(airflow: Airflow, on_server: Dovecot) -> None:
    by_mail, by_folder = airflow.sections(CYCLE)["業務組"], airflow.sections(CYCLE)["設計組"]
    end = datetime.now(UTC) + timedelta(hours=2)
    airflow.api.start(
        DAG, RUN, {"cycle": CYCLE, "collect_by": end.isoformat(), "report_due": "2099-01-01"}
    )
    place = airflow.instance.home / "folders" / OFFICE
    place.mkdir(parents=True)
    form = letter_to(airflow, "設計組").form.data
    (place / "設計組 上半年.xlsx").write_bytes(filled(form, sample_answer))
    is_collected(airflow, "設計組")
    until(lambda: list((place / TAKEN).rglob("設計組 上半年.xlsx")), "the file put away")
    until(lambda: next(by_folder.new_letters(), None), "the receipt")

    # The wait that begins now reads the contacts as they now are.
    letter = letter_to(airflow, "業務組")
    answer = by_mail.answer(letter, filled(letter.form.data, sample_answer))
    on_server.put(answer.as_bytes(), datetime.now(UTC))
    is_collected(airflow, "業務組")
    with on_server.client() as client:
        assert client.folder_status(DONE_FOLDER)[b"MESSAGES"] == 1


def letter_to(airflow: Airflow, name: str) -> Letter:
    letter = until(
        lambda: next(airflow.sections(CYCLE)[name].new_letters(), None), f"{name} opening"
    )
    airflow.until_task(
        RUN, "section.collect", "deferred", list(airflow.sections(CYCLE)).index(name)
    )
    return letter


def is_collected(airflow: Airflow, name: str) -> None:
    airflow.until_task(RUN, "section.collect", "success", list(airflow.sections(CYCLE)).index(name))
