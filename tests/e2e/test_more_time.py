"""More time for who is late already, by mail and at the desk: the wait begins again by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import httpx

from dutyflow.calendars.roc import format_roc, in_zone
from dutyflow.orchestration.names import COLLECT_AGAIN_DAG, COORDINATOR_DAG
from sample_sections import Letter, SampleSection, filled, sample_answer
from tests.e2e.conftest import DAG, OFFICE, Airflow, until

RUN, CYCLE = "more-time", "113H2"
KEY = f"pingtung/self_assessment/{CYCLE}"
BY_MAIL, AT_THE_DESK = "電費組", "設計組"


def test_who_is_late_and_granted_more_time_is_collected_again(airflow: Airflow) -> None:
    letters = two_sections_are_asked(airflow)
    asked = one_asks_for_more_time(airflow, letters[BY_MAIL])
    both_are_late(airflow)
    its_head_agrees(airflow, asked)
    the_coordinator_extends_the_other(airflow)
    both_answer_and_only_they_ran_again(airflow, letters)
    what_the_coordinator_returns_is_waited_for_again(airflow)
    airflow.api.decide(DAG, RUN, "不送", [], "")
    airflow.until_task(RUN, "close", "success")


def two_sections_are_asked(airflow: Airflow) -> dict[str, Letter]:
    cut_off = datetime.now(UTC) + timedelta(hours=2)
    conf = {"cycle": CYCLE, "collect_by": cut_off.isoformat(), "report_due": "2099-01-01"}
    airflow.api.start(DAG, RUN, conf)
    letters = {name: letter_to(airflow.sections(CYCLE)[name]) for name in (BY_MAIL, AT_THE_DESK)}
    for assignment in airflow.workspace.ledger.assignments.of(KEY):
        airflow.until_task(RUN, "section.collect", "deferred", assignment.position)
        if airflow.workspace.section_name(assignment.key) not in letters:
            airflow.workspace.ledger.assignments.waive(
                assignment.key, now=datetime.now(UTC), who="測試", why="測試"
            )
    return letters


def one_asks_for_more_time(airflow: Airflow, letter: Letter) -> Letter:
    section = airflow.sections(CYCLE)[BY_MAIL]
    head = head_of(airflow, section)
    list(head.new_letters())
    section.write(letter, "展期 5 個工作天 原因：資料尚待彙整")
    return letter_to(head)


def both_are_late(airflow: Airflow) -> None:
    now = datetime.now(UTC)
    for name in (BY_MAIL, AT_THE_DESK):
        ledger = airflow.workspace.ledger
        ledger.assignments.extend(key_of(airflow, name), now, now=now, who="測試", why="期限已到")
    for name in (BY_MAIL, AT_THE_DESK):
        airflow.until_task(RUN, "section.collect", "failed", place_of(airflow, name))
    airflow.until_task(RUN, "review", "awaiting_input")


def its_head_agrees(airflow: Airflow, asked: Letter) -> None:
    head = head_of(airflow, airflow.sections(CYCLE)[BY_MAIL])
    head.write(asked, "同意")
    airflow.until_task(RUN, "section.collect", "deferred", place_of(airflow, BY_MAIL))
    assert airflow.task(RUN, "section.collect", place_of(airflow, AT_THE_DESK)).state == "failed"


def the_coordinator_extends_the_other(airflow: Airflow) -> None:
    order = {"action": "展期", "duty": "半年自行考核", "cycle": CYCLE, "section": AT_THE_DESK}
    day = format_roc(in_ten_days())
    airflow.api.start(COORDINATOR_DAG, "without-a-reason", {**order, "day": day})
    airflow.api.start(COORDINATOR_DAG, "extended", {**order, "day": day, "why": "資料尚待彙整"})
    airflow.until_task(RUN, "section.collect", "deferred", place_of(airflow, AT_THE_DESK))
    until(
        lambda: run_of(airflow, COORDINATOR_DAG, "without-a-reason") == "failed" or None, "refusal"
    )
    refusal = log_of_coordinator_dag(airflow, "without-a-reason")
    assert "展期須填「原因」，供日後查考" in refusal
    assert not [word for word in ("Traceback", "error_detail", "Exception") if word in refusal]


def both_answer_and_only_they_ran_again(airflow: Airflow, letters: dict[str, Letter]) -> None:
    for name, letter in letters.items():
        airflow.sections(CYCLE)[name].reply(letter, filled(letter.form.data, sample_answer))
    until(lambda: airflow.workspace.ledger.reports.latest(KEY).version > 1 or None, "version 2")
    airflow.until_task(RUN, "review", "awaiting_input")
    assert airflow.collected_after_version_1(RUN, KEY) == set(letters)
    on_time = {name: assignment_of(airflow, name).on_time for name in letters}
    assert on_time == {BY_MAIL: True, AT_THE_DESK: False}, "asked for in time, and not"
    again = airflow.api.runs(COLLECT_AGAIN_DAG)
    assert len([run for run in again if run["dag_run_id"].startswith("extended__")]) == 2


def what_the_coordinator_returns_is_waited_for_again(airflow: Airflow) -> None:
    """Its collection had ended well: it begins again all the same, and nobody clears it by hand."""
    section = airflow.sections(CYCLE)[AT_THE_DESK]
    list(section.new_letters())
    order = {"action": "退回補正", "duty": "半年自行考核", "cycle": CYCLE, "section": AT_THE_DESK}
    airflow.api.start(COORDINATOR_DAG, "returned", {**order, "why": "請補文號"})
    airflow.until_task(RUN, "section.collect", "deferred", place_of(airflow, AT_THE_DESK))
    letter = letter_to(section)

    def better(number: str) -> dict[str, object]:
        return {**sample_answer(number), "佐證": "（樣本）補送的紀錄"}

    section.reply(letter, filled(letter.form.data, better))
    until(lambda: airflow.workspace.ledger.reports.latest(KEY).version > 2 or None, "version 3")
    airflow.until_task(RUN, "review", "awaiting_input")


def letter_to(section: SampleSection) -> Letter:
    return until(lambda: next(section.new_letters(), None), f"a letter to {section.person.name}")


def head_of(airflow: Airflow, section: SampleSection) -> SampleSection:
    contacts = airflow.workspace.office(OFFICE).contacts.sections
    (people,) = [each for each in contacts.values() if each.owners[0] == section.person]
    return replace(section, person=people.head, _seen=set())


def in_ten_days() -> date:
    return in_zone(datetime.now(UTC)).date() + timedelta(days=10)


def key_of(airflow: Airflow, name: str) -> str:
    return assignment_of(airflow, name).key


def place_of(airflow: Airflow, name: str) -> int:
    return int(assignment_of(airflow, name).position)


def assignment_of(airflow: Airflow, name: str):
    assignments = airflow.workspace.ledger.assignments.of(KEY)
    (found,) = [each for each in assignments if airflow.workspace.section_name(each.key) == name]
    return found


def run_of(airflow: Airflow, dag: str, run: str) -> str:
    return str(airflow.api.run(dag, run)["state"])


def log_of_coordinator_dag(airflow: Airflow, run: str) -> str:
    answer = httpx.get(
        f"{airflow.instance.url}/api/v2/dags/{COORDINATOR_DAG}/dagRuns/{run}/taskInstances/change/logs/1",
        params={"full_content": True},
        headers={"Authorization": f"Bearer {airflow.api.token}", "Accept": "application/json"},
        timeout=30,
    )
    answer.raise_for_status()
    return str(answer.json())
