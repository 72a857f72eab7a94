"""A person clears a task that has decided something: Airflow's own scheduler, tasks and triggers.

What a cleared task decides again sends nothing that has been sent, and starts nothing twice.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.invented import FOLLOW_UP, write_office

ROOT = Path(__file__).parents[2]

OFFICE = """
import datetime as dt, json, os, sys
from pathlib import Path
from zoneinfo import ZoneInfo
from tests.support.scene import parsed
from tests.support.smtp import Answers, smtp_server
from tests.support.scheduler import Scheduler

TAIPEI = ZoneInfo("Asia/Taipei")
DUTY, RUN, CYCLE = "penghu__self_assessment", "scheduled__107H1", "penghu/self_assessment/107H1"
def at(*moment): return dt.datetime(*moment, tzinfo=TAIPEI)

seen = {}
with smtp_server(Answers()) as server:
    os.environ["AIRFLOW_CONN_DUTYFLOW_SMTP"] = json.dumps({
        "conn_type": "smtp", "host": server.host, "port": server.port,
        "extra": {"disable_ssl": True, "disable_tls": True}})
    def sent():
        mails = [parsed(envelope.content) for envelope in server.kept]
        return [[str(mail["To"]), str(mail["Subject"])] for mail in mails]
    with Scheduler(Path(sys.argv[1]), Path("dags")).at_work(at(2018, 6, 14, 9)) as airflow:
        from dutyflow.services.workspace import Workspace
        ledger = Workspace.from_environment().ledger
        ledger.migrate()
        airflow.look(at(2018, 6, 15, 8, 31))
        airflow.work()
        %s
print(json.dumps(seen, default=str))
"""

ROUND = """
        airflow.look(at(2018, 7, 3, 8, 31))
        airflow.work()
        runs = airflow.runs("nag")
        run = max(runs, key=runs.get)
        seen["first"] = airflow.states("nag", run)
        seen["sent"] = sent()
        airflow.clear("nag", run, "decide")
        seen["cleared"] = airflow.states("nag", run)
        airflow.look(at(2018, 7, 3, 9))
        airflow.work()
        seen["again"] = airflow.states("nag", run)
        seen["tries"] = airflow.tries("nag", run)
        seen["state"] = airflow.run("nag", run).state
        seen["sent again"] = sent()[len(seen["sent"]):]
"""

APPROVAL = """
        for it in ledger.assignments.of(CYCLE):
            ledger.assignments.waive(it.key, now=at(2018, 7, 2), who="t", why="t")
        airflow.look(at(2018, 7, 10, 14))
        airflow.resume(DUTY, RUN, "section.collect")
        airflow.work()
        if sys.argv[2]:
            airflow.answer(DUTY, RUN, sys.argv[2])
            airflow.work()
        seen["first"] = airflow.states(DUTY, RUN)
        seen["sent"] = sent()
        airflow.clear(DUTY, RUN, "review")
        airflow.look(at(2018, 7, 10, 15))
        airflow.work()
        seen["asked again"] = airflow.states(DUTY, RUN)
        airflow.answer(DUTY, RUN, sys.argv[3])
        airflow.work()
        seen["again"] = airflow.states(DUTY, RUN)
        seen["state"] = airflow.run(DUTY, RUN).state
        seen["sent again"] = sent()[len(seen["sent"]):]
        airflow.look(at(2018, 7, 10, 15, 1))
        seen["follower"] = sorted(airflow.runs("penghu__follow_up"))
        seen["reports"] = [[it.version, it.state] for it in ledger.reports.of(CYCLE)]
"""


@pytest.fixture
def tell(tmp_path: Path):
    """Play a story in a process of its own, since it replaces the clock."""
    write_office(tmp_path / "plan", [FOLLOW_UP])

    def play(story: str, *answers: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-c", OFFICE % story.strip(), str(tmp_path / "airflow"), *answers],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "DUTYFLOW_HOME": str(tmp_path / "home"),
                "DUTYFLOW_PLANS": str(tmp_path / "plan"),
            },
            capture_output=True,
            text=True,
            timeout=500,
        )
        assert done.returncode == 0, done.stderr[-5000:]
        seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return seen

    return play


def delivered(mails: list[list[str]]) -> list[str]:
    return [to for to, _ in mails if "head" in to or "業務處" in to]


def test_a_round_whose_decide_is_cleared_decides_again_and_sends_nothing(tell) -> None:
    seen = tell(ROUND)
    assert seen["first"]["send[0]"] == "success"
    assert any(subject.startswith("提醒") or "到期前" in subject for _, subject in seen["sent"])
    assert seen["cleared"]["decide"] == "None"
    assert seen["again"]["decide"] == "success"
    assert seen["tries"]["decide"] == 2
    assert "failed" not in seen["again"].values()
    assert seen["sent again"] == []
    assert seen["state"] == "success"


def test_an_approval_that_is_cleared_asks_again_and_delivers_nothing_twice(tell) -> None:
    seen = tell(APPROVAL, "核定", "核定")
    assert len(delivered(seen["sent"])) == 1
    assert seen["asked again"]["review"] == "awaiting_input"
    assert seen["asked again"]["deliver"] == "None"
    assert seen["again"]["deliver"] == "success"
    assert seen["sent again"] == []
    assert seen["reports"] == [[1, "delivered"]]
    assert seen["follower"] == ["approved__107H1"]
    assert seen["state"] == "success"


def test_an_approval_that_is_cleared_before_it_was_given_delivers_once(tell) -> None:
    seen = tell(APPROVAL, "", "核定")
    assert delivered(seen["sent"]) == []
    assert len(delivered(seen["sent again"])) == 1
    assert seen["follower"] == ["approved__107H1"]


def test_what_was_withheld_may_be_approved_once_it_is_cleared(tell) -> None:
    seen = tell(APPROVAL, "不送", "核定")
    assert delivered(seen["sent"]) == []
    assert len(delivered(seen["sent again"])) == 1
    assert seen["follower"] == ["approved__107H1"]
    assert seen["state"] == "success"
