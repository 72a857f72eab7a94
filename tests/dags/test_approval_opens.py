"""Approval in one DAG starts the run of the next: Airflow's own scheduler, tasks and triggers."""

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
pytestmark = pytest.mark.xdist_group("approval")  # in one worker: the story is told once

STORY = """
import datetime as dt, json, os, sys
from pathlib import Path
from zoneinfo import ZoneInfo
from tests.support.invented import close_on
from tests.support.smtp import Answers, smtp_server
from tests.support.scheduler import Scheduler

TAIPEI = ZoneInfo("Asia/Taipei")
FIRST, SECOND = "penghu__self_assessment", "penghu__follow_up"
def at(*moment): return dt.datetime(*moment, tzinfo=TAIPEI)

def other(dag, task): return dag not in (FIRST, SECOND)

def tell(cycle, opens, decided, answer, closed=()):
    run, seen = f"scheduled__{cycle}", {}
    others = set(airflow.runs(SECOND))
    airflow.look(opens)
    airflow.work(holding=other)
    seen["collecting"] = airflow.states(FIRST, run)
    for it in ledger.assignments.of(f"penghu/self_assessment/{cycle}"):
        ledger.assignments.waive(it.key, now=opens, who="t", why="t")
    airflow.look(decided)
    airflow.resume(FIRST, run, "section.collect")
    airflow.work(holding=other)
    seen["asked"] = airflow.states(FIRST, run)
    airflow.answer(FIRST, run, answer)
    airflow.work(holding=other)
    seen["answered"] = airflow.states(FIRST, run)
    seen["first run"] = airflow.run(FIRST, run).state
    airflow.look(decided + dt.timedelta(minutes=1))
    seen["runs"] = sorted(set(airflow.runs(SECOND)) - others)
    for follower in seen["runs"]:
        seen |= follow(follower, cycle, decided + dt.timedelta(days=1), closed)
    return seen

def follow(run, cycle, day, closed):
    seen = {}
    def cycles(): return [c for c in ledger.cycles.all(duty="follow_up") if c.name == cycle]
    airflow.work(holding=other)
    seen["note"] = airflow.run(SECOND, run).note
    seen["waiting"] = airflow.states(SECOND, run)["open"]
    seen["until"] = airflow.waits_for(SECOND, run, "open")["moment"].isoformat()
    seen["too early"] = [c.key for c in cycles()]
    close_on(Path(os.environ["DUTYFLOW_PLANS"]), *closed)
    airflow.look(day.replace(hour=8, minute=30, second=1))
    airflow.resume(SECOND, run, "open")
    airflow.work(holding=other)
    seen["then"] = airflow.states(SECOND, run)
    seen["opened"] = [
        {"key": c.key, "collect_by": c.collect_by.astimezone(TAIPEI).isoformat(),
         "report_due": str(c.report_due)} for c in cycles()]
    return seen

with smtp_server(Answers()) as server:
    os.environ["AIRFLOW_CONN_DUTYFLOW_SMTP"] = json.dumps({
        "conn_type": "smtp", "host": server.host, "port": server.port,
        "extra": {"disable_ssl": True, "disable_tls": True}})
    with Scheduler(Path(sys.argv[1]), Path("dags")).at_work(at(2018, 6, 14, 9)) as airflow:
        from dutyflow.services.workspace import Workspace
        ledger = Workspace.from_environment().ledger
        ledger.migrate()
        seen = {
            "approved": tell("107H1", at(2018, 6, 15, 8, 31), at(2018, 7, 10, 14), "核定"),
            "withheld": tell("107H2", at(2018, 12, 18, 8, 31), at(2019, 1, 10, 14), "不送"),
            "typhoon": tell("108H1", at(2019, 6, 17, 8, 31), at(2019, 7, 10, 14), "核定",
                            closed=["108-07-11"]),
        }
print(json.dumps(seen, default=str))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Three half-years, one after another, in a process of their own, since it replaces the clock.

    What else runs on those days has its own tests, and is left alone.
    """
    home = tmp_path_factory.mktemp("approval")
    write_office(home / "plan", [FOLLOW_UP])
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DUTYFLOW_HOME": str(home / "home"),
        "DUTYFLOW_PLANS": str(home / "plan"),
    }
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(home / "airflow")],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    seen: dict[str, dict[str, Any]] = json.loads(done.stdout.splitlines()[-1])
    return seen


def test_approving_opens_the_follower_a_working_day_later(told: dict[str, Any]) -> None:
    seen = told["approved"]
    assert seen["collecting"]["section.collect[0]"] == "deferred"
    assert seen["asked"]["review"] == "awaiting_input"
    assert seen["answered"]["deliver"] == "success"
    assert seen["answered"]["open_next[0]"] == "success"
    assert seen["answered"]["send_back"] == "skipped"
    assert seen["first run"] == "success"
    assert seen["runs"] == ["approved__107H1"]
    assert seen["note"] == "「半年自行考核」107年上半年已於107年7月10日核定"
    assert seen["waiting"] == "deferred"
    assert seen["until"].startswith("2018-07-11T00:30"), "08:30 in Taipei"
    assert seen["too early"] == []
    assert seen["then"]["open"] == "success"
    assert seen["then"]["section.collect[0]"] == "deferred"
    assert seen["opened"] == [
        {
            "key": "penghu/follow_up/107H1",
            "collect_by": "2018-07-26T00:00:00+08:00",
            "report_due": "2018-07-26",
        }
    ]


def test_withholding_opens_nothing(told: dict[str, Any]) -> None:
    seen = told["withheld"]
    assert seen["answered"]["follow"] == "skipped"
    assert seen["answered"]["open_next"] == "skipped"
    assert seen["answered"]["close"] == "success"
    assert seen["first run"] == "success"
    assert seen["runs"] == []


def test_a_typhoon_on_the_opening_day_lets_it_wait_on(told: dict[str, Any]) -> None:
    seen = told["typhoon"]
    assert seen["runs"] == ["approved__108H1"]
    assert seen["until"].startswith("2019-07-11T00:30"), "as if there were none"
    assert seen["then"]["open"] == "deferred"
    assert seen["opened"] == []
