"""Who waits goes on waiting, whichever part of Airflow is killed meanwhile and started again."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import psutil

import embedded
from sample_sections import filled, sample_answer
from tests.e2e.conftest import DAG, Airflow, until

RUN, CYCLE = "restarts", "111H1"
AIRFLOW = ("triggerer", "scheduler", "dag-processor", "api-server")


def test_a_wait_outlives_every_part_of_airflow(airflow: Airflow) -> None:
    sections_are_waited_for(airflow)
    killed_and_started_again(airflow, "triggerer")
    one_answers(airflow, "業務組")
    killed_and_started_again(airflow, *AIRFLOW)
    one_answers(airflow, "設計組")


def sections_are_waited_for(airflow: Airflow) -> None:
    end = datetime.now(UTC) + timedelta(hours=2)
    airflow.api.start(
        DAG, RUN, {"cycle": CYCLE, "collect_by": end.isoformat(), "report_due": "2099-01-01"}
    )
    for index in range(len(airflow.sections(CYCLE))):
        airflow.until_task(RUN, "section.collect", "deferred", index)


def killed_and_started_again(airflow: Airflow, *names: str) -> None:
    """As by a power cut: with all their children, and without a word to anybody."""
    running = dict(embedded.processes(airflow.instance))
    family = [
        member
        for name in names
        for member in (running[name], *running[name].children(recursive=True))
    ]
    for member in family:
        with suppress(psutil.NoSuchProcess):
            member.kill()
    psutil.wait_procs(family, timeout=30)
    embedded.up(airflow.instance)


def one_answers(airflow: Airflow, name: str) -> None:
    """By mail: the intake waits, too."""
    index = list(airflow.sections(CYCLE)).index(name)
    section = airflow.sections(CYCLE)[name]
    letter = until(lambda: next(section.new_letters(), None), f"{name} opening")
    assert airflow.until_task(RUN, "section.collect", "deferred", index).title == name
    section.reply(letter, filled(letter.form.data, sample_answer))
    assert airflow.until_task(RUN, "section.collect", "success", index).title == name
