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

STORY = """
import datetime as dt, json, os, sys
from pathlib import Path
from zoneinfo import ZoneInfo
from tests.support.smtp import Answers, smtp_server
from tests.support.scheduler import Scheduler

TAIPEI = ZoneInfo("Asia/Taipei")
FIRST, SECOND, RUN = "penghu__self_assessment", "penghu__follow_up", "scheduled__107H1"
def at(*moment): return dt.datetime(*moment, tzinfo=TAIPEI)

seen = {}
with smtp_server(Answers()) as server:
    os.environ["AIRFLOW_CONN_DUTYFLOW_SMTP"] = json.dumps({
        "conn_type": "smtp", "host": server.host, "port": server.port,
        "extra": {"disable_ssl": True, "disable_tls": True}})
    with Scheduler(Path(sys.argv[1]), Path("dags")).at_work(at(2018, 6, 14, 9)) as airflow:
        from dutyflow.workspace import Workspace
        ledger = Workspace.from_environment().ledger
        ledger.migrate()

        airflow.look(at(2018, 6, 15, 8, 31))
        airflow.work()
        seen["collecting"] = airflow.states(FIRST, RUN)
        for it in ledger.assignments.of("penghu/self_assessment/107H1"):
            ledger.assignments.waive(it.key, now=at(2018, 7, 2), who="t", why="t")
        airflow.look(at(2018, 7, 10, 14))
        airflow.resume(FIRST, RUN, "section.collect")
        airflow.work()
        seen["asked"] = airflow.states(FIRST, RUN)
        airflow.answer(FIRST, RUN, sys.argv[2])
        airflow.work()
        seen["answered"] = airflow.states(FIRST, RUN)
        seen["first run"] = airflow.run(FIRST, RUN).state

        airflow.look(at(2018, 7, 10, 14, 1))
        seen["runs"] = sorted(airflow.runs(SECOND))
        if seen["runs"]:
            (run,) = seen["runs"]
            airflow.work()
            seen["note"] = airflow.run(SECOND, run).note
            seen["waiting"] = airflow.states(SECOND, run)["open"]
            seen["until"] = airflow.waits_for(SECOND, run, "open")["moment"].isoformat()
            seen["too early"] = [c.key for c in ledger.cycles.all(duty="follow_up")]
            exec(sys.argv[3])  # what happens meanwhile
            airflow.look(at(2018, 7, 11, 8, 30, 1))
            airflow.resume(SECOND, run, "open")
            airflow.work()
            seen["then"] = airflow.states(SECOND, run)
            seen["opened"] = [
                {"key": c.key, "collect_by": c.collect_by.astimezone(TAIPEI).isoformat(),
                 "report_due": str(c.report_due)}
                for c in ledger.cycles.all(duty="follow_up")]
print(json.dumps(seen, default=str))
"""


def tell(tmp_path: Path, answer: str, meanwhile: str = "") -> dict[str, Any]:
    """Play the story in a process of its own, since it replaces the clock."""
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DUTYFLOW_HOME": str(tmp_path / "home"),
        "DUTYFLOW_PLANS": str(tmp_path / "plan"),
    }
    done = subprocess.run(
        [sys.executable, "-c", STORY, str(tmp_path / "airflow"), answer, meanwhile],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr[-5000:]
    seen: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return seen


@pytest.fixture
def plans(tmp_path: Path) -> Path:
    write_office(tmp_path / "plan", [FOLLOW_UP])
    return tmp_path / "plan"


def test_approving_opens_the_follower_a_working_day_later(tmp_path: Path, plans: Path) -> None:
    seen = tell(tmp_path, "核定")
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


def test_withholding_opens_nothing(tmp_path: Path, plans: Path) -> None:
    seen = tell(tmp_path, "不送")
    assert seen["answered"]["follow"] == "skipped"
    assert seen["answered"]["open_next"] == "skipped"
    assert seen["answered"]["close"] == "success"
    assert seen["first run"] == "success"
    assert seen["runs"] == []


def test_a_typhoon_on_the_opening_day_lets_it_wait_on(tmp_path: Path, plans: Path) -> None:
    seen = tell(tmp_path, "核定", _typhoon(plans, "107-07-11"))
    assert seen["then"]["open"] == "deferred"
    assert seen["opened"] == []


def _typhoon(plans: Path, day: str) -> str:
    return f"from tests.support.invented import close_on\nclose_on(Path({str(plans)!r}), {day!r})"
